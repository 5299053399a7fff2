//! How good what was said is.

use std::fmt;

use gauge::forecast::{Forecast, RunsOut, State};
use jiff::Timestamp;

/// No forecast looks further ahead, in days.
const FAR: f64 = 400.0;
/// Errors and widths are shares of the time that was left; of no less than this, in days: a quarter of an hour.
const NEAR: f64 = 1.0 / 96.0;

/// What was said once, and what came. All times are in days from then.
pub(super) struct Case {
    /// When it ran out, or would have if nothing had been added; `None` if not before the series' end.
    pub truth: Option<f64>,
    /// The series' end.
    pub end: f64,
    /// When the allowance comes back.
    pub resets: Option<f64>,
    /// What the forecast said.
    pub said: Said,
    /// What a straight line over the last 24 hours says; `None` for never.
    pub last_day: Option<f64>,
    /// What a straight line over the last 7 days says.
    pub last_week: Option<f64>,
}

/// What a forecast said.
pub(super) enum Said {
    NotEnoughData,
    Idle,
    Range(Range),
}

/// When it runs out, in days; infinite where the forecast says that it does not, or not before the allowance comes back.
#[derive(Clone, Copy)]
pub(super) struct Range {
    early: f64,
    likely: f64,
    late: f64,
}

impl Said {
    pub fn of(forecast: &Forecast, days: impl Fn(Timestamp) -> f64) -> Self {
        let bound = |bound: fn(RunsOut) -> Option<Timestamp>| {
            forecast.runs_out.and_then(bound).map_or(f64::INFINITY, &days)
        };
        match forecast.state {
            State::NotEnoughData => Self::NotEnoughData,
            State::Idle => Self::Idle,
            State::Ok | State::LastsUntilReset | State::Unlimited => Self::Range(Range {
                early: bound(|runs_out| runs_out.early),
                likely: bound(|runs_out| runs_out.likely),
                late: bound(|runs_out| runs_out.late),
            }),
        }
    }
}

/// What became of the cases of a kind.
#[derive(Default)]
pub(super) struct Scores {
    cases: u32,
    not_enough_data: u32,
    idle: u32,
    inside: u32,
    before: u32,
    after: u32,
    /// The truth is not known well enough to judge the range.
    open: u32,
    /// Allowances of which it is known whether they lasted, and of how many that was said.
    allowances: u32,
    foretold: u32,
    widths: Vec<f64>,
    errors: Vec<f64>,
    errors_last_day: Vec<f64>,
    errors_last_week: Vec<f64>,
}

impl Scores {
    fn add(&mut self, case: &Case) {
        self.cases += 1;
        let range = match case.said {
            Said::NotEnoughData => return self.not_enough_data += 1,
            Said::Idle => return self.idle += 1,
            Said::Range(range) => range,
        };
        // Nothing is known of what comes after the series' end, and nothing matters that comes after the reset.
        let limit = case.resets.unwrap_or(FAR);
        let truth = case.truth.filter(|truth| *truth < limit);
        if let Some(resets) = case.resets.filter(|resets| *resets <= case.end) {
            self.allowances += 1;
            self.foretold += u32::from(truth.is_some() == (range.likely < resets));
        }
        match truth {
            Some(truth) if truth < range.early => self.before += 1,
            Some(truth) if truth > range.late => self.after += 1,
            Some(_) => self.inside += 1,
            None if range.late < limit.min(case.end) => self.after += 1,
            None if case.end >= limit => self.inside += 1,
            None => self.open += 1,
        }
        if let Some(truth) = truth {
            let share = |days: f64| days / truth.max(NEAR);
            let error = |said: f64| share((said.min(limit) - truth).abs());
            self.widths.push(share(range.late.min(limit) - range.early.min(limit)));
            self.errors.push(error(range.likely));
            self.errors_last_day.push(error(case.last_day.unwrap_or(FAR)));
            self.errors_last_week.push(error(case.last_week.unwrap_or(FAR)));
        }
    }

    fn join(&mut self, other: &Self) {
        self.cases += other.cases;
        self.not_enough_data += other.not_enough_data;
        self.idle += other.idle;
        self.inside += other.inside;
        self.before += other.before;
        self.after += other.after;
        self.open += other.open;
        self.allowances += other.allowances;
        self.foretold += other.foretold;
        self.widths.extend(&other.widths);
        self.errors.extend(&other.errors);
        self.errors_last_day.extend(&other.errors_last_day);
        self.errors_last_week.extend(&other.errors_last_week);
    }

    /// The share of ranges that held the truth.
    pub fn held(&self) -> f64 {
        f64::from(self.inside) / f64::from(self.judged())
    }

    /// By how much of its error the likely time is better than the better of the straight lines.
    pub fn better(&self) -> f64 {
        1.0 - median(&self.errors) / median(&self.errors_last_day).min(median(&self.errors_last_week))
    }

    fn judged(&self) -> u32 {
        self.inside + self.before + self.after
    }

    fn row(&self, name: &str, about: &str) -> String {
        let share = |count: u32, of: u32| percent(f64::from(count) / f64::from(of));
        let (ours, day, week) =
            (median(&self.errors), median(&self.errors_last_day), median(&self.errors_last_week));
        let cells = [
            format!("{name:<12}"),
            format!("{:>5}", self.cases),
            percent(self.held()),
            share(self.before, self.judged()),
            share(self.after, self.judged()),
            percent(median(&self.widths)),
            percent(ours),
            percent(day),
            percent(week),
            percent(self.better()),
            share(self.not_enough_data, self.cases),
            share(self.idle, self.cases),
            share(self.open, self.cases),
            about.to_owned(),
        ];
        format!("| {} |", cells.join(" | "))
    }
}

/// The scores of all kinds, as a table.
#[derive(Default)]
pub(super) struct Report {
    rows: Vec<String>,
    pub all: Scores,
}

impl Report {
    pub fn add(&mut self, name: &str, about: &str, cases: &[Case]) {
        let mut scores = Scores::default();
        for case in cases {
            scores.add(case);
        }
        self.rows.push(scores.row(name, about));
        self.all.join(&scores);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "| kind         | cases | inside | before | after | width | error |  24 h |   7 d | better | no data |  idle |  open | what |\n\
             |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|"
        )?;
        for row in &self.rows {
            writeln!(f, "{row}")?;
        }
        writeln!(f, "{}", self.all.row("all", ""))?;
        writeln!(
            f,
            "\nWhether an allowance lasts until it comes back was said rightly in {} of {} cases.",
            self.all.foretold, self.all.allowances
        )
    }
}

fn percent(share: f64) -> String {
    if share.is_finite() { format!("{:>5}", format!("{:.0} %", share * 100.0)) } else { "    –".to_owned() }
}

fn median(values: &[f64]) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(truth: Option<f64>, early: f64, late: f64) -> Case {
        let said = Said::Range(Range { early, likely: early, late });
        Case { truth, end: 10.0, resets: None, said, last_day: None, last_week: Some(4.0) }
    }

    fn scores(case: &Case) -> Scores {
        let mut scores = Scores::default();
        scores.add(case);
        scores
    }

    #[test]
    fn a_range_holds_the_truth_or_not() {
        assert_eq!(scores(&case(Some(2.0), 1.0, 3.0)).inside, 1);
        assert_eq!(scores(&case(Some(0.5), 1.0, 3.0)).before, 1);
        assert_eq!(scores(&case(Some(4.0), 1.0, 3.0)).after, 1);
    }

    #[test]
    fn a_truth_beyond_the_end_is_a_miss_where_that_is_certain_and_else_left_open() {
        assert_eq!(scores(&case(None, 1.0, 3.0)).after, 1);
        assert_eq!(scores(&case(None, 1.0, 30.0)).open, 1);
        assert_eq!(scores(&case(None, 20.0, f64::INFINITY)).open, 1);
    }

    #[test]
    fn an_allowance_that_lasts_is_inside_a_range_that_reaches_its_return() {
        let lasts = |late| Case { resets: Some(5.0), ..case(None, 1.0, late) };
        assert_eq!(scores(&lasts(f64::INFINITY)).inside, 1);
        assert_eq!(scores(&lasts(4.0)).after, 1);
        let used_up = Case { resets: Some(5.0), ..case(Some(2.0), f64::INFINITY, f64::INFINITY) };
        assert_eq!((scores(&used_up).before, scores(&used_up).foretold), (1, 0));
    }

    #[test]
    fn an_error_is_a_share_of_the_time_that_was_left() {
        let scores = scores(&case(Some(2.0), 1.0, 3.0));
        assert_eq!(
            (scores.errors[0], scores.errors_last_week[0], scores.errors_last_day[0]),
            (0.5, 1.0, 199.0)
        );
        assert_eq!(scores.widths, [1.0]);
    }
}
