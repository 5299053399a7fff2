//! `cargo xtask bench`: measurements of the library.

use crate::command::{cargo, run};
use crate::error::Error;

/// Builds the benchmarks as the programs are built for users, and runs one.
pub(crate) fn bench(name: &str, arguments: &[&str]) -> Result<(), Error> {
    let benchmark = ["run", "--release", "--package", "gauge-bench", "--", name];
    // Files among the arguments are named from where the user is.
    run(cargo(&[&benchmark[..], arguments].concat()).current_dir("."))
}
