//! What the step from one reading to the next means.

use rust_decimal::Decimal;

use super::span::{Amounts, Rise};

/// What happened between two readings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Movement {
    /// What was spent, less what came back of it: below zero where more came back than was spent meanwhile.
    pub spent: Decimal,
    /// What was added, never below zero.
    pub topped_up: Decimal,
    /// Whether a new window of the allowance began.
    pub reset: bool,
}

/// What happened between two readings. Where the provider tells what was used, that is the truth: what was spent and
/// what was added are then both seen, though they came between the same two readings. Else a fall is spend, and a rise
/// is a top-up, unless `rise` knows better.
///
/// A count of what was used that falls by more than half has begun anew with a new window of the allowance, even where
/// nothing told when that would be; one that falls by less took something back. What was spent at the end of an old
/// window after its last reading, nobody knows.
#[must_use]
pub fn movement(before: &Amounts, after: &Amounts, rise: Option<Rise>) -> Movement {
    match (used(before), used(after)) {
        (Some(used_before), Some(used_after)) => {
            let began_anew = used_after < used_before
                && match rise {
                    Some(Rise::Reset) => true,
                    Some(Rise::Refund) => false,
                    None => used_after * Decimal::TWO < used_before,
                };
            if began_anew {
                return Movement { spent: used_after, reset: true, ..Movement::default() };
            }
            let spent = used_after - used_before;
            if rise == Some(Rise::Reset) {
                return Movement { spent, reset: true, ..Movement::default() };
            }
            match (before.remaining, after.remaining) {
                // What was ever given, used or not, grows by what was added and by nothing else.
                (Some(left_before), Some(left_after)) => {
                    let added = (left_after + used_after) - (left_before + used_before);
                    Movement { spent, topped_up: added.max(Decimal::ZERO), reset: false }
                }
                // Without a balance that rose with it, a count that fell a little is one over the last so many days.
                _ => Movement { spent: spent.max(Decimal::ZERO), ..Movement::default() },
            }
        }
        _ => match (before.remaining, after.remaining) {
            (Some(before), Some(after)) if after > before => match rise {
                None => Movement { topped_up: after - before, ..Movement::default() },
                Some(Rise::Refund) => Movement { spent: before - after, ..Movement::default() },
                Some(Rise::Reset) => Movement { reset: true, ..Movement::default() },
            },
            (Some(before), Some(after)) => {
                Movement { spent: before - after, reset: rise == Some(Rise::Reset), ..Movement::default() }
            }
            _ => Movement::default(),
        },
    }
}

/// What was used, as told or as it follows from the total.
fn used(amounts: &Amounts) -> Option<Decimal> {
    amounts.used.or_else(|| Some(amounts.total? - amounts.remaining?))
}
