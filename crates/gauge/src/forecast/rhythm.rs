//! The rhythm of a meter: how the days of its week differ, and which past days a future one may be like.

use fastrand::Rng;

use super::number::float;
use super::past::{Day, SLOTS};

/// The days of a week.
pub(super) const WEEK: usize = 7;
/// Days count half as much when they are so many days older.
const HALF_LIFE: f64 = 50.0;
/// How far days of the same place in the week are thought to differ before enough of them were seen, as a share of how
/// far all days differ, and how many of them that thought is worth.
const PRIOR_DAYS: f64 = 3.0;
/// How finely it is told how likely past days are.
const CHOICES: usize = 256;

/// How the days of the week differ. Amounts are square roots of what was spent a day, in units of their mean: big days
/// weigh less so, and days without spend need no special case.
pub(super) struct Rhythm {
    /// For each place in the week, counted as the ages of the days: what a day there is like.
    pub places: [f64; WEEK],
    /// The size of each day, in the order of the days.
    pub sizes: Vec<f64>,
    /// What a size of one is, in the unit.
    pub unit: f64,
    /// For each place in the week, the past days that a future one there may be like, each as often as it is likely.
    like: [[usize; CHOICES]; WEEK],
    /// For each place in the week, how the spend of a day is spread over it; adds up to one.
    pub profiles: [[f64; SLOTS]; WEEK],
}

impl Rhythm {
    pub fn of(days: &[Day]) -> Self {
        let weights: Vec<f64> = days.iter().map(|day| 0.5_f64.powf(float(day.age) / HALF_LIFE)).collect();
        let roots: Vec<f64> = days.iter().map(|day| day.spent().max(0.0).sqrt()).collect();
        let total: f64 = weights.iter().sum();
        let mean = weights.iter().zip(&roots).map(|(w, r)| w * r).sum::<f64>() / total;
        let unit = if mean > 0.0 { mean } else { 1.0 };
        let sizes: Vec<f64> = roots.iter().map(|root| root / unit).collect();

        let alike = likeness(days, &weights, &sizes);
        let mut like = [[0; CHOICES]; WEEK];
        let mut places = [0.0; WEEK];
        let mut profiles = [[0.0; SLOTS]; WEEK];
        for place in 0..WEEK {
            let mut sum = 0.0;
            let mut sums = Vec::new();
            for ((day, weight), size) in days.iter().zip(&weights).zip(&sizes) {
                let weight = weight * alike[place][day.age % WEEK];
                sum += weight;
                sums.push(sum);
                places[place] += weight * size;
                for (part, slot) in profiles[place].iter_mut().zip(&day.slots) {
                    *part += weight * slot;
                }
            }
            places[place] /= sum;
            for (choice, day) in like[place].iter_mut().enumerate() {
                let at = (float(choice) + 0.5) / float(CHOICES) * sum;
                *day = sums.partition_point(|sum| *sum <= at).min(days.len() - 1);
            }
            let spent: f64 = profiles[place].iter().sum();
            for part in &mut profiles[place] {
                *part = if spent > 0.0 { *part / spent } else { 1.0 / float(SLOTS) };
            }
        }
        Self { places, sizes, unit, like, profiles }
    }

    /// A past day that a future one at this place in the week may be like.
    pub fn pick(&self, place: usize, random: &mut Rng) -> usize {
        self.like[place][random.usize(..CHOICES)]
    }
}

/// How alike two places in the week are: one for the same, near zero for two that differ far more than days of the same
/// place do.
fn likeness(days: &[Day], weights: &[f64], sizes: &[f64]) -> [[f64; WEEK]; WEEK] {
    let (mut weight, mut mean) = ([0.0; WEEK], [0.0; WEEK]);
    for ((day, w), size) in days.iter().zip(weights).zip(sizes) {
        weight[day.age % WEEK] += w;
        mean[day.age % WEEK] += w * size;
    }
    for (mean, weight) in mean.iter_mut().zip(weight) {
        *mean /= if weight > 0.0 { weight } else { 1.0 };
    }
    let (mut within, mut overall, mut total) = (0.0, 0.0, 0.0);
    for ((day, w), size) in days.iter().zip(weights).zip(sizes) {
        within += w * (size - mean[day.age % WEEK]).powi(2);
        overall += w * (size - 1.0).powi(2);
        total += w;
    }
    let seen = weight.iter().filter(|weight| **weight > 0.0).count();
    let freedom = (total - float(seen)).max(0.0);
    let variance = (within + PRIOR_DAYS * overall / total) / (freedom + PRIOR_DAYS) + 1e-6;
    let mut alike = [[1.0; WEEK]; WEEK];
    for a in 0..WEEK {
        for b in 0..WEEK {
            if a != b && weight[a] > 0.0 && weight[b] > 0.0 {
                let distance = (mean[a] - mean[b]).powi(2) / (variance * (1.0 / weight[a] + 1.0 / weight[b]));
                alike[a][b] = (-distance / 2.0).exp().max(1e-4);
            }
        }
    }
    alike
}
