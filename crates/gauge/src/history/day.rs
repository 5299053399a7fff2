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
    /// What was surely spent in it, less what came back; `None` when nobody looked all day long, or all of it so far. Spend of a time without
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
    let Some(mut start) = midnight(date, zone) else { return days };
    while date <= last {
        let Some(next) = date.checked_add(1.day()).ok() else { break };
        let Some(end) = midnight(next, zone) else { break };
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
                whole |= gap.from <= start && gap.until >= end.min(until);
            }
        }
        let known = |amount: Decimal| (!whole).then(|| amount.normalize());
        days.push(Day {
            date,
            spent: known(spent),
            topped_up: known(topped_up),
            unknown_seconds: unknown.as_secs(),
        });
        (date, start) = (next, end);
    }
    days
}

/// When a local day begins.
fn midnight(date: Date, zone: &TimeZone) -> Option<Timestamp> {
    zone.to_timestamp(date.at(0, 0, 0, 0)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Amounts, Pace, Span};
    use proptest::prelude::*;

    const ZONES: [&str; 8] = [
        "UTC",
        "America/New_York",
        "America/Havana",
        "Asia/Kolkata",
        "Asia/Kathmandu",
        "Australia/Lord_Howe",
        "Pacific/Chatham",
        "Pacific/Kiritimati",
    ];

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn reading(at: &str, remaining: i64) -> Span {
        let amounts = Amounts { remaining: Some(remaining.into()), ..Amounts::default() };
        Span::at(at.parse().unwrap(), amounts)
    }

    fn pace() -> Pace {
        Pace::of(SignedDuration::from_mins(5))
    }

    /// The days' dates, what was spent and what was added, and the hours nobody looked.
    fn told(readings: &[Span], name: &str) -> Vec<(String, Option<i64>, Option<i64>, i64)> {
        let ledger = Ledger::of(None, readings, pace());
        let whole = |amount: Option<Decimal>| amount.map(|amount| i64::try_from(amount).unwrap());
        days(&ledger, readings[0].from, readings[readings.len() - 1].until, &zone(name))
            .into_iter()
            .map(|day| {
                (day.date.to_string(), whole(day.spent), whole(day.topped_up), day.unknown_seconds / 3600)
            })
            .collect()
    }

    #[test]
    fn what_is_first_seen_at_midnight_was_spent_the_day_before() {
        let readings = [
            reading("2026-11-01T23:00:00+05:45", 100),
            reading("2026-11-02T00:00:00+05:45", 97),
            reading("2026-11-02T00:00:00.001+05:45", 147),
        ];
        let expected =
            [("2026-11-01".to_owned(), Some(3), Some(0), 0), ("2026-11-02".to_owned(), Some(0), Some(50), 0)];
        assert_eq!(told(&readings, "Asia/Kathmandu"), expected);
    }

    #[test]
    fn a_day_nobody_looked_at_is_unknown_and_one_with_a_gap_is_not() {
        let readings = [
            reading("2026-11-01T20:00:00Z", 100),
            reading("2026-11-03T06:00:00Z", 80),
            reading("2026-11-03T07:00:00Z", 79),
            reading("2026-11-03T12:00:00Z", 70),
        ];
        let expected = [
            ("2026-11-01".to_owned(), Some(0), Some(0), 4),
            ("2026-11-02".to_owned(), None, None, 24),
            ("2026-11-03".to_owned(), Some(10), Some(0), 11),
        ];
        assert_eq!(told(&readings, "UTC"), expected);
    }

    #[test]
    fn today_is_unknown_until_somebody_looks() {
        let last = reading("2026-11-01T20:00:00Z", 100);
        let now = "2026-11-02T09:00:00Z".parse().unwrap();
        let mut ledger = Ledger::default();
        ledger.end(last.until, now, pace());
        let spent: Vec<_> =
            days(&ledger, last.from, now, &TimeZone::UTC).into_iter().map(|day| day.spent).collect();
        assert_eq!(spent, [Some(Decimal::ZERO), None]);
    }

    #[test]
    fn a_day_is_as_long_as_the_clock_makes_it() {
        let readings = [reading("2026-10-31T12:00:00-04:00", 10), reading("2026-11-02T12:00:00-05:00", 9)];
        let hours: Vec<_> = told(&readings, "America/New_York").into_iter().map(|day| day.3).collect();
        assert_eq!(hours, [12, 25, 12]);
        let readings = [reading("2026-03-07T12:00:00-05:00", 10), reading("2026-03-09T12:00:00-04:00", 9)];
        let hours: Vec<_> = told(&readings, "America/Havana").into_iter().map(|day| day.3).collect();
        assert_eq!(hours, [12, 23, 12], "the 8th begins at one o'clock there");
    }

    proptest! {
        #[test]
        fn days_and_the_gaps_between_them_add_up(
            start in 1_767_000_000_i64..1_800_000_000,
            steps in proptest::collection::vec((prop_oneof![8 => 1_i64..7000, 1 => 7000_i64..400_000], -30_i64..30), 1..200),
            name in proptest::sample::select(&ZONES[..]),
        ) {
            let (mut at, mut remaining) = (start, 1000);
            let readings: Vec<_> = steps.into_iter().map(|(seconds, change)| {
                at += seconds;
                remaining += change;
                let amounts = Amounts { remaining: Some(remaining.into()), ..Amounts::default() };
                Span::at(Timestamp::from_second(at).unwrap(), amounts)
            }).collect();
            let (from, until) = (readings[0].from, readings[readings.len() - 1].from);
            let ledger = Ledger::of(None, &readings, pace());
            let zone = zone(name);
            let days = days(&ledger, from, until, &zone);

            let date = |at: Timestamp| zone.to_datetime(at).date();
            let across = ledger.gaps.iter().filter(|gap| {
                date(gap.from) != date(gap.until.checked_sub(SignedDuration::from_nanos(1)).unwrap())
            });
            let (spent, topped_up) = across.fold((Decimal::ZERO, Decimal::ZERO), |(spent, topped_up), gap| {
                (spent + gap.spent, topped_up + gap.topped_up)
            });
            let spent = spent + days.iter().filter_map(|day| day.spent).sum::<Decimal>();
            let topped_up = topped_up + days.iter().filter_map(|day| day.topped_up).sum::<Decimal>();
            prop_assert_eq!(spent, ledger.spent(from, until));
            prop_assert_eq!(topped_up, ledger.topped_up(from, until));

            let unknown: i64 = days.iter().map(|day| day.unknown_seconds).sum();
            prop_assert_eq!(unknown, ledger.unmeasured(from, until).as_secs());
            prop_assert!(days.windows(2).all(|pair| pair[0].date.tomorrow().unwrap() == pair[1].date));
            prop_assert_eq!((days[0].date, days[days.len() - 1].date), (date(from), date(until)));
        }
    }
}
