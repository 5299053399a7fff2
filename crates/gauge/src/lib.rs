//! Reads how much prepaid API credit is left: provider definitions, polling, readings, alerts, and the snapshot that
//! the tray, the windows, the notifications and the command line are all made from. Knows no Tauri and no GTK.

pub mod account;
pub mod alert;
pub mod amount;
pub mod clock;
pub mod course;
pub mod database;
pub mod doubt;
pub mod failure;
pub mod fetch;
pub mod forecast;
pub mod gauge;
pub mod history;
pub mod home;
pub mod hook;
pub mod level;
pub mod logs;
pub mod origin;
pub mod poll;
pub mod provider;
pub mod reading;
pub mod secret;
pub mod settings;
pub mod snapshot;
pub mod summary;
