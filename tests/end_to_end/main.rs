//! End-to-end tests: the real programs in a private desktop.
#![cfg(target_os = "linux")]
#![expect(clippy::unwrap_used, reason = "what helps a test fails like a test")]

mod alerts;
mod bench;
mod clock;
mod demo;
mod fake_item;
mod files;
mod harness;
mod keychain;
mod panel;
mod polling;
mod secrets;
mod telling;
mod together;
mod tray;
mod windows;
