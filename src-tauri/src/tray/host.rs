//! Who shows tray icons on this Linux desktop, if anyone.

use std::pin::Pin;
use std::time::Duration;

use futures_util::stream::{Stream, StreamExt, select};
use tokio::time::timeout;
use zbus::Connection;
use zbus::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::proxy::CacheProperties;

use super::TrayHost;

/// How long the watcher may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);

const WATCHER: &str = "org.kde.StatusNotifierWatcher";

#[zbus::proxy(
    interface = "org.kde.StatusNotifierWatcher",
    default_service = "org.kde.StatusNotifierWatcher",
    default_path = "/StatusNotifierWatcher"
)]
trait StatusNotifierWatcher {
    #[zbus(property)]
    fn is_status_notifier_host_registered(&self) -> zbus::Result<bool>;
    #[zbus(signal)]
    fn status_notifier_host_registered(&self) -> zbus::Result<()>;
    #[zbus(signal)]
    fn status_notifier_host_unregistered(&self) -> zbus::Result<()>;
}

/// A look at who shows tray icons.
pub(super) struct HostWatch {
    bus: DBusProxy<'static>,
    watcher: StatusNotifierWatcherProxy<'static>,
    changes: Pin<Box<dyn Stream<Item = ()> + Send + Sync>>,
}

impl HostWatch {
    /// Begins to watch.
    ///
    /// # Errors
    /// When there is no session bus.
    pub(super) async fn new() -> zbus::Result<Self> {
        let connection = Connection::session().await?;
        let bus = DBusProxy::new(&connection).await?;
        let watcher = StatusNotifierWatcherProxy::builder(&connection)
            .cache_properties(CacheProperties::No)
            .build()
            .await?;
        let owners = bus.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?.map(drop);
        let registered = watcher.receive_status_notifier_host_registered().await?.map(drop);
        let unregistered = watcher.receive_status_notifier_host_unregistered().await?.map(drop);
        Ok(Self { bus, watcher, changes: Box::pin(select(owners, select(registered, unregistered))) })
    }

    /// Waits until the answer may be another.
    pub(super) async fn changed(&mut self) {
        if self.changes.next().await.is_none() {
            // The session bus is gone, and with it every panel that could come back.
            std::future::pending::<()>().await;
        }
    }

    /// Who shows tray icons now.
    pub(super) async fn look(&self) -> TrayHost {
        match timeout(PATIENCE, self.host_name()).await {
            Ok(Ok(Some(name))) => TrayHost::Present { name },
            Ok(Ok(None)) => missing(),
            Ok(Err(error)) => unreachable(&error.to_string()),
            Err(_) => unreachable("the panel does not answer"),
        }
    }

    async fn host_name(&self) -> zbus::Result<Option<String>> {
        let name = BusName::try_from(WATCHER)?;
        // Asking a watcher that is not there would have the bus start one.
        if !self.bus.name_has_owner(name.clone()).await?
            || !self.watcher.is_status_notifier_host_registered().await?
        {
            return Ok(None);
        }
        let process = self.bus.get_connection_unix_process_id(name).await?;
        let program =
            tokio::task::spawn_blocking(move || std::fs::read_to_string(format!("/proc/{process}/comm")))
                .await;
        let program = program.ok().and_then(Result::ok).map(|text| text.trim().to_owned());
        Ok(Some(program.filter(|text| !text.is_empty()).unwrap_or_else(|| WATCHER.to_owned())))
    }
}

/// Nobody shows tray icons, and what this desktop needs to do so.
fn missing() -> TrayHost {
    TrayHost::Missing { advice: advice(&std::env::var("XDG_CURRENT_DESKTOP").unwrap_or_default()).to_owned() }
}

/// Nobody can be asked who shows tray icons.
pub(super) fn unreachable(reason: &str) -> TrayHost {
    TrayHost::Missing {
        advice: format!(
            "The tray could not be reached: {reason}. Start Credit Gauge inside a desktop session that has a D-Bus session bus."
        ),
    }
}

/// How to get a tray, by the desktop's name in `XDG_CURRENT_DESKTOP`: a list such as `ubuntu:GNOME`.
fn advice(desktop: &str) -> &'static str {
    let is = |name: &str| desktop.split(':').any(|part| part.eq_ignore_ascii_case(name));
    if is("GNOME") || is("Unity") || is("GNOME-Classic") {
        "GNOME shows no tray icons by itself. Install the extension “AppIndicator and KStatusNotifierItem Support” \
         (Debian and Ubuntu: gnome-shell-extension-appindicator), log out and in, and enable it in the app Extensions."
    } else if is("KDE") {
        "This panel has no tray. Add the widget “System Tray” to a panel."
    } else if is("XFCE") {
        "This panel has no tray. Add the item “Status Tray Plugin” in the panel's preferences."
    } else if is("MATE") {
        "This panel has no tray. Add the applet “Notification Area” or “Indicator Applet Complete” to the panel."
    } else if is("X-Cinnamon") || is("Cinnamon") {
        "This panel has no tray. Add the applet “XApp Status Applet” to the panel."
    } else if is("LXQt") {
        "This panel has no tray. Add the plugin “Status Notifier” to the panel."
    } else {
        "Nothing on this desktop shows tray icons. Start a panel or bar with a tray for StatusNotifierItem icons, such as \
         waybar, xfce4-panel or the KDE panel; the icon appears as soon as one runs."
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_desktop_in_a_list_gets_its_own_advice() {
        assert!(advice("ubuntu:GNOME").contains("gnome-shell-extension-appindicator"));
        assert!(advice("KDE").contains("System Tray"));
        assert_eq!(advice(""), advice("sway"));
    }
}
