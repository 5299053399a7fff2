//! `alerts`: raised once, and over after a top-up.

use serde_json::{Value, json};

use crate::bench::Bench;

#[test]
fn a_crossing_is_raised_once_and_cleared_by_a_top_up() {
    let bench = Bench::with_predev();
    let alerts = || bench.run(&["alerts", "--json"]).exits(0).json();
    assert_eq!(alerts(), json!({ "schema": 1, "alerts": [] }));

    bench.server.simulation().set_balance("predev", 90.into()).unwrap();
    bench.status();
    bench.status();
    let raised = alerts();
    assert_eq!(raised["alerts"].as_array().unwrap().len(), 1, "{raised}");
    let alert = &raised["alerts"][0];
    for (key, value) in [
        ("account", json!("predev")),
        ("meter", json!("prototype-credits")),
        ("rule", json!("25%")),
        ("severity", json!("warning")),
        ("remaining", json!("90")),
        ("unit", json!("prototype credits")),
        ("delivered_at", Value::Null),
        ("snoozed_until", Value::Null),
        ("cleared_at", Value::Null),
    ] {
        assert_eq!(alert[key], value, "{key}");
    }
    assert!(alert["raised_at"].is_string());

    bench.server.simulation().top_up("predev", 500.into()).unwrap();
    bench.status();
    assert!(alerts()["alerts"][0]["cleared_at"].is_string());
}

#[test]
fn an_account_that_is_low_when_it_is_added_raises_nothing() {
    let mut bench = Bench::new();
    bench.predev("predev");
    bench.server.simulation().set_balance("predev", 0.into()).unwrap();
    bench.add("predev", &[]).exits(0);
    bench.status();
    let ran = bench.run(&["alerts"]).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("No alert"), "{ran:?}");
}
