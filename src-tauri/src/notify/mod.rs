//! Notifications through the platform's own service: [`Note`]s go in, what the user does with them comes out as
//! [`NoteEvent`]s.
//!
//! Linux speaks to the notification server directly, over one connection for the life of the app. GNOME takes down all
//! of an app's notifications when the connection that sent the first one goes, and sends what becomes of a
//! notification only to the connection it came from; a library that opens a connection for each (`notify-rust` does)
//! loses notifications there. macOS and Windows go through `notify-rust`.

mod note;

#[cfg(target_os = "linux")]
mod linux;
#[cfg(not(target_os = "linux"))]
mod other;

#[cfg(target_os = "linux")]
pub(crate) use linux::Notifier;
pub(crate) use note::{Note, NoteEvent, Subject};
#[cfg(not(target_os = "linux"))]
pub(crate) use other::Notifier;

/// The service that shows notifications.
#[derive(Debug)]
pub(crate) struct Server {
    /// Its name and version, and what it cannot do.
    pub(crate) name: String,
}

/// Why a notification was not shown.
#[derive(Debug, thiserror::Error)]
pub(crate) enum NotifyError {
    /// There is no bus to reach a server by.
    #[cfg(target_os = "linux")]
    #[error(
        "notifications need a D-Bus session bus, and there is none ({0}). Start Credit Gauge inside a desktop session"
    )]
    NoBus(#[source] zbus::Error),
    /// Nobody shows notifications.
    #[cfg(target_os = "linux")]
    #[error(
        "nothing on this desktop shows notifications. Start or install a notification server: the desktop's own, \
         or one such as dunst, mako or xfce4-notifyd"
    )]
    NoServer(#[source] zbus::Error),
    /// The server is there and silent.
    #[error("the notification server does not answer. Restart it, or log out and in")]
    Silent,
    /// The server ended before it answered.
    #[cfg(target_os = "linux")]
    #[error("the notification server ended before it answered. Start it again, or log out and in")]
    Gone,
    /// The server answered with an error.
    #[cfg(target_os = "linux")]
    #[error("the notification server refused the notification: {0}. Restart it, or look into its settings")]
    Refused(#[source] zbus::Error),
    /// The system answered with an error.
    #[cfg(not(target_os = "linux"))]
    #[error(
        "the system refused the notification: {0}. Allow notifications for Credit Gauge in the system's settings"
    )]
    Refused(#[source] notify_rust::error::Error),
}
