//! Taking readings from elsewhere into a series.

use std::iter;

use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use super::gap::Pace;
use super::span::Span;
use super::table::{CLOSE, Row, goes_on, rows};

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
    let pace = if pace.interval().is_zero() { pace_of(known, new) } else { pace };
    let mut imported = Imported::default();
    let mut around = Surroundings { open: Vec::new(), coming: known };
    let mut outside = Vec::new();
    for row in new {
        match around.place(row) {
            Place::Within { is_known: true } => imported.known += 1,
            Place::Within { is_known: false } => imported.contradicting += 1,
            Place::Outside(between) => outside.push((row, between)),
        }
    }
    let mut added = Vec::new();
    for rows in outside.chunk_by(|(_, a), (_, b)| a.next == b.next) {
        if rows.iter().all(|(_, between)| between.is_bridge) {
            imported.known += rows.len();
        } else {
            imported.added += rows.len();
            added.extend(rows.iter().map(|(row, _)| Span::at(row.at, row.amounts)));
        }
    }
    Merged { spans: join(known, &added, pace), pace, imported }
}

fn pace_of(known: &[Span], new: &[Row]) -> Pace {
    let known = rows(known, Pace::of_times(&[]));
    let mut times: Vec<_> = known.iter().chain(new).map(|row| row.at).collect();
    times.sort_unstable();
    times.dedup();
    Pace::of_times(&times)
}

/// Where a row is among the known spans.
enum Place {
    /// At the time of one that reads the same, or of one that does not.
    Within { is_known: bool },
    /// Between two of them, or at either end.
    Outside(Between),
}

struct Between {
    /// When the next known span begins.
    next: Option<Timestamp>,
    /// Whether the spans on both sides and the row read the same and are close: they are written as one, with readings in
    /// between.
    is_bridge: bool,
}

/// The known spans around a time that moves on.
struct Surroundings<'a> {
    /// The spans that began no later and may yet reach over the time, and the one that ended last.
    open: Vec<&'a Span>,
    /// Those that begin later.
    coming: &'a [Span],
}

impl Surroundings<'_> {
    fn place(&mut self, row: &Row) -> Place {
        let begun = self.coming.partition_point(|span| span.from <= row.at);
        let (past, coming) = self.coming.split_at(begun);
        self.coming = coming;
        self.open.extend(past);
        let last_end = self.open.iter().map(|span| span.until).max();
        self.open.retain(|span| span.until >= row.at || Some(span.until) == last_end);
        let mut within = self.open.iter().filter(|span| span.until >= row.at).peekable();
        if within.peek().is_some() {
            return Place::Within { is_known: within.any(|span| span.amounts == row.amounts) };
        }
        let next = self.coming.first();
        let is_bridge = next.is_some_and(|next| {
            next.amounts == row.amounts && self.open.iter().any(|before| goes_on(before, next))
        });
        Place::Outside(Between { next: next.map(|next| next.from), is_bridge })
    }
}

/// The known spans with the added ones between them, each joined to its neighbours where it can be. Known ones stay apart:
/// there was a reason for it. In a series that is read seldom, all do: an export is then made of the same readings again.
fn join(known: &[Span], added: &[Span], pace: Pace) -> Vec<Span> {
    let mut pieces: Vec<_> =
        known.iter().map(|span| (*span, false)).chain(added.iter().map(|span| (*span, true))).collect();
    pieces.sort_by_key(|(span, _)| span.from);
    let mut joined: Vec<Span> = Vec::with_capacity(pieces.len());
    let mut last_is_new = false;
    for (span, is_new) in pieces {
        match joined.last_mut() {
            Some(last)
                if pace.interval() <= CLOSE
                    && goes_on(last, &span)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::{Amounts, Ledger, Rise};
    use jiff::SignedDuration;
    use proptest::prelude::*;

    fn unknown() -> Pace {
        Pace::of(SignedDuration::ZERO)
    }

    fn minute(n: i64) -> Timestamp {
        Timestamp::from_second(1_790_000_000 + n * 60).unwrap()
    }

    fn amounts(remaining: i64) -> Amounts {
        Amounts { remaining: Some(remaining.into()), ..Amounts::default() }
    }

    fn row(at: i64, remaining: i64) -> Row {
        Row { at: minute(at), amounts: amounts(remaining) }
    }

    fn span(from: i64, until: i64, remaining: i64) -> Span {
        Span { until: minute(until), ..Span::at(minute(from), amounts(remaining)) }
    }

    #[test]
    fn what_was_measured_here_wins() {
        let known = [span(0, 100, 20), span(105, 105, 19)];
        let pace = Pace::of(SignedDuration::from_mins(5));
        let new =
            [row(-5, 21), row(0, 20), row(50, 7), row(103, 20), row(105, 18), row(110, 19), row(115, 18)];
        let merged = merge(&known, pace, &new);
        assert_eq!(merged.imported, Imported { added: 4, known: 1, contradicting: 2 });
        assert_eq!(
            merged.spans,
            [span(-5, -5, 21), span(0, 103, 20), span(105, 110, 19), span(115, 115, 18)]
        );
        assert_eq!(merged.pace, pace);
    }

    #[test]
    fn what_only_the_readings_here_told_stays() {
        let reset = Span { rise: Some(Rise::Reset), resets_at: Some(minute(1440)), ..span(10, 20, 5) };
        let known = [span(0, 5, 5), reset];
        let pace = Pace::of(SignedDuration::from_mins(5));
        assert_eq!(merge(&known, pace, &[]).spans, known);
        let merged = merge(&known, pace, &[row(-10, 5), row(30, 5)]);
        assert_eq!(merged.spans, [span(-10, 5, 5), Span { until: minute(30), ..reset }]);
    }

    #[test]
    fn readings_far_apart_stay_apart() {
        let hourly: Vec<_> = (0..10).map(|n| row(n * 60, 5)).collect();
        let merged = merge(&[], unknown(), &hourly);
        assert_eq!(merged.spans.len(), 10);
        assert_eq!(merged.pace, Pace::of(SignedDuration::from_hours(1)));
        assert_eq!(rows(&merged.spans, merged.pace), hourly);
    }

    #[test]
    fn a_pace_that_was_not_known_is_learned_with_more_readings() {
        let daily: Vec<_> = (0..10).map(|n| row(n * 1440, 100 - n)).collect();
        let first = merge(&[], unknown(), &daily[..2]);
        assert_eq!(first.pace, unknown());
        let second = merge(&first.spans, first.pace, &daily[2..]);
        assert_eq!(second.pace, Pace::of(SignedDuration::from_hours(24)));
    }

    prop_compose! {
        /// Readings of a meter that mostly stays as it is, mostly a few minutes apart.
        fn readings()(steps in proptest::collection::vec(
            (prop_oneof![8 => 1_i64..12, 3 => 13_i64..200, 1 => 200_i64..5000], prop_oneof![3 => Just(0_i64), 1 => -3_i64..3]),
            0..120,
        )) -> Vec<Row> {
            let mut at = 0;
            let mut remaining = 100;
            steps.into_iter().map(|(minutes, change)| {
                at += minutes;
                remaining += change;
                row(at, remaining)
            }).collect()
        }
    }

    prop_compose! {
        /// Spans as the app keeps them, with some that read the same apart.
        fn spans()(readings in readings(), splits in proptest::collection::vec(proptest::bool::weighted(0.1), 120), pace in pace()) -> (Vec<Span>, Pace) {
            let mut spans: Vec<Span> = Vec::new();
            for (row, split) in readings.iter().zip(splits) {
                match spans.last_mut() {
                    Some(last) if !split && last.amounts == row.amounts && !pace.is_gap(last.until, row.at) => {
                        last.until = row.at;
                    }
                    _ => spans.push(Span::at(row.at, row.amounts)),
                }
            }
            (spans, pace)
        }
    }

    fn pace() -> impl Strategy<Value = Pace> {
        prop_oneof![Just(1_i64), Just(5), Just(48), Just(60), Just(360), Just(1440)]
            .prop_map(|minutes| Pace::of(SignedDuration::from_mins(minutes)))
    }

    proptest! {
        #[test]
        fn an_import_into_an_empty_home_exports_the_same((spans, pace) in spans()) {
            let exported = rows(&spans, pace);
            let imported = merge(&[], unknown(), &exported);
            prop_assert_eq!(imported.imported, Imported { added: exported.len(), ..Imported::default() });
            prop_assert_eq!(rows(&imported.spans, imported.pace), exported);
        }

        #[test]
        fn an_import_elsewhere_tells_the_same_of_spend_and_gaps((spans, pace) in spans()) {
            let imported = merge(&[], unknown(), &rows(&spans, pace));
            prop_assert_eq!(Ledger::of(None, &imported.spans, pace), Ledger::of(None, &spans, pace));
        }

        #[test]
        fn importing_ones_own_export_adds_nothing((spans, pace) in spans()) {
            let exported = rows(&spans, pace);
            let merged = merge(&spans, pace, &exported);
            prop_assert_eq!(merged.imported, Imported { known: exported.len(), ..Imported::default() });
            prop_assert_eq!(merged.spans, spans);
        }

        #[test]
        fn importing_twice_adds_nothing((spans, pace) in spans(), new in readings()) {
            let once = merge(&spans, pace, &new);
            let twice = merge(&once.spans, once.pace, &new);
            prop_assert_eq!(twice.imported.added, 0);
            prop_assert_eq!(twice.imported.contradicting, once.imported.contradicting);
            prop_assert_eq!(twice.spans, once.spans);
        }

        #[test]
        fn a_foreign_table_is_taken_whole(new in readings()) {
            let merged = merge(&[], unknown(), &new);
            prop_assert_eq!(merged.imported.added, new.len());
            let known = |row: &Row| merged.spans.iter().any(|span| {
                span.from <= row.at && row.at <= span.until && span.amounts == row.amounts
            });
            prop_assert!(new.iter().all(known));
            let alone: Vec<_> = new.iter().map(|row| Span::at(row.at, row.amounts)).collect();
            prop_assert_eq!(Ledger::of(None, &merged.spans, merged.pace), Ledger::of(None, &alone, merged.pace));
        }
    }
}
