//! What a window draws of a meter's history.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::day::Day;
use super::gap::{Pace, Unmeasured};
use super::ledger::TopUp;
use super::outline::Extent;
use crate::amount::Unit;

/// Which of a meter's amounts is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Measure {
    /// What was left.
    Remaining,
    /// What was used, where nothing says what is left.
    Used,
}

/// A time in which a meter was read without a gap, as far as a drawing of this width can show: one span, or several that
/// would fall on the same spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Point {
    /// The first reading.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The last reading.
    #[ts(type = "string")]
    pub until: Timestamp,
    /// What it read at first.
    #[ts(type = "string")]
    pub first: Decimal,
    /// What it read at last.
    #[ts(type = "string")]
    pub last: Decimal,
    /// The lowest in between.
    #[ts(type = "string")]
    pub low: Decimal,
    /// The highest in between.
    #[ts(type = "string")]
    pub high: Decimal,
    /// Whether nobody looked between the point before and this one: no line leads here.
    pub after_gap: bool,
}

/// What a window draws of a meter between two times.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Chart {
    /// The start of the range; no earlier than the first reading there is.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The end of the range.
    #[ts(type = "string")]
    pub until: Timestamp,
    /// The first reading there is of the meter; `null` when there is none.
    #[ts(type = "string | null")]
    pub since: Option<Timestamp>,
    /// What the amounts count.
    pub unit: Unit,
    /// Which amount is drawn.
    pub measure: Measure,
    /// The course, oldest first.
    pub points: Vec<Point>,
    /// The times without readings that are wide enough to be drawn, or in which something moved.
    pub gaps: Vec<Unmeasured>,
    /// What was added.
    pub top_ups: Vec<TopUp>,
    /// When a new window of the allowance was first seen.
    #[ts(type = "string[]")]
    pub resets: Vec<Timestamp>,
    /// What was spent on each local day.
    pub days: Vec<Day>,
    /// All that was spent in the range, gaps included.
    #[ts(type = "string")]
    pub spent: Decimal,
    /// All that was added in the range, gaps included.
    #[ts(type = "string")]
    pub topped_up: Decimal,
    /// How many seconds of the range nobody looked.
    #[ts(type = "number")]
    pub unknown_seconds: i64,
}

impl Chart {
    /// The drawing of a range in which nothing was read.
    #[must_use]
    pub fn empty(unit: Unit, from: Timestamp, until: Timestamp) -> Self {
        Self {
            from,
            until,
            since: None,
            unit,
            measure: Measure::Remaining,
            points: Vec::new(),
            gaps: Vec::new(),
            top_ups: Vec::new(),
            resets: Vec::new(),
            days: Vec::new(),
            spent: Decimal::ZERO,
            topped_up: Decimal::ZERO,
            unknown_seconds: 0,
        }
    }
}

/// Joins extents, which are in order, to points: those that begin within the same `width`, counted from `from`, unless a
/// gap at least as wide lies between them.
#[must_use]
pub fn points(extents: &[Extent], from: Timestamp, width: SignedDuration, pace: Pace) -> Vec<Point> {
    let width = width.as_millis().max(1);
    let column = |at: Timestamp| at.duration_since(from).as_millis().div_euclid(width);
    let mut points: Vec<Point> = Vec::new();
    let mut joined: Option<Extent> = None;
    let mut after_gap = false;
    let point = |extent: Extent, after_gap| {
        let Extent { from, until, .. } = extent;
        let [first, last, low, high] =
            [extent.first, extent.last, extent.low, extent.high].map(|amount| amount.normalize());
        Point { from, until, first, last, low, high, after_gap }
    };
    for extent in extents {
        match &mut joined {
            None => joined = Some(*extent),
            Some(last) => {
                let is_gap = pace.is_gap(last.until, extent.from);
                let is_wide = extent.from.duration_since(last.until).as_millis() >= width;
                if column(last.from) == column(extent.from) && !(is_gap && is_wide) {
                    last.join(extent);
                } else {
                    points.push(point(std::mem::replace(last, *extent), after_gap));
                    after_gap = is_gap;
                }
            }
        }
    }
    points.extend(joined.map(|last| point(last, after_gap)));
    points
}
