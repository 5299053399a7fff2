//! When to ask: schedules, wake-ups, and the loop that keeps the snapshot true.

mod network;
mod passage;
mod plan;
mod poller;
mod schedule;

pub use passage::Passages;
pub use plan::{Bounds, Plan};
pub use poller::Polling;
pub use schedule::{due_at, fresh_for, interval, retry_at};
