//! How the app's values are written in SQLite's columns.

use std::fmt::Display;
use std::str::FromStr;

use jiff::Timestamp;
use rusqlite::{Row, RowIndex};
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::DatabaseError;

pub(super) fn json(value: &impl Serialize) -> Result<String, DatabaseError> {
    serde_json::to_string(value).map_err(|error| DatabaseError::Value(error.to_string()))
}

pub(super) fn from_json<T: DeserializeOwned>(text: &str) -> Result<T, DatabaseError> {
    serde_json::from_str(text).map_err(|error| DatabaseError::Value(error.to_string()))
}

pub(super) fn parsed<T: FromStr<Err: Display>>(text: &str) -> Result<T, DatabaseError> {
    text.parse().map_err(|error: T::Err| DatabaseError::Value(error.to_string()))
}

pub(super) fn time(milliseconds: i64) -> Result<Timestamp, DatabaseError> {
    Timestamp::from_millisecond(milliseconds).map_err(|error| DatabaseError::Value(error.to_string()))
}

pub(super) fn optional_time(
    row: &Row<'_>,
    column: impl RowIndex,
) -> Result<Option<Timestamp>, DatabaseError> {
    row.get::<_, Option<i64>>(column)?.map(time).transpose()
}

pub(super) fn optional_amount(
    row: &Row<'_>,
    column: impl RowIndex,
) -> Result<Option<Decimal>, DatabaseError> {
    row.get::<_, Option<String>>(column)?.as_deref().map(parsed).transpose()
}
