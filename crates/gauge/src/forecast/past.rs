//! A meter's past as a forecast needs it: how much was spent in each hour of each day, and when nothing was.

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rust_decimal::prelude::ToPrimitive;

use super::Basis;
use super::number::{float, whole};
use crate::history::{Span, movement};

/// The parts of a day; an hour each, unless the clocks change.
pub(super) const SLOTS: usize = 24;
/// So much of a day may be dark before it says nothing of its kind.
const DARKEST: f64 = 0.2;
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
        let first = basis.at - super::PAST;
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
    let now = origin.to_zoned(zone.clone());
    // The ends of the days in hours before now, from the latest to the earliest.
    let mut ends = vec![0.0];
    let mut lights = Vec::new();
    for age in 1..=super::PAST.as_hours() / 24 {
        let Ok(end) = now.checked_sub(age.days()) else { break };
        let end = hours(origin.duration_since(end.timestamp()));
        if end > observed && !lights.is_empty() {
            break;
        }
        ends.push(end);
        lights.push((observed / end).min(1.0));
    }
    let mut days: Vec<Day> = (0..lights.len()).map(|age| Day { age, slots: [0.0; SLOTS] }).collect();
    for step in steps {
        for age in day_of(&ends, step.until)..=day_of(&ends, step.from) {
            let (Some(day), Some(light)) = (days.get_mut(age), lights.get_mut(age)) else { break };
            let (end, begin) = (ends[age], ends[age + 1]);
            match step.moved {
                Moved::Spent(spent) => spread(day, (begin, end), step, spent),
                Moved::Dark => {
                    let dark = step.from.min(begin) - step.until.max(end);
                    *light -= dark.max(0.0) / (begin - end);
                }
            }
        }
    }
    if let ([day], [light]) = (&mut days[..], &mut lights[..]) {
        // The very first day goes on as it began.
        if *light > 0.0 && observed < ends[1] {
            let missing = day.spent() * (1.0 - *light) / *light;
            for slot in &mut day.slots {
                *slot += missing / float(SLOTS);
            }
            *light = 1.0;
        }
    }
    let mut lights = lights.into_iter();
    days.retain(|_| lights.next().is_some_and(|light| light > 1.0 - DARKEST));
    days
}

/// Which day a time lies in; the later one where two meet.
fn day_of(ends: &[f64], ago: f64) -> usize {
    ends.partition_point(|end| *end <= ago).saturating_sub(1)
}

/// Adds the part of what was spent in a step that falls into a day, evenly over the time.
fn spread(day: &mut Day, (begin, end): (f64, f64), step: &Step, spent: f64) {
    let slots = float(SLOTS);
    let place = |ago: f64| (begin - ago.clamp(end, begin)) / (begin - end) * slots;
    let (from, until) = (place(step.from), place(step.until));
    let length = (step.from - step.until) / (begin - end) * slots;
    if length <= 0.0 {
        let slot = whole(from).min(SLOTS - 1);
        day.slots[slot] += spent;
        return;
    }
    let mut slot = whole(from);
    while slot < SLOTS && float(slot) < until {
        let part = until.min(float(slot) + 1.0) - from.max(float(slot));
        day.slots[slot] += spent * part / length;
        slot += 1;
    }
}

fn hours(time: SignedDuration) -> f64 {
    time.as_secs_f64() / 3600.0
}

fn duration(hours: f64) -> Option<SignedDuration> {
    SignedDuration::try_from_secs_f64((hours * 3600.0).round()).ok()
}
