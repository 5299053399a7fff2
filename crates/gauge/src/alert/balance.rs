//! What rules are held against.

use jiff::Timestamp;
use rust_decimal::Decimal;

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
}
