//! How long an account is left alone: it is asked soon where a threshold may be crossed, and seldom where nothing moves.

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::passage::Passages;

/// An account of which nothing is to be seen soon is asked after so many usual intervals,
const LONGEST: i32 = 3;
/// but no later than this, unless that is usual: a burst out of the blue is not seen before.
const LATEST: SignedDuration = SignedDuration::from_mins(30);
/// For how long saved questions add up.
const KEPT: SignedDuration = SignedDuration::from_hours(3 * 24);
/// With so many saved questions an account begins, so that its first hours are watched as well.
const FIRST: f64 = 24.0;
/// At which likelihood a crossing between two questions is risked while none is saved,
const RISKED: f64 = 0.25;
/// and how fast that falls the more are.
const CAUTION: f64 = 12.0;

/// How often an account may be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// The least time between two questions that its provider asks for.
    pub least: SignedDuration,
    /// The usual time: what the user wants, if the provider allows it. On average it is no shorter.
    pub usual: SignedDuration,
}

impl Bounds {
    /// What the user wants, and the least that the provider asks for.
    #[must_use]
    pub fn new(wanted_seconds: u32, least: SignedDuration) -> Self {
        Self { least, usual: SignedDuration::from_secs(i64::from(wanted_seconds)).max(least) }
    }

    /// The longest time between two questions.
    #[must_use]
    pub fn longest(self) -> SignedDuration {
        (self.usual * LONGEST).min(LATEST).max(self.usual)
    }
}

/// When an account is asked next, as planned when it was last read. It is kept with the account, so that all programs
/// agree and a restart forgets nothing.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// When the account was read.
    pub(super) at: Timestamp,
    /// The usual interval it was made for.
    pub(super) usual: SignedDuration,
    /// After how long to ask again.
    pub(super) interval: SignedDuration,
    /// How many questions were saved against asking at the usual interval.
    pub(super) saved: f64,
}

impl Plan {
    /// Plans on after a reading. `meters` are those that may yet cross a threshold.
    #[must_use]
    pub fn next(before: Option<Self>, at: Timestamp, bounds: Bounds, meters: &[Passages]) -> Self {
        let most = KEPT.div_duration_f64(bounds.usual).max(1.0);
        let saved = before.map_or(FIRST.min(most), |before| {
            if before.at == at {
                return before.saved; // planned anew for the same reading: nobody asked again
            }
            let passed = at.duration_since(before.at).max(SignedDuration::ZERO);
            (before.saved + passed.div_duration_f64(bounds.usual) - 1.0).min(most)
        });
        let soonest = meters.iter().map(|passages| wait(passages, saved / most, bounds)).min();
        // Without anything saved, no question comes early: so there are no more than at the usual interval.
        let least = if saved < 1.0 { bounds.usual } else { bounds.least };
        let interval = soonest.unwrap_or(bounds.usual).max(least);
        Self { at, usual: bounds.usual, interval, saved }
    }

    /// After how long to ask again; `None` once another interval is usual, for which it was not made.
    #[must_use]
    pub fn interval(&self, bounds: Bounds) -> Option<SignedDuration> {
        (self.usual == bounds.usual).then(|| self.interval.max(bounds.least))
    }
}

/// How long a meter may be left alone, when so large a share is saved of all that can be.
fn wait(passages: &Passages, saved: f64, bounds: Bounds) -> SignedDuration {
    let longest = bounds.longest();
    let calm = if !passages.knows_days {
        bounds.usual
    } else if passages.moves {
        // What is saved beyond the half goes into watching what moves.
        longest - (longest - bounds.usual).mul_f64((saved * 2.0 - 1.0).clamp(0.0, 1.0))
    } else {
        longest
    };
    let risk = RISKED * (-CAUTION * saved.max(0.0)).exp();
    passages.quantile(risk).map_or(calm, |time| time.min(calm))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Amounts, Span};
    use proptest::prelude::*;
    use rust_decimal::Decimal;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
    const MINUTE: SignedDuration = SignedDuration::from_mins(1);
    const BOUNDS: Bounds = Bounds { least: MINUTE, usual: SignedDuration::from_mins(5) };

    fn saving(saved: f64) -> Plan {
        // The question at `NOW` takes what has come since.
        Plan { at: NOW - BOUNDS.usual, usual: BOUNDS.usual, interval: BOUNDS.usual, saved }
    }

    /// A meter that fell by one every minute for two days, or rested.
    fn meter(falls: bool, distance: i64) -> Passages {
        let left = |ago: i64| if falls { ago } else { 5000 };
        let amounts = |ago| Amounts { remaining: Some(Decimal::from(left(ago))), ..Amounts::default() };
        let spans: Vec<_> =
            (0..=2880).rev().map(|ago| Span::at(NOW - MINUTE * ago, amounts(i64::from(ago)))).collect();
        Passages::of(&spans, NOW, Decimal::from(distance), BOUNDS)
    }

    fn planned(saved: f64, meters: &[Passages]) -> SignedDuration {
        Plan::next(Some(saving(saved)), NOW, BOUNDS, meters).interval(BOUNDS).unwrap()
    }

    #[test]
    fn what_is_about_to_cross_is_asked_as_soon_as_it_may_be() {
        assert_eq!(planned(500.0, &[meter(true, 4)]), MINUTE);
        assert_eq!(planned(500.0, &[meter(false, 4), meter(true, 4)]), MINUTE, "the soonest wins");
        assert_eq!(planned(0.0, &[meter(true, 4)]), BOUNDS.usual, "nothing is saved");
    }

    #[test]
    fn what_rests_is_asked_late_and_what_moves_as_usual() {
        assert_eq!(planned(500.0, &[meter(false, 4)]), MINUTE * 15);
        assert_eq!(planned(864.0, &[meter(true, 5000)]), BOUNDS.usual);
        assert_eq!(planned(100.0, &[meter(true, 5000)]), MINUTE * 15, "little is saved");
    }

    #[test]
    fn what_is_new_or_under_all_thresholds_is_asked_as_usual() {
        let new = Passages::of(&[Span::at(NOW, Amounts::default())], NOW, Decimal::ONE, BOUNDS);
        assert_eq!(Plan::next(None, NOW, BOUNDS, &[new]).interval(BOUNDS), Some(BOUNDS.usual));
        assert_eq!(planned(500.0, &[]), BOUNDS.usual);
    }

    #[test]
    fn planning_anew_for_the_same_reading_costs_no_question() {
        let plan = Plan::next(Some(saving(500.0)), NOW, BOUNDS, &[meter(true, 4)]);
        let anew = Plan::next(Some(plan), NOW, BOUNDS, &[meter(false, 4)]);
        assert!((anew.saved - plan.saved).abs() < 1e-9);
        assert_eq!(anew.interval, MINUTE * 15);
    }

    #[test]
    fn another_usual_interval_holds_at_once() {
        let plan = Plan::next(Some(saving(500.0)), NOW, BOUNDS, &[meter(false, 4)]);
        assert_eq!(plan.interval(Bounds::new(3600, MINUTE)), None);
        let patient = Bounds { least: MINUTE * 20, ..BOUNDS };
        assert_eq!(plan.interval(patient), Some(MINUTE * 20), "what the provider asks for holds in any case");
    }

    #[test]
    fn the_longest_interval_is_three_usual_ones_or_half_an_hour() {
        let longest = |seconds| Bounds::new(seconds, MINUTE).longest();
        assert_eq!([60, 300, 900, 3600].map(longest), [3, 15, 30, 60].map(SignedDuration::from_mins));
    }

    #[test]
    fn what_is_saved_goes_into_watching_for_a_burst_at_any_hour() {
        let left = |ago: i64| if ago > 600 { 100 } else { 60 };
        let amounts = |ago| Amounts { remaining: Some(Decimal::from(left(ago))), ..Amounts::default() };
        let spans: Vec<_> =
            (0..=2880).rev().map(|ago| Span::at(NOW - MINUTE * ago, amounts(i64::from(ago)))).collect();
        let meter = |distance: i64| Passages::of(&spans, NOW, Decimal::from(distance), BOUNDS);
        assert_eq!(planned(864.0, &[meter(40)]), MINUTE * 2);
        assert_eq!(planned(864.0, &[meter(41)]), MINUTE * 15, "it never fell so far");
        assert_eq!(planned(300.0, &[meter(40)]), MINUTE * 15, "what is saved is for other times");
    }

    proptest! {
        /// However it moves, it is asked no more often than at the usual interval, the first questions aside.
        #[test]
        fn questions_are_spent_only_where_they_were_saved(moves in proptest::collection::vec(any::<bool>(), 1..200)) {
            let meters = [meter(true, 4), meter(false, 4)];
            let (mut at, mut plan) = (NOW, None);
            for (asked, falls) in (0_i32..).zip(&moves) {
                let next = Plan::next(plan, at, BOUNDS, &meters[usize::from(!*falls)..][..1]);
                let interval = next.interval(BOUNDS).unwrap();
                prop_assert!(interval >= BOUNDS.least && interval <= BOUNDS.longest());
                prop_assert!(at.duration_since(NOW) >= BOUNDS.usual * (asked - 24) - MINUTE);
                (at, plan) = (at + interval, Some(next));
            }
        }

        #[test]
        fn after_the_clock_was_set_back_nothing_is_saved_or_owed_for_it(hours in 1_i64..100_000, saved in 0.0_f64..864.0) {
            let ahead = Plan { at: NOW + SignedDuration::from_hours(hours), ..saving(saved) };
            let plan = Plan::next(Some(ahead), NOW, BOUNDS, &[]);
            prop_assert!((plan.saved - (saved - 1.0)).abs() < 1e-9);
        }
    }
}
