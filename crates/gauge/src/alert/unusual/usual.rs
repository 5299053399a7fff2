//! What is usual for an account.

use super::habit::{DAY, Day, HOUR, HOURS, WINDOWS};

/// The kinds of days: workdays and weekends.
const KINDS: usize = 2;
/// An hour has to be seen on so many days before it can be said that it never has any spend.
const OBSERVED: usize = 8;
/// So many hours before and after one are like it: people stay longer, and clocks change.
const AROUND: usize = 2;
/// Three of four days with spend are less busy than a busy one.
const BUSY: (usize, usize) = (3, 4);

/// A number for each hour of each kind of day.
type Hours<T> = [[T; HOURS]; KINDS];

/// What is usual for an account, going by past days.
#[derive(Clone, Debug, Default)]
pub(super) struct Usual {
    /// How many days' worth of it was seen, though not in one piece.
    pub seen: f64,
    /// On how many days something was spent.
    pub active: usize,
    /// What was spent a day, on average.
    pub a_day: f64,
    /// The most spent in each window,
    pub most: [f64; WINDOWS.len()],
    /// and how many times as much that is as the most on a busy day.
    pub tail: [f64; WINDOWS.len()],
    /// The most spent in each window that ended about an hour.
    here: [Hours<f64>; WINDOWS.len()],
    /// Which hours never had any spend, nor those around them.
    dead: Hours<bool>,
    /// Whether nearly all that was reserved came back before, again and again.
    pub refunded: bool,
}

impl Usual {
    pub fn of(days: &[&Day]) -> Self {
        let mut usual = Self::default();
        let (mut seen, mut live) = (Hours::<usize>::default(), Hours::<bool>::default());
        let mut peaks = [Hours::<f64>::default(); WINDOWS.len()];
        for day in days {
            let kind = usize::from(day.weekend);
            usual.seen += float(day.seen.iter().sum()) / float(DAY);
            usual.active += usize::from(day.active.contains(&true));
            usual.a_day += day.spent / float(days.len());
            usual.refunded |= day.refunded;
            for hour in 0..HOURS {
                seen[kind][hour] += usize::from(day.seen[hour] >= HOUR);
                live[kind][hour] |= day.active[hour];
            }
            for (peaks, of_day) in peaks.iter_mut().zip(&day.peaks) {
                for (peak, of_day) in peaks[kind].iter_mut().zip(of_day) {
                    *peak = peak.max(*of_day);
                }
            }
        }
        for (kind, hour) in (0..KINDS).flat_map(|kind| (0..HOURS).map(move |hour| (kind, hour))) {
            let lives = around(kind, hour).any(|(kind, hour)| live[kind][hour]);
            usual.dead[kind][hour] = seen[kind][hour] >= OBSERVED && !lives;
            for (here, peaks) in usual.here.iter_mut().zip(&peaks) {
                here[kind][hour] = highest(around(kind, hour).map(|(kind, hour)| peaks[kind][hour]));
            }
        }
        for (window, peaks) in peaks.iter().enumerate() {
            usual.most[window] = highest(peaks.iter().flatten().copied());
            usual.tail[window] = usual.most[window] / busy(days, window);
        }
        usual
    }

    /// The most spent in a window that ended about an hour.
    pub fn here(&self, window: usize, weekend: bool, hour: usize) -> f64 {
        self.here[window][usize::from(weekend)][hour]
    }

    /// Whether an hour never had any spend, nor those around it.
    pub fn is_dead(&self, weekend: bool, hour: usize) -> bool {
        self.dead[usize::from(weekend)][hour]
    }
}

/// The most spent in a window on a busy day.
fn busy(days: &[&Day], window: usize) -> f64 {
    let most = days.iter().map(|day| highest(day.peaks[window].iter().copied()));
    let mut most: Vec<f64> = most.filter(|most| *most > 0.0).collect();
    most.sort_by(f64::total_cmp);
    most.get(most.len() * BUSY.0 / BUSY.1).copied().unwrap_or(f64::INFINITY)
}

/// An hour and those around it. Beyond midnight, the day may be of either kind.
fn around(kind: usize, hour: usize) -> impl Iterator<Item = (usize, usize)> {
    (HOURS + hour - AROUND..=HOURS + hour + AROUND).flat_map(move |place| {
        let same_day = place / HOURS == 1;
        (0..KINDS).filter(move |other| !same_day || *other == kind).map(move |kind| (kind, place % HOURS))
    })
}

fn highest(amounts: impl Iterator<Item = f64>) -> f64 {
    amounts.fold(0.0, f64::max)
}

/// A count as a number.
pub(super) fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}
