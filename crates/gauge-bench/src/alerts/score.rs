//! How soon what was to be told was told.

use std::fmt;

use super::replay::{LEAST, Told};
use super::truth::Crossing;

/// What became of the alerts of some meters.
#[derive(Clone, Debug, Default)]
pub(super) struct Scores {
    /// How long after its crossing each was told, in seconds.
    delays: Vec<f64>,
    /// Crossings that nobody was told of before the balance rose again,
    pub missed: u32,
    /// or before it rose again within the least interval: nobody who may ask once a minute is sure to see them.
    pub undone: u32,
    /// Alerts while the meter was not under the threshold, or told before.
    pub wrong: u32,
    /// How often each meter was asked a day.
    a_day: Vec<f64>,
}

impl Scores {
    /// Holds what was told against the truth. A crossing is told by the first alert of its rule, or of a more severe one.
    pub fn of(truth: &[Crossing], told: &[Told], a_day: f64) -> Self {
        let mut scores = Self { a_day: vec![a_day], ..Self::default() };
        let within = |crossing: &Crossing, told: &Told| crossing.from <= told.at && told.at < crossing.until;
        for crossing in truth.iter().filter(|crossing| crossing.to_tell) {
            let lasted = crossing.until.duration_since(crossing.from);
            match told.iter().find(|told| within(crossing, told) && told.rule >= crossing.rule) {
                Some(told) => scores.delays.push(told.at.duration_since(crossing.from).as_secs_f64()),
                None if lasted <= LEAST => scores.undone += 1,
                None => scores.missed += 1,
            }
        }
        let mut answered = vec![false; truth.len()];
        for told in told {
            let crossing =
                truth.iter().position(|crossing| crossing.rule == told.rule && within(crossing, told));
            match crossing.and_then(|place| answered.get_mut(place)) {
                Some(answered) if !*answered => *answered = true,
                _ => scores.wrong += 1,
            }
        }
        scores
    }

    fn add(&mut self, other: &Self) {
        self.delays.extend(&other.delays);
        self.a_day.extend(&other.a_day);
        self.missed += other.missed;
        self.undone += other.undone;
        self.wrong += other.wrong;
    }

    /// The delay within which this share was told, in seconds.
    pub fn delay(&self, share: f64) -> f64 {
        let mut delays = self.delays.clone();
        delays.sort_by(f64::total_cmp);
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a place in a list")]
        let place = (share * float(delays.len())) as usize;
        delays.get(place).copied().unwrap_or(f64::NAN)
    }

    fn mean(&self) -> f64 {
        self.a_day.iter().sum::<f64>() / float(self.a_day.len())
    }

    /// How often the meter was asked a day that was asked most.
    pub fn busiest(&self) -> f64 {
        self.a_day.iter().copied().fold(0.0, f64::max)
    }
}

/// What became of the alerts, by kind and schedule.
pub(super) struct Report<const N: usize>(Vec<(String, [Scores; N])>);

impl<const N: usize> Default for Report<N> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<const N: usize> Report<N> {
    /// Adds what became of a meter with each schedule.
    pub fn add(&mut self, kind: &str, scores: [Scores; N]) {
        match self.0.last_mut() {
            Some((last, sums)) if last == kind => add(sums, &scores),
            _ => self.0.push((kind.to_owned(), scores)),
        }
    }

    /// All kinds together.
    pub fn all(&self) -> [Scores; N] {
        let mut all = std::array::from_fn(|_| Scores::default());
        for (_, scores) in &self.0 {
            add(&mut all, scores);
        }
        all
    }
}

fn add<const N: usize>(sums: &mut [Scores; N], scores: &[Scores; N]) {
    for (sum, scores) in sums.iter_mut().zip(scores) {
        sum.add(scores);
    }
}

impl<const N: usize> fmt::Display for Report<N> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let all = self.all();
        writeln!(
            f,
            "| asked      | crossings | median |   95 % | a day | busiest | missed | undone | false |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|"
        )?;
        for (name, scores) in ["as planned", "1 min", "5 min", "15 min"].iter().zip(&all) {
            writeln!(
                f,
                "| {name:<10} | {:>8} | {:>4.0} s | {:>4.0} s | {:>5.0} | {:>7.0} | {:>6} | {:>6} | {:>5} |",
                scores.delays.len(),
                scores.delay(0.5),
                scores.delay(0.95),
                scores.mean(),
                scores.busiest(),
                scores.missed,
                scores.undone,
                scores.wrong
            )?;
        }
        writeln!(
            f,
            "\n| kind         | crossings | median |    95 % | a day | busiest | missed | false |    1 min |      5 min |      15 min |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
        )?;
        for (name, scores) in
            self.0.iter().map(|(name, scores)| (name.as_str(), scores)).chain([("all", &all)])
        {
            let Some((planned, fixed)) = scores.split_first() else { continue };
            write!(
                f,
                "| {name:<12} | {:>9} | {:>6} | {:>7} | {:>5.0} | {:>7.0} | {:>6} | {:>5} |",
                planned.delays.len(),
                seconds(planned.delay(0.5)),
                seconds(planned.delay(0.95)),
                planned.mean(),
                planned.busiest(),
                planned.missed,
                planned.wrong
            )?;
            for (scores, width) in fixed.iter().zip([8, 10, 11]) {
                let both = format!("{:.0}, {:.0}", scores.delay(0.5), scores.delay(0.95));
                write!(f, " {:>width$} |", if scores.delays.is_empty() { "–".to_owned() } else { both })?;
            }
            writeln!(f)?;
        }
        Ok(())
    }
}

fn seconds(delay: f64) -> String {
    if delay.is_finite() { format!("{delay:.0} s") } else { "–".to_owned() }
}

fn float(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn crossing(rule: usize, from: i64, until: i64) -> Crossing {
        Crossing { rule, from: at(from), until: at(until), to_tell: true }
    }

    fn told(rule: usize, second: i64) -> Told {
        Told { rule, at: at(second) }
    }

    #[test]
    fn one_alert_tells_of_all_thresholds_crossed_before_it() {
        let scores = Scores::of(&[crossing(0, 0, 900), crossing(2, 40, 900)], &[told(2, 60)], 288.0);
        assert_eq!(scores.delays, [60.0, 20.0]);
        assert_eq!((scores.missed, scores.undone, scores.wrong), (0, 0, 0));
    }

    #[test]
    fn a_crossing_that_was_undone_at_once_is_no_miss_and_a_later_one_is() {
        let scores = Scores::of(&[crossing(0, 0, 50), crossing(0, 100, 400)], &[], 288.0);
        assert_eq!((scores.missed, scores.undone), (1, 1));
    }

    #[test]
    fn an_alert_without_a_crossing_and_a_second_one_of_the_same_are_false() {
        let truth = [crossing(0, 0, 900)];
        let scores = Scores::of(&truth, &[told(0, 60), told(0, 120), told(1, 130), told(0, 950)], 288.0);
        assert_eq!(scores.wrong, 3);
    }
}
