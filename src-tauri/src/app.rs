//! The app put together: the gauge, its polling, the tray and the alerts, and what happens between them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use gauge::database::DatabaseError;
use gauge::gauge::Gauge;
use gauge::poll::Polling;
use gauge::settings::{Settings, StartWindow};
use gauge::snapshot::Snapshot;
use jiff::Zoned;
use serde_json::Map;
use tauri::{AppHandle, Emitter as _, Manager as _, PhysicalPosition};
use tokio::sync::{mpsc, watch};

use crate::alerts::Alerts;
use crate::hooks;
use crate::popover;
use crate::preferences;
use crate::tray::{Tray, TrayEvent, TrayHost, View};
use crate::windows::{self, WindowName};

/// How long a panel may take to start after the app.
const PANEL_PATIENCE: Duration = Duration::from_secs(5);

/// How long the end of the app may wait for others.
const LAST_DEEDS: Duration = Duration::from_secs(1);

/// What the commands of the windows work on.
pub(crate) struct App {
    pub(crate) gauge: Arc<Gauge>,
    pub(crate) polling: Polling,
    pub(crate) alerts: Arc<Alerts>,
    pub(crate) tray_host: watch::Receiver<TrayHost>,
    /// Whether all this is simulated.
    pub(crate) is_demo: bool,
    dismissed: Mutex<HashSet<String>>,
}

impl App {
    /// How everything stands, for the windows: they also say what the tray lacks, since then they are all there is.
    pub(crate) fn snapshot(&self) -> Snapshot {
        let mut snapshot = self.polling.snapshots().borrow().as_ref().clone();
        if let TrayHost::Missing { advice } = &*self.tray_host.borrow() {
            snapshot.notices.push(advice.clone());
        }
        snapshot.notices.extend(self.alerts.state().borrow().problem.clone());
        let dismissed = self.dismissed.lock().unwrap_or_else(PoisonError::into_inner);
        snapshot.notices.retain(|notice| !dismissed.contains(notice));
        snapshot
    }

    /// Leaves a notice out for as long as the app runs.
    pub(crate) fn dismiss(&self, notice: String) {
        self.dismissed.lock().unwrap_or_else(PoisonError::into_inner).insert(notice);
    }
}

/// Starts everything and hands it to Tauri.
pub(crate) async fn start(
    handle: &AppHandle,
    gauge: Arc<Gauge>,
    is_demo: bool,
    window: Option<WindowName>,
) -> Result<(), Box<dyn std::error::Error>> {
    // Hooks hear of what comes from now on, and the first look at the accounts may raise alerts.
    gauge.meet_settings().await?;
    let polling = Polling::start(Arc::clone(&gauge)).await?;
    let alerts = Arc::new(Alerts::new(Arc::clone(&gauge), polling.clone(), handle.clone()));
    let (wishes, inbox) = mpsc::unbounded_channel();
    #[cfg(target_os = "linux")]
    let tray = Tray::start(view(&polling, &gauge.settings(), is_demo), wishes).await;
    #[cfg(not(target_os = "linux"))]
    let tray = Tray::start(handle, view(&polling, &gauge.settings(), is_demo), wishes);
    let tray_host = tray.host();
    handle.manage(App {
        gauge: Arc::clone(&gauge),
        polling: polling.clone(),
        alerts: Arc::clone(&alerts),
        tray_host: tray_host.clone(),
        is_demo,
        dismissed: Mutex::default(),
    });

    tauri::async_runtime::spawn(Arc::clone(&alerts).run());
    tauri::async_runtime::spawn(hooks::run(Arc::clone(&gauge), polling.clone()));
    let first = match window {
        Some(name) => Some(name),
        None => first_window(&gauge).await?,
    };
    tauri::async_runtime::spawn(obey(handle.clone(), first, inbox));
    tauri::async_runtime::spawn(replace_tray(handle.clone(), first, tray_host));
    tauri::async_runtime::spawn(show(handle.clone(), polling, gauge, tray));
    Ok(())
}

/// Ends what would be left behind on the desktop.
pub(crate) async fn end(handle: &AppHandle) {
    // A start that failed has made no app.
    let Some(app) = handle.try_state::<App>() else { return };
    let withdrawn = app.alerts.withdraw_all();
    if tokio::time::timeout(LAST_DEEDS, withdrawn).await.is_err() {
        tracing::warn!("the notifications could not be withdrawn in time");
    }
}

fn view(polling: &Polling, settings: &Settings, is_demo: bool) -> View {
    let mut view =
        View::of(&polling.snapshots().borrow(), settings.paused, settings.tray_style, &Zoned::now());
    if is_demo {
        view.title.insert_str(0, "Demo · ");
    }
    view
}

/// Shows every new snapshot and every change of the settings in the tray and in the windows that are open.
async fn show(handle: AppHandle, polling: Polling, gauge: Arc<Gauge>, tray: Tray) {
    let mut snapshots = polling.snapshots();
    let mut hosts = tray.host();
    let mut settings = gauge.settings_changes();
    let mut telling = handle.state::<App>().alerts.state();
    let mut minute = tokio::time::interval(Duration::from_secs(60));
    loop {
        let told = tokio::select! {
            changed = snapshots.changed() => {
                if changed.is_err() {
                    return;
                }
                handle.emit("snapshot", handle.state::<App>().snapshot())
            }
            // It fails where no tray can come, for want of a session bus.
            Ok(()) = hosts.changed() => handle.emit("snapshot", handle.state::<App>().snapshot()),
            Ok(()) = telling.changed() => handle.emit("snapshot", handle.state::<App>().snapshot()),
            Ok(()) = settings.changed() => handle.emit("settings", gauge.settings().as_ref()),
            // Ages grow by themselves.
            _ = minute.tick() => Ok(()),
        };
        if let Err(error) = told {
            tracing::warn!("the windows could not be told: {error}");
        }
        tray.show(view(&polling, &gauge.settings(), handle.state::<App>().is_demo));
    }
}

/// Opens the first window, then does what the user asks of the tray.
async fn obey(handle: AppHandle, first: Option<WindowName>, mut wishes: mpsc::UnboundedReceiver<TrayEvent>) {
    if let Some(Err(error)) = first.map(|name| windows::open(&handle, name, None)) {
        tracing::error!("the first window could not be opened: {error}");
    }
    while let Some(wish) = wishes.recv().await {
        if let Err(error) = obey_one(&handle, wish) {
            tracing::error!("{error}");
        }
    }
}

fn obey_one(handle: &AppHandle, wish: TrayEvent) -> tauri::Result<()> {
    let app = handle.state::<App>();
    match wish {
        TrayEvent::Activate { x, y } => popover::toggle(handle, PhysicalPosition::new(x, y)),
        TrayEvent::OpenAccount(id) => windows::open(handle, WindowName::Popover, Some(id.as_str())),
        TrayEvent::History => windows::open(handle, WindowName::History, None),
        TrayEvent::Settings => windows::open(handle, WindowName::Settings, None),
        TrayEvent::Refresh => {
            let polling = app.polling.clone();
            tauri::async_runtime::spawn(async move { polling.refresh(None).await });
            Ok(())
        }
        TrayEvent::TogglePause => {
            let change = Map::from_iter([("paused".into(), (!app.gauge.settings().paused).into())]);
            if let Err(problem) = preferences::change(handle, &app.gauge.home().settings_file(), change) {
                tracing::error!("{}", problem.message);
            }
            app.gauge.reload();
            app.polling.look();
            Ok(())
        }
        TrayEvent::Quit => {
            handle.exit(0);
            Ok(())
        }
    }
}

/// What opens at start: what the settings say, else the way to the first key.
async fn first_window(gauge: &Gauge) -> Result<Option<WindowName>, DatabaseError> {
    let preferred = match gauge.settings().open_at_start {
        StartWindow::None => None,
        StartWindow::Popover => Some(WindowName::Popover),
        StartWindow::Settings => Some(WindowName::Settings),
    };
    let without_accounts = gauge.database().accounts().await?.is_empty().then_some(WindowName::Popover);
    Ok(preferred.or(without_accounts))
}

/// Opens the details where no tray icon comes to open them by, unless another window opens anyway. At login, the panel
/// may start after the app.
async fn replace_tray(
    handle: AppHandle,
    first: Option<WindowName>,
    mut tray_host: watch::Receiver<TrayHost>,
) {
    let present = tray_host.wait_for(|host| matches!(host, TrayHost::Present { .. }));
    if first.is_some() || matches!(tokio::time::timeout(PANEL_PATIENCE, present).await, Ok(Ok(_))) {
        return;
    }
    if let Err(error) = windows::open(&handle, WindowName::Popover, None) {
        tracing::error!("the details could not be opened: {error}");
    }
}
