//! Outlines: the course of a series with its finer detail left out.

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::chart::Measure;
use super::gap::Pace;
use super::span::Span;

/// How many spans an extent of an outline stands for: a few hours of a meter that moves with every reading.
const RUN: usize = 64;

/// What a meter read over a time without gaps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extent {
    /// The first reading.
    pub from: Timestamp,
    /// The last reading.
    pub until: Timestamp,
    /// What it read at first.
    pub first: Decimal,
    /// What it read at last.
    pub last: Decimal,
    /// The lowest in between.
    pub low: Decimal,
    /// The highest in between.
    pub high: Decimal,
}

impl Extent {
    /// The extent of one span; `None` where the measure is not known.
    #[must_use]
    pub fn of(span: &Span, measure: Measure) -> Option<Self> {
        let amount = match measure {
            Measure::Remaining => span.amounts.remaining,
            Measure::Used => span.amounts.used,
        }?;
        let Span { from, until, .. } = *span;
        Some(Self { from, until, first: amount, last: amount, low: amount, high: amount })
    }

    /// Takes in one that follows.
    pub fn join(&mut self, later: &Self) {
        self.until = self.until.max(later.until);
        self.last = later.last;
        self.low = self.low.min(later.low);
        self.high = self.high.max(later.high);
    }
}

/// The course of a series in extents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// What is outlined.
    pub measure: Measure,
    /// The extents, in order.
    pub extents: Vec<Extent>,
}

impl Outline {
    /// The outline of spans, which are in order: of what was left, where any of them says so.
    #[must_use]
    pub fn of(spans: &[Span], pace: Pace) -> Self {
        let measure = Measure::of(spans);
        let mut extents: Vec<Extent> = Vec::new();
        let mut run = 0;
        for extent in spans.iter().filter_map(|span| Extent::of(span, measure)) {
            let open = extents.last_mut().filter(|last| run < RUN && !pace.is_gap(last.until, extent.from));
            if let Some(last) = open {
                last.join(&extent);
                run += 1;
            } else {
                extents.push(extent);
                run = 1;
            }
        }
        Self { measure, extents }
    }
}

impl Measure {
    /// What is worth drawing of spans: what was left, where any of them says so.
    #[must_use]
    pub fn of(spans: &[Span]) -> Self {
        let says_what_is_left = spans.iter().any(|span| span.amounts.remaining.is_some());
        if says_what_is_left || spans.is_empty() { Self::Remaining } else { Self::Used }
    }
}
