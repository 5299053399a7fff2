//! A clock that jumps: a machine that slept, a battery that died, a hand that sets it.

use std::env::consts::ARCH;
use std::fs;
use std::path::{Path, PathBuf};

use desktop::{PATIENCE, Program, eventually};
use jiff::{SignedDuration, Timestamp};

use crate::alerts::{refresh, set_up, spend, told, wait_for_canary, wait_for_notifications};
use crate::bench::{Bench, readings, wait_for_text};

/// The library that shifts a program's clock: where Debian has it, or the others.
fn library() -> PathBuf {
    let folders = [
        format!("/usr/lib/{ARCH}-linux-gnu/faketime"),
        "/usr/lib64/faketime".into(),
        "/usr/lib/faketime".into(),
    ];
    let mut places = folders.iter().map(|folder| Path::new(folder).join("libfaketimeMT.so.1"));
    places.find(|place| place.exists()).unwrap()
}

/// Starts the app with a clock that is ahead by what a file says.
fn start_app(bench: &Bench, shift: &Path) -> Program {
    let mut app = bench.app();
    app.env("LD_PRELOAD", library())
        .env("FAKETIME_TIMESTAMP_FILE", shift)
        .env("FAKETIME_NO_CACHE", "1")
        .env("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    bench.desktop.spawn(&mut app).unwrap()
}

#[test]
fn a_leaked_key_shows_in_the_spend() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 5000);
    // A credit every half hour, day and night.
    let now = Timestamp::now();
    let past = (1..21 * 48).rev().map(|ago| (now - SignedDuration::from_mins(30 * ago), 5000 + ago));
    bench.import(&readings("images", past)).succeeds();
    let shift = bench.desktop.home().join("shift");
    let set = |offset: &str| fs::write(&shift, offset).unwrap();
    set("+0");
    let _app = start_app(&bench, &shift);
    let item = bench.tray_item();
    refresh(&item, "5,000 credits");
    // As usual, and then somebody else as well.
    set("+20m");
    spend(&bench, &item, 1, "4,999 credits");
    for (minutes, left) in [(40, "4,959"), (60, "4,919"), (80, "4,879")] {
        set(&format!("+{minutes}m"));
        spend(&bench, &item, 40, &format!("{left} credits"));
    }
    eventually("the alert", PATIENCE, || (!told(&server).is_empty()).then_some(())).unwrap();
    wait_for_text(&item, "unusual spend", PATIENCE);
    for minutes in [100, 120] {
        set(&format!("+{minutes}m"));
        bench.spend("images", 40);
        refresh(&item, "");
    }
    let told = told(&server);
    assert_eq!((told.len(), told[0].0.as_str()), (1, "Stability AI · images: unusual spend"), "{told:?}");
    assert!(
        told[0].1.contains(" credits spent in the last ") && told[0].1.contains("replace the key"),
        "{told:?}"
    );
    assert_eq!(bench.alerts()[0]["rule"], "fast_spend");
}

#[test]
fn each_alert_is_told_once_however_the_clock_jumps() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 1000);
    bench.stability("canary", 1000);
    let shift = bench.desktop.home().join("shift");
    let set = |offset: &str| fs::write(&shift, offset).unwrap();
    set("+0");
    let _app = start_app(&bench, &shift);
    let item = bench.tray_item();
    wait_for_text(&item, "images: 1,000 credits", PATIENCE);

    let mut expected = Vec::new();
    let marks = [
        ("+3d", 750, "250 credits, low", "images: low", "250 credits left, down to 25% of 1,000 credits."),
        (
            "+0",
            150,
            "100 credits, critical",
            "images: critical",
            "100 credits left, down to 10% of 1,000 credits.",
        ),
        (
            "-400d",
            50,
            "50 credits, critical",
            "images: critical",
            "50 credits left, down to 5% of 1,000 credits.",
        ),
        ("+2h", 50, "0 credits, empty", "images: empty", "0 credits left."),
    ];
    for (offset, credits, shown, title, body) in marks {
        set(offset);
        refresh(&item, "");
        spend(&bench, &item, credits, shown);
        expected.push((title, body));
        wait_for_notifications(&server, &expected);
        set("+1d");
        refresh(&item, shown);
        set("-1d");
        refresh(&item, shown);
    }
    let alerts = bench.alerts();
    let raised =
        |rule: &str| alerts.iter().find(|alert| alert["rule"] == rule).unwrap()["raised_at"].to_string();
    assert!(raised("5%") < raised("10%") && raised("10%") < raised("25%"), "the clock did jump: {alerts:?}");
    set("+0");
    wait_for_canary(&bench, &item, &server, &expected);
}
