//! How things stand, in one word.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// How things stand with a meter, an account or the whole app; ordered from best to worst, so that the maximum of
/// several is the one to show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Level {
    /// Nothing limits it.
    Unlimited,
    /// Enough is left.
    Ok,
    /// Nobody knows. Worse than `Ok`, since it may hide anything, but it never drowns a known warning.
    Unknown,
    /// A warning rule is crossed.
    Low,
    /// A critical rule is crossed.
    Critical,
    /// Nothing is left, or there is a debt.
    Empty,
}

impl Level {
    /// The worst of several levels; `Unknown` when there are none.
    pub fn worst(levels: impl IntoIterator<Item = Level>) -> Level {
        levels.into_iter().max().unwrap_or(Level::Unknown)
    }
}

/// How old what is shown is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Freshness {
    /// The last good reading is recent.
    Fresh,
    /// The last good reading is older than two poll intervals.
    Stale,
    /// There was never a good reading.
    Never,
}
