//! Requests that fail: their provider reserves what they may cost, and gives it back.

use jiff::SignedDuration;

use super::habit::Move;

/// Refunds are counted over so long.
pub(super) const WITHIN: SignedDuration = SignedDuration::from_hours(2);
/// So many of them are many,
const MANY: usize = 5;
/// if so much of what was reserved came back.
const SHARE: f64 = 0.8;

/// Whether nearly all that was reserved came back, again and again.
pub(super) fn fails<'a>(moves: impl Iterator<Item = &'a Move> + Clone) -> bool {
    let back = moves.clone().filter(|moved| moved.spent < 0.0);
    let returned: f64 = back.clone().map(|moved| -moved.spent).sum();
    back.count() >= MANY && returned >= SHARE * reserved(moves)
}

/// What was reserved.
pub(super) fn reserved<'a>(moves: impl Iterator<Item = &'a Move>) -> f64 {
    moves.map(|moved| moved.spent.max(0.0)).sum()
}
