//! `status`: what it asks, what it prints, and what trouble looks like.

use gauge_sim::{Failure, Fault, OpenRouterKey, RetryHint};
use serde_json::{Value, json};

use crate::bench::{Bench, text};

#[test]
fn the_document_has_the_documented_keys() {
    let mut bench = Bench::new();
    bench.openrouter("openrouter", OpenRouterKey { management: true, ..OpenRouterKey::default() });
    bench.add("openrouter", &["--label", "Personal"]).exits(0);
    let document = bench.run(&["status", "--json"]).exits(0).json();
    let account = &document["accounts"][0];
    let with_time = |value: &Value| {
        let time = text(value);
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok(), "{time}");
    };
    with_time(&document["generated_at"]);
    with_time(&account["checked_at"]);
    assert_eq!((&document["schema"], &document["level"]), (&json!(1), &json!("ok")));
    for (key, value) in [
        ("id", json!("openrouter")),
        ("provider", json!("openrouter")),
        ("label", json!("Personal")),
        ("level", json!("ok")),
        ("freshness", json!("fresh")),
        ("error", Value::Null),
    ] {
        assert_eq!(account[key], value, "{key}");
    }
    for (key, value) in [
        ("id", json!("credits")),
        ("kind", json!("wallet")),
        ("unit", json!("USD")),
        ("remaining", json!("12.00")),
        ("total", json!("20.00")),
        ("used", json!("8.00")),
        ("full", json!("12.00")),
        ("percent_left", json!(100.0)),
        ("resets_at", Value::Null),
        ("expires_at", Value::Null),
        ("unlimited", json!(false)),
        ("level", json!("ok")),
    ] {
        assert_eq!(account["meters"][0][key], value, "{key}");
    }
}

#[test]
fn a_recent_reading_is_not_asked_for_again() {
    let bench = Bench::with_predev();
    let asked = bench.requests();
    bench.run(&["status"]).exits(0);
    bench.run(&["status", "--max-age", "1h"]).exits(0);
    assert_eq!(bench.requests(), asked);
    bench.run(&["status", "--max-age", "0s"]).exits(0);
    assert_eq!(bench.requests(), asked + 1);
}

#[test]
fn trouble_has_a_name_and_the_last_good_value_stays() {
    let bench = Bench::with_predev();
    for (failure, kind) in [
        (Failure::Status { status: 401, retry: None }, "unauthorized"),
        (Failure::CloudflareChallenge, "blocked"),
        (Failure::Status { status: 429, retry: Some(RetryHint::Seconds(7200)) }, "rate_limited"),
        (Failure::Status { status: 404, retry: None }, "not_found"),
        (Failure::Status { status: 500, retry: None }, "server_error"),
        (Failure::Html { status: 200 }, "unexpected_response"),
        (Failure::TruncatedJson, "unexpected_response"),
        (Failure::WrongTypes, "unexpected_response"),
        (Failure::NullNumbers, "unexpected_response"),
        (Failure::MissingNumbers, "unexpected_response"),
        (Failure::ErrorIn200, "provider_error"),
    ] {
        bench.fault(Fault::new(failure.clone()));
        let ran = bench.run(&["status", "--json", "--max-age", "0s"]).exits(3);
        bench.server.simulation().clear_faults();
        let account = &ran.json()["accounts"][0];
        assert_eq!(account["error"]["kind"], kind, "{failure:?}: {account}");
        assert!(!text(&account["error"]["message"]).is_empty() && account["error"]["since"].is_string());
        assert_eq!(account["freshness"], "stale", "{failure:?}");
        assert_eq!((&account["meters"][0]["remaining"], &account["level"]), (&json!("400"), &json!("ok")));
    }
    bench.run(&["status", "--max-age", "0s"]).exits(0);
    assert_eq!(bench.status()["accounts"][0]["error"], Value::Null);
}

#[test]
fn a_provider_that_asks_for_patience_is_named_a_time() {
    let bench = Bench::with_predev();
    bench.fault(Fault::new(Failure::Status { status: 429, retry: Some(RetryHint::Seconds(7200)) }));
    let retry_at: jiff::Timestamp =
        text(&bench.status()["accounts"][0]["error"]["retry_at"]).parse().unwrap();
    let wait = retry_at.duration_since(jiff::Timestamp::now());
    assert!(wait.as_mins() >= 118 && wait.as_mins() <= 120, "{wait}");
}

#[test]
fn nobody_to_be_reached_is_one_state() {
    let mut bench = Bench::with_predev();
    bench.stability("stability");
    bench.add("stability", &[]).exits(0);
    bench.server = Bench::new().server;
    let document = bench.run(&["status", "--json", "--max-age", "0s"]).exits(3).json();
    assert_eq!(document["offline"], true);
    for account in document["accounts"].as_array().unwrap() {
        assert_eq!(account["error"]["kind"], "offline");
    }
    let ran = bench.run(&["status", "--max-age", "0s"]).exits(3);
    assert_eq!(ran.stderr.matches("Offline").count(), 1, "{ran:?}");
    assert!(!ran.stdout.contains("error") && ran.stdout.contains("400 prototype credits"), "{ran:?}");
}

#[test]
fn one_account_in_trouble_does_not_hide_the_others() {
    let mut bench = Bench::with_predev();
    bench.stability("stability");
    bench.add("stability", &[]).exits(0);
    bench.fault(Fault::new(Failure::Html { status: 200 }).on_account("stability"));
    bench.server.simulation().spend("predev", 100.into()).unwrap();
    let document = bench.run(&["status", "--json", "--max-age", "0s"]).exits(3).json();
    assert_eq!(document["accounts"][0]["meters"][0]["remaining"], "300");
    assert_eq!(document["accounts"][1]["error"]["kind"], "unexpected_response");
    let named = bench.run(&["status", "predev", "--json", "--max-age", "0s"]).exits(0).json();
    assert_eq!(named["accounts"].as_array().unwrap().len(), 1);
}

#[test]
fn a_paused_account_is_asked_only_when_named() {
    let bench = Bench::with_predev();
    bench.run(&["accounts", "pause", "predev"]).exits(0);
    bench.fault(Fault::new(Failure::Html { status: 200 }));
    let asked = bench.requests();
    let document = bench.run(&["status", "--json", "--max-age", "0s"]).exits(0).json();
    assert_eq!((bench.requests(), &document["level"]), (asked, &json!("unknown")));
    let document = bench.run(&["status", "predev", "--json", "--max-age", "0s"]).exits(3).json();
    assert_eq!((bench.requests() > asked, &document["level"]), (true, &json!("ok")));
}

#[test]
fn levels_follow_the_balance_and_a_debt_is_shown_as_one() {
    let bench = Bench::with_predev();
    for (balance, level) in
        [("101", "ok"), ("100", "low"), ("40", "critical"), ("0", "empty"), ("-5", "empty")]
    {
        bench.server.simulation().set_balance("predev", balance.parse().unwrap()).unwrap();
        let document = bench.status();
        assert_eq!(document["level"], level, "{balance}");
        assert_eq!(document["accounts"][0]["meters"][0]["remaining"], balance);
    }
}

#[test]
fn people_see_the_worst_account_first_without_colours_in_a_pipe() {
    let mut bench = Bench::with_predev();
    bench.stability("stability");
    bench.add("stability", &["--label", "Images"]).exits(0);
    bench.server.simulation().set_balance("stability", 90.into()).unwrap();
    let ran = bench.run(&["status", "--max-age", "0s"]).exits(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[1].starts_with("Images (stability)") && lines[1].contains("critical"), "{ran:?}");
    assert!(lines[1].contains("90 credits") && lines[1].contains("9.0 %"), "{ran:?}");
    assert!(lines[2].starts_with("pre.dev (predev)") && !ran.stdout.contains('\u{1b}'), "{ran:?}");
}

#[test]
fn no_accounts_is_an_empty_document_and_a_hint() {
    let bench = Bench::new();
    let document = bench.run(&["status", "--json"]).exits(0).json();
    assert_eq!((&document["accounts"], &document["level"]), (&json!([]), &json!("unknown")));
    let ran = bench.run(&["status"]).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("accounts add"), "{ran:?}");
}

#[test]
fn an_unknown_account_or_duration_prints_no_document() {
    let bench = Bench::with_predev();
    for arguments in [&["status", "nobody", "--json"][..], &["status", "--json", "--max-age", "soon"]] {
        assert!(bench.run(arguments).exits(2).stdout.is_empty());
    }
}
