//! The commands that the windows call. Thin: each hands over to the library or to the app's own modules.

#![expect(clippy::needless_pass_by_value, reason = "Tauri hands a command what it asks for by value")]

pub(crate) mod about;
pub(crate) mod accounts;
pub(crate) mod alerts;
pub(crate) mod history;
pub(crate) mod pages;
pub(crate) mod settings;
pub(crate) mod status;
