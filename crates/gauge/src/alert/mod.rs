//! When to warn: rules, unusual spend, and the alerts that come of them.

mod balance;
mod crossing;
mod message;
mod occasion;
mod quiet;
mod rule;
pub mod unusual;

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use crate::account::AccountId;
use crate::amount::Unit;

pub use balance::{Balance, LONGEST_DAYS};
pub use crossing::{Crossings, Standing, Verdict};
pub use message::{Message, Telling};
pub use occasion::Occasion;
pub use quiet::{QuietHours, TimeOfDay, TimeOfDayError};
pub use rule::{Rule, Severity, Threshold, ThresholdError};
pub use unusual::{Sign, Unusual};

/// Until when an alert is put off that is to stay silent until a top-up or a reset ends it.
pub const UNTIL_TOPPED_UP: Timestamp = Timestamp::constant(253_370_764_800, 0); // 1 January 9999
/// For how long good news is news, and any alert is for a hook.
pub(crate) const NEWS: SignedDuration = SignedDuration::from_hours(24);

/// Something to tell once: a crossing of a rule, unusual spend, or good news.
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
    /// What it is about.
    pub rule: Occasion,
    /// How bad it is.
    pub severity: Severity,
    /// What was left when it was raised, exact.
    #[ts(type = "string")]
    pub remaining: Decimal,
    /// What 100 % meant then.
    #[ts(type = "string | null")]
    pub full: Option<Decimal>,
    /// What was added, or what was spent in the unusual time.
    #[ts(type = "string | null")]
    pub amount: Option<Decimal>,
    /// The most that was spent before in as long a time.
    #[ts(type = "string | null")]
    pub usual: Option<Decimal>,
    /// How many hours the unusual time is long.
    pub hours: Option<u32>,
    /// The unit of all amounts.
    pub unit: Unit,
    /// When the crossing was seen.
    #[ts(type = "string")]
    pub raised_at: Timestamp,
    /// When the notification was handed over; `null` while that has not worked yet.
    #[ts(type = "string | null")]
    pub delivered_at: Option<Timestamp>,
    /// When it is told again because the user asked to be reminded; [`UNTIL_TOPPED_UP`] for never.
    #[ts(type = "string | null")]
    pub snoozed_until: Option<Timestamp>,
    /// When the meter rose again.
    #[ts(type = "string | null")]
    pub cleared_at: Option<Timestamp>,
}

impl Alert {
    /// The unusual spend it is about, as it was when that was first seen.
    #[must_use]
    pub fn unusual(&self) -> Option<Unusual> {
        let Occasion::Unusual(sign) = self.rule else { return None };
        let (spent, usual) = (self.amount.unwrap_or_default(), self.usual);
        Some(Unusual { sign, spent, usual, hours: self.hours.unwrap_or_default() })
    }

    /// Whether the alert is to be told at this time: it still holds, nobody was told since it was raised or since the
    /// snooze ended, and no snooze is running. Good news grows old.
    #[must_use]
    pub fn is_due(&self, now: Timestamp) -> bool {
        let snoozing = self.snoozed_until.is_some_and(|until| until > now);
        let told = self.delivered_at.is_some_and(|told| self.snoozed_until.is_none_or(|until| told >= until));
        let old = self.rule.is_momentary() && now.duration_since(self.raised_at) > NEWS;
        self.cleared_at.is_none() && !snoozing && !told && !old
    }
}

/// The alerts to tell now, of the open ones of an account: of each meter the worst threshold that holds, unusual spend and
/// good news, as far as they were not told yet.
#[must_use]
pub fn due(open: &[Alert], now: Timestamp) -> Vec<&Alert> {
    let mut worst: BTreeMap<&str, &Alert> = BTreeMap::new();
    let (thresholds, others): (Vec<_>, Vec<_>) =
        open.iter().partition(|alert| matches!(alert.rule, Occasion::Below(_)));
    for alert in thresholds {
        let known = worst.entry(&alert.meter).or_insert(alert);
        if (alert.severity, alert.id) > (known.severity, known.id) {
            *known = alert;
        }
    }
    // Good news that is none any more is not told.
    let is_still_so = |alert: &&Alert| {
        let threshold = worst.get(alert.meter.as_str());
        !alert.rule.is_momentary() || threshold.is_none_or(|threshold| threshold.id < alert.id)
    };
    let others: Vec<_> = others.into_iter().filter(is_still_so).collect();
    worst.into_values().chain(others).filter(|alert| alert.is_due(now)).collect()
}
