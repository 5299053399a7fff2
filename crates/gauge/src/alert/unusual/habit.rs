//! What an account does by quarters of an hour and by local days: what unusual spend is held against.

use std::collections::VecDeque;

use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

use super::refund;
use super::usual::Usual;
use crate::forecast::PAST;
use crate::history::{Pace, Quarter, Rise, Span, movement};

/// The hours of a day.
pub(super) const HOURS: usize = 24;
/// Quarters in an hour and in a day.
pub(super) const HOUR: usize = 4;
pub(super) const DAY: usize = HOUR * HOURS;
/// So many quarters are kept one by one: a day, the quarter that goes on, and what had been spent before them.
const RECENT: usize = DAY + 2;
/// The times in which spend is held against the past, in quarters: a burst shows in a short one, a trickle in a long one.
pub(super) const WINDOWS: [usize; 5] = [HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, DAY];

/// What an account does: its last day by quarters of an hour, and up to twelve weeks by local days. It is brought forward
/// by each reading, so that whoever keeps it need not make it anew.
#[derive(Clone, Debug)]
pub struct Habit {
    pub(super) pace: Pace,
    clock: Clock,
    pub(super) last: Option<Span>,
    /// The latest quarters, one after the other; the last of them goes on.
    pub(super) recent: VecDeque<Cell>,
    /// The latest local days, one after the other; the last of them goes on.
    days: VecDeque<Day>,
    /// What fell and came back lately.
    pub(super) moves: VecDeque<Move>,
    /// What is usual, and on which local day that was found out.
    usual: Option<(i64, Usual)>,
}

/// A quarter of an hour.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cell {
    quarter: Quarter,
    pub local: Local,
    /// What was spent in it for certain.
    pub spent: f64,
    /// What was spent from the beginning up to its end; in gaps, as if that had been done evenly.
    pub total: f64,
    /// Whether all of it was seen, with something left to spend.
    seen: bool,
}

/// A local day.
#[derive(Clone, Debug)]
pub(super) struct Day {
    /// Days since 1970.
    number: i64,
    pub weekend: bool,
    /// What was spent in it, gaps included.
    pub spent: f64,
    /// How many quarters of each hour were seen.
    pub seen: [usize; HOURS],
    /// In which hours something was spent for certain.
    pub active: [bool; HOURS],
    /// The most that was spent in a window that ended in each hour.
    pub peaks: [[f64; HOURS]; WINDOWS.len()],
    /// Whether nearly all that was reserved came back, again and again.
    pub refunded: bool,
}

/// What a reading fell by, or what came back with it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Move {
    pub at: Timestamp,
    /// Below zero where something came back.
    pub spent: f64,
}

/// What is known of a time.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Known {
    /// What was spent in it.
    All,
    /// Only what was spent in it as a whole.
    Whole,
    /// Nothing was left to spend.
    Empty,
}

impl Habit {
    /// What an account of which nothing is known does.
    #[must_use]
    pub fn new(pace: Pace, zone: &TimeZone) -> Self {
        Self {
            pace,
            clock: Clock { zone: zone.clone(), offset: 0, until: Timestamp::MIN },
            last: None,
            recent: VecDeque::new(),
            days: VecDeque::new(),
            moves: VecDeque::new(),
            usual: None,
        }
    }

    /// What an account did up to a time, going by spans in order.
    #[must_use]
    pub fn of(spans: &[Span], pace: Pace, at: Timestamp, zone: &TimeZone) -> Self {
        let first = at.saturating_sub(PAST).unwrap_or(Timestamp::MIN);
        let mut habit = Self::new(pace, zone);
        for span in spans.iter().filter(|span| span.from <= at && span.until >= first) {
            let (from, until) = (span.from.max(first), span.until.min(at));
            habit.follow(&Span { from, until, ..*span });
        }
        habit
    }

    /// Brings it forward by a newer span, or by the last one that has become longer.
    pub fn follow(&mut self, span: &Span) {
        // A reading that says nothing stands in nobody's way, and one from before a clock was set back is looked at no more.
        if !span.amounts.are_known() || self.last.is_some_and(|last| span.until < last.until) {
            return;
        }
        let mut from = span.from;
        match self.last {
            Some(last) if last.from == span.from => from = last.until,
            Some(last) if last.until < span.from => self.step(&last, span),
            _ => {}
        }
        self.add(from, span.until, 0.0, if is_empty(span) { Known::Empty } else { Known::All });
        self.last = Some(*span);
    }

    fn step(&mut self, before: &Span, after: &Span) {
        let spent = movement(&before.amounts, &after.amounts, after.rise).spent.to_f64().unwrap_or(0.0);
        if self.pace.is_gap(before.until, after.from) {
            self.add(before.until, after.from, spent, Known::Whole);
            return;
        }
        // Where a debt grows, there is something to spend.
        let known = if is_empty(before) && spent <= 0.0 { Known::Empty } else { Known::All };
        // A single request between two readings near each other is not to look like spend of two quarters.
        let is_short = after.from.duration_since(before.until) <= Quarter::LENGTH;
        let from =
            if is_short { Quarter::before(after.from).start().max(before.until) } else { before.until };
        self.add(before.until, from, 0.0, known);
        self.add(from, after.from, spent, known);
        if spent > 0.0 || spent < 0.0 && after.rise == Some(Rise::Refund) {
            self.moves.push_back(Move { at: after.from, spent });
            let recent = |moved: &Move| after.from.duration_since(moved.at) <= refund::WITHIN;
            while self.moves.front().is_some_and(|moved| !recent(moved)) {
                self.moves.pop_front();
            }
            if let Some(day) = self.days.back_mut() {
                day.refunded |= refund::fails(self.moves.iter());
            }
        }
    }

    /// Finds out what is usual, once a day. Only days that ended at least a day ago tell it: what is looked at now never
    /// counts as usual.
    pub(super) fn learn(&mut self) {
        let Some(today) = self.days.back().map(|day| day.number) else { return };
        if self.usual.as_ref().is_none_or(|(day, _)| *day != today) {
            let known: Vec<_> = self.days.iter().take_while(|day| day.number < today - 1).collect();
            self.usual = Some((today, Usual::of(&known)));
        }
    }

    /// What is usual, as it was learned last.
    pub(super) fn usual(&self) -> Option<&Usual> {
        self.usual.as_ref().map(|(_, usual)| usual)
    }

    /// Adds what was spent in a time, evenly.
    fn add(&mut self, from: Timestamp, until: Timestamp, spent: f64, known: Known) {
        let last = Quarter::before(until);
        let time = until.duration_since(from);
        if time > PAST {
            // What comes after so long a time has no past.
            (self.recent, self.days, self.usual) = (VecDeque::new(), VecDeque::new(), None);
            self.open(last);
            return;
        }
        for number in Quarter::of(from).min(last).0..=last.0 {
            let quarter = Quarter(number);
            self.open(quarter);
            let (begin, end) = (quarter.start().max(from), Quarter(number + 1).start().min(until));
            let share = end.duration_since(begin).as_secs_f64() / time.as_secs_f64();
            // Of no time at all, there is one quarter.
            let share = if share.is_finite() { share } else { 1.0 };
            if let (Some(cell), Some(day)) = (self.recent.back_mut(), self.days.back_mut()) {
                cell.total += spent * share;
                day.spent += spent * share;
                if known == Known::All {
                    cell.spent += spent * share;
                    day.active[cell.local.hour] |= cell.spent > 0.0;
                }
                cell.seen &= known == Known::All;
            }
        }
    }

    /// Begins a quarter, if it has not begun.
    fn open(&mut self, quarter: Quarter) {
        if self.recent.back().is_some_and(|cell| cell.quarter >= quarter) {
            return;
        }
        self.close();
        let local = self.clock.local(quarter);
        let total = self.recent.back().map_or(0.0, |cell| cell.total);
        self.recent.push_back(Cell { quarter, local, spent: 0.0, total, seen: true });
        if self.recent.len() > RECENT {
            self.recent.pop_front();
        }
        if self.days.back().is_none_or(|day| day.number < local.day) {
            self.days.push_back(Day::new(local));
            let first = local.day - PAST.as_hours() / 24;
            while self.days.front().is_some_and(|day| day.number < first) {
                self.days.pop_front();
            }
        }
    }

    /// Ends the quarter that goes on.
    fn close(&mut self) {
        let (Some(cell), Some(day)) = (self.recent.back(), self.days.back_mut()) else { return };
        let hour = cell.local.hour;
        day.seen[hour] += usize::from(cell.seen);
        for (peaks, quarters) in day.peaks.iter_mut().zip(WINDOWS) {
            let before =
                self.recent.len().checked_sub(quarters + 1).map_or(0.0, |place| self.recent[place].total);
            peaks[hour] = peaks[hour].max(cell.total - before);
        }
    }
}

impl Day {
    fn new(local: Local) -> Self {
        Self {
            number: local.day,
            weekend: local.weekend,
            spent: 0.0,
            seen: [0; HOURS],
            active: [false; HOURS],
            peaks: [[0.0; HOURS]; WINDOWS.len()],
            refunded: false,
        }
    }
}

/// Where a quarter lies in somebody's days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Local {
    /// Days since 1970.
    day: i64,
    pub weekend: bool,
    pub hour: usize,
}

/// Somebody's clock. It is looked up only when it is changed, for a summer or a winter.
#[derive(Clone, Debug)]
struct Clock {
    zone: TimeZone,
    /// How many seconds it is ahead of UTC,
    offset: i64,
    /// and until when.
    until: Timestamp,
}

impl Clock {
    fn local(&mut self, quarter: Quarter) -> Local {
        let at = quarter.start();
        if at >= self.until {
            self.offset = self.zone.to_offset(at).seconds().into();
            self.until = self.zone.following(at).next().map_or(Timestamp::MAX, |change| change.timestamp());
        }
        let seconds = at.as_second() + self.offset;
        let hour = usize::try_from(seconds.rem_euclid(86_400) / 3600).unwrap_or_default();
        let day = seconds.div_euclid(86_400);
        // The first day of 1970 was a Thursday.
        Local { day, weekend: (day + 3).rem_euclid(7) >= 5, hour }
    }
}

fn is_empty(span: &Span) -> bool {
    span.amounts.remaining.is_some_and(|left| left <= Decimal::ZERO)
}
