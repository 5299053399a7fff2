//! Possible futures of a meter, drawn from its past.

use fastrand::Rng;

use super::level::{LOUDNESS, Level, Model};
use super::number::{float, whole};
use super::past::{Day, SLOTS};
use super::rhythm::{Rhythm, WEEK};

/// How many futures are looked at.
pub(super) const PATHS: u32 = 256;
/// How many days ahead.
pub(super) const HORIZON: usize = 400;
/// How much less a level's growth and wandering is each day ahead than the day before.
const CALMING: f64 = 0.985;

/// What the futures say.
pub(super) struct Future {
    /// What is spent a day in the next week, on average, if it has not stopped.
    pub per_day: f64,
    /// In how many days what is left is used up, in order; infinite where it lasts beyond the horizon.
    pub lasts: Vec<f64>,
}

impl Future {
    /// `stopped` is how likely it is that nothing will be spent any more.
    pub fn of(days: &[Day], rhythm: &Rhythm, level: &Level, left: f64, stopped: f64) -> Self {
        let mut lasts = Vec::new();
        let (mut week, mut going) = (0.0, 0.0);
        for index in 0..PATHS {
            if (f64::from(index) + 0.5) / f64::from(PATHS) < stopped {
                lasts.push(f64::INFINITY);
                continue;
            }
            let mut random = Rng::with_seed(u64::from(index) + 1);
            let path = Path::draw(days, rhythm, level, left, &mut random);
            week += path.week;
            going += 1.0;
            lasts.push(path.lasts);
        }
        lasts.sort_by(f64::total_cmp);
        Self { per_day: week / f64::max(going, 1.0) / 7.0, lasts }
    }

    /// In how many days it is used up with this probability.
    pub fn quantile(&self, probability: f64) -> f64 {
        let index = whole(probability * float(self.lasts.len()));
        self.lasts[index.min(self.lasts.len() - 1)]
    }
}

struct Path {
    lasts: f64,
    week: f64,
}

impl Path {
    fn draw(days: &[Day], rhythm: &Rhythm, level: &Level, left: f64, random: &mut Rng) -> Self {
        let model = pick(&level.models, random);
        let deviation = normal(random);
        // Where few days speak for a spread, larger deviations are likelier than the bell curve says.
        let deviation = deviation * (1.0 + (deviation * deviation + 1.0) / (4.0 * model.days));
        let mut now = (model.level + deviation * model.spread).max(0.0);
        let home = (1.0 + model.home_spread * normal(random)).max(0.1);
        let mut calm = 1.0;
        let mut spent = 0.0;
        let mut path = Self { lasts: f64::INFINITY, week: 0.0 };
        for ahead in 0..HORIZON {
            let place = WEEK - 1 - ahead % WEEK;
            let like = rhythm.pick(place, random);
            let size = (now * rhythm.places[place] + level.surprises[like] * now.max(LOUDNESS)).max(0.0)
                * rhythm.unit;
            let today = size * size;
            if path.lasts.is_infinite() && spent + today >= left {
                path.lasts =
                    float(ahead) + part_of_day(&days[like], &rhythm.profiles[place], (left - spent) / today);
            }
            spent += today;
            if ahead < WEEK {
                path.week += today;
            } else if path.lasts.is_finite() {
                break;
            }
            let calmed = if model.drift.pull > 0.0 { 1.0 } else { calm };
            now = (model.drift.next(now, home, calm) + model.drift.wander * calmed * normal(random)).max(0.0);
            calm *= CALMING;
        }
        path
    }
}

fn pick<'a>(models: &'a [Model], random: &mut Rng) -> &'a Model {
    let mut at = random.f64();
    for model in models {
        at -= model.weight;
        if at <= 0.0 {
            return model;
        }
    }
    &models[models.len() - 1]
}

/// When in a day that share of its spend has been spent, where it goes like a past day; like all of its kind where
/// nothing was spent on that.
fn part_of_day(day: &Day, profile: &[f64; SLOTS], share: f64) -> f64 {
    let spent = day.spent();
    let (slots, whole) = if spent > 0.0 { (&day.slots, spent) } else { (profile, 1.0) };
    let mut missing = share * whole;
    for (index, slot) in slots.iter().enumerate() {
        if *slot >= missing && *slot > 0.0 {
            return (float(index) + missing / slot) / float(SLOTS);
        }
        missing -= slot;
    }
    1.0
}

/// Very nearly normally distributed, with variance one: the sum of four even ones.
fn normal(random: &mut Rng) -> f64 {
    let bytes = random.u64(..).to_le_bytes();
    let parts = bytes.chunks_exact(2).map(|part| f64::from(u16::from_le_bytes([part[0], part[1]])));
    (parts.sum::<f64>() / 65536.0 - 2.0) * 3.0_f64.sqrt()
}
