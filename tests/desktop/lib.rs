//! A private desktop to run the real programs in, for the end-to-end tests and for `cargo xtask run` on a machine
//! without a display.
//!
//! A [`Desktop`] is an X server, a session bus that starts nothing by itself, and a home folder, all in a temporary
//! folder. What else a desktop has is added by starting it, is there as long as its value lives, and can be dropped and
//! started again at will:
//!
//! | value | what it is |
//! |---|---|
//! | [`Keychain`] | the real gnome-keyring, unlocked |
//! | [`Panel`] | the real xfce4-panel with a tray |
//! | [`TrayHost`] | a bare tray that draws nothing |
//! | [`NotificationDaemon`] | the real dunst |
//! | [`NotificationServer`] | a notification server that remembers what it was sent and presses buttons |
//! | [`Program`] | any program |
//! | [`FileDialog`] | a window in which a program has the user choose a file |
//! | [`Browser`] | a program with a web view, driven through `WebKitWebDriver` |
//!
//! When a test panics, its desktop prints what every program wrote and keeps its folder with a last screenshot.
#![cfg(target_os = "linux")]

mod browser;
mod built;
mod desktop;
mod error;
mod file_dialog;
mod keychain;
mod menu;
mod notifications;
mod panel;
mod process;
mod program;
mod tray;
mod wait;

pub use browser::{Browser, Element, Violation};
pub use built::built_program;
pub use desktop::{Desktop, Settings};
pub use error::Error;
pub use file_dialog::FileDialog;
pub use keychain::Keychain;
pub use menu::MenuEntry;
pub use notifications::{CloseReason, Notification, NotificationDaemon, NotificationServer};
pub use panel::Panel;
pub use process::Process;
pub use program::Program;
pub use tray::{Pixmap, TrayHost, TrayItem, TrayState};
pub use wait::{PATIENCE, eventually};
