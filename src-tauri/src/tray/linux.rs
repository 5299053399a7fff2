//! The tray on Linux: a StatusNotifierItem of our own, which waits for a panel that starts late and comes back to one
//! that restarts.

use std::time::Duration;

use ksni::menu::StandardItem;
use ksni::{Handle, Icon, MenuItem, Status, ToolTip, TrayMethods};
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::watch;
use tokio::time::Instant;

use super::host::{self, HostWatch};
use super::icon::{self, Face};
use super::menu::{self, Row};
use super::{TrayEvent, TrayHost, View, words};

/// The icon's sizes: what panels use at scales 1 and 2.
const SIZES: [u32; 7] = [16, 22, 24, 32, 44, 48, 64];

/// How long after a panel came its first fetches are surely done.
const SETTLING: Duration = Duration::from_secs(5);

/// The tray icon. It is taken away when this is dropped.
#[derive(Debug)]
pub(crate) struct Tray {
    views: watch::Sender<View>,
    host: watch::Sender<TrayHost>,
}

impl Tray {
    /// Shows the icon as soon as a panel can. When this returns it is known whether one is there, and [`Tray::host`]
    /// says so. The user's wishes are sent to `events`.
    pub(crate) async fn start(view: View, events: UnboundedSender<TrayEvent>) -> Self {
        let (views, shown) = watch::channel(view);
        let watch = match HostWatch::new().await {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!(%error, "there is no session bus, so there is no tray");
                return Self { views, host: watch::Sender::new(host::unreachable(&error.to_string())) };
            }
        };
        let host = watch::Sender::new(watch.look().await);
        tokio::spawn(keep(shown, watch, host.clone(), events));
        Self { views, host }
    }

    /// Shows another view. One that is equal to the last is not sent to the panel.
    pub(crate) fn show(&self, view: View) {
        self.views.send_if_modified(|shown| {
            let changed = *shown != view;
            *shown = view;
            changed
        });
    }

    /// Whether something shows the icon, and a signal when that changes.
    #[must_use]
    pub(crate) fn host(&self) -> watch::Receiver<TrayHost> {
        self.host.subscribe()
    }
}

/// Keeps the item on the bus and up to date until the [`Tray`] is dropped.
async fn keep(
    mut views: watch::Receiver<View>,
    mut watch: HostWatch,
    host: watch::Sender<TrayHost>,
    events: UnboundedSender<TrayEvent>,
) {
    let mut item = spawn(&mut views, &events).await;
    let repaint = tokio::time::sleep(SETTLING);
    tokio::pin!(repaint);
    let mut has_repainted = false;
    loop {
        tokio::select! {
            () = &mut repaint, if !has_repainted => {
                has_repainted = true;
                if let Some(item) = &item {
                    item.update(Item::repaint).await;
                }
            }
            changed = views.changed() => {
                if changed.is_err() {
                    break;
                }
                let view = views.borrow_and_update().clone();
                if let Some(item) = &item {
                    item.update(|item| item.show(view)).await;
                }
            }
            () = watch.changed() => {
                let now = watch.look().await;
                repaint.as_mut().reset(Instant::now() + SETTLING);
                has_repainted = false;
                if item.as_ref().is_none_or(Handle::is_closed) && matches!(now, TrayHost::Present { .. }) {
                    item = spawn(&mut views, &events).await;
                }
                host.send_if_modified(|last| {
                    let changed = *last != now;
                    *last = now;
                    changed
                });
            }
        }
    }
    if let Some(item) = item {
        item.shutdown().await;
    }
}

/// Puts the item on the bus. A panel that refuses it is tried again when it changes.
async fn spawn(
    views: &mut watch::Receiver<View>,
    events: &UnboundedSender<TrayEvent>,
) -> Option<Handle<Item>> {
    let view = views.borrow_and_update().clone();
    let item = Item { pixmaps: pixmaps(&view.face), view, events: events.clone() };
    match item.assume_sni_available(true).spawn().await {
        Ok(handle) => Some(handle),
        Err(error) => {
            tracing::warn!(%error, "the panel refused the tray icon");
            None
        }
    }
}

/// What is on the bus.
struct Item {
    view: View,
    pixmaps: Vec<Icon>,
    events: UnboundedSender<TrayEvent>,
}

impl Item {
    fn show(&mut self, view: View) {
        if view.face != self.view.face {
            self.pixmaps = pixmaps(&view.face);
        }
        self.view = view;
    }

    /// Has the panel fetch the icon once more. One that was still busy with its first fetch when the icon changed
    /// keeps the old one; the order of the sizes means nothing, and another order counts as another icon.
    fn repaint(&mut self) {
        self.pixmaps.rotate_left(1);
    }

    fn send(&self, event: TrayEvent) {
        // Nobody listens any more when the app is ending.
        let _ = self.events.send(event);
    }
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "credit-gauge".into()
    }

    fn title(&self) -> String {
        self.view.title.clone()
    }

    fn status(&self) -> Status {
        if self.view.wants_attention() { Status::NeedsAttention } else { Status::Active }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        self.pixmaps.clone()
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        if self.view.wants_attention() { self.pixmaps.clone() } else { Vec::new() }
    }

    /// KDE shows the description only beside a title, and XFCE reads it as Pango markup.
    fn tool_tip(&self) -> ToolTip {
        let lines: Vec<_> = self.view.lines.iter().map(|line| words::escape(&line.text)).collect();
        ToolTip {
            title: words::escape(&self.view.title),
            description: lines.join("\n"),
            ..ToolTip::default()
        }
    }

    fn activate(&mut self, x: i32, y: i32) {
        self.send(TrayEvent::Activate { x, y });
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let item = |row| match row {
            Row::Separator => MenuItem::Separator,
            Row::Item { label, event } => StandardItem {
                // A single underscore would mark a letter as the item's key.
                label: label.replace('_', "__"),
                activate: Box::new(move |item: &mut Self| item.send(event.clone())),
                ..StandardItem::default()
            }
            .into(),
        };
        menu::rows(&self.view).into_iter().map(item).collect()
    }
}

fn pixmaps(face: &Face) -> Vec<Icon> {
    let icon = |size: u32| {
        let side = i32::try_from(size).unwrap_or_default();
        Icon { width: side, height: side, data: icon::draw(face, size).argb() }
    };
    SIZES.into_iter().map(icon).collect()
}
