//! The windows: built when they are needed, gone when they are closed.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{
    AppHandle, Emitter as _, LogicalSize, Manager as _, PhysicalPosition, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent,
};

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
    fn label(self) -> &'static str {
        match self {
            Self::Popover => "popover",
            Self::Settings => "settings",
            Self::History => "history",
        }
    }
}

/// How the details appear.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Popover {
    /// Near the tray icon, gone with the focus.
    Near(PhysicalPosition<i32>),
    /// As a window of its own, where there is no tray icon to come back by.
    Window,
}

/// When the popover last closed because it lost the focus.
#[derive(Debug, Default)]
pub(crate) struct LastBlur(Mutex<Option<Instant>>);

impl LastBlur {
    /// How long a click on the icon may take to arrive after it took the focus.
    const RECENT: Duration = Duration::from_millis(400);

    fn note(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn is_recent(&self) -> bool {
        let last = *self.0.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < Self::RECENT)
    }
}

const POPOVER_WIDTH: f64 = 360.0;
const POPOVER_HEIGHT: f64 = 420.0;

/// Brings a window up, building it if it is not there, and has it show a page.
pub(crate) fn open(app: &AppHandle, name: WindowName, page: Option<&str>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(name.label()) {
        if let Some(page) = page {
            app.emit_to(name.label(), "show", page)?;
        }
        return bring_up(&window);
    }
    let (title, width, height) = match name {
        WindowName::Popover => return open_popover(app, Popover::Window, page),
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

/// Opens the details near the tray icon, or closes them.
pub(crate) fn toggle_popover(app: &AppHandle, icon: PhysicalPosition<i32>) -> tauri::Result<()> {
    if let Some(window) = app.get_webview_window(WindowName::Popover.label()) {
        return window.destroy();
    }
    // The click that takes the focus from the popover, and so closes it, is a click to close it.
    if app.state::<LastBlur>().is_recent() {
        return Ok(());
    }
    open_popover(app, Popover::Near(icon), None)
}

fn open_popover(app: &AppHandle, place: Popover, page: Option<&str>) -> tauri::Result<()> {
    let builder = builder(app, WindowName::Popover, page)
        .title("Credit Gauge")
        .inner_size(POPOVER_WIDTH, POPOVER_HEIGHT);
    let window = match place {
        Popover::Window => builder.min_inner_size(320.0, 240.0).build()?,
        Popover::Near(icon) => {
            let window = builder
                .decorations(false)
                .resizable(false)
                .skip_taskbar(true)
                .always_on_top(true)
                .visible(false)
                .build()?;
            window.set_position(beside(&window, icon)?)?;
            let closing = window.clone();
            window.on_window_event(move |event| {
                if let WindowEvent::Focused(false) = event {
                    closing.state::<LastBlur>().note();
                    // A window that is gone already cannot be closed again.
                    let _ = closing.destroy();
                }
            });
            window
        }
    };
    bring_up(&window)
}

/// Makes the popover as high as its content, as far as its screen goes.
pub(crate) fn fit(window: &WebviewWindow, height: f64) -> tauri::Result<()> {
    let Some(monitor) = window.current_monitor()? else { return Ok(()) };
    let screen = monitor.size().to_logical::<f64>(monitor.scale_factor());
    window.set_size(LogicalSize::new(POPOVER_WIDTH, height.clamp(160.0, (screen.height - 96.0).max(160.0))))
}

fn builder<'a>(
    app: &'a AppHandle,
    name: WindowName,
    page: Option<&str>,
) -> WebviewWindowBuilder<'a, tauri::Wry, AppHandle> {
    let hash = match page {
        Some(page) => format!("index.html#{}/{page}", name.label()),
        None => format!("index.html#{}", name.label()),
    };
    // Incognito: the windows keep nothing of their own on the disk. WebKitWebDriver cannot drive such a window.
    let driven = std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some();
    WebviewWindowBuilder::new(app, name.label(), WebviewUrl::App(hash.into())).incognito(!driven)
}

fn bring_up(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

/// Where the popover's corner goes: beside the icon, on the icon's screen, towards the screen's middle.
fn beside(window: &WebviewWindow, icon: PhysicalPosition<i32>) -> tauri::Result<PhysicalPosition<i32>> {
    let monitors = window.available_monitors()?;
    let Some(monitor) = monitors.iter().find(|monitor| contains(monitor, icon)).or(monitors.first()) else {
        return Ok(icon);
    };
    let (corner, size) = (monitor.position(), monitor.size().cast::<i32>());
    let own = window.outer_size()?.cast::<i32>();
    let gap = (8.0 * monitor.scale_factor()).round();
    #[expect(clippy::cast_possible_truncation, reason = "eight pixels at the screen's scale")]
    let gap = gap as i32;
    let above = icon.y > corner.y + size.height / 2;
    let y = if above { icon.y - own.height - 4 * gap } else { icon.y + 4 * gap };
    let x = icon.x - own.width / 2;
    let within = |at: i32, low: i32, length: i32, own: i32| {
        at.clamp(low + gap, (low + length - own - gap).max(low + gap))
    };
    Ok(PhysicalPosition::new(
        within(x, corner.x, size.width, own.width),
        within(y, corner.y, size.height, own.height),
    ))
}

fn contains(monitor: &tauri::Monitor, point: PhysicalPosition<i32>) -> bool {
    let (corner, size) = (monitor.position(), monitor.size().cast::<i32>());
    (corner.x..corner.x + size.width).contains(&point.x)
        && (corner.y..corner.y + size.height).contains(&point.y)
}
