//! A meter's past as a forecast needs it: how much was spent in each hour of each day, and when nothing was.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rust_decimal::prelude::ToPrimitive;

use super::Basis;
use super::number::{float, whole};
use crate::history::{Span, movement};

/// The parts of a day; an hour each, unless the clocks change.
pub(super) const SLOTS: usize = 24;
/// So much of a day may be dark before it says nothing of its kind.
const DARKEST: f64 = 0.85;
/// Of so many days a part has to be seen before it is known what is usually spent in it.
const LIGHT: f64 = 0.5;
/// An allowance has to come back so often before the next time can be told from the last ones,
const REGULAR: usize = 3;
/// and the times between them may differ by so much of their length.
const IRREGULAR: f64 = 0.1;

/// Twenty-four hours of the past. The days are counted back from now, so that the last one has just ended.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Day {
    /// How many days ago it ended.
    pub age: usize,
    /// What was spent in each of its parts, in the order of time.
    pub slots: [f64; SLOTS],
}

impl Day {
    pub fn spent(&self) -> f64 {
        self.slots.iter().sum()
    }
}

/// What is known of the past.
#[derive(Debug)]
pub(super) struct Past {
    /// The last reading.
    pub origin: Timestamp,
    /// What it said was left.
    pub left: f64,
    /// The days of which enough is known, the latest first.
    pub days: Vec<Day>,
    /// For how many hours the meter has been read.
    pub observed: f64,
    /// How often it was seen to move down.
    pub spends: usize,
    /// For how many hours nothing has been spent.
    pub quiet: f64,
    /// The hours between two spends, for each time nothing was spent for a while.
    pub pauses: Vec<f64>,
    /// When the allowance comes back next, going by when it did before.
    pub resets_at: Option<Timestamp>,
}

/// A time between two readings, in hours before the last reading.
struct Step {
    from: f64,
    until: f64,
    moved: Moved,
}

enum Moved {
    Spent(f64),
    /// Nobody can know what was spent: something was added meanwhile and hides it, or nothing was left to spend.
    Dark,
}

impl Past {
    /// `None` where no reading said what was left.
    pub fn of(basis: &Basis<'_>) -> Option<Self> {
        let first = basis.at.saturating_sub(super::PAST).unwrap_or(Timestamp::MIN);
        let known =
            |span: &&Span| span.amounts.remaining.is_some() && span.from <= basis.at && span.until >= first;
        let spans: Vec<&Span> = basis.spans.iter().filter(known).collect();
        let last = spans.last()?;
        let origin = last.until.min(basis.at);
        let left = last.amounts.remaining?.to_f64()?;
        let ago = |at: Timestamp| hours(origin.duration_since(at)).max(0.0);

        let mut steps: Vec<Step> = Vec::new();
        let mut resets = Vec::new();
        for pair in spans.windows(2) {
            let (before, after) = (pair[0], pair[1]);
            let (from, until) = (ago(before.until), ago(after.from));
            if before.amounts.remaining.is_some_and(|left| left <= rust_decimal::Decimal::ZERO) {
                steps.push(Step { from: ago(before.from), until, moved: Moved::Dark });
                continue;
            }
            let moved = movement(&before.amounts, &after.amounts, after.rise);
            if moved.reset {
                resets.push(until);
            }
            let spent = moved.spent.to_f64().unwrap_or(0.0);
            if spent > 0.0 {
                steps.push(Step { from, until, moved: Moved::Spent(spent) });
            } else if spent < 0.0 {
                take_back(&mut steps, -spent);
            } else if moved.reset || !moved.topped_up.is_zero() {
                steps.push(Step { from, until, moved: Moved::Dark });
            }
        }
        let observed = spans.first().map_or(0.0, |span| ago(span.from.max(first)));
        let (quiet, pauses) = pauses(&steps, observed);
        Some(Self {
            origin,
            left,
            days: days(&steps, observed, origin, basis.zone),
            observed,
            spends: steps
                .iter()
                .filter(|step| matches!(step.moved, Moved::Spent(spent) if spent > 0.0))
                .count(),
            quiet,
            pauses,
            resets_at: next(&resets).and_then(|hours| origin.checked_add(duration(hours)?).ok()),
        })
    }

    /// What was spent a day, on average; not a number without days.
    pub fn per_day(&self) -> f64 {
        self.days.iter().map(Day::spent).sum::<f64>() / float(self.days.len())
    }
}

/// Takes what came back from what was spent last.
fn take_back(steps: &mut [Step], mut refund: f64) {
    for step in steps.iter_mut().rev() {
        if let Moved::Spent(spent) = &mut step.moved {
            let back = spent.min(refund);
            *spent -= back;
            refund -= back;
        }
        if refund <= 0.0 {
            return;
        }
    }
}

/// How long nothing has been spent, and for how long it was not between any two spends.
fn pauses(steps: &[Step], observed: f64) -> (f64, Vec<f64>) {
    let mut since = observed;
    let mut pauses = Vec::new();
    for step in steps {
        match step.moved {
            Moved::Spent(spent) if spent > 0.0 => {
                pauses.push(since - step.from);
                since = step.until;
            }
            Moved::Spent(_) => {}
            Moved::Dark => since = step.until,
        }
    }
    (since, pauses)
}

/// In how many hours an allowance comes back that came back so many hours ago, the earliest first; if it did so regularly.
fn next(resets: &[f64]) -> Option<f64> {
    let mut intervals: Vec<f64> = resets.windows(2).map(|pair| pair[0] - pair[1]).collect();
    intervals.sort_by(f64::total_cmp);
    let (shortest, longest) = (intervals.first()?, intervals.last()?);
    let usual = intervals[intervals.len() / 2];
    let regular = resets.len() >= REGULAR && longest - shortest <= usual * IRREGULAR;
    Some(usual - resets.last()?).filter(|hours| regular && *hours > 0.0)
}

fn days(steps: &[Step], observed: f64, origin: Timestamp, zone: &TimeZone) -> Vec<Day> {
    let ends = ends(observed, origin, zone);
    let mut days: Vec<Partial> = ends.windows(2).map(|_| Partial::default()).collect();
    let before = Step { from: ends.last().copied().unwrap_or(0.0), until: observed, moved: Moved::Dark };
    for step in steps.iter().chain([&before]) {
        let ages = day_of(&ends, step.until)..=day_of(&ends, step.from);
        for (age, day) in
            days.iter_mut().enumerate().skip(*ages.start()).take_while(|(age, _)| ages.contains(age))
        {
            day.add(step, ends[age + 1], ends[age]);
        }
    }
    let usual = usual(&days);
    let only = days.len() == 1;
    let enough = |day: &Partial| only || day.dark.iter().sum::<f64>() <= DARKEST * float(SLOTS);
    let whole = |(age, day): (usize, Partial)| enough(&day).then(|| day.whole(age, &usual));
    days.into_iter().enumerate().filter_map(whole).collect()
}

/// When the days end, in hours before now, from the latest one on; and when the earliest begins.
fn ends(observed: f64, origin: Timestamp, zone: &TimeZone) -> Vec<f64> {
    let now = origin.to_zoned(zone.clone());
    let mut ends = vec![0.0];
    for age in 1..=super::PAST.as_hours() / 24 {
        let Ok(end) = now.checked_sub(age.days()) else { break };
        if ends.last().is_some_and(|end| *end >= observed) {
            break;
        }
        ends.push(hours(origin.duration_since(end.timestamp())));
    }
    ends
}

/// Which day a time lies in; the later one where two meet.
fn day_of(ends: &[f64], ago: f64) -> usize {
    ends.partition_point(|end| *end <= ago).saturating_sub(1)
}

/// What was seen of a day.
#[derive(Clone, Default)]
struct Partial {
    spent: [f64; SLOTS],
    /// How much of each part of the day is dark, as a share.
    dark: [f64; SLOTS],
}

impl Partial {
    /// Adds what falls into the day of a step, evenly over its time.
    fn add(&mut self, step: &Step, begin: f64, end: f64) {
        let slots = float(SLOTS);
        let place = |ago: f64| (begin - ago) / (begin - end) * slots;
        let (from, until) = (place(step.from), place(step.until));
        if until <= from {
            if let Moved::Spent(spent) = step.moved {
                self.spent[whole(from).min(SLOTS - 1)] += spent;
            }
            return;
        }
        for slot in whole(from)..SLOTS {
            let overlap = until.min(float(slot) + 1.0) - from.max(float(slot));
            if overlap <= 0.0 {
                break;
            }
            match step.moved {
                Moved::Spent(spent) => self.spent[slot] += spent * overlap / (until - from),
                Moved::Dark => self.dark[slot] = (self.dark[slot] + overlap).min(1.0),
            }
        }
    }

    /// The whole day, as if what is dark had been as usual.
    fn whole(self, age: usize, usual: &[f64; SLOTS]) -> Day {
        let mut slots = self.spent;
        for ((slot, dark), usual) in slots.iter_mut().zip(self.dark).zip(usual) {
            *slot += dark * usual;
        }
        Day { age, slots }
    }
}

/// What is usually spent in each part of a day; on average where that was never seen.
fn usual(days: &[Partial]) -> [f64; SLOTS] {
    let (mut spent, mut light) = ([0.0; SLOTS], [0.0; SLOTS]);
    for day in days {
        for slot in 0..SLOTS {
            spent[slot] += day.spent[slot];
            light[slot] += 1.0 - day.dark[slot];
        }
    }
    let all = spent.iter().sum::<f64>() / light.iter().sum::<f64>().max(f64::MIN_POSITIVE);
    std::array::from_fn(|slot| if light[slot] >= LIGHT { spent[slot] / light[slot] } else { all })
}

fn hours(time: SignedDuration) -> f64 {
    time.as_secs_f64() / 3600.0
}

fn duration(hours: f64) -> Option<SignedDuration> {
    SignedDuration::try_from_secs_f64((hours * 3600.0).round()).ok()
}
