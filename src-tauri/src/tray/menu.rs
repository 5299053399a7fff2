//! The rows of the tray's menu, the same on every platform.

use super::{TrayEvent, View};

/// One row of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Row {
    /// Something to choose.
    Item {
        /// What it says.
        label: String,
        /// What choosing it asks for.
        event: TrayEvent,
    },
    /// A line between groups.
    Separator,
}

/// The menu for a view: the accounts with what they have left, then what can be done.
#[must_use]
pub(crate) fn rows(view: &View) -> Vec<Row> {
    let item = |label: &str, event| Row::Item { label: label.to_owned(), event };
    let mut rows: Vec<Row> = view
        .lines
        .iter()
        .map(|line| item(&line.text, TrayEvent::OpenAccount(line.account.clone())))
        .collect();
    if rows.is_empty() {
        rows.push(item("Open Credit Gauge", TrayEvent::Activate { x: 0, y: 0 }));
    }
    rows.extend([
        Row::Separator,
        item("Refresh now", TrayEvent::Refresh),
        item("History", TrayEvent::History),
        item("Settings", TrayEvent::Settings),
        item(if view.face.paused { "Resume" } else { "Pause" }, TrayEvent::TogglePause),
        Row::Separator,
        item("Quit", TrayEvent::Quit),
    ]);
    rows
}
