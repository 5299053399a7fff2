//! How soon alerts come, and how many questions that takes: meters are asked by a schedule with a clock of its own, and what
//! is told is held against what truly happened. And how soon unusual spend is seen, and how often where there is none.

mod leak;
mod replay;
mod score;
mod truth;
mod unusual;
mod watch;

use std::path::PathBuf;

use gauge::amount::UnitError;
use jiff::SignedDuration;

use crate::forecast::{ImportError, import};
use crate::series::KINDS;
use replay::{Schedule, replay};
use score::Report;
use watch::Watch;

/// The schedules that are compared: the app's, and fixed ones of so many seconds.
const SCHEDULES: [Schedule; 4] =
    [Schedule::Planned, Schedule::Fixed(60), Schedule::Fixed(300), Schedule::Fixed(900)];

/// What `alerts` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many series of each kind.
    #[arg(long, default_value_t = 6)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from_seed: u64,
    /// How many days of each made-up series.
    #[arg(long, default_value_t = 140, value_parser = clap::value_parser!(i64).range(1..=200))]
    days: i64,
    /// Traces from elsewhere: CSV with the columns `at` (RFC 3339) and `remaining`.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    trace: Vec<PathBuf>,
}

/// Why the benchmark could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AlertsError {
    #[error(transparent)]
    Import(#[from] ImportError),
    #[error(transparent)]
    Unit(#[from] UnitError),
    #[error(transparent)]
    Account(#[from] gauge::account::AccountIdError),
}

/// Asks all meters by each schedule, and says what became of their alerts.
pub(crate) fn run(arguments: &Arguments) -> Result<String, AlertsError> {
    // Whether a file can be read is known before the others have taken their time.
    let files = arguments.trace.iter().map(|path| import::read(path)).collect::<Result<Vec<_>, _>>()?;
    let watch = Watch::new()?;
    let mut report = Report::default();
    let mut unusual = unusual::Report::default();
    for kind in &KINDS {
        for seed in arguments.from_seed..arguments.from_seed + arguments.seeds {
            let series = kind.series(seed);
            let until = series.from + SignedDuration::from_hours(24 * arguments.days);
            report.add(kind.name, SCHEDULES.map(|schedule| replay(&series, until, &watch, schedule)));
            unusual.add(kind.name, &unusual::follow(&series, until, &watch, seed));
        }
    }
    for (path, series) in arguments.trace.iter().zip(&files) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        report.add(&name, SCHEDULES.map(|schedule| replay(series, series.until, &watch, schedule)));
        unusual.add(&name, &unusual::follow(series, series.until, &watch, arguments.from_seed));
    }
    let cost = unusual::cost(&KINDS[0].series(arguments.from_seed));
    Ok(format!(
        "{report}\n{unusual}\nTo look at twelve weeks of readings every five minutes takes {:.2} ms.\n",
        cost.as_secs_f64() * 1000.0
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small part of the benchmark, so that no change makes alerts late unseen.
    #[test]
    fn alerts_are_as_soon_as_they_were() {
        let watch = Watch::new().unwrap();
        let mut report = Report::default();
        for kind in
            KINDS.iter().filter(|kind| ["bursty", "office", "top-ups", "quota-week"].contains(&kind.name))
        {
            let series = kind.series(1);
            let until = series.from + SignedDuration::from_hours(24 * 42);
            report.add(kind.name, [replay(&series, until, &watch, Schedule::Planned)]);
        }
        let [planned] = report.all();
        assert!(planned.delay(0.5) <= 60.0 && planned.delay(0.95) <= 180.0, "{report}");
        assert!(planned.busiest() <= 288.0, "{report}");
        assert_eq!((planned.missed, planned.wrong), (0, 0), "{report}");
    }
    /// The same for unusual spend: calm, and soon where somebody else spends.
    #[test]
    fn unusual_spend_is_seen_as_soon_and_as_seldom_as_it_was() {
        let watch = Watch::new().unwrap();
        let mut report = unusual::Report::default();
        for kind in
            KINDS.iter().filter(|kind| ["steady", "office", "growing", "quota-month"].contains(&kind.name))
        {
            let series = kind.series(1);
            let until = series.from + SignedDuration::from_hours(24 * 84);
            report.add(kind.name, &unusual::follow(&series, until, &watch, 1));
        }
        let all = report.all();
        assert!(all.false_alarms() < 0.1, "{report}");
        assert!(all.seen() > 0.8 && all.delay(0.5) <= 2.0 && all.delay(0.95) <= 12.0, "{report}");
    }
}
