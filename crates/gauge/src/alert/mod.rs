//! Rules and what becomes of them.

mod rule;

pub use rule::{Rule, Severity, Threshold, ThresholdError};
