//! What meters read over time, and what follows from it: what was spent, when credit was added, when nobody looked.
//!
//! A series is kept as [`Span`]s. [`Movement`] says what two neighbouring ones mean; a [`Ledger`] adds that up without
//! claiming to know on which day something was spent while nobody looked; a [`Chart`] is what a window draws.

mod block;
mod chart;
mod day;
mod export;
mod gap;
mod ledger;
mod merge;
mod movement;
mod outline;
mod recent;
mod series;
mod span;
pub mod table;

pub use block::{Block, BlockError, unpack_ledger, unpack_outline, unpack_spans};
pub use chart::{Chart, Measure, Point, points};
pub use day::{Day, days};
pub use export::{Exported, Format, export};
pub use gap::{Pace, Unmeasured};
pub use ledger::{Ledger, Quarter, TopUp};
pub use merge::{Imported, Merged, merge};
pub use movement::{Movement, movement};
pub use outline::{Extent, Outline};
pub use recent::Recent;
pub use series::{SeriesInfo, SeriesKey};
pub use span::{Amounts, Rise, Span};
