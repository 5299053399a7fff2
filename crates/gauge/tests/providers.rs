//! The built-in definitions against recorded answers, and any definition against hostile ones.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "providers/catalogue.rs"]
mod catalogue;
#[path = "providers/hostile.rs"]
mod hostile;
#[path = "providers/recorded.rs"]
mod recorded;
#[path = "providers/requests.rs"]
mod requests;
#[path = "providers/server.rs"]
mod server;
