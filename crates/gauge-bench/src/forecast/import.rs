//! Series from elsewhere.

use std::path::{Path, PathBuf};

use gauge::history::{Amounts, movement};
use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;

use crate::series::{Change, Series, Standing};

/// Why a file is no series.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ImportError {
    #[error("{}: {source}", path.display())]
    Read { path: PathBuf, source: csv::Error },
    #[error("{}: the first line names no column “{column}”; it has to name at and remaining", path.display())]
    Column { path: PathBuf, column: &'static str },
    #[error("{}, line {line}: {reason}", path.display())]
    Line { path: PathBuf, line: u64, reason: String },
    #[error("{}: it holds no readings", path.display())]
    Empty { path: PathBuf },
}

/// Reads a series. Its days are those of this machine's zone. A rise is a top-up, a fall is spend at the moment of the
/// reading that showed it; a reading without an amount is left out.
pub(crate) fn read(path: &Path) -> Result<Series, ImportError> {
    let failed = |source| ImportError::Read { path: path.to_owned(), source };
    let mut reader = csv::Reader::from_path(path).map_err(failed)?;
    let header = reader.headers().map_err(failed)?.clone();
    let column = |name: &'static str| {
        let found = header.iter().position(|field| field.trim() == name);
        found.ok_or(ImportError::Column { path: path.to_owned(), column: name })
    };
    let (at, remaining) = (column("at")?, column("remaining")?);

    let mut course: Vec<Standing> = Vec::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let last = course.last().map(|standing| standing.from);
        let line = record.position().map_or(0, csv::Position::line);
        let reading = reading(record.get(at), record.get(remaining), last);
        course.extend(reading.map_err(|reason| ImportError::Line { path: path.to_owned(), line, reason })?);
    }
    let (Some(first), Some(last)) = (course.first(), course.last()) else {
        return Err(ImportError::Empty { path: path.to_owned() });
    };
    let wanted = course
        .windows(2)
        .map(|pair| Change {
            at: pair[1].from,
            amount: movement(&pair[0].amounts, &pair[1].amounts, None).spent,
        })
        .filter(|change| change.amount > Decimal::ZERO)
        .collect();
    Ok(Series {
        zone: TimeZone::system(),
        from: first.from,
        until: last.from,
        wanted,
        resets: Vec::new(),
        readings: course.iter().map(|standing| standing.from).collect(),
        course,
    })
}

fn reading(
    at: Option<&str>,
    remaining: Option<&str>,
    last: Option<Timestamp>,
) -> Result<Option<Standing>, String> {
    let at = at.unwrap_or_default().trim();
    let from: Timestamp =
        at.parse().map_err(|_| format!("“{at}” is no time; write it as 2026-11-21T10:00:00Z"))?;
    if last.is_some_and(|last| from <= last) {
        return Err(format!("{at} is not after the reading before it"));
    }
    let amount = remaining.unwrap_or_default().trim();
    if amount.is_empty() {
        return Ok(None);
    }
    let remaining = amount.parse().map_err(|_| format!("“{amount}” is no amount; write it as 16.55"))?;
    Ok(Some(Standing { from, amounts: Amounts { remaining: Some(remaining), ..Amounts::default() } }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reading_has_a_later_time_and_an_amount() {
        let last = Some("2026-11-21T10:00:00Z".parse().unwrap());
        let standing = reading(Some("2026-11-21T11:00:00+01:00"), Some("16.55"), None).unwrap().unwrap();
        assert_eq!(Some(standing.from), last);
        assert_eq!(standing.amounts.remaining, Some(Decimal::new(1655, 2)));
        assert!(reading(Some("2026-11-21T10:05:00Z"), Some(""), last).unwrap().is_none());
        for (at, remaining) in
            [("2026-11-21T10:00:00Z", "1"), ("yesterday", "1"), ("2026-11-21T10:05:00Z", "$1")]
        {
            assert!(reading(Some(at), Some(remaining), last).is_err(), "{at} {remaining}");
        }
    }
}
