//! The command line as a script meets it: the real program, against simulated providers.
#![expect(clippy::unwrap_used, reason = "tests; clippy knows it only inside test functions")]

mod accounts;
mod alerts;
mod bench;
mod check;
mod files;
mod history;
mod origins;
mod providers;
mod report;
mod secrets;
mod status;
