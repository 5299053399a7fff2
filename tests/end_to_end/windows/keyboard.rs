//! Everything by keyboard, with the focus in sight.

use desktop::{PATIENCE, eventually};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::{App, CONTROL, END, ENTER, HOME, SHIFT, TAB, account};
use crate::bench::{Bench, key, readings, stability};

/// Whether the element with the focus is outlined, by itself or by what it draws around its row.
const OUTLINED: &str = "
const outlined = (style) => style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 1;
const element = document.activeElement;
return outlined(getComputedStyle(element)) || outlined(getComputedStyle(element, '::after'));
";

/// Presses Tab until the focus is on the control with this name, and sees that the focus shows on the way.
#[track_caller]
fn tab_to(app: &App, name: &str) {
    go_on_to(app, name, || app.browser.press(TAB).unwrap());
}

/// The same with Shift, which goes the other way.
#[track_caller]
fn tab_back_to(app: &App, name: &str) {
    go_on_to(app, name, || app.browser.press_with(SHIFT, TAB).unwrap());
}

#[track_caller]
fn go_on_to(app: &App, name: &str, go_on: impl Fn()) {
    let mut passed = Vec::new();
    while passed.last().is_none_or(|last| last != name) {
        assert!(passed.len() < 40, "{name:?} is not among what Tab reaches: {passed:?}");
        go_on();
        let focused = app.browser.focused().unwrap();
        let found = app.browser.label(&focused).unwrap();
        assert_eq!(app.browser.execute(OUTLINED, &[]).unwrap(), true, "no outline on {found:?}");
        passed.push(found);
    }
}

fn type_text(app: &App, text: &str) {
    for key in text.chars() {
        app.browser.press(key).unwrap();
    }
}

#[test]
fn an_account_is_added_by_keyboard_alone() {
    let bench = Bench::new();
    bench.open(&stability("images", 250));
    let app = App::open(&bench, "popover");
    app.shows("Add your first key");
    tab_to(&app, "Add account");
    app.browser.press(ENTER).unwrap();

    app.go_to("Credit Gauge settings");
    // The search has the focus from the start.
    app.shows("Stability AI");
    type_text(&app, "stab");
    app.hides("OpenRouter");
    tab_to(&app, "Stability AI api.stability.ai");
    app.browser.press(ENTER).unwrap();
    // So has the key's field.
    app.shows("Add Stability AI");
    type_text(&app, &key("images"));
    tab_to(&app, "Name (optional)");
    type_text(&app, "Images");
    tab_to(&app, "Another address");
    app.browser.press(ENTER).unwrap();
    tab_to(&app, "Base URL");
    type_text(&app, bench.providers.origin());
    app.browser.press(ENTER).unwrap();
    app.shows("Stability AI · Images");
    assert_eq!(bench.run(&["accounts", "list", "--json"]).json()["accounts"][0]["label"], "Images");

    tab_to(&app, "More for Stability AI · Images");
    app.browser.press(ENTER).unwrap();
    type_text(&app, "\u{e015}\u{e015}\u{e015}");
    app.browser.press(ENTER).unwrap();
    app.shows("Paused");
    app.is_calm();
}

#[test]
fn rows_open_and_shortcuts_work() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    tab_to(&app, "Stability AI · Images");
    app.browser.press(ENTER).unwrap();
    app.shows("One credit is 0.01 USD.");

    bench.spend("images", 1);
    app.browser.press_with(CONTROL, 'r').unwrap();
    app.shows("999 credits");
    let focused = app.browser.focused().unwrap();
    assert_eq!(app.browser.label(&focused).unwrap(), "Stability AI · Images");

    app.browser.press_with(CONTROL, ',').unwrap();
    app.go_to("Credit Gauge settings");
    app.shows("Stability AI · Images");
    bench.spend("images", 1);
    app.browser.press_with(CONTROL, 'r').unwrap();
    eventually("a newer reading", PATIENCE, || {
        (bench.status("images")["meters"][0]["remaining"] == json!("998")).then_some(())
    })
    .unwrap();
    app.is_calm();
}

#[test]
fn the_history_is_walked_through_by_keyboard() {
    let bench = Bench::new();
    let ago = |hours| Timestamp::now() - SignedDuration::from_hours(hours);
    let past = (1..48).rev().map(|hours| (ago(hours), 1000 + hours));
    bench.import(&readings("images", past)).succeeds();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    tab_to(&app, "7 days");
    app.browser.press(ENTER).unwrap();
    app.shows("Spent 47 credits");
    assert_eq!(
        app.browser.attribute(&app.control("7 days"), "aria-pressed").unwrap().as_deref(),
        Some("true")
    );

    tab_to(&app, "Time");
    let time = app.browser.focused().unwrap();
    let said = || app.browser.attribute(&time, "aria-valuetext").unwrap().unwrap();
    let now = said();
    assert!(now.contains("1,000 credits left"), "{now}");
    app.browser.press(HOME).unwrap();
    eventually("the first reading", PATIENCE, || said().contains("1,047").then_some(())).unwrap();
    app.browser.press(END).unwrap();
    eventually("the last", PATIENCE, || (said() == now).then_some(())).unwrap();

    tab_back_to(&app, "Days");
    app.browser.press(ENTER).unwrap();
    app.shows("Topped up");
    app.browser.element("tbody tr").unwrap();
    tab_to(&app, "Readings");
    app.browser.press(ENTER).unwrap();
    eventually("the readings", PATIENCE, || {
        (app.browser.elements("tbody tr").ok()?.len() == 48).then_some(())
    })
    .unwrap();
    app.is_calm();
}
