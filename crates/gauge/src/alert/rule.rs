//! When to warn: one threshold and how bad it is to be under it.

use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::amount::LARGEST;
use crate::level::Level;

/// A threshold, written `25%` (of full), `20` (in the meter's own unit) or `empty`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub enum Threshold {
    /// A share of the meter's `full`, in percent, above 0 and at most 100.
    Percent(Decimal),
    /// An amount in the meter's unit, above 0 and at most [`LARGEST`].
    Amount(Decimal),
    /// Nothing left, or a debt.
    Empty,
}

/// A text that is no threshold.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no threshold: write a percentage such as 25%, an amount above zero such as 20, or empty")]
pub struct ThresholdError(String);

impl Threshold {
    /// The amount under which the rule is crossed, or `None` when 100 % is not known.
    #[must_use]
    pub fn amount(&self, full: Option<Decimal>) -> Option<Decimal> {
        match self {
            Self::Percent(percent) => {
                full.filter(|f| *f > Decimal::ZERO)?.checked_mul(*percent)?.checked_div(Decimal::ONE_HUNDRED)
            }
            Self::Amount(amount) => Some(*amount),
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

    /// Whether an amount is at or under the threshold; `None` where 100 % is not known. Exactly 25 % left is crossed.
    #[must_use]
    pub fn is_crossed(&self, remaining: Decimal, full: Option<Decimal>) -> Option<bool> {
        Some(remaining <= self.below.amount(full)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thresholds_are_read_as_written_and_refused_when_senseless() {
        for (text, shown) in
            [("25%", "25%"), (" 12.50 % ", "12.5%"), ("20", "20"), ("0.50", "0.5"), ("Empty", "empty")]
        {
            assert_eq!(text.parse::<Threshold>().unwrap().to_string(), shown);
        }
        for text in ["", "0%", "101%", "-5", "0", "ten", "5 USD"] {
            assert!(text.parse::<Threshold>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_percentage_needs_to_know_what_full_is() {
        let rule = &Rule::defaults()[0];
        assert_eq!(rule.is_crossed(Decimal::from(5), None), None);
        assert_eq!(rule.is_crossed(Decimal::from(5), Some(Decimal::ZERO)), None);
        assert_eq!(rule.is_crossed(Decimal::from(5), Some(Decimal::from(20))), Some(true));
        assert_eq!(rule.is_crossed(Decimal::from(6), Some(Decimal::from(20))), Some(false));
    }
}
