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
            let given = |amounts: &Amounts, used| amounts.remaining.map(|left| left + used);
            let (given_before, given_after) = (given(before, used_before), given(after, used_after));
            let began_anew = !used_after.is_sign_negative()
                && match rise {
                    // What was spent of an allowance that is as large as before is counted from the reset.
                    Some(Rise::Reset) => {
                        used_after < used_before || given_before.is_some() && given_before == given_after
                    }
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
            if let (Some(given_before), Some(given_after)) = (given_before, given_after) {
                // What was ever given, used or not, grows by what was added and by nothing else.
                let topped_up = (given_after - given_before).max(Decimal::ZERO);
                Movement { spent, topped_up, reset: false }
            } else {
                let added =
                    before.total.zip(after.total).map_or(Decimal::ZERO, |(before, after)| after - before);
                // Without a balance that rose with it, a count that fell a little is one over the last so many days.
                Movement {
                    spent: spent.max(Decimal::ZERO),
                    topped_up: added.max(Decimal::ZERO),
                    reset: false,
                }
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

/// What was used, as told or as it follows from the total. More can be left than a total that is not all there is, such as
/// the plan's without what was bought besides: nothing follows from that.
fn used(amounts: &Amounts) -> Option<Decimal> {
    amounts.used.or_else(|| {
        let used = amounts.total? - amounts.remaining?;
        (!used.is_sign_negative()).then_some(used)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn left(remaining: &str) -> Amounts {
        Amounts { remaining: Some(remaining.parse().unwrap()), ..Amounts::default() }
    }

    fn used(used: &str) -> Amounts {
        Amounts { used: Some(used.parse().unwrap()), ..Amounts::default() }
    }

    fn left_and_used(remaining: &str, count: &str) -> Amounts {
        Amounts { remaining: left(remaining).remaining, ..used(count) }
    }

    fn left_of(remaining: &str, total: &str) -> Amounts {
        Amounts { total: Some(total.parse().unwrap()), ..left(remaining) }
    }

    fn moved(spent: &str, topped_up: &str) -> Movement {
        Movement { spent: spent.parse().unwrap(), topped_up: topped_up.parse().unwrap(), reset: false }
    }

    fn reset(spent: &str) -> Movement {
        Movement { reset: true, ..moved(spent, "0") }
    }

    #[test]
    fn a_balance_alone_falls_by_spend_and_rises_by_top_ups() {
        assert_eq!(movement(&left("10"), &left("9.75"), None), moved("0.25", "0"));
        assert_eq!(movement(&left("1"), &left("-2"), None), moved("3", "0"), "into a debt");
        assert_eq!(movement(&left("-2"), &left("8"), None), moved("0", "10"));
        assert_eq!(movement(&left("10"), &left("10"), None), moved("0", "0"));
        assert_eq!(movement(&left("9"), &left("9.5"), Some(Rise::Refund)), moved("-0.5", "0"));
        assert_eq!(movement(&left("20"), &left("100"), Some(Rise::Reset)), reset("0"));
        assert_eq!(movement(&left("90"), &left("70"), Some(Rise::Reset)), reset("20"));
    }

    #[test]
    fn what_is_not_known_moves_nothing() {
        assert_eq!(movement(&Amounts::default(), &left("5"), None), Movement::default());
        assert_eq!(movement(&left("5"), &Amounts::default(), None), Movement::default());
        assert_eq!(movement(&left("5"), &used("3"), None), Movement::default());
    }

    #[test]
    fn spend_and_a_top_up_between_two_readings_are_both_seen() {
        let before = left_and_used("10", "90");
        assert_eq!(movement(&before, &left_and_used("27", "93"), None), moved("3", "20"));
        assert_eq!(movement(&left_of("10", "100"), &left_of("27", "120"), None), moved("3", "20"));
        assert_eq!(movement(&before, &left_and_used("7", "93"), None), moved("3", "0"));
    }

    #[test]
    fn what_expires_is_not_spent() {
        assert_eq!(movement(&left_and_used("10", "90"), &left_and_used("4", "91"), None), moved("1", "0"));
    }

    #[test]
    fn a_count_that_falls_a_little_took_something_back() {
        assert_eq!(movement(&left_and_used("10", "90"), &left_and_used("12", "88"), None), moved("-2", "0"));
        let (before, after) = (left_and_used("10", "9"), left_and_used("18", "1"));
        assert_eq!(movement(&before, &after, Some(Rise::Refund)), moved("-8", "0"));
    }

    #[test]
    fn a_count_that_falls_by_more_than_half_began_anew() {
        assert_eq!(movement(&left_and_used("10", "90"), &left_and_used("98", "2"), None), reset("2"));
        assert_eq!(movement(&used("90"), &used("2"), None), reset("2"));
        assert_eq!(movement(&left_of("10", "100"), &left_of("98", "100"), None), reset("2"));
    }

    #[test]
    fn a_window_in_which_more_was_spent_than_in_the_last_counts_whole() {
        let (before, after) = (left_and_used("70", "30"), left_and_used("60", "40"));
        assert_eq!(movement(&before, &after, Some(Rise::Reset)), reset("40"));
        let (before, after) = (left_of("70", "100"), left_of("60", "100"));
        assert_eq!(movement(&before, &after, Some(Rise::Reset)), reset("40"));
    }

    #[test]
    fn a_count_of_all_time_goes_on_over_a_reset() {
        let (before, after) = (left_and_used("20", "80"), left_and_used("95", "85"));
        assert_eq!(movement(&before, &after, Some(Rise::Reset)), reset("5"));
    }

    #[test]
    fn a_rolling_count_never_gives_anything_back() {
        assert_eq!(movement(&used("90"), &used("85"), None), moved("0", "0"));
        assert_eq!(movement(&used("85"), &used("88"), None), moved("3", "0"));
    }

    #[test]
    fn nothing_follows_from_a_total_smaller_than_what_is_left() {
        assert_eq!(movement(&left_of("90", "100"), &left_of("110", "100"), None), moved("0", "20"));
        assert_eq!(movement(&left_of("110", "100"), &left_of("105", "100"), None), moved("5", "0"));
    }

    prop_compose! {
        fn cents()(cents in -10_000_i64..1_000_000) -> Decimal {
            Decimal::new(cents, 2)
        }
    }

    proptest! {
        #[test]
        fn a_balance_alone_is_kept_count_of(before in cents(), after in cents()) {
            let amounts = |remaining| Amounts { remaining: Some(remaining), ..Amounts::default() };
            let moved = movement(&amounts(before), &amounts(after), None);
            prop_assert_eq!(before - after, moved.spent - moved.topped_up);
            prop_assert!(!moved.topped_up.is_sign_negative() && !moved.reset);
        }

        #[test]
        fn a_wallet_that_tells_what_was_used_is_kept_count_of(left in cents(), used in 0_i64..1_000_000, spent in 0_i64..1000, added in 0_i64..1000) {
            let (used, spent, added) = (Decimal::new(used, 2), Decimal::new(spent, 2), Decimal::new(added, 2));
            let amounts = |remaining, used| Amounts { remaining: Some(remaining), used: Some(used), total: None };
            let moved = movement(&amounts(left, used), &amounts(left - spent + added, used + spent), None);
            prop_assert_eq!(moved, Movement { spent, topped_up: added, reset: false });
        }
    }
}
