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
const MOST_DECIMALS: u32 = 12;
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

impl TableError {
    fn new(line: u64, reason: impl Into<String>) -> Self {
        Self { line, reason: reason.into() }
    }
}

/// The readings that stand for spans, which are in order: the first and the last of each, and enough in between.
#[must_use]
pub fn rows(spans: &[Span], pace: Pace) -> Vec<Row> {
    let step = pace.usual_step();
    let mut rows = Vec::new();
    let mut spans = spans.iter().peekable();
    while let Some(first) = spans.next() {
        let Span { mut until, amounts, .. } = *first;
        while let Some(next) = spans.next_if(|next| pace.joins(until, &amounts, next)) {
            until = until.max(next.until);
        }
        // After the clock was set back, readings can be older than those before them: the later ones hold.
        let end = spans.peek().map(|next| next.from);
        let between = std::iter::successors(Some(first.from), |at| at.checked_add(step).ok());
        let times = between.take_while(|at| *at < until).chain([until]);
        rows.extend(times.take_while(|at| end.is_none_or(|end| *at < end)).map(|at| Row { at, amounts }));
    }
    rows
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
    let mut reader = ReaderBuilder::new().trim(Trim::All).from_reader(text);
    let columns = Columns::of(reader.byte_headers().map_err(|error| of_csv(&error))?)?;
    let mut series: BTreeMap<SeriesKey, Vec<(Row, u64)>> = BTreeMap::new();
    let mut record = StringRecord::new();
    while reader.read_record(&mut record).map_err(|error| of_csv(&error))? {
        let line = line(record.position());
        let (key, row) = columns.row(&record, now).map_err(|reason| TableError { line, reason })?;
        series.entry(key).or_default().push((row, line));
    }
    series.into_iter().map(|(key, rows)| Ok((key, in_order(rows)?))).collect()
}

/// The rows in the order of their times, each once.
fn in_order(mut rows: Vec<(Row, u64)>) -> Result<Vec<Row>, TableError> {
    rows.sort_by_key(|(row, line)| (row.at, *line));
    for pair in rows.windows(2) {
        let [(first, line), (second, other)] = pair else { continue };
        if first.at == second.at && first.amounts != second.amounts {
            return Err(TableError::new(
                *other,
                format!(
                    "line {line} has other amounts of the same meter at the same time: leave one of the two out"
                ),
            ));
        }
    }
    rows.dedup_by_key(|(row, _)| row.at);
    Ok(rows.into_iter().map(|(row, _)| row).collect())
}

/// In which place each of [`COLUMNS`] is.
struct Columns([Option<usize>; COLUMNS.len()]);

impl Columns {
    fn of(header: &ByteRecord) -> Result<Self, TableError> {
        let place = |column: &str| header.iter().position(|name| name == column.as_bytes());
        let places = COLUMNS.map(place);
        for (column, place) in COLUMNS.iter().zip(places).take(NEEDED) {
            if place.is_none() {
                return Err(TableError::new(
                    line(header.position()),
                    format!(
                        "there is no column “{column}”: the first line must name {}, and may name total and used, with commas between them",
                        COLUMNS[..NEEDED].join(", ")
                    ),
                ));
            }
        }
        Ok(Self(places))
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

fn of_csv(error: &csv::Error) -> TableError {
    let at = line(error.position());
    match error.kind() {
        ErrorKind::Utf8 { .. } => {
            TableError::new(at, "the text is not in UTF-8: save the file in that encoding")
        }
        ErrorKind::UnequalLengths { expected_len, len, .. } => TableError::new(
            at,
            format!(
                "there are {len} cells, and {expected_len} in the lines before: every line needs as many"
            ),
        ),
        _ => TableError::new(at, error.to_string()),
    }
}

fn line(position: Option<&Position>) -> u64 {
    position.map_or(1, Position::line)
}
