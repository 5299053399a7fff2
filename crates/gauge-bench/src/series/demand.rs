//! Who spends, and when.

use std::f64::consts::TAU;

use super::kind::DAYS;
use super::random::Chance;
use super::trace::REQUESTS;

/// What is wanted: hours since the beginning, in order, and amounts in any unit.
pub(super) type Demand = Vec<(f64, f64)>;

/// How many of the trace's requests make a working day.
const REQUESTS_A_DAY: f64 = 40.0;

/// All that is wanted.
pub(super) fn sum(demand: &Demand) -> f64 {
    demand.iter().map(|(_, amount)| amount).sum()
}

/// Which week a day lies in.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "weeks are few and begin at zero"
)]
fn week(day: f64) -> usize {
    (day / 7.0) as usize
}

/// An hour of the series.
struct Hour {
    day: u16,
    /// When it begins, in hours since midnight.
    clock: f64,
    weekend: bool,
    /// Monday is zero.
    weekday: u16,
}

/// Requests that come at a rate an hour that differs from hour to hour, each with a cost around one.
fn requests(chance: &mut Chance, spread: f64, rate: impl Fn(&Hour) -> f64) -> Demand {
    let mut demand = Vec::new();
    let mut debt = chance.wait();
    for day in 0..DAYS {
        for hour in 0..24_u32 {
            let weekday = day % 7; // the first day is a Monday
            let here = Hour { day, clock: hour.into(), weekend: weekday >= 5, weekday };
            let rate = rate(&here);
            let mut at = 0.0;
            while rate > 0.0 && at + debt / rate < 1.0 {
                at += debt / rate;
                demand.push((f64::from(day) * 24.0 + here.clock + at, chance.lognormal(spread)));
                debt = chance.wait();
            }
            debt -= (1.0 - at) * rate.max(0.0);
        }
    }
    demand
}

fn daily(chance: &mut Chance, mut factor: impl FnMut(&mut Chance) -> f64) -> Vec<f64> {
    (0..DAYS).map(|_| factor(chance)).collect()
}

fn working(hour: f64, begin: f64, end: f64) -> f64 {
    if hour < begin || hour >= end {
        0.0
    } else if (12.0..13.0).contains(&hour) {
        0.4
    } else {
        1.0
    }
}

pub(super) fn steady(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 20.0);
    let swing = chance.between(0.0, 0.5);
    requests(chance, 0.5, |now| rate * (1.0 + swing * ((now.clock - 9.0) / 24.0 * TAU).sin()))
}

pub(super) fn office(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 25.0);
    let begin = chance.between(7.0, 10.0).floor();
    let weekend = if chance.happens(0.5) { 0.0 } else { chance.between(0.0, 0.15) };
    let days = daily(chance, |chance| chance.lognormal(0.35));
    requests(chance, 0.8, |now| {
        rate * days[usize::from(now.day)]
            * working(now.clock, begin, begin + 9.0)
            * if now.weekend { weekend } else { 1.0 }
    })
}

/// Days of use, most of them on weekdays, some in the evening.
pub(super) fn evenings(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 15.0);
    let days = daily(chance, |chance| if chance.happens(0.2) { 0.0 } else { chance.lognormal(0.6) });
    requests(chance, 0.8, |now| {
        let at_work = if now.weekend { 0.1 } else { working(now.clock, 9.0, 18.0) };
        let evening = if (19.0..23.0).contains(&now.clock) { 0.4 } else { 0.0 };
        rate * days[usize::from(now.day)] * (at_work + evening)
    })
}

pub(super) fn growing(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(0.7, 3.0);
    let growth = chance.between(0.008, 0.02);
    let days = daily(chance, |chance| chance.lognormal(0.3));
    let weekend = chance.between(0.2, 1.0);
    requests(chance, 0.6, |now| {
        let level = (growth * f64::from(now.day.min(150))).exp();
        rate * level * days[usize::from(now.day)] * if now.weekend { weekend } else { 1.0 }
    })
}

pub(super) fn shrinking(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(6.0, 25.0);
    let growth = chance.between(0.006, 0.015);
    let days = daily(chance, |chance| chance.lognormal(0.3));
    requests(chance, 0.6, |now| rate * (-growth * f64::from(now.day)).exp() * days[usize::from(now.day)])
}

pub(super) fn stop(chance: &mut Chance) -> Demand {
    let end = chance.between(30.0, 110.0);
    let office_hours = chance.happens(0.5);
    let demand = if office_hours { office(chance) } else { steady(chance) };
    demand.into_iter().filter(|(hour, _)| *hour < end * 24.0).collect()
}

pub(super) fn idle_weeks(chance: &mut Chance) -> Demand {
    let mut idle = false;
    let weeks: Vec<bool> = (0..=DAYS / 7 + 1)
        .map(|_| {
            idle = chance.happens(if idle { 0.4 } else { 0.25 });
            idle
        })
        .collect();
    let demand = office(chance);
    demand.into_iter().filter(|(hour, _)| !weeks[week(*hour / 24.0)]).collect()
}

pub(super) fn nightly(chance: &mut Chance) -> Demand {
    let begin = chance.between(0.0, 5.0).floor();
    let rate = chance.magnitude(20.0, 100.0);
    let days = daily(chance, |chance| chance.lognormal(0.25));
    requests(chance, 0.3, |now| {
        if (begin..begin + 1.0).contains(&now.clock) { rate * days[usize::from(now.day)] } else { 0.02 }
    })
}

pub(super) fn weekly(chance: &mut Chance) -> Demand {
    let weekday = chance.between(0.0, 7.0).floor();
    let rate = chance.magnitude(20.0, 60.0);
    let days = daily(chance, |chance| chance.lognormal(0.3));
    requests(chance, 0.3, |now| {
        if (weekday..weekday + 1.0).contains(&f64::from(now.weekday)) && (6.0..10.0).contains(&now.clock) {
            rate * days[usize::from(now.day)]
        } else {
            0.05
        }
    })
}

pub(super) fn weekend(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 15.0);
    let days = daily(chance, |chance| if chance.happens(0.25) { 0.0 } else { chance.lognormal(0.5) });
    requests(chance, 0.8, |now| {
        let awake = f64::from(u8::from((10.0..23.0).contains(&now.clock)));
        rate * days[usize::from(now.day)] * awake * if now.weekend { 1.0 } else { 0.03 }
    })
}

pub(super) fn level(chance: &mut Chance) -> Demand {
    let mut factor = 1.0;
    let days = daily(chance, |chance| {
        if chance.happens(1.0 / 40.0) {
            factor = chance.magnitude(0.3, 3.0);
        }
        factor * chance.lognormal(0.2)
    });
    let rate = chance.magnitude(1.5, 8.0);
    requests(chance, 0.6, |now| rate * days[usize::from(now.day)])
}

pub(super) fn wander(chance: &mut Chance) -> Demand {
    let mut log: f64 = 0.0;
    let days = daily(chance, |chance| {
        log = log * 0.97 + 0.2 * chance.normal();
        log.exp() * chance.lognormal(0.3)
    });
    let rate = chance.magnitude(2.0, 8.0);
    let weekend = chance.between(0.0, 1.0);
    requests(chance, 0.8, |now| rate * days[usize::from(now.day)] * if now.weekend { weekend } else { 1.0 })
}

pub(super) fn spikes(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(0.5, 3.0);
    let days = daily(chance, |chance| if chance.happens(0.12) { chance.magnitude(5.0, 30.0) } else { 0.5 });
    requests(chance, 1.0, |now| rate * days[usize::from(now.day)] * working(now.clock, 8.0, 20.0))
}

pub(super) fn cron(chance: &mut Chance) -> Demand {
    let minute = chance.between(0.0, 1.0);
    (0..DAYS * 24).map(|hour| (f64::from(hour) + minute, 1.0)).collect()
}

pub(super) fn together(chance: &mut Chance) -> Demand {
    let mut demand = steady(chance);
    let people = office(chance);
    let factor = chance.magnitude(0.5, 5.0) * sum(&demand) / sum(&people);
    demand.extend(people.into_iter().map(|(hour, amount)| (hour, amount * factor)));
    demand.sort_by(|a, b| a.0.total_cmp(&b.0));
    demand
}

pub(super) fn sprint(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 10.0);
    let days = daily(chance, |chance| chance.lognormal(0.3));
    requests(chance, 0.8, |now| {
        let far = f64::from(now.day % 14) / 14.0;
        let weekend = if now.weekend { 0.2 } else { 1.0 };
        rate * days[usize::from(now.day)] * (0.3 + 2.0 * far * far) * working(now.clock, 8.0, 20.0) * weekend
    })
}

pub(super) fn holiday(chance: &mut Chance) -> Demand {
    let begin = chance.between(25.0, 100.0) * 24.0;
    let end = begin + chance.between(7.0, 25.0) * 24.0;
    office(chance).into_iter().filter(|(hour, _)| *hour < begin || *hour > end).collect()
}

pub(super) fn ramp(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(2.0, 15.0);
    let top = chance.between(30.0, 90.0);
    let days = daily(chance, |chance| chance.lognormal(0.4));
    requests(chance, 0.8, |now| {
        rate * days[usize::from(now.day)] * (f64::from(now.day) / top).clamp(0.1, 1.0)
    })
}

pub(super) fn rare(chance: &mut Chance) -> Demand {
    let rate = chance.magnitude(0.02, 0.15);
    requests(chance, 0.5, |_| rate)
}

pub(super) fn bursty(chance: &mut Chance) -> Demand {
    traced(chance, 1.0)
}

pub(super) fn bursty_week(chance: &mut Chance) -> Demand {
    traced(chance, 5.0)
}

/// The trace's hour stretched over so many working days, again and again from another point, with one of many requests
/// kept: nights without, weekends with few, quiet weeks now and then.
fn traced(chance: &mut Chance, days: f64) -> Demand {
    let requests = f64::from(u32::try_from(REQUESTS.len()).unwrap_or(u32::MAX));
    let keep = (days * REQUESTS_A_DAY / requests).min(1.0);
    let weeks: Vec<f64> =
        (0..=DAYS / 7 + 1).map(|_| if chance.happens(0.08) { 0.1 } else { chance.lognormal(0.25) }).collect();
    let mut demand = Vec::new();
    let mut day: f64 = 0.0;
    while day < f64::from(DAYS) {
        let offset = chance.between(0.0, 1.0);
        for request in REQUESTS.iter() {
            let worked = day + (request.at + offset).fract() * days;
            let weekday = worked.floor() % 7.0;
            let busy = if weekday >= 5.0 { 0.15 } else { 1.0 } * weeks[week(worked)];
            if chance.happens(keep * busy) {
                // A working day of ten hours, from nine to seven.
                demand.push((worked.floor() * 24.0 + 9.0 + worked.fract() * 10.0, request.cost));
            }
        }
        day += days;
    }
    demand.sort_by(|a, b| a.0.total_cmp(&b.0));
    demand
}
