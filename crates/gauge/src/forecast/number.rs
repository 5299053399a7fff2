//! Counts and numbers.

/// A count as a number.
#[expect(clippy::cast_precision_loss, reason = "days, pauses and paths are few")]
pub(super) fn float(count: usize) -> f64 {
    count as f64
}

/// How many whole ones are in a number; none in one below zero.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a cast saturates, which is what is wanted"
)]
pub(super) fn whole(number: f64) -> usize {
    number as usize
}
