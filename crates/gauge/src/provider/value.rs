//! Values on their way from an answer's JSON through CEL to amounts and times.

use std::collections::HashMap;
use std::sync::Arc;

use cel::Value;
use cel::objects::{Key, OptionalValue};
use jiff::Timestamp;
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use crate::amount;

/// Unix times from here on are in milliseconds: 1e11 seconds are in the year 5138, 1e11 milliseconds in 1973.
const FIRST_MILLISECONDS: f64 = 1e11;

/// A value of another type than wanted, in words that repeat nothing of the answer.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it is {found} and not {wanted}")]
pub(super) struct Mismatch {
    pub found: &'static str,
    pub wanted: &'static str,
}

/// How many characters of a text an expression sees. Balances and names need a hundred.
const MAX_TEXT: usize = 4096;

/// An answer's JSON as a CEL value. Every number becomes a double, as JavaScript would have it.
pub(super) fn from_json(json: &serde_json::Value) -> Value {
    match json {
        serde_json::Value::Null => Value::Null,
        serde_json::Value::Bool(value) => Value::Bool(*value),
        serde_json::Value::Number(number) => Value::Float(number.as_f64().unwrap_or(f64::NAN)),
        serde_json::Value::String(text) => Value::String(Arc::new(text.chars().take(MAX_TEXT).collect())),
        serde_json::Value::Array(items) => Value::List(Arc::new(items.iter().map(from_json).collect())),
        serde_json::Value::Object(fields) => map(fields.iter().map(|(key, value)| (key, from_json(value)))),
    }
}

/// A CEL map with texts as keys.
pub(super) fn map<K: Into<String>>(entries: impl IntoIterator<Item = (K, Value)>) -> Value {
    let entries: HashMap<Key, Value> =
        entries.into_iter().map(|(key, value)| (Key::from(key.into()), value)).collect();
    Value::Map(entries.into())
}

/// A number, or a text that holds one: `12.5`, `"12.5"`, `"1,234.56"`.
pub(super) fn number(value: &Value) -> Result<f64, Mismatch> {
    let wanted = "a number";
    match value {
        Value::Float(number) => Ok(*number),
        #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 do not occur")]
        Value::Int(number) => Ok(*number as f64),
        #[expect(clippy::cast_precision_loss, reason = "counts beyond 2^53 do not occur")]
        Value::UInt(number) => Ok(*number as f64),
        Value::String(text) => {
            number_in(text).ok_or(Mismatch { found: "a text that holds no number", wanted })
        }
        other => Err(Mismatch { found: kind_of(other), wanted }),
    }
}

/// The number that a text holds. Thousands may be separated by commas, but only in threes, so that the decimal comma of
/// `1,5` is no fifteen.
fn number_in(text: &str) -> Option<f64> {
    let text = text.trim();
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        || !unsigned.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | 'e' | 'E' | '+' | '-'))
    {
        return None;
    }
    if unsigned.contains(',') {
        let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
        let mut groups = whole.split(',');
        let first_is_short = groups.next().is_some_and(|group| (1..=3).contains(&group.len()));
        if !first_is_short || !groups.all(|group| group.len() == 3) || fraction.contains(',') {
            return None;
        }
    }
    text.replace(',', "").parse().ok().filter(|number: &f64| number.is_finite())
}

/// An amount: a number or a numeric text; null and an empty optional are unknown.
pub(super) fn amount(value: &Value) -> Result<Option<Decimal>, Mismatch> {
    let wanted = "an amount";
    let Some(value) = known(value) else { return Ok(None) };
    if let Value::Int(number) = value {
        return Ok(Some(Decimal::from(*number)));
    }
    let number = number(value).map_err(|mismatch| Mismatch { wanted, ..mismatch })?;
    let amount = amount::from_double(number).ok_or(Mismatch { found: "infinite or too large", wanted })?;
    // A negative zero would read as a debt.
    Ok(Some(if amount.is_zero() { Decimal::ZERO } else { amount }))
}

/// A moment: ISO 8601, unix seconds or milliseconds (numbers or texts); null and an empty optional are unknown.
pub(super) fn time(value: &Value) -> Result<Option<Timestamp>, Mismatch> {
    let wanted = "a time";
    let Some(value) = known(value) else { return Ok(None) };
    if let Value::String(text) = value
        && let Some(time) = time_in(text.trim())
    {
        return Ok(Some(time));
    }
    let number = match value {
        Value::String(text) => {
            number_in(text).ok_or(Mismatch { found: "a text that holds no time", wanted })?
        }
        other => number(other).map_err(|mismatch| Mismatch { wanted, ..mismatch })?,
    };
    let milliseconds = if number.abs() < FIRST_MILLISECONDS { number * 1000.0 } else { number };
    let out_of_range = Mismatch { found: "out of range", wanted };
    if milliseconds.is_nan() || milliseconds.abs() > 1e15 {
        return Err(out_of_range);
    }
    #[expect(clippy::cast_possible_truncation, reason = "the line above keeps it within an i64")]
    let milliseconds = milliseconds.round() as i64;
    Timestamp::from_millisecond(milliseconds).map(Some).map_err(|_| out_of_range)
}

/// A time in ISO 8601; one without an offset is in UTC, and a day means its first moment.
fn time_in(text: &str) -> Option<Timestamp> {
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let local: DateTime = match text.parse::<DateTime>() {
        Ok(time) => time,
        Err(_) => text.parse::<Date>().ok()?.to_datetime(jiff::civil::Time::midnight()),
    };
    TimeZone::UTC.to_timestamp(local).ok()
}

/// Yes or no.
pub(super) fn truth(value: &Value) -> Result<bool, Mismatch> {
    match value {
        Value::Bool(truth) => Ok(*truth),
        other => Err(Mismatch { found: kind_of(other), wanted: "true or false" }),
    }
}

/// The value, unless it is null or an empty optional.
fn known(value: &Value) -> Option<&Value> {
    if let Ok(optional) = <&OptionalValue>::try_from(value) {
        return optional.value().and_then(known);
    }
    (!matches!(value, Value::Null)).then_some(value)
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::List(_) => "a list",
        Value::Map(_) => "an object",
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
        Value::String(_) | Value::Bytes(_) => "a text",
        Value::Bool(_) => "true or false",
        Value::Null => "null",
        _ => "something else",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn text(text: &str) -> Value {
        Value::from(text.to_owned())
    }

    #[test]
    fn numbers_come_as_numbers_and_as_texts() {
        for (written, expected) in [
            ("12", 12.0),
            (" -3.20 ", -3.2),
            ("+1", 1.0),
            ("1,234.56", 1234.56),
            ("-12,345,678", -12_345_678.0),
            ("1e-5", 0.00001),
            (".5", 0.5),
        ] {
            assert_eq!(number(&text(written)), Ok(expected), "{written}");
        }
        for written in [
            "", " ", "1,5", "1,23,456", ",123", "1234,567", "1,234,56", "0x10", "inf", "NaN", "-", "12 USD",
            "1e999",
        ] {
            assert!(number(&text(written)).is_err(), "{written}");
        }
        for value in [Value::Null, Value::Bool(true), map::<String>([]), Value::List(Arc::default())] {
            assert!(number(&value).is_err(), "{value:?}");
        }
    }

    #[test]
    fn unknown_is_not_zero_and_infinity_is_no_amount() {
        assert_eq!(amount(&Value::Null), Ok(None));
        assert_eq!(amount(&Value::Float(-0.0)).unwrap().unwrap().to_string(), "0");
        assert_eq!(amount(&text("25.00")).unwrap().unwrap().to_string(), "25");
        for number in [f64::INFINITY, f64::NAN, 1e300] {
            assert!(amount(&Value::Float(number)).is_err(), "{number}");
        }
        assert!(amount(&Value::Bool(false)).is_err());
    }

    #[test]
    fn times_come_in_many_ways() {
        let expected: Timestamp = "2026-03-01T00:00:00Z".parse().unwrap();
        for written in [
            text("2026-03-01T00:00:00.000Z"),
            text("2026-03-01T01:00:00+01:00"),
            text("2026-03-01T00:00:00"),
            text("2026-03-01 00:00:00"),
            text("2026-03-01"),
            text("1772323200"),
            Value::Float(1_772_323_200.0),
            Value::Float(1_772_323_200_000.0),
            Value::Int(1_772_323_200),
        ] {
            assert_eq!(time(&written), Ok(Some(expected)), "{written:?}");
        }
        assert_eq!(time(&Value::Null), Ok(None));
        for senseless in [
            text(""),
            text("soon"),
            text("2026-13-01"),
            Value::Bool(true),
            Value::Float(f64::NAN),
            Value::Float(1e18),
        ] {
            assert!(time(&senseless).is_err(), "{senseless:?}");
        }
    }

    proptest! {
        #[test]
        fn separators_do_not_change_a_number(whole in 0_u64..1_000_000_000_000, cents in 0_u8..100, negative: bool) {
            let digits = whole.to_string();
            let mut grouped = String::new();
            for (index, digit) in digits.chars().enumerate() {
                if index > 0 && (digits.len() - index) % 3 == 0 {
                    grouped.push(',');
                }
                grouped.push(digit);
            }
            let sign = if negative { "-" } else { "" };
            let plain: f64 = format!("{sign}{digits}.{cents:02}").parse().unwrap();
            prop_assert_eq!(number(&text(&format!("{sign}{grouped}.{cents:02}"))), Ok(plain));
        }

        #[test]
        fn no_text_makes_it_fail(written in "\\PC{0,30}") {
            let _ = number(&text(&written));
            let _ = time(&text(&written));
        }

        #[test]
        fn no_number_makes_it_fail(number: f64) {
            let _ = time(&Value::Float(number));
            let _ = amount(&Value::Float(number));
        }
    }
}
