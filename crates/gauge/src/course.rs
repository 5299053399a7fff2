//! The course of a meter: what its latest readings mean together, as far as `full` and the alerts need to know.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::history::{Amounts, Ledger, Pace, Rise, Span, movement};
use crate::reading::Meter;

/// How long after a fall its return still counts as a refund.
const REFUND_WITHIN: SignedDuration = SignedDuration::from_hours(1);
/// Where the provider is not known to refund, only a return of less than this share of the peak is none of credit that was
/// added, but a balance that flutters.
const FLUTTER: Decimal = Decimal::from_parts(5, 0, 0, false, 2);

/// Where a meter stands and how it got there; kept beside its readings and brought forward by each new one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Course {
    /// When the last reading was made.
    pub at: Timestamp,
    /// What was left then.
    pub remaining: Decimal,
    /// The total as told then.
    #[serde(default)]
    total: Option<Decimal>,
    /// What was used then.
    #[serde(default)]
    used: Option<Decimal>,
    /// The highest balance since the last top-up or reset.
    pub peak: Decimal,
    /// When the last top-up was seen.
    pub topped_up_at: Option<Timestamp>,
    /// How much it added.
    #[serde(default)]
    pub topped_up: Decimal,
    /// When the last reset of the allowance was seen.
    pub reset_at: Option<Timestamp>,
    /// When the allowance comes back, as last told.
    resets_at: Option<Timestamp>,
    /// Falls that may still be refunded, oldest first.
    reserved: Vec<Fall>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Fall {
    at: Timestamp,
    amount: Decimal,
}

/// What a new reading of a meter means after the one before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Nothing moved.
    None,
    /// It fell.
    Spent,
    /// It rose by what was reserved shortly before.
    Refunded,
    /// It rose.
    ToppedUp,
    /// A new window of the allowance began.
    Reset,
}

impl Change {
    /// Why the meter rose, where that was no top-up.
    #[must_use]
    pub fn rise(self) -> Option<Rise> {
        match self {
            Self::Reset => Some(Rise::Reset),
            Self::Refunded => Some(Rise::Refund),
            Self::None | Self::Spent | Self::ToppedUp => None,
        }
    }
}

impl Course {
    /// The course of a meter that is seen for the first time; `None` when what is left is not known.
    #[must_use]
    pub fn start(meter: &Meter, at: Timestamp) -> Option<Self> {
        let remaining = meter.remaining?;
        Some(Self {
            at,
            remaining,
            total: meter.total,
            used: meter.used,
            peak: remaining,
            topped_up_at: None,
            topped_up: Decimal::ZERO,
            reset_at: None,
            resets_at: meter.resets_at,
            reserved: Vec::new(),
        })
    }

    /// Brings the course forward by a newer reading. An older one, or one that does not know what is left, changes
    /// nothing.
    pub fn follow(&mut self, meter: &Meter, at: Timestamp) -> Change {
        let Some(remaining) = meter.remaining.filter(|_| at >= self.at) else { return Change::None };
        let rise = remaining - self.remaining;
        let window_turned =
            self.resets_at.is_some_and(|due| due <= at && meter.resets_at.is_none_or(|next| next > due));
        self.reserved.retain(|fall| at.duration_since(fall.at) <= REFUND_WITHIN);
        let rise_seen = if window_turned {
            Some(Rise::Reset)
        } else if (meter.refunds || tells_balance_alone(meter) && rise < self.peak * FLUTTER)
            && rise > Decimal::ZERO
            && rise <= self.reserved.iter().map(|fall| fall.amount).sum()
        {
            Some(Rise::Refund)
        } else {
            None
        };
        let before = Amounts { remaining: Some(self.remaining), total: self.total, used: self.used };
        let moved = movement(&before, &Amounts::of(meter), rise_seen);
        let change = if moved.reset {
            Change::Reset
        } else if moved.topped_up > Decimal::ZERO {
            Change::ToppedUp
        } else if rise > Decimal::ZERO {
            Change::Refunded
        } else if rise < Decimal::ZERO {
            Change::Spent
        } else {
            Change::None
        };
        match change {
            Change::Spent => self.reserve(at, -rise),
            Change::None => {}
            Change::Refunded => self.return_reserved(rise),
            Change::ToppedUp => {
                self.topped_up_at = Some(at);
                self.topped_up = moved.topped_up;
            }
            Change::Reset => self.reset_at = Some(at),
        }
        if matches!(change, Change::ToppedUp | Change::Reset) {
            self.peak = remaining;
            self.reserved.clear();
        }
        self.peak = self.peak.max(remaining);
        self.at = at;
        self.remaining = remaining;
        self.total = meter.total;
        self.used = meter.used;
        self.resets_at = meter.resets_at;
        change
    }

    /// Takes in what a longer history of the meter tells, in order, up to its last reading.
    pub fn recall(&mut self, spans: &[Span], pace: Pace) {
        let spans = &spans[..spans.partition_point(|span| span.from <= self.at)];
        if spans.last().is_none_or(|last| last.until < self.at) {
            return;
        }
        let ledger = Ledger::of(None, spans, pace);
        let in_gap = ledger.gaps.iter().rfind(|gap| gap.topped_up > Decimal::ZERO).map(|gap| gap.until);
        self.topped_up_at = ledger.top_ups.last().map(|top_up| top_up.at).max(in_gap);
        self.reset_at = ledger.resets.last().copied();
        let raised_at = self.topped_up_at.max(self.reset_at);
        let since = spans.iter().filter(|span| raised_at.is_none_or(|at| span.from >= at));
        self.peak = since.filter_map(|span| span.amounts.remaining).fold(self.remaining, Decimal::max);
    }

    /// Moves what lies after `at` there, because the clock was set back: else nothing would count until it has caught up.
    pub fn set_back(&mut self, at: Timestamp) {
        self.at = self.at.min(at);
        self.topped_up_at = self.topped_up_at.map(|time| time.min(at));
        self.reset_at = self.reset_at.map(|time| time.min(at));
        for fall in &mut self.reserved {
            fall.at = fall.at.min(at);
        }
    }

    /// Falls within a minute are one: what is remembered of an hour stays short.
    fn reserve(&mut self, at: Timestamp, amount: Decimal) {
        match self.reserved.last_mut() {
            Some(last) if at.duration_since(last.at) < SignedDuration::from_mins(1) => last.amount += amount,
            _ => self.reserved.push(Fall { at, amount }),
        }
    }

    fn return_reserved(&mut self, mut refund: Decimal) {
        while let Some(last) = self.reserved.last_mut() {
            if last.amount > refund {
                last.amount -= refund;
                return;
            }
            refund -= last.amount;
            self.reserved.pop();
        }
    }
}

/// Whether nothing but what is left is known, so that a rise may be anything.
fn tells_balance_alone(meter: &Meter) -> bool {
    meter.total.is_none() && meter.used.is_none()
}

/// What 100 % means for a meter: the total of the present window where the provider tells it, else what the user
/// typed, else the highest balance since the last top-up. `None` when none of these is above zero.
#[must_use]
pub fn full(meter: &Meter, typed: Option<Decimal>, course: Option<&Course>) -> Option<Decimal> {
    let total = meter.total.filter(|_| meter.total_is_full);
    total.or(typed).or_else(|| course.map(|course| course.peak)).filter(|full| *full > Decimal::ZERO)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::reading::MeterKind;
    use proptest::prelude::*;

    pub(crate) fn wallet(remaining: &str) -> Meter {
        Meter {
            id: "credits".into(),
            label: "Credits".into(),
            kind: MeterKind::Wallet,
            unit: "USD".parse().unwrap(),
            remaining: Some(remaining.parse().unwrap()),
            total: None,
            used: None,
            total_is_full: false,
            resets_at: None,
            expires_at: None,
            unlimited: false,
            refunds: false,
            note: None,
        }
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + n * 60).unwrap()
    }

    #[test]
    fn a_rise_is_a_top_up_and_full_starts_again_from_it() {
        let mut course = Course::start(&wallet("20"), minute(0)).unwrap();
        assert_eq!(course.follow(&wallet("2"), minute(1)), Change::Spent);
        assert_eq!(full(&wallet("2"), None, Some(&course)), Some(Decimal::from(20)));
        assert_eq!(course.follow(&wallet("12"), minute(2)), Change::ToppedUp);
        assert_eq!(course.topped_up_at, Some(minute(2)));
        assert_eq!(full(&wallet("12"), None, Some(&course)), Some(Decimal::from(12)));
    }

    #[test]
    fn what_was_reserved_and_comes_back_is_a_refund() {
        let refunding = |remaining: &str| Meter { refunds: true, ..wallet(remaining) };
        let mut course = Course::start(&refunding("10"), minute(0)).unwrap();
        course.follow(&refunding("9"), minute(1));
        assert_eq!(course.follow(&refunding("9.6"), minute(2)), Change::Refunded);
        // Only 0.4 is still reserved: half a dollar more cannot be its return.
        assert_eq!(course.follow(&refunding("10.1"), minute(3)), Change::ToppedUp);
        course.follow(&refunding("9.1"), minute(4));
        assert_eq!(course.follow(&refunding("9.5"), minute(70)), Change::ToppedUp, "too late for a refund");
    }

    #[test]
    fn a_balance_that_flutters_was_not_topped_up() {
        let mut course = Course::start(&wallet("100"), minute(0)).unwrap();
        course.follow(&wallet("24.9"), minute(1));
        assert_eq!(course.follow(&wallet("25.2"), minute(2)), Change::Refunded);
        assert_eq!(course.peak, Decimal::from(100));
        assert_eq!(course.follow(&wallet("30.2"), minute(3)), Change::ToppedUp, "too much for a flutter");
        assert_eq!(course.topped_up, Decimal::from(5));
        course.follow(&wallet("30"), minute(4));
        assert_eq!(course.follow(&wallet("30.5"), minute(5)), Change::ToppedUp, "more than had gone");
    }

    #[test]
    fn a_new_window_is_a_reset_even_when_it_is_partly_spent() {
        let quota =
            |remaining: &str, resets: i64| Meter { resets_at: Some(minute(resets)), ..wallet(remaining) };
        let mut course = Course::start(&quota("90", 10), minute(0)).unwrap();
        assert_eq!(course.follow(&quota("70", 20), minute(11)), Change::Reset);
        assert_eq!(course.follow(&quota("60", 20), minute(12)), Change::Spent);
        assert_eq!(course.reset_at, Some(minute(11)));
    }

    #[test]
    fn a_longer_history_tells_the_peak_and_the_last_top_up() {
        let read = |n, remaining: &str| Span::at(minute(n), Amounts::of(&wallet(remaining)));
        let mut course = Course::start(&wallet("5"), minute(9)).unwrap();
        let pace = Pace::of(SignedDuration::from_mins(1));
        course.recall(&[read(0, "90"), read(1, "10"), read(2, "60"), read(9, "5")], pace);
        assert_eq!((course.peak, course.topped_up_at), (Decimal::from(60), Some(minute(2))));
        let known = course.clone();
        course.recall(&[read(0, "900")], pace);
        assert_eq!(course, known, "a history that does not reach up to now is another meter's");
        course.recall(&[read(0, "90"), read(1, "10"), read(2, "60"), read(9, "5"), read(99, "900")], pace);
        assert_eq!(course, known, "what is from the future tells nothing");
    }

    #[test]
    fn a_typed_full_gives_way_to_a_real_total_only() {
        let mut meter = Meter { total: Some(Decimal::from(500)), ..wallet("40") };
        assert_eq!(
            full(&meter, Some(Decimal::from(80)), None),
            Some(Decimal::from(80)),
            "a lifetime total is never full"
        );
        meter.total_is_full = true;
        assert_eq!(full(&meter, Some(Decimal::from(80)), None), Some(Decimal::from(500)));
        assert_eq!(full(&wallet("-3"), None, Course::start(&wallet("-3"), minute(0)).as_ref()), None);
    }

    proptest! {
        #[test]
        fn the_peak_is_never_under_what_is_left(steps in proptest::collection::vec(-500_i64..500, 1..40), refunds: bool) {
            let meter = |cents| Meter { refunds, remaining: Some(Decimal::new(cents, 2)), ..wallet("0") };
            let mut course = Course::start(&meter(steps[0]), minute(0)).unwrap();
            for (n, cents) in steps.iter().enumerate() {
                course.follow(&meter(*cents), minute(i64::try_from(n).unwrap()));
                prop_assert!(course.peak >= course.remaining);
                prop_assert_eq!(course.remaining, Decimal::new(*cents, 2));
            }
        }
    }
}
