//! Benchmarks of the library: `cargo xtask bench`.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark talks to whoever started it")]

mod forecast;
mod series;

use std::process::ExitCode;

use clap::Parser;

/// Benchmarks of Credit Gauge.
#[derive(Parser)]
enum Benchmark {
    /// How well the forecast foretells made-up meters, and given ones.
    Forecast(forecast::Arguments),
}

fn main() -> ExitCode {
    let result = match Benchmark::parse() {
        Benchmark::Forecast(arguments) => forecast::run(&arguments),
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
