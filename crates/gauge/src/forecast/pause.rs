//! Whether a meter that is not being spent has only paused.

use super::number::float;
use super::past::Past;

/// How often a meter is given up, in times a day.
const STOPS: f64 = 1.0 / 200.0;
/// A pause no longer than this, in hours, is a night or a day off, whatever the meter did before.
const SHORT: f64 = 24.0;
/// How often a meter is taken to pause for that long, in times a day, though it was never seen to; twice as often for
/// half as long.
const UNSEEN: f64 = 1.0 / 20.0;
/// How fast longer pauses than any before become rare: eight times as rare at twice the length.
const RARENESS: f64 = 3.0;

/// How likely it is that nothing will be spent any more: how often a meter is given up, against how often this one
/// pauses for as long as now.
pub(super) fn stopped(past: &Past) -> f64 {
    let usual = past.pauses.iter().copied().fold(SHORT, f64::max);
    let days = past.observed / 24.0;
    let as_long = past.pauses.iter().filter(|pause| **pause >= past.quiet).count();
    let seen = (float(as_long) + 1.0) / days * (past.quiet / usual).max(1.0).powf(-RARENESS);
    let pauses = if past.quiet < SHORT { seen.max(UNSEEN * SHORT / past.quiet.max(1.0)) } else { seen };
    STOPS / (STOPS + pauses)
}
