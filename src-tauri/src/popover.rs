//! The details near the tray icon: where they appear, how high they are, and when they close.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{
    AppHandle, LogicalSize, Manager as _, Monitor, PhysicalPosition, PhysicalSize, WebviewWindow, WindowEvent,
};

use crate::windows::{self, Opening, WindowName};

const WIDTH: f64 = 360.0;
/// How high it is until its content is there.
const FIRST_HEIGHT: f64 = 420.0;
const LEAST_HEIGHT: f64 = 160.0;
/// What stays free of the screen's height, for panels.
const FREE_HEIGHT: f64 = 96.0;
/// How far it stays from the edges of the screen.
const MARGIN: f64 = 8.0;
/// How far its edge is from the middle of the icon, which is in a panel.
const DISTANCE: f64 = 24.0;
/// How long a click on the icon may take to arrive after it took the focus.
const RECENT: Duration = Duration::from_millis(400);

/// What is remembered between two openings.
#[derive(Debug, Default)]
pub(crate) struct Popover {
    /// Where the icon was clicked; none while the details are a window of their own.
    icon: Mutex<Option<PhysicalPosition<i32>>>,
    /// When it last closed because it lost the focus.
    blurred: Mutex<Option<Instant>>,
}

impl Popover {
    fn icon(&self) -> Option<PhysicalPosition<i32>> {
        *self.icon.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, icon: Option<PhysicalPosition<i32>>) {
        *self.icon.lock().unwrap_or_else(PoisonError::into_inner) = icon;
    }

    fn blur(&self) {
        *self.blurred.lock().unwrap_or_else(PoisonError::into_inner) = Some(Instant::now());
    }

    fn was_just_blurred(&self) -> bool {
        let last = *self.blurred.lock().unwrap_or_else(PoisonError::into_inner);
        last.is_some_and(|last| last.elapsed() < RECENT)
    }
}

/// Opens the details near the tray icon, or closes them.
pub(crate) fn toggle(app: &AppHandle, icon: PhysicalPosition<i32>) -> tauri::Result<()> {
    let opening = app.state::<Opening>();
    let _one_at_a_time = opening.begin();
    if let Some(window) = app.get_webview_window(WindowName::Popover.label()) {
        return window.destroy();
    }
    let popover = app.state::<Popover>();
    // The click that takes the focus from the popover, and so closes it, is a click to close it.
    if popover.was_just_blurred() {
        return Ok(());
    }
    popover.remember(Some(icon));
    let window = windows::builder(app, WindowName::Popover, None)
        .title("Credit Gauge")
        .inner_size(WIDTH, FIRST_HEIGHT)
        .decorations(false)
        .skip_taskbar(true)
        .always_on_top(true)
        .visible(false)
        .build()?;
    move_beside(&window, icon, FIRST_HEIGHT)?;
    let closing = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::Focused(false) = event {
            closing.state::<Popover>().blur();
            // A window that is gone already cannot be closed again.
            let _ = closing.destroy();
        }
    });
    windows::bring_up(&window)
}

/// Opens the details as a window of their own, where there is no icon to come back by.
pub(crate) fn open_as_window(app: &AppHandle, page: Option<&str>) -> tauri::Result<()> {
    app.state::<Popover>().remember(None);
    let window = windows::builder(app, WindowName::Popover, page)
        .title("Credit Gauge")
        .inner_size(WIDTH, FIRST_HEIGHT)
        .min_inner_size(320.0, 240.0)
        .build()?;
    windows::bring_up(&window)
}

/// Makes the details as high as their content, as far as the screen goes, away from the icon.
pub(crate) fn fit(window: &WebviewWindow, height: f64) -> tauri::Result<()> {
    let icon = window.state::<Popover>().icon();
    let monitor = match icon {
        Some(icon) => monitor_at(window, icon)?,
        None => window.current_monitor()?,
    };
    let Some(monitor) = monitor else { return Ok(()) };
    let screen = monitor.size().to_logical::<f64>(monitor.scale_factor()).height;
    let height = height.clamp(LEAST_HEIGHT, (screen - FREE_HEIGHT).max(LEAST_HEIGHT));
    let size = LogicalSize::new(WIDTH, height);
    let Some(icon) = icon else { return window.set_size(size) };
    // These keep the user from changing its size. A window that is not resizable keeps its first size on Linux.
    window.set_min_size(Some(size))?;
    window.set_max_size(Some(size))?;
    window.set_size(size)?;
    move_beside(window, icon, height)
}

fn move_beside(window: &WebviewWindow, icon: PhysicalPosition<i32>, height: f64) -> tauri::Result<()> {
    let Some(monitor) = monitor_at(window, icon)? else { return Ok(()) };
    let scale = monitor.scale_factor();
    let size = LogicalSize::new(WIDTH, height).to_physical(scale);
    window.set_position(corner(*monitor.position(), monitor.size().cast(), scale, icon, size))
}

fn monitor_at(window: &WebviewWindow, point: PhysicalPosition<i32>) -> tauri::Result<Option<Monitor>> {
    let mut monitors = window.available_monitors()?;
    let at = monitors.iter().position(|monitor| contains(monitor, point)).unwrap_or(0);
    Ok((at < monitors.len()).then(|| monitors.swap_remove(at)))
}

fn contains(monitor: &Monitor, point: PhysicalPosition<i32>) -> bool {
    let (corner, size) = (monitor.position(), monitor.size().cast::<i32>());
    (corner.x..corner.x + size.width).contains(&point.x)
        && (corner.y..corner.y + size.height).contains(&point.y)
}

/// Where the upper left corner of a popover of this size goes: beside the icon, towards the middle of the screen, and
/// whole on the screen.
fn corner(
    screen: PhysicalPosition<i32>,
    extent: PhysicalSize<i32>,
    scale: f64,
    icon: PhysicalPosition<i32>,
    size: PhysicalSize<i32>,
) -> PhysicalPosition<i32> {
    let [margin, distance] =
        [MARGIN, DISTANCE].map(|length| LogicalSize::new(length, length).to_physical::<i32>(scale).width);
    let is_below_the_middle = icon.y > screen.y + extent.height / 2;
    let y = if is_below_the_middle { icon.y - distance - size.height } else { icon.y + distance };
    let within = |at: i32, start: i32, length: i32, own: i32| {
        at.clamp(start + margin, (start + length - own - margin).max(start + margin))
    };
    PhysicalPosition::new(
        within(icon.x - size.width / 2, screen.x, extent.width, size.width),
        within(y, screen.y, extent.height, size.height),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCREEN: PhysicalSize<i32> = PhysicalSize::new(1280, 800);

    fn at(x: i32, y: i32) -> (i32, i32) {
        let place = corner(
            PhysicalPosition::new(0, 0),
            SCREEN,
            1.0,
            PhysicalPosition::new(x, y),
            PhysicalSize::new(360, 420),
        );
        (place.x, place.y)
    }

    #[test]
    fn it_opens_towards_the_middle_of_the_screen() {
        assert_eq!(at(640, 12), (460, 36));
        assert_eq!(at(640, 786), (460, 342));
        assert_eq!(at(1220, 786), (912, 342));
        assert_eq!(at(0, 0), (8, 24));
    }

    proptest! {
        #[test]
        fn it_is_whole_on_a_screen_that_has_room(x in 0..1280, y in 0..800, height in 160..700, left in -3000..3000) {
            let screen = PhysicalPosition::new(left, 0);
            let place = corner(screen, SCREEN, 1.0, PhysicalPosition::new(left + x, y), PhysicalSize::new(360, height));
            prop_assert!(place.x >= left && place.x + 360 <= left + 1280);
            prop_assert!(place.y >= 0 && place.y + height <= 800);
        }
    }
}
