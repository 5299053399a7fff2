//! The icon in the panel: what it shows comes in as a [`View`], what the user does with it goes out as [`TrayEvent`]s.
//!
//! Linux has its own implementation of the StatusNotifierItem specification, since Tauri's offers neither tooltips nor
//! clicks there; elsewhere Tauri's is used. Both are a [`Tray`] with the same three functions.

pub(crate) mod icon;
pub(crate) mod menu;
#[cfg(test)]
pub(crate) mod sample;
pub(crate) mod view;
pub(crate) mod words;

#[cfg(target_os = "linux")]
mod host;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

use gauge::account::AccountId;

#[cfg(target_os = "linux")]
pub(crate) use linux::Tray;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::Tray;
pub(crate) use view::View;

/// What the user asked of the tray.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TrayEvent {
    /// The icon was clicked at this point of the screen, in physical pixels; both are 0 where the panel does not tell.
    Activate {
        /// From the left.
        x: i32,
        /// From the top.
        y: i32,
    },
    /// Ask all providers now.
    Refresh,
    /// Show the details of this account.
    OpenAccount(AccountId),
    /// Show the history.
    History,
    /// Show the settings.
    Settings,
    /// Pause all polling, or go on with it.
    TogglePause,
    /// End the app.
    Quit,
}

/// Whether something shows the icon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum TrayHost {
    /// It does.
    Present {
        /// What shows it, such as `xfce4-panel`.
        name: String,
    },
    /// Nothing does.
    Missing {
        /// What happened and what the user can do about it.
        advice: String,
    },
}
