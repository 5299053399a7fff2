//! The windows: built when they are needed, gone when they are closed.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tauri::{AppHandle, Emitter as _, Manager as _, WebviewUrl, WebviewWindow, WebviewWindowBuilder};

use crate::app::App;
use crate::popover;

/// Which window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize, ts_rs::TS, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum WindowName {
    /// The details near the tray icon.
    Popover,
    /// The settings.
    Settings,
    /// What was left over time.
    History,
}

impl WindowName {
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Popover => "popover",
            Self::Settings => "settings",
            Self::History => "history",
        }
    }
}

/// Held while a window is looked for and built, so that two clicks do not build two. Never on the main thread, which
/// does the building.
#[derive(Debug, Default)]
pub(crate) struct Opening(Mutex<()>);

impl Opening {
    pub(crate) fn begin(&self) -> MutexGuard<'_, ()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Brings a window up, building it if it is not there, and has it show a page.
pub(crate) fn open(app: &AppHandle, name: WindowName, page: Option<&str>) -> tauri::Result<()> {
    let opening = app.state::<Opening>();
    let _one_at_a_time = opening.begin();
    if let Some(window) = app.get_webview_window(name.label()) {
        if let Some(page) = page {
            app.emit_to(name.label(), "show", page)?;
        }
        return bring_up(&window);
    }
    let (title, width, height) = match name {
        WindowName::Popover => return popover::open_as_window(app, page),
        WindowName::Settings => ("Credit Gauge settings", 860.0, 640.0),
        WindowName::History => ("Credit Gauge history", 900.0, 640.0),
    };
    let window = builder(app, name, page)
        .title(title)
        .inner_size(width, height)
        .min_inner_size(480.0, 360.0)
        .build()?;
    bring_up(&window)
}

/// A window of this kind that is still to be built.
pub(crate) fn builder<'a>(
    app: &'a AppHandle,
    name: WindowName,
    page: Option<&str>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let hash = match page {
        Some(page) => format!("index.html#{}/{page}", name.label()),
        None => format!("index.html#{}", name.label()),
    };
    // What the web engine keeps for itself lies with the rest of the app's files, and goes with a demo.
    let folder = app.state::<App>().gauge.home().data().join("web");
    WebviewWindowBuilder::new(app, name.label(), WebviewUrl::App(hash.into())).data_directory(folder)
}

/// Brings a window to the front.
pub(crate) fn bring_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}
