//! Reads how much prepaid API credit is left: provider definitions, polling, readings, alerts, and the snapshot that
//! the tray, the windows, the notifications and the command line are all made from. Knows no Tauri and no GTK.

pub mod account;
pub mod alert;
pub mod amount;
pub mod failure;
pub mod level;
pub mod origin;
pub mod reading;
pub mod secret;
pub mod snapshot;
