//! End-to-end tests: the real programs in a private desktop.
#![cfg(target_os = "linux")]

mod fake_item;
mod harness;
