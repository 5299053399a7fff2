//! First passages: how long a meter took, at moments like the present one, to fall about as far as the next threshold is
//! away.

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::plan::Bounds;
use crate::history::{Pace, Span, movement};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
/// On how many days before today it is looked up how fast the meter fell,
const DAYS: i32 = 28;
/// and at which moments of each: so many minutes before and after this time of day.
const AROUND: [i64; 7] = [-30, -20, -10, 0, 10, 20, 30];
/// For how many minutes what goes on now may have been going on.
const LATELY: [i64; 5] = [5, 10, 20, 40, 80];
/// What is to come may be worse than anything seen: a fall of this share of the distance is taken for one that gets there.
const MARGIN: Decimal = Decimal::from_parts(25, 0, 0, false, 2);
/// A burst may come at any hour. How much those hours count in which the meter fell the whole distance, which is at the pace
/// of a quarter in a quarter: so little that only what is saved beyond the needs of other times goes into it.
const AT_ANY_HOUR: f64 = 0.02;
/// At which share of the usual interval such bursts are watched for. At the least one, what is saved would not last a day.
const WATCHED: f64 = 0.4;

/// How long a meter took at moments like the present one. Those of earlier days together count for as much as what went on
/// lately, and all other hours for little.
#[derive(Clone, Debug, Default)]
pub struct Passages {
    /// The times within the longest interval and how much each counts, the shortest first.
    times: Vec<(SignedDuration, f64)>,
    /// Whether anything is known of earlier days.
    pub(super) knows_days: bool,
    /// Whether the meter fell lately.
    pub(super) moves: bool,
}

impl Passages {
    /// Looks at how a meter went that may fall by `distance` before it is under its next threshold.
    #[must_use]
    pub fn of(spans: &[Span], at: Timestamp, distance: Decimal, bounds: Bounds) -> Self {
        let course = Course { spans, pace: Pace::of(bounds.usual) };
        let longest = bounds.longest();
        let an_hour = course.hours(at, distance) * AT_ANY_HOUR;
        let distance = distance * MARGIN;
        let moments = (1..=DAYS).flat_map(|days| {
            let on_that_day =
                move |minutes| at.saturating_sub(DAY * days - SignedDuration::from_mins(minutes));
            AROUND.into_iter().filter_map(move |minutes| on_that_day(minutes).ok())
        });
        let habit: Vec<_> = moments.filter_map(|moment| course.passage(moment, distance, longest)).collect();
        let trends = LATELY.map(|minutes| course.trend(at, SignedDuration::from_mins(minutes), distance));
        let lately = trends.map(|trend| trend.unwrap_or(SignedDuration::MAX)).to_vec();
        let knows_days = !habit.is_empty();
        let moves = trends.iter().any(Option::is_some);
        let mut times = Vec::new();
        for passages in [habit, lately] {
            let weight = 0.5 / f64::from(u32::try_from(passages.len()).unwrap_or(u32::MAX));
            let in_time = passages.into_iter().filter(|time| *time <= longest);
            times.extend(in_time.map(|time| (time, weight)));
        }
        let watched = bounds.usual.mul_f64(WATCHED).max(bounds.least);
        let at_any_hour = [(watched, bounds.usual), (bounds.usual, longest - bounds.usual)];
        times.extend(at_any_hour.map(|(time, within)| (time, an_hour * within.div_duration_f64(HOUR))));
        times.sort_by_key(|(time, _)| *time);
        Self { times, knows_days, moves }
    }

    /// The time within which no more than this share got there; `None` if no more did within the longest interval.
    pub(super) fn quantile(&self, share: f64) -> Option<SignedDuration> {
        let mut sum = 0.0;
        self.times.iter().find_map(|(time, weight)| {
            sum += weight;
            (sum > share).then_some(*time)
        })
    }
}

/// What a meter read, and how often.
struct Course<'a> {
    spans: &'a [Span],
    pace: Pace,
}

impl Course<'_> {
    /// How long it took from a moment on, for ever if longer than `longest`; `None` where nobody looked.
    fn passage(&self, from: Timestamp, distance: Decimal, longest: SignedDuration) -> Option<SignedDuration> {
        let mut fallen = Decimal::ZERO;
        for pair in self.since(from)?.windows(2) {
            let (passed, spent) = (pair[1].from.duration_since(from), self.spent(pair)?);
            if passed > longest {
                break;
            }
            fallen += spent;
            if fallen >= distance {
                return Some(passed);
            }
        }
        Some(SignedDuration::MAX)
    }

    /// How long it takes if it goes on as it has for so long; `None` if it has not fallen.
    fn trend(&self, at: Timestamp, so_long: SignedDuration, distance: Decimal) -> Option<SignedDuration> {
        let spans = self.since(at.saturating_sub(so_long).ok()?)?;
        let fallen: Decimal = spans.windows(2).filter_map(|pair| self.spent(pair)).sum();
        let times = distance.to_f64()? / fallen.to_f64().filter(|fallen| *fallen > 0.0)?;
        SignedDuration::try_from_secs_f64(so_long.as_secs_f64() * times).ok()
    }

    /// The share of the known hours in which it fell so far. One with a top-up, or after a gap, counts as calm.
    fn hours(&self, at: Timestamp, distance: Decimal) -> f64 {
        let (mut spans, mut known, mut fell) = (self.spans, 0, 0);
        for hours in 1..=DAYS * 24 {
            let begin = at.saturating_sub(HOUR * hours).unwrap_or(Timestamp::MIN);
            let Some(first) = spans.partition_point(|span| span.from <= begin).checked_sub(1) else { break };
            let hour = &spans[first..];
            spans = &spans[..=first];
            known += 1;
            if let [before, next, ..] = hour
                && let Some(last) = hour.last()
                && !self.pace.is_gap(before.until, next.from)
            {
                fell += i32::from(movement(&before.amounts, &last.amounts, None).spent >= distance);
            }
        }
        f64::from(fell) / f64::from(known.max(1))
    }

    /// The spans from the one that was the last at a moment; `None` before the first.
    fn since(&self, moment: Timestamp) -> Option<&[Span]> {
        let last = self.spans.partition_point(|span| span.from <= moment).checked_sub(1)?;
        Some(&self.spans[last..])
    }

    /// What was spent between two neighbours; `None` where nobody looked meanwhile.
    fn spent(&self, pair: &[Span]) -> Option<Decimal> {
        let [before, after] = pair else { return None };
        let gap = self.pace.is_gap(before.until, after.from);
        (!gap).then(|| movement(&before.amounts, &after.amounts, after.rise).spent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::history::Amounts;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
    const USUAL: SignedDuration = SignedDuration::from_mins(5);

    fn bounds() -> Bounds {
        Bounds { least: SignedDuration::from_mins(1), usual: USUAL }
    }

    /// Readings every five minutes from so many hours ago until now.
    fn spans(hours: i64, left: impl Fn(i64) -> i64) -> Vec<Span> {
        let minutes = (0..=hours * 12).map(|step| hours * 60 - step * 5);
        let amounts = |ago| Amounts { remaining: Some(Decimal::from(left(ago))), ..Amounts::default() };
        minutes.map(|ago| Span::at(NOW - SignedDuration::from_mins(ago), amounts(ago))).collect()
    }

    fn quickest(spans: &[Span], distance: i64) -> Option<SignedDuration> {
        Passages::of(spans, NOW, Decimal::from(distance), bounds()).quantile(0.0)
    }

    /// Where a few hours of any kind do not matter.
    fn likely(spans: &[Span], distance: i64) -> Option<SignedDuration> {
        Passages::of(spans, NOW, Decimal::from(distance), bounds()).quantile(0.01)
    }

    #[test]
    fn a_burst_at_this_time_yesterday_is_expected_today() {
        let yesterday = spans(30, |ago| if ago >= 24 * 60 { 100 } else { 60 });
        assert!(quickest(&yesterday, 40).is_some_and(|time| time <= USUAL));
        assert_eq!(quickest(&yesterday, 400), None, "it never fell so far");
        let at_night = spans(30, |ago| if ago >= 14 * 60 { 100 } else { 60 });
        assert_eq!(likely(&at_night, 40), None);
    }

    #[test]
    fn a_burst_of_any_hour_is_watched_for_with_what_is_saved() {
        let at_night = spans(30, |ago| if ago >= 14 * 60 { 100 } else { 60 });
        assert_eq!(quickest(&at_night, 40), Some(SignedDuration::from_mins(2)));
        assert_eq!(quickest(&at_night, 41), None, "it never fell so far");
        assert_eq!(likely(&at_night, 40), None, "one hour of thirty counts for little");
    }

    #[test]
    fn what_goes_on_now_is_taken_to_go_on() {
        let falling = spans(2, |ago| ago);
        // A unit a minute, and a quarter of the distance counts.
        assert_eq!(likely(&falling, 40), Some(SignedDuration::from_mins(10)));
        assert_eq!(quickest(&falling, 80), None, "not within the longest interval");
    }

    #[test]
    fn neither_a_top_up_nor_what_went_in_a_gap_is_a_fall() {
        let topped_up = spans(30, |ago| if ago >= 24 * 60 { 10 } else { 60 });
        assert_eq!(quickest(&topped_up, 1), None);
        let mut slept = spans(30, |ago| if ago >= 24 * 60 { 100 } else { 60 });
        slept.retain(|span| {
            let ago = NOW.duration_since(span.from).as_mins();
            !(22 * 60..24 * 60 + 30).contains(&ago)
        });
        assert_eq!(quickest(&slept, 40), None);
    }
}
