//! When to warn: rules, and the alerts that come of them.

mod balance;
mod crossing;
mod rule;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use crate::account::AccountId;
use crate::amount::Unit;

pub use balance::{Balance, LONGEST_DAYS};
pub use crossing::{Crossings, Standing, Verdict};
pub use rule::{Rule, Severity, Threshold, ThresholdError};

/// One crossing of one rule, told once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Alert {
    /// Its number in the database.
    #[ts(type = "number")]
    pub id: i64,
    /// The account.
    pub account: AccountId,
    /// The meter of the account.
    pub meter: String,
    /// The threshold that was crossed.
    pub rule: Threshold,
    /// How bad it is.
    pub severity: Severity,
    /// What was left when it was raised, exact.
    #[ts(type = "string")]
    pub remaining: Decimal,
    /// What 100 % meant then.
    #[ts(type = "string | null")]
    pub full: Option<Decimal>,
    /// The unit of both.
    pub unit: Unit,
    /// When the crossing was seen.
    #[ts(type = "string")]
    pub raised_at: Timestamp,
    /// When the notification was handed over; `null` while that has not worked yet.
    #[ts(type = "string | null")]
    pub delivered_at: Option<Timestamp>,
    /// When it is told again because the user asked to be reminded.
    #[ts(type = "string | null")]
    pub snoozed_until: Option<Timestamp>,
    /// When the meter rose again.
    #[ts(type = "string | null")]
    pub cleared_at: Option<Timestamp>,
}

impl Alert {
    /// Whether the alert is to be told at this time: it still holds, nobody was told since it was raised or since the
    /// snooze ended, and no snooze is running.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let snoozing = self.snoozed_until.is_some_and(|until| until > now);
        let told = self.delivered_at.is_some_and(|told| self.snoozed_until.is_none_or(|until| told >= until));
        self.cleared_at.is_none() && !snoozing && !told
    }
}
