//! What gives occasion to tell something.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::rule::{Threshold, ThresholdError};
use super::unusual::Sign;

/// What an alert is about, written as its threshold (`25%`, `20`, `3d`, `empty`), or as `fast_spend`, `odd_hours`, `refunds`,
/// `topped_up` or `restored`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub enum Occasion {
    /// The meter is under a rule's threshold.
    Below(Threshold),
    /// It is spent in an unusual way.
    Unusual(Sign),
    /// Credit was added.
    ToppedUp,
    /// An allowance that had been low came back.
    Restored,
}

impl Occasion {
    /// Whether it is over as soon as it was told, unlike what holds until it is cleared.
    #[must_use]
    pub fn is_momentary(&self) -> bool {
        matches!(self, Self::ToppedUp | Self::Restored)
    }
}

impl FromStr for Occasion {
    type Err = ThresholdError;

    fn from_str(text: &str) -> Result<Self, ThresholdError> {
        if let Ok(sign) = text.parse() {
            return Ok(Self::Unusual(sign));
        }
        Ok(match text {
            "topped_up" => Self::ToppedUp,
            "restored" => Self::Restored,
            _ => Self::Below(text.parse()?),
        })
    }
}

impl fmt::Display for Occasion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Below(threshold) => threshold.fmt(f),
            Self::Unusual(sign) => sign.fmt(f),
            Self::ToppedUp => f.write_str("topped_up"),
            Self::Restored => f.write_str("restored"),
        }
    }
}

impl TryFrom<String> for Occasion {
    type Error = ThresholdError;

    fn try_from(text: String) -> Result<Self, ThresholdError> {
        text.parse()
    }
}

impl From<Occasion> for String {
    fn from(occasion: Occasion) -> Self {
        occasion.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_occasion_is_read_as_it_is_written() {
        for text in
            ["25%", "20", "3d", "empty", "fast_spend", "odd_hours", "refunds", "topped_up", "restored"]
        {
            assert_eq!(text.parse::<Occasion>().unwrap().to_string(), text);
        }
        assert!("something".parse::<Occasion>().is_err());
    }
}
