//! The app's files: damaged, not its own to break, and nobody else's to read.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use desktop::{PATIENCE, TrayHost};

use crate::bench::{Bench, SOON, files, wait_for_text};

/// What a set-aside copy of a file holds, whatever date is in its name.
fn set_aside(home: &Path, name: &str) -> Option<Vec<u8>> {
    let (stem, _) = name.split_once('.')?;
    let is_copy = |file: &Path| {
        let other = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        other.starts_with(stem) && other != name && !other.ends_with("-wal") && !other.ends_with("-shm")
    };
    fs::read(files(home).into_iter().find(|file| is_copy(file))?).ok()
}

#[test]
fn damaged_files_are_set_aside_and_the_app_starts() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let home = bench.desktop.credit_gauge_home();
    let damage = [("settings.json", "{\"rules\": [".as_bytes()), ("gauge.db", "no database".as_bytes())];
    for (name, damaged) in damage {
        fs::write(home.join(name), damaged).unwrap();
    }

    // From what was not yet merged into it, the database would be whole again.
    for name in ["gauge.db-wal", "gauge.db-shm"] {
        let _merged_already = fs::remove_file(home.join(name));
    }

    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "Credit Gauge: no accounts yet", PATIENCE);
    bench.wait_for_windows(&["Credit Gauge"]);
    for (name, damaged) in damage {
        assert_eq!(set_aside(&home, name).as_deref(), Some(damaged), "{name}");
    }
    bench.stability("more", 50);
    wait_for_text(&item, "more: 50 credits", SOON);
}

#[test]
fn the_files_are_for_their_owner_only() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    item.click("Pause").unwrap();
    wait_for_text(&item, "Credit Gauge: paused", SOON);

    let home = bench.desktop.credit_gauge_home();
    let names = ["", "gauge.db", "settings.json", "logs", "logs/credit-gauge-tray.log", "providers"];
    for name in names {
        let mode = fs::metadata(home.join(name)).unwrap().permissions().mode() & 0o777;
        let expected = if name.contains('.') { 0o600 } else { 0o700 };
        assert_eq!(mode, expected, "{name}");
    }
}
