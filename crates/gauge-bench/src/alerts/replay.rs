//! A meter that is asked by a schedule.

use gauge::history::{Pace, Span};
use gauge::poll::{Bounds, Passages, Plan, due_at};
use jiff::{SignedDuration, Timestamp};

use super::score::Scores;
use super::truth::crossings;
use super::watch::Watch;
use crate::series::Series;

/// When a meter is asked.
#[derive(Clone, Copy)]
pub(super) enum Schedule {
    /// As the app does where nobody has set another interval.
    Planned,
    /// Always after so many seconds.
    Fixed(u32),
}

/// The least time between two questions that nearly all providers ask for.
pub(super) const LEAST: SignedDuration = SignedDuration::from_secs(60);
/// What is usual in the app, in seconds.
const USUAL: u32 = 300;
/// The app looks up at this interval, in milliseconds.
const TICK: i64 = 3000;
/// After the end, a meter is asked for so long, so that the last crossings can still be told.
const AFTER: SignedDuration = SignedDuration::from_hours(1);

/// An alert.
pub(super) struct Told {
    /// The place of its rule.
    pub rule: usize,
    pub at: Timestamp,
}

/// Asks the meter of a series until an end.
pub(super) fn replay(series: &Series, end: Timestamp, watch: &Watch, schedule: Schedule) -> Scores {
    let (wanted, planned) = match schedule {
        Schedule::Planned => (USUAL, true),
        Schedule::Fixed(seconds) => (seconds, false),
    };
    let bounds = Bounds::new(wanted, LEAST);
    let truth = crossings(series, end, watch.clone());
    let mut watch = watch.clone();
    let (mut spans, mut told, mut asked) = (Vec::new(), Vec::new(), 0_u32);
    let mut at = series.from;
    while at < end + AFTER {
        asked += u32::from(at < end);
        if watch.doubts(series, at, bounds) {
            at = next_tick(at + bounds.least);
            continue;
        }
        let seen = watch.look(series, at);
        told.extend(seen.fires.map(|rule| Told { rule, at }));
        if planned {
            extend(&mut spans, series, at, Pace::of(bounds.usual));
            let distance = seen.balance.and_then(|balance| balance.distance(watch.rules()));
            let passages = distance.map(|distance| Passages::of(&spans, at, distance, bounds));
            watch.standing.plan = Some(Plan::next(watch.standing.plan, at, bounds, passages.as_slice()));
        }
        let Some(due) = due_at(&watch.standing, bounds, at) else { break };
        at = next_tick(due);
    }
    Scores::of(&truth, &told, f64::from(asked) / days(series.from, end))
}

/// Keeps a reading as the app does.
fn extend(spans: &mut Vec<Span>, series: &Series, at: Timestamp, pace: Pace) {
    let amounts = series.standing(at);
    match spans.last_mut() {
        Some(last) if last.amounts == amounts && !pace.is_gap(last.until, at) => last.until = at,
        _ => spans.push(Span { resets_at: series.resets_at(at), ..Span::at(at, amounts) }),
    }
}

fn next_tick(due: Timestamp) -> Timestamp {
    let late = due.as_millisecond().rem_euclid(TICK);
    due + SignedDuration::from_millis((TICK - late) % TICK)
}

fn days(from: Timestamp, until: Timestamp) -> f64 {
    until.duration_since(from).as_secs_f64() / 86_400.0
}
