//! Taking readings from elsewhere into a series.

use std::iter;

use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use super::gap::Pace;
use super::span::{Amounts, Span};
use super::table::{Row, rows};

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Imported {
    /// Readings that were new.
    #[ts(type = "number")]
    pub added: usize,
    /// Readings that were there already.
    #[ts(type = "number")]
    pub known: usize,
    /// Readings that say otherwise than what was there, and were left out.
    #[ts(type = "number")]
    pub contradicting: usize,
}

impl iter::Sum for Imported {
    fn sum<I: Iterator<Item = Self>>(all: I) -> Self {
        all.fold(Self::default(), |sum, one| Self {
            added: sum.added + one.added,
            known: sum.known + one.known,
            contradicting: sum.contradicting + one.contradicting,
        })
    }
}

/// A series with what was imported into it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Merged {
    /// Its spans, in order.
    pub spans: Vec<Span>,
    /// How often it is read.
    pub pace: Pace,
    /// What came of each row.
    pub imported: Imported,
}

/// Takes rows into a series that knows these spans; both are in order, and no two rows are at the same time. What is known
/// holds: a row within a span adds nothing to it, and one that says otherwise is left out. Where nothing is known of the
/// pace yet, it is that of the readings.
#[must_use]
pub fn merge(known: &[Span], pace: Pace, new: &[Row]) -> Merged {
    let pace = if pace.is_unknown() { pace_of(known, new) } else { pace };
    let mut imported = Imported::default();
    let mut added = Vec::new();
    let mut around = Surroundings { open: Vec::new(), coming: known };
    for row in new {
        match around.standing(row, pace) {
            Standing::Known => imported.known += 1,
            Standing::Contradicting => imported.contradicting += 1,
            Standing::New => {
                imported.added += 1;
                added.push(Span::at(row.at, row.amounts));
            }
        }
    }
    Merged { spans: join(known, &added, pace), pace, imported }
}

fn pace_of(known: &[Span], new: &[Row]) -> Pace {
    let known = rows(known, Pace::UNKNOWN);
    let mut times: Vec<_> = known.iter().chain(new).map(|row| row.at).collect();
    times.sort_unstable();
    times.dedup();
    Pace::of_times(&times)
}

/// How a row stands to what is known.
enum Standing {
    Known,
    Contradicting,
    New,
}

/// The known spans around a time that moves on.
struct Surroundings<'a> {
    /// The spans that began no later and may yet reach over the time, and the one that ended last.
    open: Vec<&'a Span>,
    /// Those that begin later.
    coming: &'a [Span],
}

impl Surroundings<'_> {
    fn standing(&mut self, row: &Row, pace: Pace) -> Standing {
        let begun = self.coming.partition_point(|span| span.from <= row.at);
        let (past, coming) = self.coming.split_at(begun);
        self.coming = coming;
        self.open.extend(past);
        let last_end = self.open.iter().map(|span| span.until).max();
        self.open.retain(|span| span.until >= row.at || Some(span.until) == last_end);
        let mut within = self.open.iter().filter(|span| span.until >= row.at).peekable();
        if within.peek().is_some() {
            let is_known = within.any(|span| span.amounts == row.amounts);
            return if is_known { Standing::Known } else { Standing::Contradicting };
        }
        // Two spans that read the same and follow each other are written as one, with readings in between.
        let is_between = self.open.iter().zip(self.coming.first()).any(|(before, after)| {
            before.amounts == row.amounts && pace.joins(before.until, &before.amounts, after)
        });
        if is_between { Standing::Known } else { Standing::New }
    }
}

/// The known spans with the added ones between them, each joined to its neighbours where it can be. Known ones stay apart:
/// there was a reason for it.
fn join(known: &[Span], added: &[Span], pace: Pace) -> Vec<Span> {
    let mut pieces: Vec<_> =
        known.iter().map(|span| (*span, false)).chain(added.iter().map(|span| (*span, true))).collect();
    pieces.sort_by_key(|(span, _)| span.from);
    let mut joined: Vec<Span> = Vec::with_capacity(pieces.len());
    let mut last_is_new = false;
    for (span, is_new) in pieces {
        match joined.last_mut() {
            Some(last)
                if pace.joins(last.until, &last.amounts, &span)
                    && (is_new || last_is_new && span.rise.is_none() && span.resets_at == last.resets_at) =>
            {
                last.until = last.until.max(span.until);
            }
            _ => joined.push(span),
        }
        last_is_new = is_new;
    }
    joined
}
