//! What the app notices by itself: another program's accounts, edited files, networks that go, providers that refuse.

use std::fs;
use std::net::SocketAddr;
use std::time::Duration;

use desktop::{NotificationServer, PATIENCE, TrayHost};
use gauge_sim::{AccountChange, Failure, Fault, RetryHint, Server};
use jiff::{SignedDuration, Timestamp};

use crate::bench::{Bench, SOON, key, stability, wait_for_state, wait_for_text};

#[test]
fn accounts_of_the_command_line_show_soon() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let _app = bench.start_app();
    // Without an account, the first window helps to add one.
    bench.wait_for_windows(&["Credit Gauge"]);
    let item = bench.tray_item();
    wait_for_text(&item, "Credit Gauge: no accounts yet", PATIENCE);

    bench.stability("images", 100);
    wait_for_text(&item, "Stability AI · images: 100 credits", SOON);
    bench.run(&["accounts", "rename", "images", "pictures"]).succeeds();
    wait_for_text(&item, "Stability AI · pictures: 100 credits", SOON);
    bench.run(&["accounts", "pause", "images"]).succeeds();
    wait_for_text(&item, "Credit Gauge: all accounts paused", SOON);
    bench.run(&["accounts", "remove", "images"]).succeeds();
    let state = wait_for_text(&item, "Credit Gauge: no accounts yet", SOON);
    assert_eq!(state.tooltip_text, "");
}

#[test]
fn a_reading_of_the_command_line_shows_soon_and_spares_a_question() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    bench.spend("images", 30);
    bench.ask().succeeds();
    wait_for_text(&item, "images: 70 credits", SOON);
    assert_eq!(bench.requests_of("images").len(), 2, "when it was added, and now");
}

#[test]
fn settings_edited_by_hand_are_taken_soon() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    let settings = bench.desktop.credit_gauge_home().join("settings.json");

    let coloured = wait_for_text(&item, "Credit Gauge: enough left", PATIENCE);
    fs::write(&settings, r#"{"tray_style": "monochrome"}"#).unwrap();
    wait_for_state(&item, SOON, |state| state.icon != coloured.icon);
    fs::write(&settings, r#"{"paused": true, "tray_sty"#).unwrap();
    // Half typed, it changes nothing; whole, it does.
    fs::write(&settings, r#"{"paused": true}"#).unwrap();
    wait_for_text(&item, "Credit Gauge: paused", SOON);
    fs::remove_file(&settings).unwrap();
    wait_for_state(&item, SOON, |state| *state == coloured);
}

#[test]
fn offline_is_one_state_and_passes() {
    let mut bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let notifications = NotificationServer::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.stability("more", 50);
    let _app = bench.start_app();
    let item = bench.tray_item();
    let online = wait_for_text(&item, "Credit Gauge: enough left", PATIENCE);

    let address: SocketAddr = bench.providers.origin().trim_start_matches("http://").parse().unwrap();
    let simulation = bench.simulation().clone();
    bench.providers = crate::bench::providers();
    item.click("Refresh now").unwrap();
    let offline = wait_for_state(&item, PATIENCE, |state| {
        state.tooltip_title == "Credit Gauge: offline" && state.icon != online.icon
    });
    let lines: Vec<_> = offline.tooltip_text.lines().collect();
    assert!(lines[0].starts_with("Stability AI · images: 100 credits, as of "), "{lines:?}");
    assert!(lines[1].starts_with("Stability AI · more: 50 credits, as of "), "{lines:?}");
    assert!(bench.status("images")["error"]["retry_at"].is_string(), "it is tried again by itself");

    bench.providers = Server::start(simulation, address).unwrap();
    item.click("Refresh now").unwrap();
    wait_for_state(&item, PATIENCE, |state| *state == online);
    assert_eq!(notifications.received(<[_]>::len), 0);
}

#[test]
fn a_provider_that_asks_for_patience_gets_it() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let mut app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let busy = Failure::Status { status: 429, retry: Some(RetryHint::Seconds(120)) };
    bench.simulation().set_fault(Fault::new(busy).on_account("images").times(1)).unwrap();
    let asked = Timestamp::now();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 100 credits, asked too often", PATIENCE);
    let error = bench.status("images")["error"].clone();
    assert_eq!(error["kind"], "rate_limited");
    let retry: Timestamp = error["retry_at"].as_str().unwrap().parse().unwrap();
    assert!(retry >= asked + SignedDuration::from_secs(120), "{error}");
    let requests = bench.requests_of("images").len();

    // Neither going on nor starting anew asks before that: what else is due is asked meanwhile.
    for id in ["more", "most"] {
        bench.open(&stability(id, 50));
        bench.add_with("stability", id, &["--no-verify", "--label", id]).succeeds();
        wait_for_text(&bench.tray_item(), &format!("{id}: 50 credits"), SOON * 2);
        assert_eq!(bench.requests_of("images").len(), requests);
        app.terminate();
        app.wait(PATIENCE).unwrap();
        app = bench.start_app();
    }
}

#[test]
fn a_replaced_key_is_used_at_once() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let change = AccountChange { rejected: Some(true), ..AccountChange::default() };
    bench.simulation().change("images", change).unwrap();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 100 credits, key rejected", PATIENCE);
    let retry: Timestamp = bench.status("images")["error"]["retry_at"].as_str().unwrap().parse().unwrap();
    assert!(
        retry > Timestamp::now() + SignedDuration::from_mins(50),
        "a refused key is left alone for an hour"
    );

    bench.open(&stability("new", 70));
    bench
        .run_with_input(&["accounts", "key", "images", "--key-stdin", "--no-verify"], &key("new"))
        .succeeds();
    wait_for_text(&item, "images: 70 credits", SOON);
}

#[test]
fn a_slow_provider_holds_up_no_other() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.stability("more", 50);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let slow = Failure::Slow { delay_ms: 8000 };
    bench.simulation().set_fault(Fault::new(slow).on_account("images").times(1)).unwrap();
    bench.spend("images", 10);
    bench.spend("more", 10);
    item.click("Refresh now").unwrap();
    let state = wait_for_text(&item, "more: 40 credits", Duration::from_secs(4));
    assert!(state.tooltip_text.contains("images: 100 credits"), "{state:?}");
    wait_for_text(&item, "images: 90 credits", PATIENCE);
}
