//! When to warn: one threshold and how bad it is to be under it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::balance::{Balance, LONGEST_DAYS};
use crate::amount::LARGEST;
use crate::level::Level;

/// A threshold, written `25%` (of full), `20` (in the meter's own unit), `3d` (days until it is likely to run out) or
/// `empty`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub enum Threshold {
    /// A share of the meter's `full`, in percent, above 0 and at most 100.
    Percent(Decimal),
    /// An amount in the meter's unit, above 0 and at most [`LARGEST`].
    Amount(Decimal),
    /// So many days until it is likely to run out, above 0 and at most [`LONGEST_DAYS`].
    Days(Decimal),
    /// Nothing left, or a debt.
    Empty,
}

/// A text that is no threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no threshold: write a percentage such as 25%, an amount above zero such as 20, days until it runs out such as 3d, or empty"
)]
pub struct ThresholdError(String);

impl Threshold {
    /// The amount under which the rule is crossed; `None` when 100 % is not known, and for days, which are no amount.
    #[must_use]
    pub fn amount(&self, full: Option<Decimal>) -> Option<Decimal> {
        match self {
            Self::Percent(percent) => {
                full.filter(|f| *f > Decimal::ZERO)?.checked_mul(*percent)?.checked_div(Decimal::ONE_HUNDRED)
            }
            Self::Amount(amount) => Some(*amount),
            Self::Days(_) => None,
            Self::Empty => Some(Decimal::ZERO),
        }
    }
}

impl FromStr for Threshold {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        let wrong = || ThresholdError(text.to_owned());
        let trimmed = text.trim();
        if trimmed.eq_ignore_ascii_case("empty") {
            return Ok(Self::Empty);
        }
        if let Some(percent) = trimmed.strip_suffix('%') {
            let percent: Decimal = percent.trim().parse().map_err(|_| wrong())?;
            let sound = percent > Decimal::ZERO && percent <= Decimal::ONE_HUNDRED;
            return if sound { Ok(Self::Percent(percent.normalize())) } else { Err(wrong()) };
        }
        if let Some(days) = ["days", "day", "d"].iter().find_map(|unit| trimmed.strip_suffix(unit)) {
            let days: Decimal = days.trim().parse().map_err(|_| wrong())?;
            let sound = days > Decimal::ZERO && days <= LONGEST_DAYS;
            return if sound { Ok(Self::Days(days.normalize())) } else { Err(wrong()) };
        }
        let amount: Decimal = trimmed.parse().map_err(|_| wrong())?;
        let sound = amount > Decimal::ZERO && amount <= LARGEST;
        if sound { Ok(Self::Amount(amount.normalize())) } else { Err(wrong()) }
    }
}

impl fmt::Display for Threshold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Percent(percent) => write!(f, "{percent}%"),
            Self::Amount(amount) => write!(f, "{amount}"),
            Self::Days(days) => write!(f, "{days}d"),
            Self::Empty => f.write_str("empty"),
        }
    }
}

impl TryFrom<String> for Threshold {
    type Error = ThresholdError;

    fn try_from(text: String) -> Result<Self, ThresholdError> {
        text.parse()
    }
}

impl From<Threshold> for String {
    fn from(threshold: Threshold) -> Self {
        threshold.to_string()
    }
}

/// How bad it is to be under a threshold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Severity {
    /// Worth a note; the level stays as it is.
    Info,
    /// Worth knowing; the level becomes `low`.
    Warning,
    /// Act soon; the level becomes `critical`.
    Critical,
    /// Nothing left.
    Empty,
}

impl Severity {
    /// The level of a meter that is under a threshold of this severity.
    #[must_use]
    pub fn level(self) -> Level {
        match self {
            Self::Info => Level::Ok,
            Self::Warning => Level::Low,
            Self::Critical => Level::Critical,
            Self::Empty => Level::Empty,
        }
    }
}

/// One rule: under this threshold, it is this bad.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Rule {
    /// The threshold.
    pub below: Threshold,
    /// How bad it is to be under it.
    pub severity: Severity,
}

impl Rule {
    /// The rules of someone who set none: 25 % is a warning, 10 % and 5 % are critical, and empty.
    #[must_use]
    pub fn defaults() -> Vec<Self> {
        let percent =
            |percent: i64, severity| Self { below: Threshold::Percent(Decimal::from(percent)), severity };
        vec![
            percent(25, Severity::Warning),
            percent(10, Severity::Critical),
            percent(5, Severity::Critical),
            Self { below: Threshold::Empty, severity: Severity::Empty },
        ]
    }

    /// Whether a balance is at or under the threshold; `None` where 100 % is not known, or how long it lasts. Exactly 25 %
    /// left is crossed.
    #[must_use]
    pub fn is_crossed(&self, balance: &Balance) -> Option<bool> {
        match &self.below {
            Threshold::Days(days) => Some(balance.days_left? <= *days),
            below => Some(balance.remaining <= below.amount(balance.full)?),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_read_as_written_and_refused_when_senseless() {
        for (text, shown) in [
            ("25%", "25%"),
            (" 12.50 % ", "12.5%"),
            ("20", "20"),
            ("0.50", "0.5"),
            ("3 days", "3d"),
            ("1.5d", "1.5d"),
            ("Empty", "empty"),
        ] {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), shown);
        }
        for text in ["", "0%", "101%", "-5", "0", "ten", "5 USD", "0d", "401d", "d"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_percentage_needs_to_know_what_full_is() {
        let crossed = |remaining: i64, full: Option<i64>| {
            let remaining = remaining.into();
            let full = full.map(Decimal::from);
            Rule::defaults()[0].is_crossed(&Balance { remaining, full, days_left: None })
        };
        assert_eq!(crossed(5, None), None);
        assert_eq!(crossed(5, Some(0)), None);
        assert_eq!(crossed(5, Some(20)), Some(true));
        assert_eq!(crossed(6, Some(20)), Some(false));
    }

    #[test]
    fn days_need_to_know_how_long_it_lasts() {
        let rule = Rule { below: "3d".parse().unwrap(), severity: Severity::Warning };
        let crossed = |days_left: Option<i64>| {
            let days_left = days_left.map(Decimal::from);
            rule.is_crossed(&Balance { remaining: Decimal::ONE, full: None, days_left })
        };
        assert_eq!([crossed(None), crossed(Some(3)), crossed(Some(4))], [None, Some(true), Some(false)]);
    }
}
