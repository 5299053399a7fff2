//! Adding, listing, renaming, pausing and removing.

use std::process::Stdio;

use gauge_sim::{Failure, Fault, OpenRouterKey};
use serde_json::json;

use crate::bench::{Bench, Ran};

#[test]
fn adding_prints_the_id_and_says_what_is_left() {
    let mut bench = Bench::new();
    bench.openrouter("openrouter", OpenRouterKey { management: true, ..OpenRouterKey::default() });
    let added = bench.add("openrouter", &["--label", "Personal"]).exits(0);
    assert_eq!(added.stdout, "openrouter\n");
    assert!(added.stderr.contains("$12.00"), "{added:?}");
    let list = bench.run(&["accounts", "list", "--json"]).exits(0).json();
    let origin = bench.server.origin();
    assert_eq!(
        list,
        json!({ "schema": 1, "accounts": [{
            "id": "openrouter", "provider": "openrouter", "label": "Personal",
            "base_url": format!("{origin}/api/v1"), "origins": [origin],
            "paused": false, "key": "environment",
        }] })
    );
}

#[test]
fn a_second_account_of_a_provider_gets_the_next_id() {
    let mut bench = Bench::with_predev();
    bench.predev("predev-2");
    assert_eq!(bench.add("predev", &[]).exits(0).stdout, "predev-2\n");
    assert_eq!(bench.ids(), ["predev", "predev-2"]);
}

#[test]
fn an_id_that_is_taken_is_refused_and_nothing_is_asked() {
    let bench = Bench::with_predev();
    let before = bench.requests();
    let refused = bench.add("predev", &["--id", "predev"]).exits(2);
    assert!(refused.stderr.contains("accounts key predev"), "{refused:?}");
    assert_eq!(bench.requests(), before);
}

#[test]
fn a_rejected_key_is_not_kept() {
    let mut bench = Bench::new();
    bench.set_key("predev", "hunter2-wrong");
    let refused = bench.add("predev", &[]).exits(1);
    assert!(refused.stdout.is_empty() && refused.stderr.contains("predev was not added"), "{refused:?}");
    assert!(bench.ids().is_empty());
}

#[test]
fn a_key_of_the_wrong_kind_is_rejected_too() {
    let mut bench = Bench::new();
    bench.stability("stability");
    bench.fault(Fault::new(Failure::Status { status: 403, retry: None }));
    bench.add("stability", &["--set", "organization=org-1"]).exits(1);
    assert!(bench.ids().is_empty());
}

#[test]
fn a_key_that_cannot_be_asked_about_is_kept_only_unverified() {
    let mut bench = Bench::new();
    bench.predev("predev");
    bench.fault(Fault::new(Failure::Status { status: 503, retry: None }));
    bench.add("predev", &[]).exits(3);
    assert!(bench.ids().is_empty());
    let asked = bench.requests();
    bench.add("predev", &["--no-verify"]).exits(0);
    assert_eq!((bench.ids(), bench.requests()), (vec!["predev".to_owned()], asked));
    bench.server.simulation().clear_faults();
    assert_eq!(bench.status()["accounts"][0]["meters"][0]["remaining"], "400");
}

#[test]
fn what_does_not_fit_is_refused_before_any_key_is_sent() {
    let mut bench = Bench::new();
    for id in ["predev", "babysea", "openrouter"] {
        bench.set_key(id, "hunter2-key");
    }
    for (arguments, hint) in [
        (&["accounts", "add", "predv"][..], "predev"),
        (&["accounts", "add", "predev", "--base-url", "http://example.com"], "https://"),
        (&["accounts", "add", "predev", "--base-url", "nonsense"], "https://"),
        (&["accounts", "add", "predev", "--set", "colour=red"], "colour"),
        (&["accounts", "add", "babysea", "--set", "region=mars"], "us, eu, jp"),
        (&["accounts", "add", "openrouter", "--set", "budget=lots"], "12.50"),
        (&["accounts", "add", "openrouter", "--set", "budget=1", "--set", "budget=2"], "twice"),
        (&["accounts", "add", "openrouter", "--set", "budget"], "NAME=VALUE"),
        (&["accounts", "add", "predev", "--id", "Work!"], "lower-case"),
        (&["accounts", "add", "predev", "--label", " "], "1 to 100"),
    ] {
        let refused = bench.run(arguments).exits(2);
        assert!(refused.stdout.is_empty() && refused.stderr.contains(hint), "{arguments:?}: {refused:?}");
    }
    assert_eq!(bench.requests(), 0);
    assert!(bench.ids().is_empty());
}

#[test]
fn without_a_key_and_a_terminal_the_ways_to_give_one_are_said() {
    let refused = Bench::new().add("predev", &[]).exits(2);
    for way in ["--key-stdin", "--key-env", "CREDIT_GAUGE_KEY_PREDEV"] {
        assert!(refused.stderr.contains(way), "{refused:?}");
    }
}

#[test]
fn renaming_pausing_and_resuming_show_in_the_list() {
    let bench = Bench::with_predev();
    let account = || bench.run(&["accounts", "list", "--json"]).exits(0).json()["accounts"][0].clone();
    bench.run(&["accounts", "rename", "predev", "Work"]).exits(0);
    bench.run(&["accounts", "pause", "predev"]).exits(0);
    assert_eq!((&account()["label"], &account()["paused"]), (&json!("Work"), &json!(true)));
    bench.run(&["accounts", "resume", "predev"]).exits(0);
    assert_eq!(account()["paused"], false);
    bench.run(&["accounts", "rename", "predev", ""]).exits(2);
    assert_eq!(account()["label"], "Work");
}

#[test]
fn a_removed_account_is_gone_and_can_come_back() {
    let bench = Bench::with_predev();
    bench.run(&["accounts", "remove", "predev", "--forget"]).exits(0);
    assert!(bench.ids().is_empty());
    assert_eq!(bench.add("predev", &[]).exits(0).stdout, "predev\n");
}

#[test]
fn an_account_that_is_not_there_is_a_usage_error() {
    let bench = Bench::new();
    for arguments in [
        &["accounts", "remove", "predev"][..],
        &["accounts", "rename", "predev", "Work"],
        &["accounts", "key", "predev", "--key-stdin"],
        &["accounts", "confirm", "predev", "--yes"],
        &["accounts", "pause", "predev"],
    ] {
        let refused = bench.run(arguments).exits(2);
        assert!(refused.stderr.contains("accounts list"), "{arguments:?}: {refused:?}");
    }
}

#[test]
fn a_key_from_the_environment_cannot_be_replaced() {
    let refused = Bench::with_predev().run(&["accounts", "key", "predev", "--key-stdin"]).exits(2);
    assert!(refused.stderr.contains("CREDIT_GAUGE_KEY_PREDEV"), "{refused:?}");
}

#[test]
fn accounts_added_at_the_same_time_are_all_kept() {
    let mut bench = Bench::new();
    let ids = ["predev", "predev-2", "predev-3", "predev-4"];
    for id in ids {
        bench.predev(id);
    }
    // All of them have chosen an id before the first has its answer.
    bench.fault(Fault::new(Failure::Slow { delay_ms: 500 }));
    let origin = bench.server.origin();
    let start = |_| {
        let mut command = bench.command(&["accounts", "add", "predev", "--base-url", origin]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let running: Vec<_> = ids.into_iter().map(start).collect();
    let mut printed: Vec<_> = running
        .into_iter()
        .map(|child| Ran::of(child.wait_with_output().unwrap()).exits(0).stdout.trim().to_owned())
        .collect();
    printed.sort();
    assert_eq!(printed, ids);
    let mut listed = bench.ids();
    listed.sort();
    assert_eq!(listed, ids);
}
