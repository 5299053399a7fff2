//! When to ask: schedules, wake-ups, and the loop that keeps the snapshot true.

mod network;
mod poller;
mod schedule;

pub use poller::Polling;
pub use schedule::{due_at, interval, retry_at};
