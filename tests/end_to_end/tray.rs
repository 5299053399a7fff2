//! The tray icon: what it says, what it does, and panels that come late, restart or never come.

use std::collections::HashSet;
use std::fs;

use desktop::{Browser, PATIENCE, Pixmap, TrayHost, TrayItem, TrayState, eventually};
use gauge_sim::{Account, Behaviour, OpenRouterKey};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::bench::{Bench, SOON, key, readings, stability, wait_for_state, wait_for_text};

#[test]
fn the_tooltip_and_the_menu_say_true_amounts() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let management = OpenRouterKey { management: true, ..OpenRouterKey::default() };
    bench.open(&Account {
        bought: 25.into(),
        used: "8.45".parse().unwrap(),
        ..Account::new("work", &key("work"), Behaviour::OpenRouter(management))
    });
    bench.add_with("openrouter", "work", &["--label", "R&D <b>_1"]).succeeds();
    bench.stability("images", 1234);
    let mut app = bench.start_app();

    let item = bench.tray_item();
    let state = wait_for_text(&item, "Credit Gauge: enough left", PATIENCE);
    assert_eq!(state.id, "credit-gauge");
    assert_eq!(state.status, "Active");
    assert_eq!(
        state.tooltip_text.lines().collect::<Vec<_>>(),
        ["OpenRouter · R&amp;D &lt;b&gt;_1: $16.55", "Stability AI · images: 1,234 credits"],
        "escaped, since panels read it as markup"
    );
    let sizes: HashSet<_> = state.icon.iter().map(|icon| (icon.width, icon.height)).collect();
    for size in [16, 22, 24, 32, 48] {
        assert!(sizes.contains(&(size, size)), "no icon of {size} pixels among {sizes:?}");
    }
    for icon in &state.icon {
        assert_eq!(i32::try_from(icon.argb.len()), Ok(icon.width * icon.height * 4));
    }
    assert_eq!(
        labels(&item),
        [
            "OpenRouter · R&D <b>_1: $16.55",
            "Stability AI · images: 1,234 credits",
            "",
            "Refresh now",
            "History",
            "Settings",
            "Pause",
            "",
            "Quit"
        ]
    );

    item.click("Quit").unwrap();
    assert!(app.wait(PATIENCE).unwrap().success());
    eventually("the item to leave", PATIENCE, || bench.desktop.tray_items().ok()?.is_empty().then_some(()))
        .unwrap();
}

#[test]
fn the_tooltip_says_how_long_credit_lasts() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let now = Timestamp::now();
    // Half a credit an hour, for three weeks.
    let hours = (1..21 * 24).rev();
    let past = hours
        .map(|hour| (now - SignedDuration::from_hours(hour), format!("{}.{}", 60 + hour / 2, hour % 2 * 5)));
    bench.import(&readings("images", past)).succeeds();
    bench.stability("images", 60);
    let _app = bench.start_app();
    // Of 311.5 at first: what full is, the past tells as well.
    wait_for_text(&bench.tray_item(), "images: 60 credits, low, about 5 days left", PATIENCE);
}

fn labels(item: &TrayItem) -> Vec<String> {
    item.menu().unwrap().into_iter().map(|entry| entry.label).collect()
}

#[test]
fn the_icon_tells_every_level() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();

    let mut seen = vec![small(&wait_for_text(&item, "images: 100 credits", PATIENCE))];
    let spent = [
        (80, "images: 20 credits, low", "Credit Gauge: low", "Active"),
        (11, "images: 9 credits, critical", "Credit Gauge: critical", "NeedsAttention"),
        (9, "images: 0 credits, empty", "Credit Gauge: empty", "NeedsAttention"),
        (5, "images: −5 credits, in debt", "Credit Gauge: empty", "NeedsAttention"),
    ];
    for (credits, line, title, status) in spent {
        bench.spend("images", credits);
        item.click("Refresh now").unwrap();
        let state = wait_for_state(&item, PATIENCE, |state| {
            state.tooltip_text.contains(line) && state.tooltip_title == title && state.status == status
        });
        seen.push(small(&state));
    }
    let [full, low, critical, empty, debt] = <[Pixmap; 5]>::try_from(seen).unwrap();
    assert_eq!(empty, debt, "a debt is no emptier than empty");
    let icons = [full, low, critical, empty];
    for (index, icon) in icons.iter().enumerate() {
        assert!(!icons[..index].contains(icon), "icon {index} looks like another level's");
    }
}

/// The icon as most panels show it.
fn small(state: &TrayState) -> Pixmap {
    state.icon.iter().find(|icon| icon.width == 22).cloned().unwrap()
}

#[test]
fn without_a_panel_a_window_opens_and_says_what_to_do() {
    let bench = Bench::new();
    bench.stability("images", 100);
    let browser = Browser::start(&bench.desktop, &bench.app()).unwrap();
    browser.wait_for_text("Nothing on this desktop shows tray icons").unwrap();
    browser.wait_for_text("100% left").unwrap();

    let _tray = TrayHost::start(&bench.desktop).unwrap();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
    eventually("the advice to go", PATIENCE, || {
        (!browser.page_text().ok()?.contains("tray icons")).then_some(())
    })
    .unwrap();
}

#[test]
fn a_list_of_items_without_a_panel_is_no_tray() {
    let bench = Bench::new();
    bench.stability("images", 100);
    let tray = TrayHost::start_without_panel(&bench.desktop).unwrap();
    let browser = Browser::start(&bench.desktop, &bench.app()).unwrap();
    browser.wait_for_text("Nothing on this desktop shows tray icons").unwrap();
    tray.add_panel().unwrap();
    eventually("the advice to go", PATIENCE, || {
        (!browser.page_text().ok()?.contains("tray icons")).then_some(())
    })
    .unwrap();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
}

#[test]
fn a_panel_may_come_late_and_restart() {
    let bench = Bench::new();
    bench.stability("images", 100);
    let mut app = bench.start_app();
    bench.wait_for_windows(&["Credit Gauge"]);

    for _ in 0..3 {
        let tray = TrayHost::start(&bench.desktop).unwrap();
        wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
        assert_eq!(bench.desktop.tray_items().unwrap().len(), 1);
        drop(tray);
        eventually("the tray to leave", PATIENCE, || {
            bench.desktop.tray_items().ok()?.is_empty().then_some(())
        })
        .unwrap();
        assert!(app.is_running());
    }
}

#[test]
fn without_a_session_bus_a_window_opens() {
    let bench = Bench::new();
    bench.stability("images", 100);
    let nowhere = "unix:path=/nonexistent";
    let mut app = bench.desktop.spawn(bench.app().env("DBUS_SESSION_BUS_ADDRESS", nowhere)).unwrap();
    bench.wait_for_windows(&["Credit Gauge"]);
    assert!(app.is_running());
}

#[test]
fn a_click_opens_the_details_and_another_closes_them() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    bench.wait_for_windows(&[]);
    assert!(!bench.has_web_process());

    for _ in 0..2 {
        item.activate(1200, 790).unwrap();
        bench.wait_for_windows(&["Credit Gauge"]);
        assert!(bench.has_web_process());
        item.activate(1200, 790).unwrap();
        bench.wait_for_windows(&[]);
        bench.wait_for_no_web_process();
    }
}

#[test]
fn the_menu_opens_windows_and_asks_the_providers() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    let before = bench.requests_of("images").len();

    item.click("Refresh now").unwrap();
    bench.wait_for_request("images", before);
    item.click("History").unwrap();
    bench.wait_for_windows(&["Credit Gauge history"]);
    item.click("Settings").unwrap();
    bench.wait_for_windows(&["Credit Gauge history", "Credit Gauge settings"]);
    item.click("Stability AI · images: 100 credits").unwrap();
    bench.wait_for_windows(&["Credit Gauge", "Credit Gauge history", "Credit Gauge settings"]);
}

#[test]
fn while_paused_nobody_is_asked() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let settings = bench.desktop.credit_gauge_home().join("settings.json");
    fs::write(&settings, r#"{"mine": "stays"}"#).unwrap();
    let mut app = bench.start_app();
    let item = bench.tray_item();
    let running = small(&wait_for_text(&item, "Credit Gauge: enough left", PATIENCE));

    item.click("Pause").unwrap();
    let paused = small(&wait_for_text(&item, "Credit Gauge: paused", SOON));
    assert_ne!(paused, running);
    let written = || serde_json::from_slice::<Value>(&fs::read(&settings).unwrap()).unwrap();
    assert_eq!((&written()["paused"], &written()["mine"]), (&Value::from(true), &Value::from("stays")));

    // An account that was never read would be asked as soon as it is seen.
    bench.open(&stability("more", 50));
    bench.add_with("stability", "more", &["--no-verify", "--label", "more"]).succeeds();
    wait_for_text(&item, "more: —", SOON);
    app.terminate();
    app.wait(PATIENCE).unwrap();
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "Credit Gauge: paused", PATIENCE);
    assert_eq!(bench.requests_of("more").len(), 0);

    item.click("Resume").unwrap();
    wait_for_text(&item, "more: 50 credits", SOON);
    assert_eq!(written()["paused"], false);
}
