//! A keychain that is locked, gone, or comes back.

use desktop::{PATIENCE, TrayHost, eventually};

use crate::bench::{Bench, SECRET, key, stability, wait_for_text};

#[test]
fn a_locked_keychain_is_said_and_got_over() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.keychain.as_ref().unwrap().lock().unwrap();
    let mut app = bench.start_app();
    let item = bench.tray_item();
    bench.spend("images", 10);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 100 credits, key not readable", PATIENCE);
    let error = bench.status("images")["error"].clone();
    assert_eq!(error["kind"], "keychain");
    assert!(error["message"].as_str().unwrap().contains("unlock the login keyring"), "{error}");
    let asked = bench.ask().exits(3);
    assert!(asked.stdout.contains("the keychain is locked"), "{asked:?}");

    bench.keychain.as_ref().unwrap().unlock().unwrap();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 90 credits", PATIENCE);
    assert!(app.is_running());
}

#[test]
fn without_a_keychain_the_app_starts_and_works_once_there_is_one() {
    let mut bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.keychain.take();
    let _app = bench.start_app();
    let item = bench.tray_item();
    bench.spend("images", 10);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 100 credits, key not readable", PATIENCE);
    let error = bench.status("images")["error"].clone();
    assert!(error["message"].as_str().unwrap().contains("Install and start one"), "{error}");
    bench.open(&stability("more", 50));
    let refused = bench.add("stability", "more").exits(3);
    assert!(refused.stderr.contains("no keychain is running"), "{refused:?}");

    bench.restart_keychain();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 90 credits", PATIENCE);

    // One that crashes while the app runs is no different.
    bench.keychain.take();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 90 credits, key not readable", PATIENCE);
    bench.restart_keychain();
    bench.spend("images", 10);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 80 credits", PATIENCE);
}

#[test]
fn a_key_in_the_environment_needs_no_keychain_and_goes_no_further() {
    let mut bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.keychain.take();
    let app = bench.desktop.spawn(bench.app().env("CREDIT_GAUGE_KEY_IMAGES", key("images"))).unwrap();
    let item = bench.tray_item();
    bench.spend("images", 10);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 90 credits", PATIENCE);

    item.click("Settings").unwrap();
    bench.wait_for_windows(&["Credit Gauge settings"]);
    eventually("a web process", PATIENCE, || bench.has_web_process().then_some(())).unwrap();
    for process in bench.desktop.processes().iter().filter(|process| process.id != app.id()) {
        assert!(!process.environment.join(" ").contains(SECRET), "{}", process.name());
    }
}
