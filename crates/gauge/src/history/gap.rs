//! Gaps: times without readings.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

/// Readings no further apart than this have no gap between them, however often the series is read: a lunch break of the
/// machine, or a few tries that failed.
const SHORTEST_GAP: SignedDuration = SignedDuration::from_hours(2);
/// From so few distances nothing is learned about a series' pace.
const ENOUGH: usize = 3;

/// How often a series is read when all goes well.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pace(SignedDuration);

impl Pace {
    /// The pace of a series that is read at this interval.
    #[must_use]
    pub fn of(interval: SignedDuration) -> Self {
        Self(interval)
    }

    /// The pace of readings whose times are known and in order: the median of their distances.
    #[must_use]
    pub fn of_times(times: &[Timestamp]) -> Self {
        let mut distances: Vec<_> = times.windows(2).map(|pair| pair[1].duration_since(pair[0])).collect();
        if distances.len() < ENOUGH {
            return Self(SignedDuration::ZERO);
        }
        let middle = distances.len() / 2;
        Self(*distances.select_nth_unstable(middle).1)
    }

    /// The interval.
    #[must_use]
    pub fn interval(self) -> SignedDuration {
        self.0
    }

    /// The longest time between two readings that is no gap: two and a half intervals, so that a reading may fail.
    #[must_use]
    pub fn longest_step(self) -> SignedDuration {
        SHORTEST_GAP.max(self.0 * 5 / 2)
    }

    /// Whether nobody looked between two readings.
    #[must_use]
    pub fn is_gap(self, from: Timestamp, until: Timestamp) -> bool {
        until.duration_since(from) > self.longest_step()
    }
}

/// A time without readings, and what moved in it: known as a whole, not when.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Unmeasured {
    /// The last reading before it.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The first reading after it.
    #[ts(type = "string")]
    pub until: Timestamp,
    /// What was spent meanwhile.
    #[ts(type = "string")]
    pub spent: Decimal,
    /// What was added meanwhile.
    #[ts(type = "string")]
    pub topped_up: Decimal,
}

impl Unmeasured {
    /// Whether anything is known to have moved meanwhile.
    #[must_use]
    pub fn moved(&self) -> bool {
        !(self.spent.is_zero() && self.topped_up.is_zero())
    }
}
