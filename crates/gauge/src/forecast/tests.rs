use jiff::civil::date;
use proptest::prelude::*;

use super::*;
use crate::history::{Amounts, Rise};

/// A Monday morning.
const START: &str = "2026-01-05T08:00:00Z";

fn start() -> Timestamp {
    START.parse().unwrap()
}

fn hours(hours: i64) -> SignedDuration {
    SignedDuration::from_hours(hours)
}

fn reading(at: Timestamp, remaining: f64) -> Span {
    let remaining = amount::from_double(remaining);
    Span::at(at, Amounts { remaining, ..Amounts::default() })
}

/// Hourly readings from which so much was spent in each hour; what is added comes with the hour it is seen in.
fn series(opening: f64, moved: impl IntoIterator<Item = f64>) -> Vec<Span> {
    let mut left = opening;
    let mut spans = vec![reading(start(), left)];
    for (hour, moved) in (1..).zip(moved) {
        left -= moved;
        let at = start() + hours(hour);
        match spans.last_mut() {
            Some(last) if last.amounts == reading(at, left).amounts => last.until = at,
            _ => spans.push(reading(at, left)),
        }
    }
    spans
}

fn at_end(spans: &[Span]) -> Forecast {
    at(spans, spans.last().map_or(start(), |span| span.until))
}

fn at(spans: &[Span], at: Timestamp) -> Forecast {
    foresee(spans, at, None)
}

fn foresee(spans: &[Span], at: Timestamp, resets_at: Option<Timestamp>) -> Forecast {
    let unit = "USD".parse().unwrap();
    forecast(&Basis { at, spans, unlimited: false, resets_at, zone: &TimeZone::UTC, unit: &unit })
}

fn days_to(at: Timestamp, bound: Option<Timestamp>) -> f64 {
    bound.unwrap().duration_since(at).as_secs_f64() / 86400.0
}

/// Hours of so many days, each spending one in its working hours.
fn working_hours(days: i64) -> impl Iterator<Item = f64> {
    (0..days * 24).map(|hour| {
        let at = (start() + hours(hour)).to_zoned(TimeZone::UTC);
        let works = at.weekday().to_monday_zero_offset() < 5 && (8..16).contains(&at.hour());
        if works { 1.0 } else { 0.0 }
    })
}

#[test]
fn a_steady_meter_runs_out_when_a_line_says() {
    let spans = series(1000.0, [1.0; 24 * 21]);
    let said = at_end(&spans);
    let runs_out = said.runs_out.unwrap();
    let now = spans.last().unwrap().until;
    assert_eq!(said.state, State::Ok);
    let per_day: f64 = said.per_day.unwrap().try_into().unwrap();
    assert!((23.0..25.0).contains(&per_day), "{per_day}");
    // 496 are left, which is 20.7 days.
    assert!((20.0..21.4).contains(&days_to(now, runs_out.likely)), "{runs_out:?}");
    assert!(days_to(now, runs_out.early) > 16.0 && days_to(now, runs_out.late) < 26.0, "{runs_out:?}");
}

#[test]
fn weekends_and_nights_are_waited_out() {
    // Friday at four in the afternoon: nothing more is spent before Monday at eight, then one an hour.
    let days = 4 * 7 + 4;
    let until = days * 24 + 8;
    let spans = series(500.0, working_hours(days + 1).take(usize::try_from(until).unwrap()));
    let now = start() + hours(until);
    let mut left = spans.clone();
    for span in &mut left {
        let remaining = span.amounts.remaining.unwrap() - spans.last().unwrap().amounts.remaining.unwrap();
        span.amounts.remaining = Some(remaining + Decimal::new(45, 1));
    }
    let runs_out = at(&left, now).runs_out.unwrap();
    let monday = date(2026, 2, 9).at(8, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    assert!(runs_out.early.unwrap() > monday, "{runs_out:?}");
    assert!(runs_out.late.unwrap() < monday + hours(12), "{runs_out:?}");
}

#[test]
fn a_top_up_is_not_spent_backwards() {
    let plain = series(400.0, [1.0; 24 * 14]);
    let topped_up = series(100.0, (0..24 * 14).map(|hour| if hour % 60 == 30 { 1.0 - 60.0 } else { 1.0 }));
    let per_day = |spans: &[Span]| f64::try_from(at_end(spans).per_day.unwrap()).unwrap();
    assert!((per_day(&topped_up) / per_day(&plain) - 1.0).abs() < 0.05, "{}", per_day(&topped_up));
}

#[test]
fn what_came_back_was_not_spent() {
    let mut spans = series(1000.0, (0..24 * 14).flat_map(|_| [5.0, -4.0]).take(24 * 14));
    for span in spans.iter_mut().skip(2).step_by(2) {
        span.rise = Some(Rise::Refund);
    }
    let per_day = f64::try_from(at_end(&spans).per_day.unwrap()).unwrap();
    assert!((10.0..14.0).contains(&per_day), "{per_day}");
}

#[test]
fn too_little_says_nothing() {
    assert_eq!(at(&[], start()).state, State::NotEnoughData);
    assert_eq!(at_end(&series(100.0, [])).state, State::NotEnoughData);
    assert_eq!(at_end(&series(100.0, [0.0; 6])).state, State::NotEnoughData);
    assert_eq!(at_end(&series(100.0, [1.0; 12])).state, State::NotEnoughData);
    let unknown = Span::at(start(), Amounts::default());
    assert_eq!(at(&[unknown], start()).state, State::NotEnoughData);
}

#[test]
fn what_burns_fast_is_told_within_hours() {
    let said = at_end(&series(20.0, [1.5; 12]));
    assert_eq!(said.state, State::Ok);
    assert!(days_to(start() + hours(12), said.runs_out.unwrap().likely) < 0.2, "{said:?}");
}

#[test]
fn a_meter_that_stopped_is_idle_and_a_weekend_is_not() {
    assert_eq!(at_end(&series(100.0, [0.0; 24 * 5])).state, State::Idle);
    let weeks = || working_hours(28 + 5);
    assert_eq!(at_end(&series(1000.0, weeks())).state, State::Ok);
    assert_eq!(at_end(&series(1000.0, weeks().chain([0.0; 24 * 2]))).state, State::Ok);
    let stopped = at_end(&series(1000.0, weeks().chain([0.0; 24 * 14])));
    assert_eq!(stopped, Forecast::without_end(State::Idle, Some(Decimal::ZERO)));
}

#[test]
fn an_empty_meter_has_run_out_now() {
    let spans = series(10.0, [1.0; 11]);
    let now = start() + hours(30);
    let said = at(&spans, now);
    let expected = RunsOut { early: Some(now), likely: Some(now), late: Some(now) };
    assert_eq!((said.state, said.runs_out), (State::Ok, Some(expected)));
}

#[test]
fn nothing_limits_an_unlimited_meter() {
    let unit = "USD".parse().unwrap();
    let spans = series(100.0, [1.0; 50]);
    let basis = Basis {
        at: start(),
        spans: &spans,
        unlimited: true,
        resets_at: None,
        zone: &TimeZone::UTC,
        unit: &unit,
    };
    assert_eq!(forecast(&basis), Forecast::without_end(State::Unlimited, None));
}

#[test]
fn an_allowance_lasts_until_it_comes_back_or_not() {
    let spans = series(1000.0, [1.0; 24 * 21]);
    let now = spans.last().unwrap().until;
    let soon = foresee(&spans, now, Some(now + hours(24 * 5)));
    assert_eq!((soon.state, soon.runs_out), (State::LastsUntilReset, None));
    let later = foresee(&spans, now, Some(now + hours(24 * 40)));
    assert_eq!(later.state, State::Ok);
    // Near the likely time it may be either.
    let likely = later.runs_out.unwrap().likely.unwrap();
    let near = foresee(&spans, now, Some(likely - hours(2)));
    assert_eq!(near.state, State::LastsUntilReset);
    assert!(near.runs_out.is_some_and(|runs_out| runs_out.early.is_some() && runs_out.likely.is_none()));
}

#[test]
fn regular_resets_tell_the_next() {
    let total = Decimal::from(1000);
    let spans: Vec<Span> = (0..24 * 30)
        .map(|hour| {
            let used = Decimal::from(hour % (24 * 7) + 1);
            let amounts = Amounts { remaining: Some(total - used), total: Some(total), used: Some(used) };
            Span::at(start() + hours(hour), amounts)
        })
        .collect();
    let said = at_end(&spans);
    assert_eq!((said.state, said.runs_out), (State::LastsUntilReset, None));
}

#[test]
fn days_on_which_an_allowance_was_used_up_were_busy_ones() {
    // Ten an hour from eight in the morning; forty are allowed a day.
    let spans: Vec<Span> = (0..24 * 21)
        .map(|hour| {
            let used = Decimal::from(((hour % 24) * 10).min(40));
            let remaining = Some(Decimal::from(40) - used);
            Span::at(
                start() + hours(hour),
                Amounts { remaining, total: Some(Decimal::from(40)), used: Some(used) },
            )
        })
        .collect();
    let now = start() + hours(24 * 20 + 1);
    let said = foresee(&spans, now, Some(start() + hours(24 * 21)));
    assert_eq!(said.state, State::Ok, "{said:?}");
}

#[test]
fn an_amount_a_day_keeps_the_units_decimals_and_three_digits() {
    let rounded = |value, unit: &str| rounded(value, &unit.parse().unwrap()).unwrap().to_string();
    assert_eq!(rounded(123.456, "USD"), "123.46");
    assert_eq!(rounded(0.001_234_5, "USD"), "0.00123");
    assert_eq!(rounded(12.345, "credits"), "12.3");
    assert_eq!(rounded(12_345.6, "credits"), "12346");
}

#[test]
fn a_forecast_is_quick() {
    // Twelve weeks of readings every five minutes, each with another amount.
    let readings = 12 * 7 * 24 * 12;
    let spans: Vec<Span> = (0..readings)
        .map(|count| {
            reading(
                start() + SignedDuration::from_mins(5 * count),
                1e6 - f64::from(i32::try_from(count).unwrap()),
            )
        })
        .collect();
    let began = std::time::Instant::now();
    assert_eq!(at_end(&spans).state, State::Ok);
    assert!(began.elapsed().as_secs() < 2, "{:?}", began.elapsed());
}

/// Spans as they may be, with every oddity: any amounts and rises, gaps, debts, unknowns.
fn any_spans() -> impl Strategy<Value = Vec<Span>> {
    let amount =
        prop_oneof![Just(None), (-100_000_i64..10_000_000).prop_map(|cents| Some(Decimal::new(cents, 2)))];
    let rise = prop_oneof![4 => Just(None), 1 => Just(Some(Rise::Reset)), 1 => Just(Some(Rise::Refund))];
    let step = prop_oneof![8 => 1_i64..7200, 2 => 7200_i64..1_000_000, 1 => Just(0)];
    prop::collection::vec((step, 0_i64..5000, amount.clone(), amount, rise), 0..80).prop_map(|steps| {
        let mut at = start();
        let mut spans = Vec::new();
        for (after, lasts, remaining, used, rise) in steps {
            let from = at + SignedDuration::from_secs(after);
            let until = from + SignedDuration::from_secs(lasts);
            spans.push(Span {
                from,
                until,
                amounts: Amounts { remaining, total: None, used },
                rise,
                resets_at: None,
            });
            at = until;
        }
        spans
    })
}

/// Falls of any size at any hours.
fn any_falls() -> impl Strategy<Value = Vec<f64>> {
    prop::collection::vec(prop_oneof![Just(0.0), 0.01..50.0], 100..600)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn whatever_was_read_the_bounds_are_in_order_and_to_come(
        spans in any_spans(),
        later in 0_i64..2_000_000,
        resets_after in prop::option::of(0_i64..5_000_000),
        zone in prop::sample::select(vec!["Europe/Berlin", "Asia/Kolkata", "America/St_Johns"]),
    ) {
        let at = start() + SignedDuration::from_secs(later);
        let resets_at = resets_after.map(|after| at + SignedDuration::from_secs(after));
        let zone = TimeZone::get(zone).unwrap();
        let unit = "credits".parse().unwrap();
        let basis = Basis { at, spans: &spans, unlimited: false, resets_at, zone: &zone, unit: &unit };
        let said = forecast(&basis);
        prop_assert_eq!(&said, &forecast(&basis));
        if let Some(RunsOut { early, likely, late }) = said.runs_out {
            prop_assert!(early.is_none_or(|early| early >= at));
            prop_assert!(likely.is_none_or(|likely| early.is_some_and(|early| early <= likely)));
            prop_assert!(late.is_none_or(|late| likely.is_some_and(|likely| likely <= late)));
        }
        prop_assert!(said.per_day.is_none_or(|per_day| per_day >= Decimal::ZERO));
    }

    #[test]
    fn what_comes_later_changes_nothing(falls in any_falls(), seen in 50_usize..100) {
        let spans = series(1e5, falls);
        let at = spans[seen.min(spans.len() - 1)].from;
        let known: Vec<Span> = spans
            .iter()
            .filter(|span| span.from <= at)
            .map(|span| Span { until: span.until.min(at), ..*span })
            .collect();
        prop_assert_eq!(foresee(&spans, at, None), foresee(&known, at, None));
    }

    #[test]
    fn more_never_runs_out_earlier(falls in any_falls(), left in 1.0..2000.0, more in 0.0..2000.0) {
        let spent: f64 = falls.iter().sum();
        let said = |left: f64| at_end(&series(spent + left, falls.clone())).runs_out;
        if let (Some(less), Some(more)) = (said(left), said(left + more)) {
            let far = |bound: Option<Timestamp>| bound.unwrap_or(Timestamp::MAX);
            prop_assert!(far(less.early) <= far(more.early));
            prop_assert!(far(less.likely) <= far(more.likely));
            prop_assert!(far(less.late) <= far(more.late));
        }
    }
}
