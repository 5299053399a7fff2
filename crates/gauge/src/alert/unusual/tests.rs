//! What is unusual, and what is not.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use proptest::prelude::*;
use rust_decimal::Decimal;

use super::{Habit, Sign, Unusual, unusual};
use crate::history::{Amounts, Pace, Rise, Span};

const QUARTER: SignedDuration = SignedDuration::from_mins(15);
const PACE: SignedDuration = SignedDuration::from_mins(5);

/// A wallet of which a quarter of an hour's spend is read at a time; it begins on a Monday at midnight.
#[derive(Clone)]
struct Wallet {
    at: Timestamp,
    left: Decimal,
    spans: Vec<Span>,
}

impl Wallet {
    fn new() -> Self {
        let at = "2026-01-05T00:00:00Z".parse().unwrap();
        let mut wallet = Self { at, left: 1_000_000.into(), spans: Vec::new() };
        wallet.read(None);
        wallet
    }

    /// One that spent so many cents in each quarter of an hour, by the day and the hour, for so many days.
    fn spent(days: i64, cents: impl Fn(i64, i64) -> i64) -> Self {
        let mut wallet = Self::new();
        for quarter in 0..days * 96 {
            wallet.spend(cents(quarter / 96, quarter / 4 % 24));
        }
        wallet
    }

    /// Twelve weeks of forty cents a quarter in working hours.
    fn office() -> Self {
        Self::spent(84, |day, hour| if day % 7 < 5 && (9..18).contains(&hour) { 40 } else { 0 })
    }

    /// Four weeks of ten cents in each quarter.
    fn service() -> Self {
        Self::spent(28, |_, _| 10)
    }

    fn read(&mut self, rise: Option<Rise>) {
        let amounts = Amounts { remaining: Some(self.left), ..Amounts::default() };
        match self.spans.last_mut() {
            Some(last) if last.amounts == amounts && !Pace::of(PACE).is_gap(last.until, self.at) => {
                last.until = self.at;
            }
            _ => self.spans.push(Span { rise, ..Span::at(self.at, amounts) }),
        }
    }

    /// A quarter of an hour in which so many cents are spent.
    fn spend(&mut self, cents: i64) {
        self.at += QUARTER;
        self.left -= Decimal::new(cents, 2);
        self.read((cents < 0).then_some(Rise::Refund));
    }

    fn hours(mut self, hours: i64, cents: i64) -> Self {
        (0..hours * 4).for_each(|_| self.spend(cents));
        self
    }

    fn look(&self, holding: &[Unusual]) -> Vec<Unusual> {
        let (pace, zone) = (Pace::of(PACE), TimeZone::UTC);
        unusual(&self.spans, pace, self.at, None, true, &zone, holding)
    }

    fn signs(&self) -> Vec<Sign> {
        self.look(&[]).iter().map(|unusual| unusual.sign).collect()
    }
}

#[test]
fn far_more_than_ever_is_fast_after_an_hour() {
    let wallet = Wallet::service();
    assert_eq!(wallet.signs(), []);
    let told = wallet.hours(1, 120).look(&[]);
    let [fast] = &told[..] else { panic!("{told:?}") };
    assert_eq!((fast.sign, fast.hours), (Sign::FastSpend, 1));
    assert_eq!((fast.spent, fast.usual), (Decimal::new(480, 2), Some(Decimal::new(40, 2))));
}

#[test]
fn somewhat_more_than_ever_and_one_large_request_are_not_fast() {
    assert_eq!(Wallet::service().hours(48, 14).signs(), []);
    let mut wallet = Wallet::service();
    wallet.spend(5_000);
    assert_eq!(wallet.signs(), []);
}

#[test]
fn an_account_with_days_far_above_the_others_may_have_more_of_them() {
    let spiky = |day, hour| if day % 9 == 8 { 60 } else { i64::from(hour % 2 == 0) };
    assert_eq!(Wallet::spent(35, spiky).hours(12, 100).signs(), []);
}

#[test]
fn little_of_full_is_no_alert_however_unusual() {
    let wallet = Wallet::service().hours(2, 110);
    let with = |full: i64| {
        unusual(&wallet.spans, Pace::of(PACE), wallet.at, Some(full.into()), false, &TimeZone::UTC, &[]).len()
    };
    assert_eq!((with(100), with(1_000_000)), (1, 0));
}

#[test]
fn hours_that_never_had_spend_are_odd() {
    // It is Monday, midnight.
    let night = Wallet::office().hours(2, 0);
    let told = night.clone().hours(2, 40).look(&[]);
    let [odd] = &told[..] else { panic!("{told:?}") };
    assert_eq!((odd.sign, odd.spent, odd.hours), (Sign::OddHours, Decimal::new(320, 2), 2));
    assert_eq!(night.hours(0, 0).hours(5, 0).hours(11, 40).signs(), [], "an early start");
    assert_eq!(Wallet::office().hours(9, 0).hours(11, 40).signs(), [], "a long day");
    let saturday = Wallet::office().hours(5 * 24 + 9, 0).hours(2, 40);
    assert_eq!(saturday.signs(), [Sign::OddHours], "what is usual on workdays");
}

#[test]
fn one_request_at_night_is_not_odd_nor_are_nights_nobody_saw() {
    let mut wallet = Wallet::office().hours(3, 0);
    wallet.spend(500);
    assert_eq!(wallet.signs(), []);
    // Only read from nine to six.
    let mut awake = Wallet::new();
    for _ in 0..40 {
        awake.at += SignedDuration::from_hours(9);
        awake.read(None);
        awake = awake.hours(9, 40);
        awake.at += SignedDuration::from_hours(6);
    }
    assert_eq!(awake.hours(6, 20).signs(), []);
}

#[test]
fn an_account_without_a_rhythm_has_no_odd_hours() {
    let wallet = Wallet::spent(84, |day, hour| i64::from(day % 28 == 0 && hour == 12) * 100);
    assert!(!wallet.hours(3, 0).hours(2, 40).signs().contains(&Sign::OddHours));
}

#[test]
fn many_refunds_of_nearly_all_are_failing_requests() {
    let failing = |wallet: &mut Wallet, back: i64| {
        for _ in 0..4 {
            wallet.at -= SignedDuration::from_mins(5);
            wallet.spend(10);
            wallet.at -= SignedDuration::from_mins(5);
            wallet.spend(-back);
        }
    };
    let mut wallet = Wallet::service();
    failing(&mut wallet, 10);
    assert_eq!(wallet.signs(), [], "four");
    failing(&mut wallet, 10);
    let told = wallet.look(&[]);
    assert_eq!(told.iter().map(|told| told.sign).collect::<Vec<_>>(), [Sign::Refunds]);
    let (pace, zone) = (Pace::of(PACE), TimeZone::UTC);
    assert_eq!(unusual(&wallet.spans, pace, wallet.at, None, false, &zone, &[]), [], "what is no refund");
    let calm = wallet.clone().hours(1, 0);
    assert_eq!(calm.look(&told), told, "it holds");
    assert_eq!(calm.hours(2, 0).look(&told), [], "until nothing comes back for two hours");
    let mut partly = Wallet::service();
    (0..2).for_each(|_| failing(&mut partly, 5));
    assert_eq!(partly.signs(), [], "half");
    let mut always = wallet.hours(3 * 24, 10);
    (0..2).for_each(|_| failing(&mut always, 10));
    assert_eq!(always.signs(), [], "as it was before");
}

#[test]
fn fast_spend_holds_until_it_is_half_as_fast() {
    let leak = Wallet::service().hours(1, 120);
    let told = leak.look(&[]);
    assert_eq!(told.len(), 1);
    assert_eq!(leak.clone().hours(1, 10).look(&told), told, "two hours in which one was fast");
    let usual_by_now = leak.clone().hours(24 * 5, 70);
    assert_eq!(usual_by_now.look(&[]), []);
    assert_eq!(usual_by_now.look(&told), told);
    assert_eq!(usual_by_now.hours(2, 45).look(&told), []);
    assert_eq!(leak.hours(12, 10).look(&told), []);
}

#[test]
fn odd_hours_hold_until_a_day_without() {
    let leak = Wallet::office().hours(2, 0).hours(2, 40);
    let told = leak.look(&[]);
    assert_eq!(told.len(), 1);
    let stopped = leak.hours(20, 0);
    assert_eq!(stopped.look(&told), told);
    assert_eq!(stopped.hours(5, 0).look(&told), []);
}

#[test]
fn a_top_up_a_reset_and_a_gap_raise_nothing() {
    let mut wallet = Wallet::service();
    wallet.left += Decimal::from(500);
    wallet.spend(10);
    assert_eq!(wallet.signs(), [], "a top-up");
    wallet.left += Decimal::from(500);
    wallet.at += QUARTER;
    wallet.read(Some(Rise::Reset));
    assert_eq!(wallet.signs(), [], "a reset");
    wallet.at += SignedDuration::from_hours(14);
    wallet.left -= Decimal::from(100);
    wallet.read(None);
    assert_eq!(wallet.signs(), [], "what was spent while nobody looked");
    assert_eq!(wallet.hours(24, 10).signs(), [], "nor a day later");
}

#[test]
fn an_allowance_that_is_used_up_makes_no_hours_dead() {
    let mut wallet = Wallet::new();
    let allowance = |used: i64| Amounts {
        remaining: Some((1000 - used).into()),
        total: Some(1000.into()),
        used: Some(used.into()),
    };
    wallet.spans.clear();
    for quarter in 0..84 * 96 {
        let used = (quarter % 96 * 50).min(1000);
        let rise = (used == 0).then_some(Rise::Reset);
        wallet.spans.push(Span { rise, ..Span::at(wallet.at, allowance(used)) });
        wallet.at += QUARTER;
    }
    // Today it is used more slowly, and lasts.
    for quarter in 0..95 {
        wallet.spans.push(Span::at(wallet.at, allowance(quarter * 10)));
        assert_eq!(wallet.signs(), []);
        wallet.at += QUARTER;
    }
}

#[test]
fn a_coarse_past_says_nothing_of_hours() {
    let mut wallet = Wallet::new();
    for _ in 0..60 {
        wallet.at += SignedDuration::from_hours(24);
        wallet.left -= Decimal::from(10);
        wallet.read(None);
    }
    assert_eq!(wallet.clone().hours(2, 250).signs(), []);
    let pace = Pace::of(SignedDuration::from_hours(24));
    wallet.at += SignedDuration::from_hours(24);
    wallet.left -= Decimal::from(500);
    wallet.read(None);
    assert_eq!(unusual(&wallet.spans, pace, wallet.at, None, false, &TimeZone::UTC, &[]), []);
}

#[test]
fn a_clock_that_was_set_back_raises_nothing() {
    let mut wallet = Wallet::service().hours(3, 10);
    let last = wallet.spans.len() - 1;
    wallet.spans[last].amounts.remaining = Some(100.into());
    wallet.at -= SignedDuration::from_hours(3);
    assert_eq!(wallet.signs(), [], "what is from the future");
    wallet.spans.push(Span::at(wallet.at, Amounts { remaining: Some(5.into()), ..Amounts::default() }));
    wallet.left = 5.into();
    assert_eq!(wallet.clone().hours(1, 10).signs(), []);
}

#[test]
fn a_young_account_and_one_that_never_spent_have_nothing_unusual() {
    assert_eq!(Wallet::spent(6, |_, _| 10).hours(6, 200).signs(), []);
    assert_eq!(Wallet::spent(84, |_, _| 0).hours(6, 200).signs(), []);
}

#[test]
fn days_are_those_of_the_zone() {
    let wallet = Wallet::office().hours(12, 0).hours(2, 40);
    let in_zone = |name| {
        let zone = TimeZone::get(name).unwrap();
        unusual(&wallet.spans, Pace::of(PACE), wallet.at, None, false, &zone, &[])
    };
    assert_eq!(in_zone("Asia/Kolkata"), in_zone("America/New_York"));
    // Sunday night in London is Monday in Auckland, when people there are at work.
    let sunday = Wallet::spent(84, |day, hour| {
        let monday_to_friday = (day * 24 + hour + 13) / 24 % 7 < 5;
        i64::from(monday_to_friday && (hour + 13) % 24 >= 9 && (hour + 13) % 24 < 18) * 40
    });
    let sunday = sunday.hours(6 * 24 + 20, 0).hours(3, 40);
    let zone = TimeZone::get("Pacific/Auckland").unwrap();
    assert_eq!(unusual(&sunday.spans, Pace::of(PACE), sunday.at, None, false, &zone, &[]), []);
}

#[test]
fn signs_are_written_as_they_are_read() {
    for sign in Sign::ALL {
        assert_eq!(sign.to_string().parse::<Sign>().unwrap(), sign);
        assert_eq!(serde_json::to_value(sign).unwrap(), sign.to_string());
    }
    assert!("slow_spend".parse::<Sign>().is_err());
}

prop_compose! {
    /// Readings of any kind at any time, in order.
    fn spans()(steps in proptest::collection::vec(
        (
            prop_oneof![8 => 1_i64..30, 1 => 30_i64..4_000, 1 => Just(200_000)],
            0_i64..100,
            proptest::option::weighted(0.9, -500_i64..200),
            proptest::option::weighted(0.2, prop_oneof![Just(Rise::Reset), Just(Rise::Refund)]),
        ),
        1..80,
    )) -> Vec<Span> {
        let mut minutes = 0;
        let mut left = 1000;
        let time = |minutes: i64| Timestamp::from_second(1_800_000_000 + minutes * 60).unwrap();
        steps.into_iter().map(|(step, length, change, rise)| {
            let from = time(minutes + step);
            minutes += step + length;
            left += change.unwrap_or_default();
            let amounts = Amounts { remaining: change.map(|_| left.into()), ..Amounts::default() };
            Span { until: time(minutes), rise, ..Span::at(from, amounts) }
        }).collect()
    }
}

proptest! {
    #[test]
    fn a_habit_is_the_same_however_it_came_about(spans in spans(), refunds: bool) {
        let (pace, zone) = (Pace::of(PACE), TimeZone::get("Europe/Berlin").unwrap());
        let at = spans[spans.len() - 1].until;
        let mut followed = Habit::new(pace, &zone);
        for span in &spans {
            followed.follow(&Span { until: span.from, ..*span });
            let _ = followed.unusual(None, refunds, &[]);
            followed.follow(span);
        }
        prop_assert_eq!(
            followed.unusual(None, refunds, &[]),
            unusual(&spans, pace, at, None, refunds, &zone, &[])
        );
    }

    #[test]
    fn no_more_than_ever_is_never_fast(cents in 1_i64..1000, hours in 1_i64..60) {
        let wallet = Wallet::spent(15, |_, _| cents).hours(hours, cents);
        prop_assert_eq!(wallet.signs(), []);
    }
}
