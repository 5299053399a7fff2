//! `cargo xtask test`: everything that CI runs.

use std::env;
use std::time::{Duration, Instant};

use crate::command::{cargo, npm, read, run, succeeds};
use crate::error::{Error, with_causes};
use crate::{bindings, setup, ui};

/// A name, and what to do.
type Step = (&'static str, fn() -> Result<(), Error>);

/// What is checked. The quick checks come first; a failure does not keep the others from running.
const STEPS: [Step; 10] = [
    ("format", || run(&mut cargo(&["fmt", "--all", "--check"]))),
    ("dependencies", dependencies),
    ("UI types", || run(&mut npm(&["run", "check"]))),
    ("UI lints", || run(&mut npm(&["run", "lint"]))),
    ("UI tests", || run(&mut npm(&["test"]))),
    // Before anything compiles the app, which embeds it.
    ("UI build", ui::build),
    ("lints", || run(&mut cargo(&["clippy", "--workspace", "--all-targets", "--", "--deny", "warnings"]))),
    ("tests", tests),
    ("documentation examples", || run(&mut cargo(&["test", "--workspace", "--doc"]))),
    ("UI bindings", bindings::check),
];

/// Runs every step, and says at the end how each went.
pub(crate) fn test() -> Result<(), Error> {
    setup::everything()?;
    let started = Instant::now();
    let mut results = Vec::new();
    for (name, step) in STEPS {
        println!("\n=== {name}");
        let began = Instant::now();
        let result = step();
        if let Err(error) = &result {
            println!("{}", with_causes(error));
        }
        results.push((name, result.is_ok(), began.elapsed()));
    }
    println!("\n=== summary");
    for (name, passed, took) in &results {
        println!("{} {:>7}  {name}", if *passed { "passed" } else { "FAILED" }, seconds(*took));
    }
    println!("       {:>7}  in all", seconds(started.elapsed()));
    let failed: Vec<_> = results.iter().filter(|(_, passed, _)| !passed).map(|(name, ..)| *name).collect();
    if failed.is_empty() {
        return Ok(());
    }
    Err(Error::Found(format!("Failed: {}.", failed.join(", "))))
}

fn seconds(time: Duration) -> String {
    format!("{:.1} s", time.as_secs_f32())
}

/// The lock file fits, and nothing turns on zbus's `tokio` feature: the keychain's and the tray's use of zbus 5 panics
/// or stalls with it, because both run it on `async-io`.
fn dependencies() -> Result<(), Error> {
    let target = ["--target", "x86_64-unknown-linux-gnu"];
    let arguments = ["tree", "--locked", "--workspace", "--prefix", "none", "--format", "{p} {f}"];
    let tree = read(&mut cargo(&[&arguments[..], &target].concat()))?;
    if has_tokio_in_zbus_5(&tree) {
        let how = "cargo tree --workspace --edges features --invert zbus@5";
        return Err(Error::Found(format!(
            "A dependency turns on the `tokio` feature of zbus 5; `{how}` shows which. It must not."
        )));
    }
    Ok(())
}

/// Reads lines of package, version and features: `zbus v5.19.0 async-io,blocking-api`.
fn has_tokio_in_zbus_5(tree: &str) -> bool {
    tree.lines()
        .filter_map(|line| line.strip_prefix("zbus v5."))
        .flat_map(|rest| rest.split([' ', ',']))
        .any(|feature| feature == "tokio")
}

/// Builds the programs that the end-to-end tests run, and runs all tests but those in documentation.
fn tests() -> Result<(), Error> {
    let programs = ["--bin", "credit-gauge-tray", "--bin", "credit-gauge", "--bin", "gauge-sim"];
    // Together with the tests: by themselves they would be built from dependencies with other features, twice as long.
    run(&mut cargo(&[&["build", "--workspace", "--tests"], &programs[..]].concat()))?;
    let runner: &[&str] =
        if succeeds("cargo-nextest", &["nextest", "--version"]) { &["nextest", "run"] } else { &["test"] };
    let selection = ["--workspace", "--lib", "--bins", "--tests", "--no-fail-fast"];
    let mut tests = cargo(&[runner, &selection].concat());
    bindings::clear()?;
    run(tests
        .env(bindings::VARIABLE, bindings::exported())
        .env("RUST_BACKTRACE", env_or("RUST_BACKTRACE", "1")))
}

fn env_or(name: &str, otherwise: &str) -> String {
    env::var(name).unwrap_or_else(|_| otherwise.to_owned())
}

#[cfg(test)]
mod tests {
    use super::has_tokio_in_zbus_5;

    #[test]
    fn the_tokio_feature_counts_in_zbus_5_only() {
        assert!(has_tokio_in_zbus_5("ksni v0.3.7 async-io\nzbus v5.19.0 async-io,tokio,url"));
        assert!(has_tokio_in_zbus_5("zbus v5.19.0 tokio (*)"));
        assert!(!has_tokio_in_zbus_5("zbus v6.2.1 comms,tokio\nzbus v5.19.0 async-io,tokio-vsock"));
    }
}
