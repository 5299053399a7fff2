//! When credit will run out, and how sure that is.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// What can be said of a meter's future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "ForecastState")]
pub enum State {
    /// It runs out, at a time that can be told.
    Ok,
    /// Too little was seen yet.
    NotEnoughData,
    /// It is not being spent.
    Idle,
    /// Nothing limits it.
    Unlimited,
    /// The allowance comes back before it is used up.
    LastsUntilReset,
}

/// When a meter runs out. The truth lies between `early` and `late` four times out of five. A time more than 400 days
/// away is `None`: nobody can know it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct RunsOut {
    /// One time in ten it runs out before this.
    #[ts(type = "string | null")]
    pub early: Option<Timestamp>,
    /// As often before as after.
    #[ts(type = "string | null")]
    pub likely: Option<Timestamp>,
    /// One time in ten it lasts longer than this.
    #[ts(type = "string | null")]
    pub late: Option<Timestamp>,
}

/// A meter's future, as far as its past tells.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Forecast {
    /// What can be said.
    pub state: State,
    /// What is spent a day from now on, as far as that can be told.
    #[ts(type = "string | null")]
    pub per_day: Option<Decimal>,
    /// When it runs out; `None` unless `state` is [`State::Ok`] or, where the allowance may yet fall short,
    /// [`State::LastsUntilReset`].
    pub runs_out: Option<RunsOut>,
}
