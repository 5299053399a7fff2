//! The details near the tray icon: where they appear, how high they are, and when they close.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use tauri::{
    AppHandle, LogicalPosition, LogicalSize, Manager as _, Monitor, PhysicalPosition, PhysicalSize,
    WebviewWindow, WindowEvent,
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
    let icon = meant(&screens(app)?, icon);
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
        .min_inner_size(320.0, LEAST_HEIGHT)
        .build()?;
    windows::bring_up(&window)
}

/// Makes the details as high as their content, as far as the screen goes, away from the icon.
pub(crate) fn fit(window: &WebviewWindow, height: f64) -> tauri::Result<()> {
    let icon = window.state::<Popover>().icon();
    let screen = match icon {
        Some(icon) => Screen::at(&screens(window.app_handle())?, icon),
        None => window.current_monitor()?.as_ref().map(Screen::of),
    };
    let Some(screen) = screen else { return Ok(()) };
    let free = screen.size.to_logical::<f64>(screen.scale).height - FREE_HEIGHT;
    let height = height.clamp(LEAST_HEIGHT, free.max(LEAST_HEIGHT));
    let size = LogicalSize::new(WIDTH, height);
    let Some(icon) = icon else { return window.set_size(size) };
    // These keep the user from changing its size. A window that is not resizable keeps its first size on Linux.
    window.set_min_size(Some(size))?;
    window.set_max_size(Some(size))?;
    window.set_size(size)?;
    move_beside(window, icon, height)
}

fn move_beside(window: &WebviewWindow, icon: PhysicalPosition<i32>, height: f64) -> tauri::Result<()> {
    let Some(screen) = Screen::at(&screens(window.app_handle())?, icon) else { return Ok(()) };
    window.set_position(screen.corner(icon, LogicalSize::new(WIDTH, height)))
}

fn screens(app: &AppHandle) -> tauri::Result<Vec<Screen>> {
    Ok(app.available_monitors()?.iter().map(Screen::of).collect())
}

/// Where on the screens the icon was clicked. Some panels tell it in pixels; those drawn by GTK tell it in units that are
/// as large as the screen's scale says. The icon is in a panel, so that the one closer to an edge of a screen is meant.
fn meant(screens: &[Screen], click: PhysicalPosition<i32>) -> PhysicalPosition<i32> {
    let readings = screens.iter().flat_map(|screen| {
        let larger = LogicalPosition::new(click.x, click.y).to_physical(screen.scale);
        [click, larger].map(|point| screen.distance_to_edge(point).map(|distance| (distance, point)))
    });
    readings.flatten().min_by_key(|(distance, _)| *distance).map_or(click, |(_, point)| point)
}

/// A monitor's place among the others, in pixels.
#[derive(Clone, Copy, Debug)]
struct Screen {
    origin: PhysicalPosition<i32>,
    size: PhysicalSize<i32>,
    scale: f64,
}

impl Screen {
    fn of(monitor: &Monitor) -> Self {
        Self { origin: *monitor.position(), size: monitor.size().cast(), scale: monitor.scale_factor() }
    }

    /// The one with a point, or the first.
    fn at(screens: &[Self], point: PhysicalPosition<i32>) -> Option<Self> {
        let at = screens.iter().find(|screen| screen.distance_to_edge(point).is_some());
        at.or(screens.first()).copied()
    }

    /// How far a point is from the closest edge; none if it is not on this screen.
    fn distance_to_edge(&self, point: PhysicalPosition<i32>) -> Option<i32> {
        let (left, top) = (point.x - self.origin.x, point.y - self.origin.y);
        let (right, bottom) = (self.size.width - 1 - left, self.size.height - 1 - top);
        let distance = left.min(top).min(right).min(bottom);
        (distance >= 0).then_some(distance)
    }

    /// Where the upper left corner of a popover of this size goes: beside the icon, towards the middle of the screen,
    /// and whole on the screen.
    fn corner(&self, icon: PhysicalPosition<i32>, size: LogicalSize<f64>) -> PhysicalPosition<i32> {
        let size = size.to_physical::<i32>(self.scale);
        let [margin, distance] = [MARGIN, DISTANCE]
            .map(|length| LogicalSize::new(length, length).to_physical::<i32>(self.scale).width);
        let is_below_the_middle = icon.y > self.origin.y + self.size.height / 2;
        let y = if is_below_the_middle { icon.y - distance - size.height } else { icon.y + distance };
        let within = |at: i32, start: i32, length: i32, own: i32| {
            at.clamp(start + margin, (start + length - own - margin).max(start + margin))
        };
        PhysicalPosition::new(
            within(icon.x - size.width / 2, self.origin.x, self.size.width, size.width),
            within(y, self.origin.y, self.size.height, size.height),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn screen(left: i32, scale: f64) -> Screen {
        let size = LogicalSize::new(1280.0, 800.0).to_physical(scale);
        Screen { origin: PhysicalPosition::new(left, 0), size, scale }
    }

    fn at(x: i32, y: i32) -> (i32, i32) {
        let place = screen(0, 1.0).corner(PhysicalPosition::new(x, y), LogicalSize::new(WIDTH, FIRST_HEIGHT));
        (place.x, place.y)
    }

    #[test]
    fn it_opens_towards_the_middle_of_the_screen() {
        assert_eq!(at(640, 12), (460, 36));
        assert_eq!(at(640, 786), (460, 342));
        assert_eq!(at(1220, 786), (912, 342));
        assert_eq!(at(0, 0), (8, 24));
    }

    #[test]
    fn a_click_is_in_a_panel_in_whichever_unit_it_is_told() {
        let meant = |screens: &[Screen], x, y| {
            let point = meant(screens, PhysicalPosition::new(x, y));
            (point.x, point.y)
        };
        let double = [screen(0, 2.0)];
        assert_eq!(meant(&double, 1142, 786), (2284, 1572));
        assert_eq!(meant(&double, 2284, 1572), (2284, 1572));
        assert_eq!(meant(&[screen(0, 1.0), screen(1280, 1.0)], 1900, 790), (1900, 790));
        assert_eq!(meant(&[], 5, 5), (5, 5));
    }

    proptest! {
        #[test]
        fn it_is_whole_on_a_screen_that_has_room(
            x in 0..1280,
            y in 0..800,
            height in 160_i32..700,
            left in -3000..3000,
        ) {
            let icon = PhysicalPosition::new(left + x, y);
            let place = screen(left, 1.0).corner(icon, LogicalSize::new(WIDTH, f64::from(height)));
            prop_assert!(place.x >= left && place.x + 360 <= left + 1280);
            prop_assert!(place.y >= 0 && place.y + height <= 800);
        }
    }
}
