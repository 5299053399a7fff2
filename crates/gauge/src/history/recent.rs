//! The last days of a meter in brief.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use super::chart::Point;

/// The last days of a meter, as a glance needs them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Recent {
    /// Where its course begins.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// Its course over the last 14 days, today included, oldest first.
    pub points: Vec<Point>,
    /// What was spent since midnight; `None` when it was not read since.
    #[ts(type = "string | null")]
    pub spent_today: Option<Decimal>,
    /// What was spent today and in the six days before; `None` when it was not read then.
    #[ts(type = "string | null")]
    pub spent_7_days: Option<Decimal>,
    /// What was spent today and in the 29 days before; `None` when it was not read then.
    #[ts(type = "string | null")]
    pub spent_30_days: Option<Decimal>,
    /// When credit was last seen to be added.
    #[ts(type = "string | null")]
    pub topped_up_at: Option<Timestamp>,
}
