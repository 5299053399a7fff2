//! A look at what an account does now, held against what is usual.

use jiff::SignedDuration;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::habit::{Cell, DAY, HOUR, Habit, Move, WINDOWS};
use super::usual::Usual;
use super::{Sign, Unusual, refund};
use crate::amount;

/// An account has to be seen for so many days before anything is unusual,
const ENOUGH_DAYS: f64 = 7.0;
/// with spend on so many of them.
const ENOUGH_ACTIVE: usize = 4;
/// Before hours can be odd, there has to be spend on so many days.
const RHYTHM: usize = 10;
/// What is less than this share of full is not worth an alert, however unusual.
const OF_FULL: f64 = 0.002;
/// Nor is fast spend of less than this share of what is spent a day, or odd spend of less than that.
const FAST_OF_DAY: f64 = 0.35;
const ODD_OF_DAY: f64 = 0.15;
/// Fast is at least so many times, and at most so many times, the most ever spent about this hour.
const FASTEST: (f64, f64) = (1.5, 6.0);
/// A past of so many days tells but half of how much may be spent.
const YOUNG_DAYS: f64 = 21.0;
/// So many readings have to lie in a window: one may show what was spent long before.
const READINGS: i32 = 3;
/// Odd spend is in so many quarters of an hour: a request that comes once does not matter.
const ODD_QUARTERS: usize = 3;

/// What an account does, and what is usual for it.
pub(super) struct Look<'a> {
    pub habit: &'a Habit,
    pub usual: &'a Usual,
    /// What 100 % means.
    pub full: f64,
}

impl Look<'_> {
    /// Spend that is far more than ever in as long a time, in the shortest time in which it is.
    pub fn fast(&self, held: Option<&Unusual>) -> Option<Unusual> {
        let new = self.newly_fast();
        // What is over soon stays fast for longer times: that is still the same.
        held.filter(|held| new.is_some() || self.goes_on(held)).cloned().or(new)
    }

    fn newly_fast(&self) -> Option<Unusual> {
        if self.usual.seen < ENOUGH_DAYS || self.usual.active < ENOUGH_ACTIVE {
            return None;
        }
        WINDOWS.into_iter().enumerate().find_map(|(window, quarters)| {
            let hours = u32::try_from(quarters / HOUR).ok()?;
            let readings = self.habit.pace.interval() * READINGS;
            let (spent, steady) = amounts(self.recent(quarters).map(|cell| cell.spent));
            let fast = steady > self.limit(window)? && readings <= SignedDuration::from_hours(hours.into());
            let (spent, usual) = (decimal(spent), Some(decimal(self.usual.most[window])));
            fast.then_some(Unusual { sign: Sign::FastSpend, spent, usual, hours })
        })
    }

    /// What is fast in a window.
    fn limit(&self, window: usize) -> Option<f64> {
        let now = self.habit.recent.back()?.local;
        let usual = self.usual;
        let (most, here) = (usual.most[window], usual.here(window, now.weekend, now.hour));
        // An account that had days far above the others will have them again, and a short past had few of either.
        let times = usual.tail[window] * (1.0 + YOUNG_DAYS / usual.seen);
        let ever = most.max(here * times.clamp(FASTEST.0, FASTEST.1));
        Some(ever.max(usual.a_day * FAST_OF_DAY).max(self.full * OF_FULL))
    }

    /// Whether more than half as much was spent in as long a time as when it was told.
    fn goes_on(&self, held: &Unusual) -> bool {
        let total =
            |quarters: usize| self.habit.recent.iter().rev().nth(quarters).map_or(0.0, |cell| cell.total);
        // The last quarter goes on, and may have only begun.
        let quarters = usize::try_from(held.hours).unwrap_or(DAY).saturating_mul(HOUR).saturating_add(1);
        held.spent.to_f64().is_some_and(|spent| total(0) - total(quarters) > spent / 2.0)
    }

    /// Spend of the last day in hours that never had any.
    pub fn odd(&self, held: Option<&Unusual>) -> Option<Unusual> {
        let is_odd =
            |cell: &Cell| cell.spent > 0.0 && self.usual.is_dead(cell.local.weekend, cell.local.hour);
        let odd = || self.recent(DAY).enumerate().filter(|(_, cell)| is_odd(cell));
        // The earliest is the last of them.
        let earliest = odd().last()?.0;
        if held.is_some() {
            return held.cloned();
        }
        let (spent, steady) = amounts(odd().map(|(_, cell)| cell.spent));
        let enough = (self.usual.a_day * ODD_OF_DAY).max(self.full * OF_FULL);
        let rhythm = self.usual.active >= RHYTHM;
        let hours = u32::try_from(earliest / HOUR + 1).ok()?;
        (rhythm && odd().count() >= ODD_QUARTERS && steady > enough).then(|| Unusual {
            sign: Sign::OddHours,
            spent: decimal(spent),
            usual: None,
            hours,
        })
    }

    /// Refunds of nearly all that was reserved, unless that is how this account's provider always does it.
    pub fn failing(&self, held: Option<&Unusual>) -> Option<Unusual> {
        let now = self.habit.last?.until;
        let recent = |moved: &&Move| now.duration_since(moved.at) <= refund::WITHIN;
        let moves = self.habit.moves.iter().filter(recent);
        if held.is_some() {
            return held.filter(|_| moves.clone().any(|moved| moved.spent < 0.0)).cloned();
        }
        let known = self.usual.seen >= ENOUGH_DAYS && !self.usual.refunded;
        (known && refund::fails(moves.clone())).then(|| Unusual {
            sign: Sign::Refunds,
            spent: decimal(refund::reserved(moves)),
            usual: None,
            hours: u32::try_from(refund::WITHIN.as_hours()).unwrap_or(u32::MAX),
        })
    }

    /// So many of the last quarters, the latest first.
    fn recent(&self, quarters: usize) -> impl Iterator<Item = &Cell> {
        self.habit.recent.iter().rev().take(quarters)
    }
}

/// What quarters spent, and what they did without the one that spent most, which may be a single request.
fn amounts(spent: impl Iterator<Item = f64>) -> (f64, f64) {
    let (sum, largest) =
        spent.fold((0.0, 0.0_f64), |(sum, largest), spent| (sum + spent, largest.max(spent)));
    (sum, sum - largest)
}

/// The size of 100 %, where that is known.
pub(super) fn size(full: Option<Decimal>) -> f64 {
    full.and_then(|full| full.to_f64()).unwrap_or(0.0)
}

/// An amount without the digits that come of adding up.
fn decimal(amount: f64) -> Decimal {
    amount::from_double(amount).unwrap_or_default()
}
