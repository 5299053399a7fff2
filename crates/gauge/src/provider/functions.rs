//! The functions that expressions have besides CEL's own.

use std::sync::{Arc, LazyLock};

use cel::{Context, Env, ExecutionError, Value};
use jiff::civil::Weekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan};

use super::value::{self, Mismatch};

/// Their names.
pub(super) const NAMES: [&str; 4] = ["num", "time", "next_reset", "sum"];

/// CEL's own functions and operators.
pub(super) static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| Arc::new(Env::stdlib()));

/// A context with all functions and no variables, at the time `now`.
pub(super) fn context(now: Timestamp) -> Result<Context<'static, 'static>, cel::DeclarationError> {
    let mut context = Context::with_env(Arc::clone(&ENV));
    context.add_function("num", |value: Value| named("num", value::number(&value)))?;
    context.add_function("time", |value: Value| named("time", value::time(&value)).map(seconds))?;
    context.add_function("sum", |list: Value| sum(&list))?;
    context.add_function("next_reset", move |window: Value| next_reset(&window, now))?;
    Ok(context)
}

/// A moment as expressions have it: unix seconds, or null.
pub(super) fn seconds(time: Option<Timestamp>) -> Value {
    time.map_or(Value::Null, |time| Value::Float(time.as_duration().as_secs_f64()))
}

fn sum(list: &Value) -> Result<Value, ExecutionError> {
    let Value::List(items) = list else {
        return Err(ExecutionError::function_error("sum", "it takes a list"));
    };
    items.iter().try_fold(0.0, |sum, item| Ok(sum + named("sum", value::number(item))?)).map(Value::Float)
}

/// When a daily, weekly or monthly window begins anew, in UTC: the next midnight, Monday or first of a month.
fn next_reset(window: &Value, now: Timestamp) -> Result<Value, ExecutionError> {
    let window = match window {
        Value::String(window) => window.as_str(),
        Value::Null => return Ok(Value::Null),
        _ => return Err(ExecutionError::function_error("next_reset", "it takes a text or null")),
    };
    let today = now.to_zoned(TimeZone::UTC).date();
    let day = match window {
        "daily" => today.tomorrow(),
        "weekly" => today.nth_weekday(1, Weekday::Monday),
        "monthly" => today.first_of_month().checked_add(1.month()),
        _ => return Ok(Value::Null),
    };
    let reset = day.and_then(|day| day.to_zoned(TimeZone::UTC)).map(|day| day.timestamp());
    reset
        .map(|reset| seconds(Some(reset)))
        .map_err(|error| ExecutionError::function_error("next_reset", error))
}

fn named<T>(function: &str, result: Result<T, Mismatch>) -> Result<T, ExecutionError> {
    result.map_err(|mismatch| ExecutionError::function_error(function, mismatch))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reset(window: &str, now: &str) -> Option<Timestamp> {
        value::time(&next_reset(&Value::from(window.to_owned()), now.parse().unwrap()).unwrap()).unwrap()
    }

    #[test]
    fn windows_begin_anew_in_utc() {
        let table = [
            ("daily", "2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z"),
            ("daily", "2026-12-31T00:00:00Z", "2027-01-01T00:00:00Z"),
            ("weekly", "2026-11-21T10:00:00Z", "2026-11-23T00:00:00Z"),
            ("weekly", "2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z"),
            ("monthly", "2026-01-31T10:00:00Z", "2026-02-01T00:00:00Z"),
            ("monthly", "2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ];
        for (window, now, expected) in table {
            assert_eq!(reset(window, now), Some(expected.parse().unwrap()), "{window} at {now}");
        }
        assert_eq!(reset("yearly", "2026-01-01T00:00:00Z"), None);
    }

    #[test]
    fn sums_add_numbers_and_numeric_texts_and_nothing_else() {
        let list = |items: Vec<Value>| Value::List(Arc::new(items));
        assert_eq!(sum(&list(vec![])), Ok(Value::Float(0.0)));
        assert_eq!(sum(&list(vec![Value::Float(1.5), Value::from("2.5".to_owned())])), Ok(Value::Float(4.0)));
        assert!(sum(&list(vec![Value::Null])).is_err());
        assert!(sum(&Value::Null).is_err());
    }
}
