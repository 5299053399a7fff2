//! The tray icon in a real panel, as it is seen and clicked.

use desktop::{Desktop, PATIENCE, Panel, eventually};
use tiny_skia::Pixmap;

use crate::bench::{Bench, wait_for_text};

/// The colours of the icon: enough left, and about to end.
const GREEN: [u8; 3] = [0x3f, 0xcb, 0x63];
const RED: [u8; 3] = [0xff, 0x51, 0x48];

/// The height of the panel at the bottom of the screen.
const PANEL: u32 = 28;

/// The middle of what has a colour in the panel, if enough of it has.
fn find(desktop: &Desktop, colour: [u8; 3]) -> Option<(u32, u32)> {
    let file = desktop.home().join("screen.png");
    desktop.screenshot(&file).ok()?;
    let screen = Pixmap::load_png(file).ok()?;
    let (width, height) = (screen.width(), screen.height());
    let is_coloured = |x: u32, y: u32| {
        let pixel = screen.pixel(x, y).unwrap().demultiply();
        [pixel.red(), pixel.green(), pixel.blue()].iter().zip(colour).all(|(a, b)| a.abs_diff(b) < 12)
    };
    let panel = (height - PANEL..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let found: Vec<_> = panel.filter(|(x, y)| is_coloured(*x, *y)).collect();
    let middle = |places: Vec<u32>| places.iter().sum::<u32>() / u32::try_from(places.len()).unwrap();
    (found.len() > 20).then(|| {
        (middle(found.iter().map(|(x, _)| *x).collect()), middle(found.iter().map(|(_, y)| *y).collect()))
    })
}

fn wait_for(desktop: &Desktop, colour: [u8; 3]) -> (u32, u32) {
    eventually("the icon in the panel", PATIENCE, || find(desktop, colour)).unwrap()
}

fn click(desktop: &Desktop, (x, y): (u32, u32)) {
    let (x, y) = (x.to_string(), y.to_string());
    let output = desktop.run(desktop.command("xdotool").args(["mousemove", &x, &y, "click", "1"])).unwrap();
    assert!(output.status.success(), "{output:?}");
}

#[test]
fn a_real_panel_shows_the_icon_and_its_colours_even_after_a_restart() {
    let bench = Bench::new();
    let panel = Panel::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    wait_for(&bench.desktop, GREEN);
    assert_eq!(find(&bench.desktop, RED), None);

    drop(panel);
    eventually("the panel to go", PATIENCE, || find(&bench.desktop, GREEN).is_none().then_some(())).unwrap();
    let _panel = Panel::start(&bench.desktop).unwrap();
    wait_for(&bench.desktop, GREEN);

    bench.spend("images", 95);
    bench.ask().succeeds();
    wait_for(&bench.desktop, RED);
    assert_eq!(find(&bench.desktop, GREEN), None);
}

#[test]
fn a_click_on_the_icon_opens_the_details_beside_it() {
    let bench = Bench::new();
    let _panel = Panel::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
    let icon = wait_for(&bench.desktop, GREEN);

    click(&bench.desktop, icon);
    let (screen, panel) = ((1280, 800), i32::try_from(PANEL).unwrap());
    let beside = eventually("the details, above the panel", PATIENCE, || {
        let (x, y, width, height) = place(&bench.desktop, "^Credit Gauge$")?;
        let is_above = height > 0 && y > screen.1 / 2 && y + height <= screen.1 - panel;
        (is_above && x > 0 && x + width <= screen.0).then_some(())
    });
    assert!(beside.is_ok(), "they are at {:?}", place(&bench.desktop, "^Credit Gauge$"));
    click(&bench.desktop, icon);
    eventually("the details to go", PATIENCE, || {
        (!bench.desktop.windows().ok()?.contains(&"Credit Gauge".to_owned())).then_some(())
    })
    .unwrap();
}

/// Where the window with a title is, and how large: left, top, width and height.
fn place(desktop: &Desktop, title: &str) -> Option<(i32, i32, i32, i32)> {
    let search = ["search", "--onlyvisible", "--name", title, "getwindowgeometry", "--shell"];
    let output = desktop.run(desktop.command("xdotool").args(search)).ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    let value =
        |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('=')?.parse().ok());
    Some((value("X")?, value("Y")?, value("WIDTH")?, value("HEIGHT")?))
}
