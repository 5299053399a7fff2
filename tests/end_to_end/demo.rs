//! Demo mode: everything to be seen, and nothing of the user's touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use desktop::{PATIENCE, TrayHost, TrayItem, eventually};

use crate::bench::{Bench, files, wait_for_state, wait_for_text};

/// Everything below the home folder that a user would miss, and what it holds.
fn belongings(bench: &Bench) -> BTreeMap<PathBuf, Vec<u8>> {
    let all = files(&bench.desktop.home()).into_iter();
    all.map(|file| (file.clone(), fs::read(file).unwrap())).collect()
}

/// The item that is not the user's.
fn demo_item(bench: &Bench) -> TrayItem {
    let found = eventually("the demo's tray item", PATIENCE, || {
        let items = bench.desktop.tray_items().ok()?;
        items
            .into_iter()
            .find(|item| item.state().is_ok_and(|state| state.tooltip_text.contains("Side project")))
    });
    found.unwrap()
}

#[test]
fn the_demo_touches_nothing_of_the_users() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    fs::write(bench.desktop.credit_gauge_home().join("settings.json"), "{}").unwrap();
    let before = belongings(&bench);

    let mut demo = bench.desktop.spawn(bench.app().arg("--demo")).unwrap();
    let item = demo_item(&bench);
    let levels = ["critical", "low", "key rejected", "Team: $"];
    wait_for_state(&item, PATIENCE, |state| levels.iter().all(|words| state.tooltip_text.contains(words)));
    item.click("Settings").unwrap();
    bench.wait_for_windows(&["Credit Gauge settings"]);
    item.click("Pause").unwrap();
    wait_for_text(&item, "Demo · Credit Gauge: paused", PATIENCE);
    item.click("Quit").unwrap();
    assert!(demo.wait(PATIENCE).unwrap().success());

    let after = belongings(&bench);
    let names = |files: &BTreeMap<PathBuf, Vec<u8>>| files.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&after), names(&before));
    assert!(after == before, "a file has changed");
    let home = bench.desktop.home();
    let left: Vec<_> = files(home.parent().unwrap())
        .into_iter()
        .filter(|file| file.to_string_lossy().contains("demo"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_demo_runs_beside_the_users_app_and_without_a_keychain() {
    let mut bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let mut app = bench.start_app();
    let own = bench.tray_item();
    wait_for_text(&own, "images: 100 credits", PATIENCE);
    bench.keychain.take();

    let _demo = bench.desktop.spawn(bench.app().arg("--demo")).unwrap();
    let item = demo_item(&bench);
    wait_for_state(&item, PATIENCE, |state| !state.tooltip_text.contains("key not readable"));
    item.click("Quit").unwrap();
    assert!(app.is_running());
    wait_for_text(&own, "images: 100 credits", PATIENCE);
}
