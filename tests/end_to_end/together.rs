//! Two programs on the same files, and two starts of the same program.

use std::thread;

use desktop::{PATIENCE, TrayHost, eventually};

use crate::bench::{Bench, SOON, stability, wait_for_text};

#[test]
fn a_second_start_hands_over_to_the_first() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let mut app = bench.start_app();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
    assert!(!bench.has_web_process());

    let second = bench.desktop.run(&mut bench.app()).unwrap();
    assert!(second.status.success(), "{second:?}");
    bench.wait_for_windows(&["Credit Gauge"]);
    let third = bench.desktop.run(bench.app().args(["--window", "settings"])).unwrap();
    assert!(third.status.success(), "{third:?}");
    bench.wait_for_windows(&["Credit Gauge", "Credit Gauge settings"]);
    assert_eq!(bench.desktop.tray_items().unwrap().len(), 1);
    assert!(app.is_running());
}

#[test]
fn homes_of_their_own_have_apps_of_their_own() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);

    let other = bench.desktop.home().join("other");
    let _other = bench.desktop.spawn(bench.app().env("CREDIT_GAUGE_HOME", other)).unwrap();
    let items = eventually("two items", PATIENCE, || {
        bench.desktop.tray_items().ok().filter(|items| items.len() == 2)
    });
    let texts = items.unwrap().iter().map(|item| item.state().unwrap().tooltip_text).collect::<Vec<_>>();
    assert_eq!(texts, ["Stability AI · images: 100 credits", ""]);
}

#[test]
fn neither_program_loses_what_the_other_writes() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let ids: Vec<_> = (1..=6).map(|number| format!("more-{number}")).collect();
    for (id, credits) in ids.iter().zip(1..) {
        bench.open(&stability(id, credits * 10));
    }
    // Three command lines at a time add accounts while the app reads and writes its own.
    thread::scope(|scope| {
        for ids in ids.chunks(2) {
            let bench = &bench;
            scope.spawn(move || {
                for id in ids {
                    bench.add("stability", id).succeeds();
                }
            });
        }
        for _ in 0..10 {
            let before = bench.requests_of("images").len();
            item.click("Refresh now").unwrap();
            bench.wait_for_request("images", before);
        }
    });
    let expected =
        ids.iter().zip(1..).map(|(id, credits)| format!("Stability AI · {id}: {} credits", credits * 10));
    for line in expected.chain(["Stability AI · images: 100 credits".to_owned()]) {
        wait_for_text(&item, &line, SOON);
    }
    let listed = bench.run(&["accounts", "list", "--json"]).json();
    assert_eq!(listed["accounts"].as_array().unwrap().len(), 7);
    // And every key went where it belongs.
    bench.ask().succeeds();
}

#[test]
fn the_app_ends_when_the_session_does() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let mut app = bench.start_app();
    wait_for_text(&bench.tray_item(), "images: 100 credits", PATIENCE);
    app.terminate();
    app.wait(PATIENCE).unwrap();
    eventually("the item to leave", PATIENCE, || bench.desktop.tray_items().ok()?.is_empty().then_some(()))
        .unwrap();
    bench.ask().succeeds();
}
