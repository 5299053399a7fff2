//! What an account bought and used, in total and by UTC day.

use std::collections::BTreeMap;

use jiff::civil::Date;
use jiff::{Timestamp, ToSpan, tz::TimeZone};
use rust_decimal::Decimal;

/// Days kept: BabySea's usage goes back 90.
const DAYS_KEPT: i32 = 92;

/// Decimal places of an opening day's cost.
const PLACES: u32 = 6;

/// What happened in one UTC day, or in several added up.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) calls: u64,
    pub(crate) refunded_calls: u64,
    pub(crate) cost: Decimal,
    pub(crate) refunded: Decimal,
}

impl Day {
    /// What the day cost once refunds are back.
    pub(crate) fn net_cost(self) -> Decimal {
        (self.cost - self.refunded).max(Decimal::ZERO)
    }
}

#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    pub(crate) bought: Decimal,
    pub(crate) used: Decimal,
    days: BTreeMap<Date, Day>,
    /// Refunds that are still to come.
    due: Vec<(Timestamp, Decimal)>,
}

impl Ledger {
    /// `used` was spent over the `days` days that end with `today`, evenly but for a rest of today's, in
    /// calls of `call_cost` each.
    pub(crate) fn open(bought: Decimal, used: Decimal, today: Date, days: u16, call_cost: Decimal) -> Self {
        let days = days.clamp(1, 90);
        let a_day = (used / Decimal::from(days)).round_dp(PLACES);
        let day = |cost: Decimal| {
            let calls = if call_cost > Decimal::ZERO { (cost / call_cost).ceil() } else { Decimal::ONE };
            Day { calls: calls.try_into().unwrap_or(1), cost, ..Day::default() }
        };
        let mut ledger = Self { bought, used, ..Self::default() };
        ledger.days.insert(today, day(used - a_day * Decimal::from(days - 1)));
        for ago in 1..days {
            ledger.days.insert(today.saturating_sub(i32::from(ago).days()), day(a_day));
        }
        ledger
    }

    /// What is left; negative is a debt.
    pub(crate) fn balance(&self) -> Decimal {
        self.bought - self.used
    }

    pub(crate) fn spend(&mut self, at: Timestamp, amount: Decimal) {
        self.used += amount;
        let day = self.day(at);
        day.calls += 1;
        day.cost += amount;
    }

    pub(crate) fn refund(&mut self, at: Timestamp, amount: Decimal) {
        self.used -= amount;
        let day = self.day(at);
        day.refunded_calls += 1;
        day.refunded += amount;
    }

    pub(crate) fn refund_later(&mut self, at: Timestamp, amount: Decimal) {
        self.due.push((at, amount));
    }

    /// Pays the refunds that are due by `now`.
    pub(crate) fn pay_refunds(&mut self, now: Timestamp) {
        let (due, later): (Vec<_>, Vec<_>) = self.due.drain(..).partition(|(at, _)| *at <= now);
        self.due = later;
        for (at, amount) in due {
            self.refund(at, amount);
        }
    }

    pub(crate) fn awaits_refunds(&self) -> bool {
        !self.due.is_empty()
    }

    pub(crate) fn set_balance(&mut self, amount: Decimal) {
        self.bought = self.used + amount;
    }

    /// All days from `first` on, added up.
    pub(crate) fn since(&self, first: Date) -> Day {
        self.days.range(first..).fold(Day::default(), |sum, (_, day)| Day {
            calls: sum.calls + day.calls,
            refunded_calls: sum.refunded_calls + day.refunded_calls,
            cost: sum.cost + day.cost,
            refunded: sum.refunded + day.refunded,
        })
    }

    fn day(&mut self, at: Timestamp) -> &mut Day {
        let date = utc_date(at);
        let oldest = date.saturating_sub(DAYS_KEPT.days());
        while self.days.first_key_value().is_some_and(|(date, _)| *date < oldest) {
            self.days.pop_first();
        }
        self.days.entry(date).or_default()
    }
}

pub(crate) fn utc_date(at: Timestamp) -> Date {
    at.to_zoned(TimeZone::UTC).date()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn the_opening_use_lies_in_the_days_before() {
        let ledger = Ledger::open(100.into(), 30.into(), "2026-11-21".parse().unwrap(), 3, 5.into());
        assert_eq!(ledger.balance(), 70.into());
        assert_eq!(ledger.since("2026-11-20".parse().unwrap()).net_cost(), 20.into());
        assert_eq!(ledger.since("2026-11-19".parse().unwrap()).calls, 6);
    }

    #[test]
    fn a_refund_lowers_what_was_used_not_what_was_bought() {
        let mut ledger = Ledger { bought: 10.into(), ..Ledger::default() };
        ledger.spend(at("2026-11-21T10:00:00Z"), 4.into());
        ledger.refund_later(at("2026-11-21T10:05:00Z"), 3.into());
        ledger.pay_refunds(at("2026-11-21T10:04:59Z"));
        assert_eq!(ledger.balance(), 6.into());
        ledger.pay_refunds(at("2026-11-21T10:05:00Z"));
        assert_eq!((ledger.balance(), ledger.bought, ledger.used), (9.into(), 10.into(), 1.into()));
        let day = ledger.since("2026-11-21".parse().unwrap());
        assert_eq!((day.calls, day.refunded_calls, day.net_cost()), (1, 1, 1.into()));
        assert!(!ledger.awaits_refunds());
    }

    #[test]
    fn days_older_than_any_provider_reports_are_dropped() {
        let mut ledger = Ledger::default();
        ledger.spend(at("2026-01-01T00:00:00Z"), 1.into());
        ledger.spend(at("2026-11-21T00:00:00Z"), 1.into());
        assert_eq!((ledger.days.len(), ledger.used), (1, 2.into()));
    }
}
