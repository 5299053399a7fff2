//! Spans: times in which a meter read the same.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::reading::Meter;

/// What a meter read. `None` is unknown, which is never zero.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Amounts {
    /// What was left; negative is a debt.
    #[ts(type = "string | null")]
    pub remaining: Option<Decimal>,
    /// The plan's total, or everything ever bought.
    #[ts(type = "string | null")]
    pub total: Option<Decimal>,
    /// What was used of it, or in the present window.
    #[ts(type = "string | null")]
    pub used: Option<Decimal>,
}

impl Amounts {
    /// What a meter reads now.
    #[must_use]
    pub fn of(meter: &Meter) -> Self {
        Self { remaining: meter.remaining, total: meter.total, used: meter.used }
    }

    /// Whether they say what was left or used.
    #[must_use]
    pub fn are_known(&self) -> bool {
        self.remaining.or(self.used).is_some()
    }
}

/// Why a meter rose, where that was no top-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Rise {
    /// A new window of the allowance began.
    Reset,
    /// What had been reserved shortly before came back.
    Refund,
}

/// A time in which every reading of a meter was the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Span {
    /// The first of the readings.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The last of them.
    #[ts(type = "string")]
    pub until: Timestamp,
    /// What they read.
    #[serde(flatten)]
    pub amounts: Amounts,
    /// Why the meter rose to this, as it was understood when it was read; `None` for a top-up, a fall, or where nobody
    /// could tell, as in an imported history.
    pub rise: Option<Rise>,
    /// When the allowance was to come back, as the first of the readings told it.
    #[ts(type = "string | null")]
    pub resets_at: Option<Timestamp>,
}

impl Span {
    /// A single reading.
    #[must_use]
    pub fn at(at: Timestamp, amounts: Amounts) -> Self {
        Self { from: at, until: at, amounts, rise: None, resets_at: None }
    }
}
