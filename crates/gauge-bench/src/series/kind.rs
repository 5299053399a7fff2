//! The kinds of meters there are.

use std::collections::BTreeSet;

use jiff::civil::{Weekday, date};
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned, tz::TimeZone};
use rust_decimal::Decimal;

use super::credit::{Credit, bought, window};
use super::demand::{
    Demand, bursty, bursty_week, cron, evenings, growing, holiday, idle_weeks, level, nightly, office, ramp,
    rare, shrinking, spikes, sprint, steady, stop, sum, together, wander, weekend, weekly,
};
use super::random::Chance;
use super::{Change, Series, Standing, decimal, every};

/// How long a series is, in days. It is long enough that what is left on a day in its first half runs out within it.
pub(crate) const DAYS: u16 = 210;

/// A kind of meter.
pub(crate) struct Kind {
    pub name: &'static str,
    /// What it is, for a reader of the report.
    pub about: &'static str,
    demand: fn(&mut Chance) -> Demand,
    credit: Credit,
    read: Read,
}

/// When a meter is read.
#[derive(Clone, Copy)]
enum Read {
    /// Always, at intervals of so many minutes.
    Every(i64),
    /// Every five minutes while a laptop is open.
    Laptop,
}

/// All kinds. Those from `cron` on were added when the forecast's method was done, to see whether it holds.
pub(crate) const KINDS: [Kind; 28] = [
    kind("steady", "a service at all hours", steady),
    kind("bursty", "real requests, over days with nights and weekends", bursty),
    kind("bursty-week", "the same, stretched over weeks", bursty_week),
    kind("office", "working hours", office),
    kind("growing", "more every week", growing),
    kind("shrinking", "less every week", shrinking),
    kind("stop", "ends suddenly", stop),
    kind("idle-weeks", "nothing in some weeks", idle_weeks),
    Kind { credit: Credit::Dribs, ..kind("top-ups", "bought often and little", office) },
    Kind { credit: Credit::Once, ..kind("once", "bought once for half a year", evenings) },
    Kind { credit: Credit::Window(1), ..kind("quota-day", "an allowance a day", office) },
    Kind { credit: Credit::Window(7), ..kind("quota-week", "an allowance a week", office) },
    Kind { credit: Credit::Window(30), ..kind("quota-month", "an allowance for 30 days", steady) },
    kind("nightly", "a batch every night", nightly),
    kind("weekly", "a batch every week", weekly),
    kind("weekend", "a hobby on weekends", weekend),
    kind("level", "another level now and then", level),
    kind("wander", "a level that wanders", wander),
    kind("spikes", "few days with most of the spend", spikes),
    Kind { read: Read::Every(60), ..kind("hourly", "working hours, read every hour", office) },
    Kind { read: Read::Every(24 * 60), ..kind("daily", "read once a day", evenings) },
    Kind { read: Read::Laptop, ..kind("laptop", "not read while a laptop sleeps", steady) },
    kind("cron", "the same every hour", cron),
    kind("together", "a service and people at work", together),
    kind("sprint", "more and more for two weeks, then over again", sprint),
    Kind { read: Read::Every(30), ..kind("holiday", "working hours with a long break", holiday) },
    Kind { read: Read::Every(15), ..kind("ramp", "grows evenly, then stays", ramp) },
    Kind { read: Read::Every(10), ..kind("rare", "a request now and then", rare) },
];

/// Bought now and then, read every five minutes.
const fn kind(name: &'static str, about: &'static str, demand: fn(&mut Chance) -> Demand) -> Kind {
    Kind { name, about, demand, credit: Credit::Bought, read: Read::Every(5) }
}

impl Kind {
    /// The series of this kind with this seed.
    pub fn series(&self, seed: u64) -> Series {
        let named = self.name.bytes().fold(seed, |sum, byte| sum.wrapping_mul(131).wrapping_add(byte.into()));
        let mut chance = Chance::new(named);
        let zone = match seed % 4 {
            0 => "Europe/Berlin",
            1 => "America/New_York",
            2 => "Asia/Kolkata",
            _ => "UTC",
        };
        let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
        let begin = date(2026, 1, 5).at(0, 0, 0, 0).to_zoned(zone.clone()).unwrap_or_default(); // a Monday
        let from = begin.timestamp();
        let until = from + SignedDuration::from_hours(24 * i64::from(DAYS));

        let a_day = chance.magnitude(0.2, 200.0);
        let demand = (self.demand)(&mut chance);
        let unit = a_day * f64::from(DAYS) / sum(&demand);
        let wanted: Vec<Change> = demand
            .into_iter()
            .map(|(hour, amount)| Change { at: from + hours(hour), amount: decimal(amount * unit) })
            .filter(|change| change.amount > Decimal::ZERO && change.at < until)
            .collect();
        let resets = match self.credit {
            Credit::Window(days) => resets(&begin, until, days),
            _ => Vec::new(),
        };
        let course: Vec<Standing> = match self.credit {
            Credit::Window(days) => {
                // From always enough to often too little.
                let allowance = decimal(a_day * f64::from(days) * chance.between(0.7, 1.8));
                window(from, &wanted, &resets, allowance)
            }
            credit => bought(from, &wanted, a_day, credit, &mut chance),
        };
        let readings = match self.read {
            Read::Every(minutes) => every(SignedDuration::from_mins(minutes), from, until),
            Read::Laptop => laptop(from, until, &begin, &mut chance),
        };
        Series { zone, from, until, wanted, course, resets, readings }
    }
}

fn hours(hours: f64) -> SignedDuration {
    SignedDuration::from_secs_f64(hours * 3600.0)
}

/// The midnights at which an allowance comes back.
fn resets(begin: &Zoned, until: Timestamp, days: u16) -> Vec<Timestamp> {
    (1..=i64::from(DAYS / days))
        .map(|window| (begin + (window * i64::from(days)).days()).timestamp())
        .take_while(|at| *at < until)
        .collect()
}

/// While a laptop is open: on most weekdays, and on some weekends.
fn laptop(from: Timestamp, until: Timestamp, begin: &Zoned, chance: &mut Chance) -> Vec<Timestamp> {
    let mut open = BTreeSet::new();
    for day in 0..DAYS {
        let weekend = matches!(begin.weekday().wrapping_add(day), Weekday::Saturday | Weekday::Sunday);
        if chance.happens(if weekend { 0.6 } else { 0.07 }) {
            continue;
        }
        let (opened, closed) = (chance.between(7.5, 10.0), chance.between(15.0, 23.5));
        let midnight = (begin + (i64::from(day)).days()).timestamp();
        let at = |hour: f64| midnight + hours(hour);
        open.extend(every(SignedDuration::from_mins(5), at(opened), at(closed)));
    }
    open.into_iter().filter(|at| *at >= from && *at <= until).collect()
}
