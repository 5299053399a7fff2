//! What moved over time, added up without claiming to know more than the readings say.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use super::gap::{Pace, Unmeasured};
use super::movement::movement;
use super::span::Span;

/// Credit that was added, or several additions between the same two readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct TopUp {
    /// The reading that showed it.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// How much.
    #[ts(type = "string")]
    pub amount: Decimal,
}

/// A quarter of an hour in UTC, counted from 1970. Every zone's midnight lies between two of them, so that what was
/// spent can be added up by anybody's days.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Quarter(pub i64);

impl Quarter {
    const MILLISECONDS: i64 = 15 * 60 * 1000;
    /// How long each is.
    pub(crate) const LENGTH: SignedDuration = SignedDuration::from_millis(Self::MILLISECONDS);

    /// The quarter in which something happened that was seen at this time. At the very start of a quarter it was the one
    /// before.
    #[must_use]
    pub fn before(at: Timestamp) -> Self {
        Self((at.as_millisecond() - 1).div_euclid(Self::MILLISECONDS))
    }

    /// The quarter that a time is in.
    #[must_use]
    pub fn of(at: Timestamp) -> Self {
        Self(at.as_millisecond().div_euclid(Self::MILLISECONDS))
    }

    /// When it began.
    #[must_use]
    pub fn start(self) -> Timestamp {
        Timestamp::from_millisecond(self.0 * Self::MILLISECONDS).unwrap_or(Timestamp::MIN)
    }
}

/// What moved in a series.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ledger {
    /// What was spent in each quarter of an hour in which anything was, in order; less what came back.
    pub spends: Vec<(Quarter, Decimal)>,
    /// What was added, in order.
    pub top_ups: Vec<TopUp>,
    /// When a new window of the allowance was first seen, in order.
    pub resets: Vec<Timestamp>,
    /// The times without readings, in order, and what moved in each.
    pub gaps: Vec<Unmeasured>,
}

impl Ledger {
    /// Adds up spans, which are in order. `before` is the last one before them that said what was
    /// left or used.
    #[must_use]
    pub fn of(before: Option<&Span>, spans: &[Span], pace: Pace) -> Self {
        let mut ledger = Self::default();
        let mut last = before;
        // A reading that says nothing of the meter stands in nobody's way: what moved shows in the next that does.
        for span in spans.iter().filter(|span| span.amounts.are_known()) {
            if let Some(last) = last {
                ledger.step(last, span, pace);
            }
            last = Some(span);
        }
        ledger
    }

    fn step(&mut self, before: &Span, after: &Span, pace: Pace) {
        let moved = movement(&before.amounts, &after.amounts, after.rise);
        if moved.reset {
            self.resets.push(after.from);
        }
        if pace.is_gap(before.until, after.from) {
            let (from, until) = (before.until, after.from);
            self.gaps.push(Unmeasured { from, until, spent: moved.spent, topped_up: moved.topped_up });
            return;
        }
        if !moved.spent.is_zero() {
            let quarter = Quarter::before(after.from);
            match self.spends.last_mut() {
                Some((last, spent)) if *last == quarter => *spent += moved.spent,
                _ => self.spends.push((quarter, moved.spent)),
            }
        }
        if !moved.topped_up.is_zero() {
            self.top_ups.push(TopUp { at: after.from, amount: moved.topped_up });
        }
    }

    /// A time of which nothing is known.
    #[must_use]
    pub fn unknown(from: Timestamp, until: Timestamp) -> Self {
        let (spent, topped_up) = (Decimal::ZERO, Decimal::ZERO);
        Self { gaps: vec![Unmeasured { from, until, spent, topped_up }], ..Self::default() }
    }

    /// Ends the series: when nobody has looked for long since its last reading, that is a gap in which nothing is known
    /// to have moved.
    pub fn end(&mut self, last: Timestamp, now: Timestamp, pace: Pace) {
        if pace.is_gap(last, now) {
            self.extend(Self::unknown(last, now));
        }
    }

    /// Puts what came later behind.
    pub fn extend(&mut self, later: Self) {
        self.spends.extend(later.spends);
        self.top_ups.extend(later.top_ups);
        self.resets.extend(later.resets);
        self.gaps.extend(later.gaps);
    }

    /// Keeps what was seen after `from`, up to and including `until`, and the gaps that reach into that range. The quarters
    /// in which the range begins and ends count whole.
    pub fn clip(&mut self, from: Timestamp, until: Timestamp) {
        let (first, last) = (Quarter::of(from), Quarter::before(until));
        self.spends.retain(|(quarter, _)| *quarter >= first && *quarter <= last);
        let seen = |at: Timestamp| at > from && at <= until;
        self.top_ups.retain(|top_up| seen(top_up.at));
        self.resets.retain(|at| seen(*at));
        self.gaps.retain(|gap| gap.until > from && gap.from < until);
    }

    /// What was surely spent in the range that the ledger was clipped to: what moved in a gap counts where the whole gap
    /// lies within.
    #[must_use]
    pub fn spent(&self, from: Timestamp, until: Timestamp) -> Decimal {
        let known: Decimal = self.spends.iter().map(|(_, spent)| spent).sum();
        (known + self.gaps_within(from, until).map(|gap| gap.spent).sum::<Decimal>()).normalize()
    }

    /// What was surely added in the range that the ledger was clipped to, as [`Self::spent`].
    #[must_use]
    pub fn topped_up(&self, from: Timestamp, until: Timestamp) -> Decimal {
        let known: Decimal = self.top_ups.iter().map(|top_up| top_up.amount).sum();
        (known + self.gaps_within(from, until).map(|gap| gap.topped_up).sum::<Decimal>()).normalize()
    }

    fn gaps_within(&self, from: Timestamp, until: Timestamp) -> impl Iterator<Item = &Unmeasured> {
        self.gaps.iter().filter(move |gap| gap.from >= from && gap.until <= until)
    }

    /// How much of the time from `from` until `until` nobody looked.
    #[must_use]
    pub fn unmeasured(&self, from: Timestamp, until: Timestamp) -> SignedDuration {
        let overlap = |gap: &Unmeasured| gap.until.min(until).duration_since(gap.from.max(from));
        self.gaps.iter().map(overlap).filter(SignedDuration::is_positive).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Amounts, Rise};
    use proptest::prelude::*;

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + n * 60).unwrap()
    }

    fn left(remaining: i64) -> Amounts {
        Amounts { remaining: Some(remaining.into()), ..Amounts::default() }
    }

    fn span(from: i64, until: i64, remaining: i64) -> Span {
        Span { until: minute(until), ..Span::at(minute(from), left(remaining)) }
    }

    fn pace() -> Pace {
        Pace::of(SignedDuration::from_mins(5))
    }

    #[test]
    fn what_was_seen_at_the_start_of_a_quarter_happened_in_the_one_before() {
        let at = |second| Quarter::before(Timestamp::from_second(second).unwrap());
        assert_eq!(
            (at(900), at(901), at(1800), at(0), at(-899)),
            (Quarter(0), Quarter(1), Quarter(1), Quarter(-1), Quarter(-1))
        );
    }

    #[test]
    fn what_moved_while_nobody_looked_belongs_to_that_time() {
        let spans = [
            span(0, 60, 100),
            span(65, 65, 98),
            span(300, 300, 90),
            span(305, 310, 140),
            span(320, 320, 139),
        ];
        let ledger = Ledger::of(None, &spans, pace());
        let spent = |seen, amount: i64| (Quarter::before(minute(seen)), Decimal::from(amount));
        assert_eq!(ledger.spends, [spent(65, 2), spent(320, 1)]);
        assert_eq!(ledger.top_ups, [TopUp { at: minute(305), amount: 50.into() }]);
        let gap = Unmeasured { from: minute(65), until: minute(300), spent: 8.into(), topped_up: 0.into() };
        assert_eq!(ledger.gaps, [gap]);
        assert_eq!(ledger.spent(minute(0), minute(320)), 11.into());
        assert_eq!(
            ledger.spent(minute(100), minute(320)),
            3.into(),
            "less than the gap does not hold what moved in it"
        );
        assert_eq!(ledger.unmeasured(minute(100), minute(320)), SignedDuration::from_mins(200));
    }

    #[test]
    fn a_reading_that_says_nothing_stands_in_nobodys_way() {
        let nothing = Span::at(minute(5), Amounts::default());
        let ledger = Ledger::of(None, &[span(0, 0, 10), nothing, span(10, 10, 7)], pace());
        assert_eq!(ledger.spent(minute(0), minute(10)), 3.into());
        let long = Span { until: minute(595), ..nothing };
        let ledger = Ledger::of(None, &[span(0, 0, 10), long, span(600, 600, 7)], pace());
        assert_eq!(ledger.gaps.len(), 1, "nobody knows what was left meanwhile");
    }

    #[test]
    fn what_came_back_is_taken_from_what_was_spent() {
        let refund = Span { rise: Some(Rise::Refund), ..span(10, 10, 9) };
        let ledger = Ledger::of(None, &[span(0, 0, 10), span(5, 5, 7), refund], pace());
        assert_eq!(ledger.spent(minute(0), minute(10)), 1.into());
        assert_eq!(ledger.top_ups, []);
    }

    prop_compose! {
        fn spans()(steps in proptest::collection::vec(
            (prop_oneof![6 => 1_i64..30, 1 => 30_i64..4000], 0_i64..100, -50_i64..50),
            1..60,
        )) -> Vec<Span> {
            let (mut at, mut remaining) = (0, 1000);
            steps.into_iter().map(|(step, length, change)| {
                let from = at + step;
                at = from + length;
                remaining += change;
                span(from, at, remaining)
            }).collect()
        }
    }

    proptest! {
        #[test]
        fn nothing_is_lost_or_made_up(spans in spans()) {
            let ledger = Ledger::of(None, &spans, pace());
            let (first, last) = (spans[0], spans[spans.len() - 1]);
            let moved = ledger.spent(first.from, last.until) - ledger.topped_up(first.from, last.until);
            prop_assert_eq!(Some(moved), first.amounts.remaining.zip(last.amounts.remaining).map(|(a, b)| a - b));
        }

        #[test]
        fn parts_add_up_to_the_whole(spans in spans(), cut in 0_usize..60) {
            let (early, late) = spans.split_at(cut.min(spans.len()));
            let mut ledger = Ledger::of(None, early, pace());
            let whole = Ledger::of(None, &spans, pace());
            ledger.extend(Ledger::of(early.last(), late, pace()));
            let (from, until) = (spans[0].from, spans[spans.len() - 1].until);
            prop_assert_eq!(ledger.spent(from, until), whole.spent(from, until));
            prop_assert_eq!(&ledger.top_ups, &whole.top_ups);
            prop_assert_eq!(&ledger.gaps, &whole.gaps);
        }
    }
}
