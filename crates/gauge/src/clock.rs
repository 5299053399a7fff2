//! The time.

use jiff::{Timestamp, Unit};

/// The time now, to the millisecond: what the database keeps and JSON shows, so that a time compares equal to itself
/// wherever it has been.
#[must_use]
pub fn now() -> Timestamp {
    let now = Timestamp::now();
    now.round(Unit::Millisecond).unwrap_or(now)
}
