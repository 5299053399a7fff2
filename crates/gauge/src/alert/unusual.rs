//! Spend that is not like this account's own: far more than ever, in hours that never had any, or of requests that fail.
//!
//! `docs/alerts.md` tells what that means for a user, and how well it does. Nothing here remembers what was told: whoever
//! asks passes in what holds, so that one leak is one alert.

mod habit;
mod look;
mod refund;
mod usual;

#[cfg(test)]
mod tests;

use std::fmt;
use std::str::FromStr;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::history::{Pace, Span};
pub use habit::Habit;
use look::{Look, size};

/// How an account spends unusually.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// Far more than ever in as long a time.
    FastSpend,
    /// In hours that never had any, on this kind of day.
    OddHours,
    /// Nearly all that is reserved comes back, again and again: requests fail.
    Refunds,
}

/// A text that names no sign.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no sign of unusual spend: write fast_spend, odd_hours or refunds")]
pub struct SignError(String);

impl Sign {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::FastSpend, Self::OddHours, Self::Refunds];
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::FastSpend => "fast_spend",
            Self::OddHours => "odd_hours",
            Self::Refunds => "refunds",
        })
    }
}

impl FromStr for Sign {
    type Err = SignError;

    fn from_str(text: &str) -> Result<Self, SignError> {
        Self::ALL.into_iter().find(|sign| sign.to_string() == text).ok_or_else(|| SignError(text.to_owned()))
    }
}

/// What is unusual about a meter's spend, as it was when that was first seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unusual {
    /// How it is.
    pub sign: Sign,
    /// What was spent in that time, in the meter's unit; with [`Sign::OddHours`] in the odd hours alone, with
    /// [`Sign::Refunds`] what was reserved.
    pub spent: Decimal,
    /// The most that was spent in as long a time before, in the meter's unit; `None` with the other signs.
    pub usual: Option<Decimal>,
    /// How long that time is, in hours, counted back from the reading.
    pub hours: u32,
}

/// What is unusual about a meter's spend at a time, going by its spans in order; what is older than [`crate::forecast::PAST`]
/// or later than `at` is not looked at. `full` is what 100 % means, and `refunds` whether the provider refunds what it
/// reserved.
///
/// What is in `holding` was told before. It is returned as it was told while it goes on: until half as much is spent in as
/// long a time and no other time is fast, until nothing was spent in odd hours for a day, or until nothing came back for
/// two hours.
#[must_use]
pub fn unusual(
    spans: &[Span],
    pace: Pace,
    at: Timestamp,
    full: Option<Decimal>,
    refunds: bool,
    zone: &TimeZone,
    holding: &[Unusual],
) -> Vec<Unusual> {
    Habit::of(spans, pace, at, zone).unusual(full, refunds, holding)
}

impl Habit {
    /// What is unusual at the last reading, as [`unusual`] says it.
    #[must_use]
    pub fn unusual(&mut self, full: Option<Decimal>, refunds: bool, holding: &[Unusual]) -> Vec<Unusual> {
        self.learn();
        let Some(usual) = self.usual() else { return Vec::new() };
        let look = Look { habit: self, usual, full: size(full) };
        let held = |sign| holding.iter().find(|held| held.sign == sign);
        let failing = if refunds { look.failing(held(Sign::Refunds)) } else { None };
        let signs = [look.fast(held(Sign::FastSpend)), look.odd(held(Sign::OddHours)), failing];
        signs.into_iter().flatten().collect()
    }
}
