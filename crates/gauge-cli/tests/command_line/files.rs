//! The files of the home: damaged, shared, private.

use std::fs;
use std::io::pipe;

use crate::bench::{Bench, Ran};

#[test]
fn a_damaged_file_is_set_aside_and_said_where() {
    for name in ["settings.json", "gauge.db"] {
        let bench = Bench::new();
        let damaged = "{ this is neither JSON nor a database".repeat(200);
        fs::write(bench.home().join(name), &damaged).unwrap();
        let ran = bench.run(&["status", "--json"]).exits(0);
        assert_eq!(ran.json()["schema"], 1);
        let kept = bench.files().into_iter().find(|(_, bytes)| bytes == damaged.as_bytes()).unwrap().0;
        assert_ne!(kept.file_name().unwrap(), name);
        assert!(ran.stderr.contains(kept.to_str().unwrap()), "{ran:?}");
        // What was said once is not said for ever.
        assert!(bench.run(&["status"]).exits(0).stderr.contains("no accounts"));
    }
}

#[test]
fn settings_of_the_user_hold() {
    let bench = Bench::with_predev();
    let rules = r#"{"rules": [{"below": "1000", "severity": "critical"}]}"#;
    fs::write(bench.home().join("settings.json"), rules).unwrap();
    assert_eq!(bench.status()["level"], "critical");
}

#[test]
fn a_home_that_cannot_be_made_is_said() {
    let bench = Bench::new();
    let file = bench.home().join("file");
    fs::write(&file, "").unwrap();
    let mut command = bench.command(&["status"]);
    let ran = Ran::of(command.env("CREDIT_GAUGE_HOME", file.join("home")).output().unwrap()).exits(3);
    assert!(ran.stderr.contains("CREDIT_GAUGE_HOME"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn files_are_for_their_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::with_predev();
    for (path, _) in bench.files() {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
}

#[test]
fn a_reader_that_closes_the_pipe_is_no_failure() {
    let bench = Bench::new();
    let (reader, writer) = pipe().unwrap();
    drop(reader);
    let ran = Ran::of(bench.command(&["providers"]).stdout(writer).output().unwrap()).exits(0);
    assert!(ran.stderr.is_empty(), "{ran:?}");
}
