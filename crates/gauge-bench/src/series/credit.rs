//! How a meter is filled, and what is left of it.

use gauge::history::Amounts;
use jiff::Timestamp;
use rust_decimal::Decimal;

use super::kind::DAYS;
use super::random::Chance;
use super::{Change, Standing, decimal};

/// How a meter is filled.
#[derive(Clone, Copy)]
pub(super) enum Credit {
    /// Bought for days or weeks when it gets low.
    Bought,
    /// Bought often and little at a time.
    Dribs,
    /// Never bought again after the first time.
    Once,
    /// Comes back after so many days.
    Window(u16),
}

/// Prepaid credit: someone buys more when it gets low.
pub(super) fn bought(
    from: Timestamp,
    wanted: &[Change],
    a_day: f64,
    credit: Credit,
    chance: &mut Chance,
) -> Vec<Standing> {
    let purchase = |chance: &mut Chance| {
        decimal(
            a_day
                * match credit {
                    Credit::Dribs => chance.magnitude(0.7, 5.0),
                    Credit::Once => f64::from(DAYS) * 0.9,
                    _ => chance.magnitude(4.0, 35.0),
                },
        )
    };
    let mut left = purchase(chance);
    let mut low = decimal(a_day * chance.between(0.0, 2.0));
    let standing =
        |from, left| Standing { from, amounts: Amounts { remaining: Some(left), ..Amounts::default() } };
    let mut course = vec![standing(from, left)];
    for change in wanted {
        left -= change.amount;
        if left <= low {
            while left <= low.max(Decimal::ZERO) {
                left += purchase(chance);
            }
            low = decimal(a_day * chance.between(0.0, 2.0));
        }
        course.push(standing(change.at, left));
    }
    course
}

/// An allowance: what is wanted beyond it is refused.
pub(super) fn window(
    from: Timestamp,
    wanted: &[Change],
    resets: &[Timestamp],
    allowance: Decimal,
) -> Vec<Standing> {
    let standing = |from, used| Standing {
        from,
        amounts: Amounts { remaining: Some(allowance - used), total: Some(allowance), used: Some(used) },
    };
    let mut course = vec![standing(from, Decimal::ZERO)];
    let mut resets = resets.iter().copied().peekable();
    let mut used = Decimal::ZERO;
    for change in wanted {
        while let Some(reset) = resets.next_if(|reset| *reset <= change.at) {
            used = Decimal::ZERO;
            course.push(standing(reset, used));
        }
        used = allowance.min(used + change.amount);
        course.push(standing(change.at, used));
    }
    course
}
