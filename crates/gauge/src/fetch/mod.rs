//! Fetching: one HTTP exchange, within limits, and what its trouble means.
//!
//! [`Client::exchange`] gives the provider's [`Answer`], whatever its status; [`refusal`] says what the status means.
//! Nothing here repeats a secret: addresses are cut from errors, and the provider's own words pass a [`Redaction`].

mod answer;
mod client;
mod quote;
mod refusal;
mod retry_at;
mod transport;

pub use answer::{Answer, Request};
pub use client::{Client, Limits};
pub use quote::Redaction;
pub use refusal::{blocked, refusal, retry_at, stated_error};
pub(crate) use retry_at::FURTHEST_WISH;
