//! Benchmarks of the library: `cargo xtask bench`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark talks to whoever started it")]

mod alerts;
mod forecast;
mod history;
mod series;

use std::error::Error;
use std::process::ExitCode;

use clap::Parser;

/// Benchmarks of Credit Gauge.
#[derive(Parser)]
enum Benchmark {
    /// How soon alerts come, and how many questions that takes.
    Alerts(alerts::Arguments),
    /// How well the forecast foretells made-up meters, and given ones.
    Forecast(forecast::Arguments),
    /// How small and how fast a long history is.
    History(history::Arguments),
}

fn main() -> ExitCode {
    let result: Result<String, Box<dyn Error>> = match Benchmark::parse() {
        Benchmark::Alerts(arguments) => alerts::run(&arguments).map_err(Into::into),
        Benchmark::Forecast(arguments) => forecast::run(&arguments).map_err(Into::into),
        Benchmark::History(arguments) => history::run(&arguments).map_err(Into::into),
    };
    match result {
        Ok(report) => {
            print!("{report}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
