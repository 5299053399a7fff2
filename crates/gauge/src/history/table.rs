//! History as a table in CSV, for other programs and other homes.

use serde::Serialize;
use ts_rs::TS;

/// What came of an import.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Imported {
    /// Readings that were new.
    #[ts(type = "number")]
    pub added: usize,
    /// Readings that were there already.
    #[ts(type = "number")]
    pub known: usize,
    /// Readings that say otherwise than what was there, and were left out.
    #[ts(type = "number")]
    pub contradicting: usize,
}
