//! `history`: out of one home and into another.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::process::Stdio;

use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::bench::{Bench, Ran, text};

const HEADER: &str = "account,meter,unit,at,remaining,total,used\n";

/// A few days of readings every five minutes, with nights in which nothing moves, a gap and a top-up.
fn readings() -> String {
    let mut table = HEADER.to_owned();
    let (mut at, mut cents) = (Timestamp::now() - SignedDuration::from_hours(5 * 24), 2500);
    for n in 0..1000 {
        at += SignedDuration::from_millis(300_000 + n % 7 * 1500);
        match n {
            300 => at += SignedDuration::from_hours(9),
            600 => cents += 1000,
            _ if n % 288 < 150 && n % 3 == 0 => cents -= n % 11,
            _ => {}
        }
        writeln!(table, "work,credits,USD,{at},{}.{:02},,", cents / 100, cents % 100).unwrap();
    }
    table
}

fn import(bench: &Bench, table: &str) -> Ran {
    let mut command = bench.command(&["history", "import", "-"]);
    let piped = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = piped.spawn().unwrap();
    child.stdin.take().unwrap().write_all(table.as_bytes()).unwrap();
    Ran::of(child.wait_with_output().unwrap())
}

fn export(bench: &Bench, account: &str) -> String {
    bench.run(&["history", "export", account]).exits(0).stdout
}

#[test]
fn a_history_taken_elsewhere_is_the_same_there() {
    let (here, there) = (Bench::new(), Bench::new());
    let ran = import(&here, &readings()).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("1000 readings added"), "{ran:?}");
    let exported = export(&here, "work");
    assert!(exported.starts_with(HEADER) && exported.lines().count() > 200, "{exported}");
    import(&there, &exported).exits(0);
    assert_eq!(export(&there, "work"), exported);
    let told = |bench: &Bench| {
        let meter =
            bench.run(&["report", "work", "--json"]).exits(0).json()["accounts"][0]["meters"][0].clone();
        ["spent", "topped_up", "per_day", "biggest_day", "gaps"].map(|key| meter[key].clone())
    };
    assert_eq!(told(&there), told(&here));
}

#[test]
fn importing_twice_adds_nothing() {
    let bench = Bench::new();
    import(&bench, &readings()).exits(0);
    let exported = export(&bench, "work");
    for table in [readings_again(&bench), exported.clone()] {
        let ran = import(&bench, &table).exits(0);
        assert!(ran.stderr.contains("0 readings added") && ran.stderr.contains(" 0 left out"), "{ran:?}");
    }
    assert_eq!(export(&bench, "work"), exported);
}

/// The rows of the export in another order, with other columns around them.
fn readings_again(bench: &Bench) -> String {
    let exported = export(bench, "work");
    let mut rows: Vec<_> = exported.lines().skip(1).map(|row| format!("a note,{row}\r\n")).collect();
    rows.reverse();
    format!("\u{feff}note,{}\r\n{}", HEADER.trim_end(), rows.concat())
}

#[test]
fn what_was_measured_here_is_taken_elsewhere_and_holds_here() {
    let (here, there) = (Bench::with_predev(), Bench::new());
    here.server.simulation().spend("predev", 100.into()).unwrap();
    here.status();
    let exported = export(&here, "predev");
    assert!(exported.contains(",400,") && exported.contains(",300,"), "{exported}");
    import(&there, &exported).exits(0);
    assert_eq!(export(&there, "predev"), exported);

    let ran = import(&here, &exported.replace(",300,", ",299,")).exits(0);
    assert!(ran.stderr.contains("1 left out"), "{ran:?}");
    assert_eq!(export(&here, "predev"), exported);

    here.run(&["accounts", "remove", "predev"]).exits(0);
    assert_eq!(export(&here, "predev"), exported, "the history of an account that is gone stays");
}

#[test]
fn a_broken_table_brings_nothing_in() {
    let bench = Bench::new();
    let good = readings();
    for (row, word) in [
        ("work,credits,USD,yesterday,5,,\n", "offset"),
        ("work,credits,USD,2026-01-01T00:00:00Z,five,,\n", "amount"),
        ("work,credits,USD,2999-01-01T00:00:00Z,5,,\n", "future"),
        ("work,credits,USD,2026-01-01T00:00:00Z,5\n", "cells"),
    ] {
        let file = bench.home().join("broken.csv");
        fs::write(&file, format!("{good}{row}")).unwrap();
        let ran = bench.run(&["history", "import", file.to_str().unwrap()]).exits(1);
        assert!(ran.stderr.contains("broken.csv:1002: ") && ran.stderr.contains(word), "{ran:?}");
    }
    let ran = import(&bench, "at,remaining\n2026-01-01T00:00:00Z,5\n").exits(1);
    assert!(ran.stderr.contains("standard input:1: ") && ran.stderr.contains("“account”"), "{ran:?}");
    bench.run(&["history", "export", "work"]).exits(2);
    let ran = bench.run(&["history", "import", "/nonexistent/history.csv"]).exits(3);
    assert!(ran.stderr.contains("/nonexistent/history.csv"), "{ran:?}");
}

#[test]
fn a_document_has_the_times_in_which_nothing_moved() {
    let bench = Bench::new();
    let at = |minutes: i64| {
        (Timestamp::from_second(1_790_000_000).unwrap() + SignedDuration::from_mins(minutes)).to_string()
    };
    let rows = [(0, "20,30,10"), (5, "20,30,10"), (10, "19.5,30,10.5"), (15, ",,")];
    let rows = rows.map(|(minutes, amounts)| format!("work,credits,USD,{},{amounts}\n", at(minutes)));
    let table = HEADER.to_owned() + &rows.concat();
    import(&bench, &table).exits(0);
    let document = bench.run(&["history", "export", "work", "--format", "json"]).exits(0).json();
    let reading = |from, until, remaining: Option<&str>, total: Option<&str>, used: Option<&str>| json!({ "from": at(from), "until": at(until), "remaining": remaining, "total": total, "used": used });
    let readings = [
        reading(0, 5, Some("20.00"), Some("30.00"), Some("10.00")),
        reading(10, 10, Some("19.50"), Some("30.00"), Some("10.50")),
        reading(15, 15, None, None, None),
    ];
    let series = json!([{ "account": "work", "meter": "credits", "unit": "USD", "readings": readings }]);
    assert_eq!(document, json!({ "schema": 1, "series": series }));
}

#[test]
fn only_the_last_days_are_exported_when_asked_for() {
    let bench = Bench::new();
    import(&bench, &readings()).exits(0);
    let since = Timestamp::now() - SignedDuration::from_hours(72);
    let exported = bench.run(&["history", "export", "work", "--since", "3d"]).exits(0).stdout;
    let times: Vec<Timestamp> =
        exported.lines().skip(1).map(|row| row.split(',').nth(3).unwrap().parse().unwrap()).collect();
    assert!(times.iter().all(|at| *at >= since) && times[0] < since + SignedDuration::from_hours(1));
    assert!(import(&bench, &exported).exits(0).stderr.contains("0 readings added"));
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let bench = Bench::with_predev();
    for arguments in [
        &["history", "export"][..],
        &["history", "export", "predev", "nobody"],
        &["history", "export", "predev", "--format", "xml"],
        &["history", "export", "predev", "--since", "yesterday"],
        &["history", "import"],
    ] {
        assert!(bench.run(arguments).exits(2).stdout.is_empty(), "{arguments:?}");
    }
    let asked = bench.requests();
    bench.run(&["history", "export", "predev", "predev"]).exits(0);
    assert_eq!(bench.requests(), asked, "nobody is asked");
    assert_eq!(text(&bench.run(&["report", "--json"]).exits(0).json()["accounts"][0]["id"]), "predev");
}
