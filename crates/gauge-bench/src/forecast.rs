//! How well the forecast foretells: it is made again and again along series whose future is known.

mod baseline;
pub(crate) mod import;
mod score;

use std::path::PathBuf;

use gauge::amount::Unit;
use gauge::forecast::{Basis, PAST, forecast};
use gauge::history::Span;
use jiff::{SignedDuration, Timestamp};

use crate::series::{KINDS, Series, float};
use baseline::straight_line;
pub(crate) use import::ImportError;
use score::{Case, Report, Said};

/// The first forecast is made so long after the beginning, and the others so long after each other: an odd time, so that
/// all hours of the day and all days of the week come up.
const FIRST: SignedDuration = SignedDuration::from_hours(50);
const STEP: SignedDuration = SignedDuration::from_hours(35);
/// In a made-up series the last one is made so long after the beginning; the rest is there to tell the truth.
const LAST: SignedDuration = SignedDuration::from_hours(140 * 24);

/// What `forecast` takes.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many series of each kind.
    #[arg(long, default_value_t = 6)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 1)]
    from_seed: u64,
    /// Series from elsewhere: CSV with the columns `at` (RFC 3339) and `remaining`.
    #[arg(long, num_args = 1.., value_name = "FILE")]
    series: Vec<PathBuf>,
}

/// Walks along all series, and says how good what was said is.
pub(crate) fn run(arguments: &Arguments) -> Result<String, ImportError> {
    // Whether a file can be read is known before the others have taken their time.
    let files = arguments.series.iter().map(|path| import::read(path)).collect::<Result<Vec<_>, _>>()?;
    let mut report = Report::default();
    for kind in &KINDS {
        let seeds = arguments.from_seed..arguments.from_seed + arguments.seeds;
        let cases = seeds.flat_map(|seed| {
            let series = kind.series(seed);
            walk(&series, series.from + LAST, STEP)
        });
        report.add(kind.name, kind.about, &cases.collect::<Vec<_>>());
    }
    for (path, series) in arguments.series.iter().zip(&files) {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        report.add(&name, "from a file", &walk(series, series.until, STEP));
    }
    Ok(report.to_string())
}

fn walk(series: &Series, last: Timestamp, step: SignedDuration) -> Vec<Case> {
    let spans = series.spans();
    let times = std::iter::successors(Some(series.from + FIRST), |at| Some(*at + step));
    times.take_while(|at| *at <= last).filter_map(|at| case(series, &spans, at)).collect()
}

/// What is said at a time, and what came; `None` where nothing was left any more.
fn case(series: &Series, spans: &[Span], at: Timestamp) -> Option<Case> {
    let seen = &spans[..spans.partition_point(|span| span.from <= at)];
    let seen = &seen[seen.partition_point(|span| span.until < at - PAST)..];
    let left = series.standing(at).remaining.map(float).filter(|left| *left > 0.0)?;
    let unit: Unit = "USD".parse().ok()?;
    let resets_at = series.resets_at(at);
    let basis = Basis { at, spans: seen, unlimited: false, resets_at, zone: &series.zone, unit: &unit };
    let days = |time: Timestamp| time.duration_since(at).as_secs_f64() / 86400.0;
    Some(Case {
        truth: series.runs_out(at).map(days),
        end: days(series.until),
        resets: resets_at.map(days),
        said: Said::of(&forecast(&basis), days),
        last_day: straight_line(seen, at, SignedDuration::from_hours(24), left),
        last_week: straight_line(seen, at, SignedDuration::from_hours(7 * 24), left),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small part of the benchmark, so that no change ruins the forecast unseen.
    #[test]
    fn the_forecast_is_as_good_as_it_was() {
        let step = STEP * 7;
        let mut report = Report::default();
        for kind in KINDS
            .iter()
            .filter(|kind| ["office", "bursty", "growing", "weekly", "daily"].contains(&kind.name))
        {
            let cases =
                [1, 2].map(|seed| kind.series(seed)).map(|series| walk(&series, series.from + LAST, step));
            report.add(kind.name, kind.about, &cases.into_iter().flatten().collect::<Vec<_>>());
        }
        let (held, better) = (report.all.held(), report.all.better());
        assert!(
            (0.65..0.95).contains(&held) && better > 0.25,
            "held {held:.2}, better {better:.2}\n{report}"
        );
    }
}
