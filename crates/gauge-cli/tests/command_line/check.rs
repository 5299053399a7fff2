//! `check`: the exit codes that scripts rely on.

use gauge_sim::{Failure, Fault, OpenRouterKey};

use crate::bench::Bench;

#[test]
fn enough_not_enough_and_unknown_are_told_apart() {
    let bench = Bench::with_predev();
    let enough = bench.run(&["check", "predev", "--min", "400"]).exits(0);
    assert!(enough.stdout.is_empty() && enough.stderr.contains("400 prototype credits left"), "{enough:?}");
    let not_enough = bench.run(&["check", "predev", "--min", "400.01"]).exits(1);
    assert!(not_enough.stdout.is_empty() && not_enough.stderr.contains("less than"), "{not_enough:?}");
    bench.fault(Fault::new(Failure::NullNumbers));
    for min in ["0", "1", "1000"] {
        let unknown = bench.run(&["check", "predev", "--min", min, "--max-age", "0s"]).exits(3);
        assert!(unknown.stderr.contains("unknown"), "{unknown:?}");
    }
}

#[test]
fn the_last_value_is_no_answer_while_the_key_is_refused() {
    let bench = Bench::with_predev();
    bench.fault(Fault::new(Failure::Status { status: 401, retry: None }));
    bench.run(&["check", "predev", "--min", "1", "--max-age", "0s"]).exits(3);
    bench.run(&["check", "predev", "--min", "1"]).exits(3);
}

#[test]
fn a_wallet_behind_a_key_limit_is_good_for_the_limit() {
    let mut bench = Bench::new();
    let key = OpenRouterKey { management: true, limit: Some(10.into()), ..OpenRouterKey::default() };
    bench.openrouter("openrouter", key);
    bench.add("openrouter", &[]).exits(0);
    bench.run(&["check", "openrouter", "--min", "2"]).exits(0);
    let not_enough = bench.run(&["check", "openrouter", "--min", "3", "--unit", "USD"]).exits(1);
    assert!(not_enough.stderr.contains("$2.00 left (Key limit)"), "{not_enough:?}");
}

#[test]
fn what_a_key_has_spent_does_not_tell_what_is_left() {
    let mut bench = Bench::new();
    bench.openrouter("openrouter", OpenRouterKey::default());
    bench.add("openrouter", &[]).exits(0);
    let unknown = bench.run(&["check", "openrouter", "--min", "1000"]).exits(3);
    assert!(unknown.stderr.contains("not what is left"), "{unknown:?}");
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let bench = Bench::with_predev();
    for arguments in [
        &["check", "nobody", "--min", "1"][..],
        &["check", "predev"],
        &["check", "predev", "--min", "lots"],
        &["check", "predev", "--min", "-1"],
        &["check", "predev", "--min", "1", "--unit", "USD"],
        &["check", "predev", "--min", "1", "--unit", "Dollars"],
    ] {
        assert!(!bench.run(arguments).exits(2).stderr.is_empty(), "{arguments:?}");
    }
}
