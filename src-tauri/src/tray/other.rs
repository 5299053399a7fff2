//! The tray on macOS and Windows, through Tauri.

use std::sync::{Arc, Mutex, PoisonError};

use tauri::image::Image;
use tauri::menu::{Menu, MenuBuilder, MenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;

use super::icon::{self, Face, Style};
use super::menu::{self, Row};
#[cfg(windows)]
use super::words;
use super::{TrayEvent, TrayHost, View};

/// The icon's size: macOS shows it at 22 points, twice as many pixels on most screens; Windows at 16 to 32 pixels.
const SIZE: u32 = if cfg!(target_os = "macos") { 44 } else { 32 };

/// The tray icon. It stays for as long as the app runs.
pub(crate) struct Tray {
    app: AppHandle,
    icon: Option<TrayIcon>,
    shown: Mutex<View>,
    /// What the rows of the menu ask for; a row's id is its place here.
    choices: Choices,
    host: watch::Sender<TrayHost>,
}

type Choices = Arc<Mutex<Vec<TrayEvent>>>;

impl Tray {
    /// Shows the icon. The user's wishes are sent to `events`.
    pub(crate) fn start(app: &AppHandle, view: View, events: UnboundedSender<TrayEvent>) -> Self {
        let choices = Choices::default();
        let (icon, host) = match build(app, &view, &choices, events) {
            Ok(icon) => (Some(icon), TrayHost::Present { name: host_name().to_owned() }),
            Err(error) => {
                tracing::warn!(%error, "the tray icon could not be made");
                let advice = format!(
                    "The tray icon could not be made: {error}. Log out and in, then start Credit Gauge again."
                );
                (None, TrayHost::Missing { advice })
            }
        };
        Self { app: app.clone(), icon, shown: Mutex::new(view), choices, host: watch::Sender::new(host) }
    }

    /// Shows another view; nothing is redrawn that did not change.
    pub(crate) fn show(&self, view: View) {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        if *shown == view {
            return;
        }
        if let Some(icon) = &self.icon
            && let Err(error) = self.redraw(icon, &shown, &view)
        {
            tracing::warn!(%error, "the tray icon could not be changed");
        }
        *shown = view;
    }

    /// Whether something shows the icon, and a signal when that changes.
    #[must_use]
    pub(crate) fn host(&self) -> watch::Receiver<TrayHost> {
        self.host.subscribe()
    }

    fn redraw(&self, icon: &TrayIcon, old: &View, new: &View) -> tauri::Result<()> {
        if old.face != new.face {
            icon.set_icon_with_as_template(Some(image(&new.face)), new.face.style == Style::Template)?;
        }
        icon.set_tooltip(Some(tooltip(new)))?;
        if old.lines != new.lines || old.face.paused != new.face.paused {
            icon.set_menu(Some(menu(&self.app, new, &self.choices)?))?;
        }
        Ok(())
    }
}

fn build(
    app: &AppHandle,
    view: &View,
    choices: &Choices,
    events: UnboundedSender<TrayEvent>,
) -> tauri::Result<TrayIcon> {
    let clicked = events.clone();
    let chosen = Arc::clone(choices);
    TrayIconBuilder::with_id("credit-gauge")
        .icon(image(&view.face))
        .icon_as_template(view.face.style == Style::Template)
        .tooltip(tooltip(view))
        .menu(&menu(app, view, choices)?)
        .show_menu_on_left_click(false)
        .on_tray_icon_event(move |_, event| {
            if let TrayIconEvent::Click {
                position,
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                #[expect(clippy::cast_possible_truncation, reason = "a point of the screen")]
                let _ = clicked.send(TrayEvent::Activate { x: position.x as i32, y: position.y as i32 });
            }
        })
        .on_menu_event(move |_, event| {
            let choices = chosen.lock().unwrap_or_else(PoisonError::into_inner);
            let place = event.id().as_ref().strip_prefix(ROW).and_then(|place| place.parse::<usize>().ok());
            if let Some(event) = place.and_then(|place| choices.get(place)) {
                let _ = events.send(event.clone());
            }
        })
        .build(app)
}

/// What the ids of the tray's rows begin with, apart from those of other menus.
const ROW: &str = "tray-row-";

fn menu(app: &AppHandle, view: &View, choices: &Choices) -> tauri::Result<Menu<Wry>> {
    let mut events = Vec::new();
    let mut builder = MenuBuilder::new(app);
    for row in menu::rows(view) {
        builder = match row {
            Row::Separator => builder.separator(),
            Row::Item { label, event } => {
                let id = format!("{ROW}{}", events.len());
                events.push(event);
                // A single ampersand would mark a letter as the item's key.
                builder.item(&MenuItem::with_id(app, id, label.replace('&', "&&"), true, None::<&str>)?)
            }
        };
    }
    let menu = builder.build()?;
    *choices.lock().unwrap_or_else(PoisonError::into_inner) = events;
    Ok(menu)
}

#[cfg(windows)]
fn tooltip(view: &View) -> String {
    words::windows_tooltip(&view.title, &view.lines)
}

#[cfg(not(windows))]
fn tooltip(view: &View) -> String {
    let lines = view.lines.iter().map(|line| line.text.as_str());
    std::iter::once(view.title.as_str()).chain(lines).collect::<Vec<_>>().join("\n")
}

fn image(face: &Face) -> Image<'static> {
    Image::new_owned(icon::draw(face, SIZE).rgba, SIZE, SIZE)
}

fn host_name() -> &'static str {
    if cfg!(target_os = "macos") { "the menu bar" } else { "the notification area" }
}
