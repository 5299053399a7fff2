//! The level of a meter: how much it spends compared with its own past, whether that grows, and how sure that is.
//!
//! Many simple models are held against the past: the level wanders a little or much from day to day, it grows or
//! shrinks steadily, it changed at once some days ago. Each is a Kalman filter of one number; each counts for as much as
//! it would have foretold the past days.

use super::past::Day;
use super::rhythm::{Rhythm, WEEK};

/// How far the level wanders a day, as a share of the variance of a single day; with what is thought of each beforehand.
const WANDERS: [(f64, f64); 6] =
    [(0.0, 0.2), (0.003, 0.2), (0.01, 0.2), (0.03, 0.2), (0.1, 0.12), (0.4, 0.08)];
/// By what the level grows a day; with what is thought of each beforehand.
const GROWTHS: [(f64, f64); 7] = [
    (0.0, 0.54),
    (0.006, 0.09),
    (-0.006, 0.09),
    (0.014, 0.09),
    (-0.014, 0.09),
    (0.035, 0.05),
    (-0.035, 0.05),
];
/// How many days ago the level may have changed at once; with what is thought of each beforehand.
const CHANGES: [(usize, f64); 7] =
    [(usize::MAX, 0.79), (1, 0.02), (2, 0.02), (3, 0.03), (5, 0.04), (8, 0.05), (13, 0.05)];
/// How much of its distance from the mean a wandering level comes back a day; with what is thought of each beforehand.
const PULLS: [(f64, f64); 2] = [(0.1, 0.5), (0.3, 0.5)];
/// How many levels come back to their mean, as far as is thought beforehand.
const PULLED: f64 = 0.18;
/// How far a day differs from its place in the week before enough were seen, and how many days that is worth.
const PRIOR_VARIANCE: f64 = 0.1;
const PRIOR_DAYS: f64 = 3.0;
/// What is known of a new level before its first day, in variances of a day.
const UNKNOWN: f64 = 12.0;
/// How far the level may be off after a single day for what a meter has not shown yet, in standard deviations of a day;
/// less with each more day.
const UNSEEN: f64 = 7.0;
/// The largest spread of a mean that a level comes back to.
const LARGEST_HOME_SPREAD: f64 = 0.5;
/// Days surprise in proportion to their level, but for levels below this.
pub(super) const LOUDNESS: f64 = 0.5;
/// A model that counts for less than this share of the best one is left out.
const NEGLIGIBLE: f64 = 1e-3;

/// How a level may move.
#[derive(Clone, Copy, Debug)]
pub(super) struct Drift {
    /// How far it wanders a day; in a model, as a share of the variance of a single day.
    pub wander: f64,
    /// By what it grows a day.
    pub growth: f64,
    /// How much of its distance from the mean it comes back a day.
    pub pull: f64,
    /// How many days ago it may have changed at once.
    change: usize,
}

impl Drift {
    /// All that are considered, with what is thought of each beforehand.
    fn all() -> Vec<(Self, f64)> {
        let mut all = Vec::new();
        for (wander, wandering) in WANDERS {
            for (growth, growing) in GROWTHS {
                for (change, changing) in CHANGES {
                    let drift = Self { wander, growth, pull: 0.0, change };
                    all.push((drift, (1.0 - PULLED) * wandering * growing * changing));
                }
            }
            for (pull, pulling) in PULLS {
                if wander > 0.0 {
                    let drift = Self { wander, growth: 0.0, pull, change: usize::MAX };
                    all.push((drift, PULLED * wandering * pulling));
                }
            }
        }
        all
    }

    /// The level a day later. `home` is the mean it may come back to; growth counts by the share `calm`.
    pub fn next(&self, level: f64, home: f64, calm: f64) -> f64 {
        let level = level * (self.growth / 2.0 * calm).exp();
        level + self.pull * (home - level)
    }
}

/// A way in which the level may move, and what it is now if so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    /// How much this model counts; all add up to one.
    pub weight: f64,
    /// The level now; one is the mean of the past.
    pub level: f64,
    /// How far that may be off.
    pub spread: f64,
    /// How far the mean that it comes back to may be off.
    pub home_spread: f64,
    /// How it moves.
    pub drift: Drift,
    /// How many days of the past speak for the spreads.
    pub days: f64,
}

/// What the models say, and by how much each day differed from what they expected of it, as a share of its level or of
/// [`LOUDNESS`].
pub(super) struct Level {
    pub models: Vec<Model>,
    pub surprises: Vec<f64>,
}

impl Level {
    pub fn of(days: &[Day], rhythm: &Rhythm) -> Self {
        let fits: Vec<(Drift, Fit, f64)> = Drift::all()
            .into_iter()
            .map(|(drift, belief)| {
                let fit = Fit::of(days, rhythm, drift, |_, _| {});
                let score = fit.likelihood + belief.ln();
                (drift, fit, score)
            })
            .collect();
        let best = fits.iter().map(|(.., score)| *score).fold(f64::NEG_INFINITY, f64::max);
        let mut kept: Vec<(Drift, Fit, f64)> = fits
            .into_iter()
            .map(|(drift, fit, score)| (drift, fit, (score - best).exp()))
            .filter(|(.., weight)| *weight > NEGLIGIBLE)
            .collect();
        let total: f64 = kept.iter().map(|(.., weight)| weight).sum();

        let mut surprises = vec![0.0; days.len()];
        let mut models = Vec::new();
        for (drift, fit, weight) in &mut kept {
            *weight /= total;
            Fit::of(days, rhythm, *drift, |index, surprise| surprises[index] += *weight * surprise);
            models.push(Model {
                weight: *weight,
                level: fit.level,
                spread: ((fit.uncertainty + (UNSEEN / fit.days).powi(2)) * fit.variance).sqrt(),
                home_spread: fit.home_spread(drift),
                drift: Drift { wander: (drift.wander * fit.variance).sqrt(), ..*drift },
                days: fit.days,
            });
        }
        Self { models, surprises }
    }
}

struct Fit {
    level: f64,
    uncertainty: f64,
    variance: f64,
    days: f64,
    likelihood: f64,
}

impl Fit {
    fn of(days: &[Day], rhythm: &Rhythm, drift: Drift, mut surprised: impl FnMut(usize, f64)) -> Self {
        let (mut level, mut uncertainty) = (1.0, UNKNOWN);
        let (mut squares, mut logs, mut count) = (PRIOR_DAYS * PRIOR_VARIANCE, 0.0, PRIOR_DAYS);
        let mut age = days.last().map_or(0, |day| day.age);
        for (index, day) in days.iter().enumerate().rev() {
            for age in (day.age..age).rev() {
                level = drift.next(level, 1.0, 1.0);
                uncertainty = uncertainty * (1.0 - drift.pull).powi(2) + drift.wander;
                if age + 1 == drift.change {
                    uncertainty += UNKNOWN;
                }
            }
            age = day.age;
            let place = rhythm.places[day.age % WEEK];
            let miss = rhythm.sizes[index] - place * level;
            let expected = place * place * uncertainty + 1.0;
            squares += miss * miss / expected;
            logs += expected.ln();
            count += 1.0;
            surprised(index, miss / expected.sqrt() / level.max(LOUDNESS));
            let gain = uncertainty * place / expected;
            level = (level + gain * miss).max(0.0);
            uncertainty *= 1.0 - gain * place;
        }
        Self {
            level,
            uncertainty,
            variance: squares / count,
            days: count,
            likelihood: -0.5 * (logs + count * squares.ln()),
        }
    }

    /// How far the mean of so many days may be off from the one that the level comes back to.
    fn home_spread(&self, drift: &Drift) -> f64 {
        if drift.pull <= 0.0 {
            return 0.0;
        }
        let independent = self.variance * (1.0 + drift.wander / drift.pull.powi(2));
        (independent / self.days).sqrt().min(LARGEST_HOME_SPREAD)
    }
}
