//! History as a table of readings, in CSV: for other programs, and to take it to another home.
//!
//! A table knows readings, and a span is a time in which all readings were the same. So a span is written as readings no
//! further apart than those of a series without a gap, and whoever reads it has the same spans and the same gaps again.

use std::collections::BTreeMap;

use csv::{ByteRecord, ErrorKind, Position, ReaderBuilder, StringRecord, Trim, Writer};
use jiff::{SignedDuration, Timestamp, Unit as Per};
use rust_decimal::Decimal;

use super::gap::Pace;
use super::series::SeriesKey;
use super::span::{Amounts, Span};
use crate::account::AccountId;
use crate::amount::{Unit, is_sound};

/// The columns, in the order in which they are written.
const COLUMNS: [&str; 7] = ["account", "meter", "unit", "at", "remaining", "total", "used"];
/// How many of them, from the first, a table must have.
const NEEDED: usize = 5;
/// The most decimals of an amount.
const MOST_DECIMALS: u32 = 18;
/// The longest name of a meter, in characters.
const LONGEST_METER: usize = 100;
/// How far in the future a reading may be: the clock of another machine may be wrong, but not by more.
const FUTURE: SignedDuration = SignedDuration::from_hours(24);
/// No reading is from before the year 2000.
const EARLIEST: Timestamp = Timestamp::constant(946_684_800, 0);

/// One reading of a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Row {
    /// When.
    pub at: Timestamp,
    /// What it read.
    pub amounts: Amounts,
}

/// Why a text is no table of readings.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct TableError {
    /// The line, counted from 1.
    pub line: u64,
    /// What is wrong there, and what to do.
    pub reason: String,
}

/// Readings of the same amounts that are no further apart are written as if nothing were known of them but that they are
/// the same: the first, the last, and others as far apart as this. It is less than half of the shortest gap.
pub(super) const CLOSE: SignedDuration = SignedDuration::from_mins(48);

/// Whether a span goes on with another one as if they were one.
pub(super) fn goes_on(span: &Span, next: &Span) -> bool {
    span.amounts == next.amounts && next.from.duration_since(span.until) <= CLOSE
}

/// The readings that stand for spans, which are in order: the first and the last of each, and enough in between for a
/// reader to see that there is no gap.
#[must_use]
pub fn rows(spans: &[Span], pace: Pace) -> Vec<Row> {
    let mut runs: Vec<Span> = Vec::new();
    for (n, span) in spans.iter().enumerate() {
        for piece in pieces(span, spans.get(n + 1), pace) {
            match runs.last_mut() {
                Some(last) if goes_on(last, &piece) => last.until = piece.until,
                _ => runs.push(piece),
            }
        }
    }
    let row = |run: &Span, at| Row { at, amounts: run.amounts };
    runs.iter().flat_map(|run| times(run.from, run.until, CLOSE).map(|at| row(run, at))).collect()
}

/// A span as its readings are known: where a series is read seldom, each for itself.
fn pieces(span: &Span, next: Option<&Span>, pace: Pace) -> Vec<Span> {
    // After the clock was set back, readings can be older than those before them: the later ones hold.
    let end = next.and_then(|next| next.from.checked_sub(SignedDuration::from_millis(1)).ok());
    let until = end.map_or(span.until, |end| span.until.min(end));
    if until < span.from {
        return Vec::new();
    }
    if pace.interval() <= CLOSE {
        return vec![Span { until, ..*span }];
    }
    times(span.from, until, pace.interval()).map(|at| Span { from: at, until: at, ..*span }).collect()
}

/// The times from one until another, both included, and no further apart than a step.
fn times(from: Timestamp, until: Timestamp, step: SignedDuration) -> impl Iterator<Item = Timestamp> {
    let times = std::iter::successors(Some(from), move |at| at.checked_add(step).ok());
    times.take_while(move |at| *at < until).chain([until])
}

/// The table of some series.
#[must_use]
pub fn write(series: &[(SeriesKey, Vec<Row>)]) -> String {
    let mut table = Writer::from_writer(Vec::new());
    // Writing to memory cannot fail.
    let _ = table.write_record(COLUMNS);
    for (SeriesKey { account, meter, unit }, rows) in series {
        let cell = |amount: Option<Decimal>| amount.map(|amount| unit.exact(amount)).unwrap_or_default();
        for Row { at, amounts } in rows {
            let _ = table.write_record([
                account.as_str(),
                meter,
                unit.as_str(),
                &at.to_string(),
                &cell(amounts.remaining),
                &cell(amounts.total),
                &cell(amounts.used),
            ]);
        }
    }
    let bytes = table.into_inner().unwrap_or_default();
    String::from_utf8(bytes).unwrap_or_default()
}

/// Reads a table: the readings of each series, in the order of their times, no two at the same.
///
/// # Errors
/// For the first line that is wrong: a column is missing, a cell says nothing that can be understood, a time cannot be
/// that of a reading, or two readings of a series at the same time contradict each other.
pub fn read(text: &[u8], now: Timestamp) -> Result<BTreeMap<SeriesKey, Vec<Row>>, TableError> {
    read_rows(text, now).map_err(|Fault { byte, reason }| TableError { line: line(text, byte), reason })
}

fn read_rows(text: &[u8], now: Timestamp) -> Result<BTreeMap<SeriesKey, Vec<Row>>, Fault> {
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let columns = Columns::of(reader.byte_headers()?).map_err(|reason| Fault { byte: 0, reason })?;
    let mut series: BTreeMap<SeriesKey, Vec<Placed>> = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record)? {
        let byte = byte(record.position());
        let (key, row) = columns.row(&record, now).map_err(|reason| Fault { byte, reason })?;
        series.entry(key).or_default().push(Placed { row, byte });
    }
    series.into_iter().map(|(key, rows)| Ok((key, in_order(rows, text)?))).collect()
}

/// A row, and where it begins.
struct Placed {
    row: Row,
    byte: usize,
}

/// What is wrong, and where the row begins in which it is.
struct Fault {
    byte: usize,
    reason: String,
}

impl From<csv::Error> for Fault {
    fn from(error: csv::Error) -> Self {
        let reason = match error.kind() {
            ErrorKind::Utf8 { .. } => "the text is not in UTF-8: save the file in that encoding".to_owned(),
            ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!(
                    "there are {len} cells, and {expected_len} in the first line: every line needs as many"
                )
            }
            _ => error.to_string(),
        };
        Self { byte: byte(error.position()), reason }
    }
}

fn byte(position: Option<&Position>) -> usize {
    position.and_then(|position| usize::try_from(position.byte()).ok()).unwrap_or(0)
}

/// The line of the row that begins at this byte, or behind the line ends there.
fn line(text: &[u8], byte: usize) -> u64 {
    let (before, rest) = text.split_at(byte.min(text.len()));
    let blank = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    let ends = before.iter().chain(blank).filter(|byte| **byte == b'\n').count();
    u64::try_from(ends).unwrap_or(u64::MAX).saturating_add(1)
}

/// The rows in the order of their times, each once.
fn in_order(mut rows: Vec<Placed>, text: &[u8]) -> Result<Vec<Row>, Fault> {
    rows.sort_by_key(|placed| (placed.row.at, placed.byte));
    for pair in rows.windows(2) {
        let [first, second] = pair else { continue };
        if first.row.at == second.row.at && first.row.amounts != second.row.amounts {
            let line = line(text, first.byte);
            let reason = format!(
                "line {line} has other amounts of the same meter at the same time: leave one of the two out"
            );
            return Err(Fault { byte: second.byte, reason });
        }
    }
    rows.dedup_by_key(|placed| placed.row.at);
    Ok(rows.into_iter().map(|placed| placed.row).collect())
}

/// In which place each of [`COLUMNS`] is.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, String> {
        let places = COLUMNS.map(|column| header.iter().position(|name| name == column.as_bytes()));
        match COLUMNS.iter().zip(places).take(NEEDED).find(|(_, place)| place.is_none()) {
            Some((missing, _)) => Err(format!(
                "there is no column “{missing}”: the first line must name {}, and may name total and used, with commas between them",
                COLUMNS[..NEEDED].join(", ")
            )),
            None => Ok(Self(places)),
        }
    }

    fn row(&self, record: &StringRecord, now: Timestamp) -> Result<(SeriesKey, Row), String> {
        let [account, meter, unit, at, remaining, total, used] =
            self.0.map(|place| place.and_then(|place| record.get(place)).unwrap_or_default());
        let key = SeriesKey {
            account: account.parse::<AccountId>().map_err(|error| error.to_string())?,
            meter: name(meter)?,
            unit: unit.parse::<Unit>().map_err(|error| error.to_string())?,
        };
        let amounts = Amounts { remaining: amount(remaining)?, total: amount(total)?, used: amount(used)? };
        Ok((key, Row { at: time(at, now)?, amounts }))
    }
}

fn name(text: &str) -> Result<String, String> {
    if text.is_empty() {
        return Err("the meter has no name: write its id, such as credits".to_owned());
    }
    if text.chars().count() > LONGEST_METER || text.chars().any(char::is_control) {
        return Err(format!(
            "the meter's name is too long or not plain text: use at most {LONGEST_METER} characters on one line"
        ));
    }
    Ok(text.to_owned())
}

/// A time to the millisecond, which is what is kept.
fn time(text: &str, now: Timestamp) -> Result<Timestamp, String> {
    let at: Timestamp = text.parse().map_err(|_| {
        format!("“{text}” is no time: write it with its offset, such as 2026-11-21T10:00:00Z or 2026-11-21T11:00:00+01:00")
    })?;
    if at < EARLIEST {
        return Err(format!("{at} is before the year 2000: correct the time"));
    }
    if at.duration_since(now) > FUTURE {
        return Err(format!("{at} is in the future: correct the time, or the clock of this machine"));
    }
    at.round(Per::Millisecond).map_err(|error| error.to_string())
}

/// An amount; an empty cell is an unknown one.
fn amount(text: &str) -> Result<Option<Decimal>, String> {
    if text.is_empty() {
        return Ok(None);
    }
    // The parser would take underscores for separators.
    let amount = Some(text).filter(|text| !text.contains('_'));
    let amount = amount.and_then(|text| Decimal::from_str_exact(text).ok()).map(|amount| amount.normalize());
    amount.filter(|amount| is_sound(*amount) && amount.scale() <= MOST_DECIMALS).map(Some).ok_or_else(|| {
        format!(
            "“{text}” is no amount: write it with a point, at most {MOST_DECIMALS} decimals and no separators, such as 16.55; leave the cell empty where it is unknown"
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::constant(1_795_255_200, 0); // 2026-11-21T10:00:00Z

    fn decimal(text: &str) -> Decimal {
        text.parse().unwrap()
    }

    fn credits(remaining: &str) -> Amounts {
        Amounts { remaining: Some(decimal(remaining)), ..Amounts::default() }
    }

    fn span(from: &str, until: &str, remaining: &str) -> Span {
        Span { until: until.parse().unwrap(), ..Span::at(from.parse().unwrap(), credits(remaining)) }
    }

    fn key(account: &str, unit: &str) -> SeriesKey {
        SeriesKey { account: account.parse().unwrap(), meter: "credits".into(), unit: unit.parse().unwrap() }
    }

    /// The line and the reason.
    fn refused(text: &str) -> (u64, String) {
        let error = read(text.as_bytes(), NOW).unwrap_err();
        (error.line, error.reason)
    }

    #[test]
    fn a_span_is_written_so_that_no_reader_sees_a_gap_in_it() {
        let five_minutes = Pace::of(SignedDuration::from_mins(5));
        let spans = [
            span("2026-11-01T00:00:00Z", "2026-11-01T02:00:00Z", "20"),
            span("2026-11-01T02:05:00Z", "2026-11-01T02:05:00Z", "19.5"),
        ];
        let table = write(&[(key("work", "USD"), rows(&spans, five_minutes))]);
        let expected = "account,meter,unit,at,remaining,total,used\n\
            work,credits,USD,2026-11-01T00:00:00Z,20.00,,\n\
            work,credits,USD,2026-11-01T00:48:00Z,20.00,,\n\
            work,credits,USD,2026-11-01T01:36:00Z,20.00,,\n\
            work,credits,USD,2026-11-01T02:00:00Z,20.00,,\n\
            work,credits,USD,2026-11-01T02:05:00Z,19.50,,\n";
        assert_eq!(table, expected);
        let once_a_day = Pace::of(SignedDuration::from_hours(24));
        let constant = [span("2026-11-01T00:00:00Z", "2026-11-03T09:00:00Z", "20")];
        let times: Vec<_> = rows(&constant, once_a_day).iter().map(|row| row.at.to_string()).collect();
        assert_eq!(
            times,
            ["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", "2026-11-03T09:00:00Z"]
        );
    }

    #[test]
    fn readings_from_after_the_clock_was_set_back_hold() {
        let spans = [
            span("2026-11-01T10:00:00Z", "2026-11-01T12:00:00Z", "5"),
            span("2026-11-01T10:30:00Z", "2026-11-01T10:30:00Z", "4"),
        ];
        let rows = rows(&spans, Pace::of(SignedDuration::ZERO));
        assert!(rows.is_sorted_by(|a, b| a.at < b.at), "{rows:?}");
        assert_eq!(rows.last().unwrap().amounts, credits("4"));
    }

    #[test]
    fn columns_may_come_in_any_order_and_rows_too() {
        let text = "\u{feff}note, at ,remaining,unit,meter,account,used\r\n\
            \"a, b\",2026-11-01T12:00:00+02:00,-3.5,USD,credits,work,8\r\n\
            \r\n\
            ,2026-11-01T09:00:00.0004Z,,USD,credits,work,7\r\n\
            ,2026-11-01T09:00:00Z,1e0,credits,credits,work,\r\n";
        assert_eq!(refused(text).0, 5, "1e0 is no plain amount");
        let series = read(text.replace("1e0", "1").as_bytes(), NOW).unwrap();
        let used = |at: &str, remaining, used| Row {
            at: at.parse().unwrap(),
            amounts: Amounts { remaining, total: None, used: Some(decimal(used)) },
        };
        assert_eq!(
            series[&key("work", "USD")],
            [
                used("2026-11-01T09:00:00Z", None, "7"),
                used("2026-11-01T10:00:00Z", Some(decimal("-3.5")), "8")
            ]
        );
        assert_eq!(series[&key("work", "credits")].len(), 1, "another unit is another series");
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let header =
            "account,meter,unit,at,remaining,total,used\nwork,credits,USD,2026-11-01T09:00:00Z,1,,\n";
        for (row, word) in [
            ("Work,credits,USD,2026-11-01T10:00:00Z,1,,", "account id"),
            ("work,,USD,2026-11-01T10:00:00Z,1,,", "meter"),
            ("work,\"a\tb\",USD,2026-11-01T10:00:00Z,1,,", "meter"),
            ("work,credits,Dollars,2026-11-01T10:00:00Z,1,,", "unit"),
            ("work,credits,USD,2026-11-01 10:00,1,,", "offset"),
            ("work,credits,USD,2026-11-31T10:00:00Z,1,,", "offset"),
            ("work,credits,USD,1999-12-31T23:59:59Z,1,,", "2000"),
            ("work,credits,USD,2026-11-22T10:00:01Z,1,,", "future"),
            ("work,credits,USD,2026-11-01T10:00:00Z,\"1,000\",,", "amount"),
            ("work,credits,USD,2026-11-01T10:00:00Z,1_000,,", "amount"),
            ("work,credits,USD,2026-11-01T10:00:00Z,null,,", "amount"),
            ("work,credits,USD,2026-11-01T10:00:00Z,1,0.1234567890123456789,", "amount"),
            ("work,credits,USD,2026-11-01T10:00:00Z,1,,1000000000000000001", "amount"),
            ("work,credits,USD,2026-11-01T10:00:00Z", "cells"),
            ("work,credits,USD,2026-11-01T09:00:00Z,2,,", "line 2"),
        ] {
            let (line, reason) = refused(&format!("{header}{row}\n"));
            assert!(line == 3 && reason.contains(word), "{row}: line {line}: {reason}");
        }
        for (text, word) in [
            ("", "account"),
            ("account,meter,unit,at\n", "remaining"),
            ("account;meter;unit;at;remaining", "commas"),
        ] {
            let (line, reason) = refused(text);
            assert!(line == 1 && reason.contains(word), "{text}: line {line}: {reason}");
        }
        let error = read(b"account,meter,unit,at,remaining\nwork,\xff,USD,2026-11-01T10:00:00Z,1\n", NOW)
            .unwrap_err();
        assert!(error.line == 2 && error.reason.contains("UTF-8"), "{error}");
    }

    #[test]
    fn the_same_row_twice_is_one() {
        let row =
            "work,credits,USD,2026-11-01T09:00:00Z,1.50\nwork,credits,USD,2026-11-01T10:00:00+01:00,1.5\n";
        let series = read(format!("account,meter,unit,at,remaining\n{row}").as_bytes(), NOW).unwrap();
        assert_eq!(series[&key("work", "USD")].len(), 1);
        assert_eq!(read(b"account,meter,unit,at,remaining\n", NOW), Ok(BTreeMap::new()));
    }

    #[test]
    fn what_was_written_is_read_again() {
        let amounts = Amounts {
            remaining: Some(decimal("-0.000000000001")),
            total: Some(decimal("1000000000000000000")),
            used: Some(decimal("0")),
        };
        let written =
            [(key("a", "JPY"), vec![Row { at: NOW, amounts }]), (key("b", "gpu-hours"), Vec::new())];
        let read = read(write(&written).as_bytes(), NOW).unwrap();
        assert_eq!(read.into_iter().collect::<Vec<_>>(), written[..1]);
    }
}
