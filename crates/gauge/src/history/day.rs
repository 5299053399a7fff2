//! Spend a day.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use super::ledger::{Ledger, Quarter};

/// One local day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Day {
    /// Which.
    #[ts(type = "string")]
    pub date: Date,
    /// What was surely spent in it, less what came back; `None` when nobody looked all day long. Spend of a time without
    /// readings counts only where that time lies within the day.
    #[ts(type = "string | null")]
    pub spent: Option<Decimal>,
    /// What was surely added in it; `None` as for `spent`.
    #[ts(type = "string | null")]
    pub topped_up: Option<Decimal>,
    /// How many seconds of the day nobody looked.
    #[ts(type = "number")]
    pub unknown_seconds: i64,
}

/// The local days from the one of `from` to the one of `until`. `from` is no earlier than the first reading, and the
/// ledger holds what was seen between.
#[must_use]
pub fn days(ledger: &Ledger, from: Timestamp, until: Timestamp, zone: &TimeZone) -> Vec<Day> {
    let mut days = Vec::new();
    let (mut spends, mut top_ups) = (ledger.spends.iter().peekable(), ledger.top_ups.iter().peekable());
    let mut gaps = &ledger.gaps[..];
    let mut date = zone.to_datetime(from).date();
    let last = zone.to_datetime(until).date();
    while date <= last {
        let Some((start, end)) = bounds(date, zone) else { break };
        let (mut spent, mut topped_up) = (Decimal::ZERO, Decimal::ZERO);
        let end_quarter = Quarter::before(end);
        while let Some((_, amount)) = spends.next_if(|(quarter, _)| *quarter <= end_quarter) {
            spent += amount;
        }
        while let Some(top_up) = top_ups.next_if(|top_up| top_up.at <= end) {
            topped_up += top_up.amount;
        }
        gaps = &gaps[gaps.partition_point(|gap| gap.until <= start)..];
        let (mut unknown, mut whole) = (SignedDuration::ZERO, false);
        for gap in gaps.iter().take_while(|gap| gap.from < end) {
            unknown += gap.until.min(end).duration_since(gap.from.max(start));
            if gap.from >= start && gap.until <= end {
                spent += gap.spent;
                topped_up += gap.topped_up;
            } else {
                whole |= gap.from <= start && gap.until >= end;
            }
        }
        let known = |amount: Decimal| (!whole).then_some(amount);
        days.push(Day {
            date,
            spent: known(spent),
            topped_up: known(topped_up),
            unknown_seconds: unknown.as_secs(),
        });
        let Ok(next) = date.checked_add(1.day()) else { break };
        date = next;
    }
    days
}

/// When a local day begins and ends.
fn bounds(date: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
    let start = |date: Date| zone.to_timestamp(date.at(0, 0, 0, 0)).ok();
    Some((start(date)?, start(date.checked_add(1.day()).ok()?)?))
}
