//! What one account had left at one moment.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::amount::Unit;

/// What sort of quantity a meter measures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum MeterKind {
    /// Prepaid credit that is bought and spent.
    Wallet,
    /// An allowance that comes back at a known time.
    Quota,
    /// Money or units spent so far; what is left of a budget if there is one.
    Spend,
    /// Credit given for free, usually with an end date.
    Grant,
    /// A ceiling set on one key.
    KeyLimit,
}

/// One measured quantity of an account at one moment. `None` means unknown, which is never zero.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// The meter's name within the account.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// What sort of quantity it is.
    pub kind: MeterKind,
    /// What it counts.
    pub unit: Unit,
    /// What is left; negative is a debt.
    pub remaining: Option<Decimal>,
    /// The plan's total, or everything ever bought, as the provider tells it.
    pub total: Option<Decimal>,
    /// What was spent of `total`, or in the present window.
    pub used: Option<Decimal>,
    /// Whether `total` is what 100 % means: the size of the present window, not a lifetime sum.
    #[serde(default)]
    pub total_is_full: bool,
    /// When an allowance comes back.
    pub resets_at: Option<Timestamp>,
    /// When what is left is lost.
    pub expires_at: Option<Timestamp>,
    /// Whether nothing limits this meter.
    #[serde(default)]
    pub unlimited: bool,
    /// Whether a small rise may be the return of what was reserved before, and not a top-up.
    #[serde(default)]
    pub refunds: bool,
    /// What the figure does not include, or other things to know about it.
    #[serde(default)]
    pub note: Option<String>,
}

/// All meters of one account at one moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading {
    /// When the provider answered.
    pub at: Timestamp,
    /// The account's meters, in the definition's order; never empty.
    pub meters: Vec<Meter>,
    /// Things a person should know about this reading, such as a scope the key lacks.
    #[serde(default)]
    pub notices: Vec<String>,
}
