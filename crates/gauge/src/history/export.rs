//! History for other programs.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::gap::Pace;
use super::series::SeriesKey;
use super::span::Span;
use super::table;

/// The version of the meaning of the JSON document.
const SCHEMA: u32 = 1;

/// How history is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "HistoryFormat")]
pub enum Format {
    /// A table of readings, which can be imported again.
    Csv,
    /// A document of the spans in which all readings were the same.
    Json,
}

impl Format {
    /// What a person calls it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "CSV",
            Self::Json => "JSON",
        }
    }

    /// How the names of its files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Json => "json",
        }
    }
}

/// A series that is to be written.
#[derive(Clone, Debug)]
pub struct Exported {
    /// Which.
    pub key: SeriesKey,
    /// How often it is read.
    pub pace: Pace,
    /// Its spans, in order.
    pub spans: Vec<Span>,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    series: Vec<Series<'a>>,
}

#[derive(Serialize)]
struct Series<'a> {
    #[serde(flatten)]
    key: &'a SeriesKey,
    readings: Vec<Reading>,
}

#[derive(Serialize)]
struct Reading {
    from: Timestamp,
    until: Timestamp,
    remaining: Option<String>,
    total: Option<String>,
    used: Option<String>,
}

/// Writes series.
#[must_use]
pub fn export(series: &[Exported], format: Format) -> String {
    match format {
        Format::Csv => {
            let rows: Vec<_> =
                series.iter().map(|one| (one.key.clone(), table::rows(&one.spans, one.pace))).collect();
            table::write(&rows)
        }
        Format::Json => json(series),
    }
}

fn json(series: &[Exported]) -> String {
    let series = series.iter().map(|Exported { key, spans, .. }| {
        let exact = |amount: Option<Decimal>| Some(key.unit.exact(amount?));
        let readings = spans.iter().map(|span| Reading {
            from: span.from,
            until: span.until,
            remaining: exact(span.amounts.remaining),
            total: exact(span.amounts.total),
            used: exact(span.amounts.used),
        });
        Series { key, readings: readings.collect() }
    });
    let document = Document { schema: SCHEMA, series: series.collect() };
    // Text and numbers alone cannot fail to become JSON.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}
