//! What rules are held against.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::rule::{Rule, Threshold};
use crate::forecast::{Forecast, State};

/// The most days there are until something runs out: what lasts longer, no forecast tells.
pub const LONGEST_DAYS: Decimal = Decimal::from_parts(400, 0, 0, false, 0);
/// Milliseconds in a day.
const DAY: Decimal = Decimal::from_parts(86_400_000, 0, 0, false, 0);

/// What is left of a meter, and what that means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// What is left.
    pub remaining: Decimal,
    /// What 100 % means.
    pub full: Option<Decimal>,
    /// In how many days it is likely to run out; [`LONGEST_DAYS`] when it lasts, `None` when nobody can tell.
    pub days_left: Option<Decimal>,
}

impl Balance {
    /// What was left at a time, with the forecast that was made then.
    #[must_use]
    pub fn new(
        remaining: Decimal,
        full: Option<Decimal>,
        forecast: Option<&Forecast>,
        at: Timestamp,
    ) -> Self {
        let days_left = forecast.and_then(|forecast| match forecast.state {
            State::NotEnoughData => None,
            State::Idle | State::Unlimited | State::LastsUntilReset => Some(LONGEST_DAYS),
            State::Ok => Some(match forecast.runs_out?.likely {
                Some(likely) => Decimal::from((likely.as_millisecond() - at.as_millisecond()).max(0)) / DAY,
                None => LONGEST_DAYS,
            }),
        });
        Self { remaining, full, days_left }
    }

    /// How far it may fall until it is under another of the rules; `None` when it is under all of them that can be told.
    #[must_use]
    pub fn distance(&self, rules: &[Rule]) -> Option<Decimal> {
        let amount = |rule: &Rule| match &rule.below {
            // At the present pace, days and amounts shrink alike.
            Threshold::Days(days) => self.remaining.checked_mul(days.checked_div(self.days_left?)?),
            below => below.amount(self.full),
        };
        let distances = rules.iter().filter_map(|rule| self.remaining.checked_sub(amount(rule)?));
        distances.filter(|distance| *distance > Decimal::ZERO).min()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_threshold_below_is_the_one_that_matters() {
        let left = |remaining: i64, days_left: Option<i64>| Balance {
            remaining: remaining.into(),
            full: Some(Decimal::ONE_HUNDRED),
            days_left: days_left.map(Decimal::from),
        };
        let distance =
            |balance: Balance, rules: &[Rule]| balance.distance(rules).map(|left| left.to_string());
        let rules = Rule::defaults();
        assert_eq!(distance(left(40, None), &rules).as_deref(), Some("15"));
        assert_eq!(distance(left(25, None), &rules).as_deref(), Some("15"), "that one is crossed");
        assert_eq!(distance(left(3, None), &rules).as_deref(), Some("3"));
        assert_eq!(distance(left(0, None), &rules), None);
        assert_eq!(distance(left(40, None), &[]), None);
        let days = [Rule { below: Threshold::Days(3.into()), ..rules[0].clone() }];
        assert_eq!(
            distance(left(40, Some(4)), &days).as_deref(),
            Some("10.00"),
            "10 a day, and 30 are for 3 days"
        );
        assert_eq!(distance(left(40, None), &days), None, "nobody can tell");
    }
}
