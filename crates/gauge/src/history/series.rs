//! Series: what one meter of one account read, in one unit.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::account::AccountId;
use crate::amount::Unit;

/// Which series. The account may be gone, or may never have been here, as with an imported history.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct SeriesKey {
    /// The account's short name.
    pub account: AccountId,
    /// The meter's name within the account.
    pub meter: String,
    /// What it counts. A meter that changes its unit begins another series.
    pub unit: Unit,
}

/// A series there is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct SeriesInfo {
    /// Which.
    #[serde(flatten)]
    pub key: SeriesKey,
    /// Its first reading.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// Its last reading.
    #[ts(type = "string")]
    pub until: Timestamp,
}
