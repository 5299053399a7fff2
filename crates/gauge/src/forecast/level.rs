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
const GROWTHS: [(f64, f64); 5] = [(0.0, 0.74), (0.012, 0.1), (-0.012, 0.1), (0.035, 0.03), (-0.035, 0.03)];
/// How many days ago the level may have changed at once; with what is thought of each beforehand.
const CHANGES: [(usize, f64); 7] =
    [(usize::MAX, 0.79), (1, 0.02), (2, 0.02), (3, 0.03), (5, 0.04), (8, 0.05), (13, 0.05)];
/// How far a day differs from its place in the week before enough were seen, and how many days that is worth.
const PRIOR_VARIANCE: f64 = 0.1;
const PRIOR_DAYS: f64 = 3.0;
/// What is known of a new level before its first day, in variances of a day.
const UNKNOWN: f64 = 12.0;

/// A way in which the level may move, and what it is now if so.
#[derive(Clone, Copy, Debug)]
pub(super) struct Model {
    /// How much this model counts; all add up to one.
    pub weight: f64,
    /// The level now; one is the mean of the past.
    pub level: f64,
    /// How far that may be off.
    pub spread: f64,
    /// How far the level wanders a day.
    pub wander: f64,
    /// By what it grows a day.
    pub growth: f64,
    /// How many days of the past speak for the spreads.
    pub days: f64,
}

/// What the models say, and by how much each day differed from what they expected of it.
pub(super) struct Level {
    pub models: Vec<Model>,
    pub surprises: Vec<f64>,
}

impl Level {
    pub fn of(days: &[Day], rhythm: &Rhythm) -> Self {
        let mut fits = Vec::new();
        for (wander, before) in WANDERS {
            for (growth, growing) in GROWTHS {
                for (change, changing) in CHANGES {
                    let fit = Fit::of(days, rhythm, wander, growth, change, |_, _| {});
                    let belief: f64 = before * growing * changing;
                    fits.push((wander, growth, change, fit, belief.ln()));
                }
            }
        }
        let best =
            fits.iter().map(|(.., fit, belief)| fit.likelihood + belief).fold(f64::NEG_INFINITY, f64::max);
        let weight = |fit: &Fit, belief: f64| (fit.likelihood + belief - best).exp();
        let total: f64 = fits.iter().map(|(.., fit, belief)| weight(fit, *belief)).sum();

        let mut level = Self { models: Vec::new(), surprises: vec![0.0; days.len()] };
        for (wander, growth, change, fit, belief) in fits {
            let weight = weight(&fit, belief) / total;
            if weight < 1e-3 {
                continue;
            }
            Fit::of(days, rhythm, wander, growth, change, |index, surprise| {
                level.surprises[index] += weight * surprise;
            });
            level.models.push(Model {
                weight,
                level: fit.level,
                spread: (fit.uncertainty * fit.variance).sqrt(),
                wander: (wander * fit.variance).sqrt(),
                growth,
                days: fit.days,
            });
        }
        let kept: f64 = level.models.iter().map(|model| model.weight).sum();
        for model in &mut level.models {
            model.weight /= kept;
        }
        for surprise in &mut level.surprises {
            *surprise /= kept;
        }
        level
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
    fn of(
        days: &[Day],
        rhythm: &Rhythm,
        wander: f64,
        growth: f64,
        change: usize,
        mut surprised: impl FnMut(usize, f64),
    ) -> Self {
        let (mut level, mut uncertainty) = (1.0, UNKNOWN);
        let (mut squares, mut logs, mut count) = (PRIOR_DAYS * PRIOR_VARIANCE, 0.0, PRIOR_DAYS);
        let mut age = days.last().map_or(0, |day| day.age);
        for (index, day) in days.iter().enumerate().rev() {
            for age in (day.age..age).rev() {
                level *= (growth / 2.0).exp();
                uncertainty += wander;
                if age + 1 == change {
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
            surprised(index, miss / expected.sqrt());
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
}
