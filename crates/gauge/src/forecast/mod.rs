//! When credit will run out, and how sure that is.
//!
//! [`forecast`] draws many possible futures from a meter's own past and says when they run out. `docs/forecast.md` tells
//! what that means for a user, how it is done and how well it does.

mod future;
mod level;
mod number;
mod past;
mod pause;
mod rhythm;
mod words;

#[cfg(test)]
mod tests;

use jiff::{SignedDuration, Timestamp, ToSpan, tz::TimeZone};
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::amount::{self, Unit};
use crate::history::Span;
use future::Future;
use level::Level;
use number::{float, whole};
use past::Past;
use rhythm::Rhythm;

/// How much of the past a forecast wants: twelve weeks. What is older is not looked at.
pub const PAST: SignedDuration = SignedDuration::from_hours(12 * 7 * 24);

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
/// away is `None`: nobody can know it. So is one after an allowance has come back.
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

/// What a forecast is made from.
#[derive(Clone, Copy, Debug)]
pub struct Basis<'a> {
    /// When the forecast is made. Nothing later is looked at.
    pub at: Timestamp,
    /// What the meter read, in order; as much of the last [`PAST`] as is known.
    pub spans: &'a [Span],
    /// Whether nothing limits it.
    pub unlimited: bool,
    /// When the allowance comes back, where the provider tells it.
    pub resets_at: Option<Timestamp>,
    /// Whose days and weeks it follows.
    pub zone: &'a TimeZone,
    /// What it counts.
    pub unit: &'a Unit,
}

/// A forecast needs to have seen so many falls of the meter,
const ENOUGH_SPENDS: usize = 3;
/// and so many hours of it,
const ENOUGH_HOURS: f64 = 24.0;
/// or, where what is left lasts for no more than this share of what was seen, so many: the first minutes tell nothing.
const SOON: f64 = 0.5;
const FEW_HOURS: f64 = 1.0;
/// A meter that never moved for so many hours is not being spent.
const NEVER_MOVED_HOURS: f64 = 72.0;
/// From this likelihood on something is said to be so.
const LIKELY: f64 = 0.5;
/// How likely it has run out by the early time, and by the late one.
const EARLY: f64 = 0.075;
const LATE: f64 = 0.92;

/// Says when a meter runs out if nothing is added. The same basis gives the same forecast.
#[must_use]
pub fn forecast(basis: &Basis<'_>) -> Forecast {
    if basis.unlimited {
        return Forecast::without_end(State::Unlimited, None);
    }
    let Some(past) = Past::of(basis) else { return Forecast::without_end(State::NotEnoughData, None) };
    if past.left <= 0.0 {
        let now = Some(basis.at);
        let runs_out = RunsOut { early: now, likely: now, late: now };
        return Forecast { state: State::Ok, per_day: None, runs_out: Some(runs_out) };
    }
    let never_moved = past.spends == 0 && past.observed >= NEVER_MOVED_HOURS;
    if !never_moved && !is_enough(&past) {
        return Forecast::without_end(State::NotEnoughData, None);
    }
    let stopped = pause::stopped(&past);
    if never_moved || stopped > LIKELY {
        return Forecast::without_end(State::Idle, Some(Decimal::ZERO));
    }

    let rhythm = Rhythm::of(&past.days);
    let level = Level::of(&past.days, &rhythm);
    let future = Future::of(&past.days, &rhythm, &level, past.left, stopped);
    let per_day = rounded(future.per_day, basis.unit);
    let to_come = |resets_at: &Timestamp| *resets_at > basis.at;
    let resets_at = basis.resets_at.filter(to_come).or(past.resets_at.filter(to_come));
    let runs_out = RunsOut {
        early: time(basis, &past, future.quantile(EARLY), resets_at),
        likely: time(basis, &past, future.quantile(LIKELY), resets_at),
        late: time(basis, &past, future.quantile(LATE), resets_at),
    };
    if resets_at.is_some() && runs_out.likely.is_none() {
        let runs_out = runs_out.early.map(|_| runs_out);
        return Forecast { state: State::LastsUntilReset, per_day, runs_out };
    }
    Forecast { state: State::Ok, per_day, runs_out: Some(runs_out) }
}

impl Forecast {
    fn without_end(state: State, per_day: Option<Decimal>) -> Self {
        Self { state, per_day, runs_out: None }
    }
}

/// Whether enough was seen to say anything. What is used up within hours cannot wait for a whole day.
fn is_enough(past: &Past) -> bool {
    let hours_left = past.left / past.per_day() * 24.0;
    past.spends >= ENOUGH_SPENDS
        && !past.days.is_empty()
        && (past.observed >= ENOUGH_HOURS || past.observed >= FEW_HOURS && hours_left < past.observed * SOON)
}

/// The time so many of the zone's days after the last reading, if that can be told.
fn time(basis: &Basis<'_>, past: &Past, days: f64, resets_at: Option<Timestamp>) -> Option<Timestamp> {
    if days >= float(future::HORIZON) {
        return None;
    }
    let origin = past.origin.to_zoned(basis.zone.clone());
    let begin = origin.checked_add(i64::try_from(whole(days)).ok()?.days()).ok()?;
    let end = begin.checked_add(1.day()).ok()?;
    let seconds = end.timestamp().duration_since(begin.timestamp()).as_secs_f64() * days.fract();
    let time =
        begin.timestamp().checked_add(SignedDuration::try_from_secs_f64(seconds.round()).ok()?).ok()?;
    let time = time.max(basis.at);
    resets_at.is_none_or(|resets_at| time < resets_at).then_some(time)
}

/// An amount with the unit's usual decimals, and at least three significant digits.
fn rounded(value: f64, unit: &Unit) -> Option<Decimal> {
    let exact = amount::from_double(value)?;
    let mut usual =
        exact.round_dp_with_strategy(unit.usual_decimals(), RoundingStrategy::MidpointAwayFromZero);
    let precise = exact.round_sf_with_strategy(3, RoundingStrategy::MidpointAwayFromZero)?;
    usual.rescale(unit.usual_decimals());
    Some(if precise.normalize().scale() > usual.scale() { precise.normalize() } else { usual })
}
