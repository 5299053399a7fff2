//! `report` and `forecast`: what the history says, by anybody's days.

use std::collections::BTreeMap;
use std::fs;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use crate::bench::{Bench, Ran, text};

const HEADER: &str = "account,meter,unit,at,remaining\n";

struct Reading {
    at: Timestamp,
    remaining: Decimal,
}

/// Hourly readings of so many days, until a minute ago: more is spent in some hours than in others, and once in five days
/// credit is added.
fn hourly(days: i64) -> Vec<Reading> {
    let last = Timestamp::now() - SignedDuration::from_mins(1);
    let mut remaining = Decimal::from(1000);
    (0..=days * 24)
        .map(|n| {
            remaining -= Decimal::new(n * 7919 % 100_003, 5);
            if n % 120 == 60 {
                remaining += Decimal::from(5);
            }
            Reading { at: last - SignedDuration::from_hours(days * 24 - n), remaining }
        })
        .collect()
}

fn import<'a>(bench: &Bench, account: &str, readings: impl IntoIterator<Item = &'a Reading>) {
    let rows = readings
        .into_iter()
        .map(|Reading { at, remaining }| format!("{account},credits,USD,{at},{remaining}\n"));
    let table = HEADER.to_owned() + &rows.collect::<String>();
    let file = bench.home().join("history.csv");
    fs::write(&file, table).unwrap();
    bench.run(&["history", "import", file.to_str().unwrap()]).exits(0);
}

fn meter(document: &Value) -> &Value {
    &document["accounts"][0]["meters"][0]
}

fn amount(value: &Value) -> Decimal {
    text(value).parse().unwrap()
}

/// What a run says in a zone.
fn in_zone(bench: &Bench, zone: &str, arguments: &[&str]) -> Ran {
    Ran::of(bench.command(arguments).env("TZ", zone).output().unwrap()).exits(0)
}

/// What was spent and what was added on each local day, from one reading to the next.
fn by_day(readings: &[Reading], zone: &str) -> BTreeMap<Date, (Decimal, Decimal)> {
    let zone = TimeZone::get(zone).unwrap();
    let mut days: BTreeMap<_, (Decimal, Decimal)> = BTreeMap::new();
    for pair in readings.windows(2) {
        let date = zone.to_datetime(pair[1].at - SignedDuration::from_millis(1)).date();
        let (spent, topped_up) = days.entry(date).or_default();
        let fall = pair[0].remaining - pair[1].remaining;
        if fall.is_sign_positive() { *spent += fall } else { *topped_up -= fall }
    }
    days
}

#[test]
fn days_add_up_to_the_last_digit_in_every_zone() {
    let bench = Bench::new();
    let readings = hourly(35);
    import(&bench, "work", &readings);
    for zone in ["UTC", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Kiritimati"] {
        let document = in_zone(&bench, zone, &["report", "--days", "60", "--json"]).json();
        let meter = meter(&document);
        let days: BTreeMap<Date, _> = meter["days"]
            .as_array()
            .unwrap()
            .iter()
            .map(|day| {
                (text(&day["date"]).parse().unwrap(), (amount(&day["spent"]), amount(&day["topped_up"])))
            })
            .collect();
        let expected = by_day(&readings, zone);
        for (date, amounts) in &expected {
            assert_eq!(days[date], *amounts, "{date} in {zone}");
        }
        assert_eq!(amount(&meter["spent"]), expected.values().map(|day| day.0).sum());
        assert_eq!(amount(&meter["topped_up"]), expected.values().map(|day| day.1).sum());
        let biggest = expected.iter().max_by_key(|(_, day)| day.0).unwrap();
        assert_eq!(amount(&meter["biggest_day"]["spent"]), biggest.1.0);
        assert_eq!((&meter["unknown_seconds"], &meter["gaps"]), (&json!(0), &json!([])));
    }
}

#[test]
fn a_report_is_of_the_days_that_were_asked_for() {
    let bench = Bench::new();
    import(&bench, "work", &hourly(35));
    let document = in_zone(&bench, "Asia/Kathmandu", &["report", "work", "--days", "10", "--json"]).json();
    assert_eq!(document["schema"], 1);
    let zone = TimeZone::get("Asia/Kathmandu").unwrap();
    let from = text(&document["from"]).parse::<Timestamp>().unwrap().to_zoned(zone.clone());
    let to = text(&document["to"]).parse::<Timestamp>().unwrap().to_zoned(zone);
    assert_eq!(from, from.start_of_day().unwrap());
    assert_eq!((to.date() - from.date()).get_days(), 9);
    let meter = meter(&document);
    assert_eq!((&meter["id"], &meter["unit"]), (&json!("credits"), &json!("USD")));
    let days = meter["days"].as_array().unwrap();
    assert_eq!((days.len(), text(&days[0]["date"])), (10, from.date().to_string()));
    let spent: Decimal = days.iter().map(|day| amount(&day["spent"])).sum();
    assert_eq!(amount(&meter["spent"]), spent);
    assert_eq!(amount(&meter["per_day"]), (spent / Decimal::TEN).round_dp(9).normalize());
    assert_eq!(meter["forecast"]["state"], "ok");
}

#[test]
fn what_was_spent_while_nobody_looked_is_on_no_day() {
    let bench = Bench::new();
    let hours_ago = |hours, remaining: i64| Reading {
        at: Timestamp::now() - SignedDuration::from_hours(hours),
        remaining: remaining.into(),
    };
    let mut readings: Vec<_> = (0..20).map(|n| hours_ago(140 - n, 100 - n)).collect();
    readings.extend((0..20).map(|n| hours_ago(40 - n, 71 - n)));
    import(&bench, "work", &readings);
    let document = in_zone(&bench, "UTC", &["report", "work", "--json"]).json();
    let meter = meter(&document);
    assert_eq!((&meter["spent"], &meter["gaps"][0]["spent"]), (&json!("48.00"), &json!("10.00")));
    let days = meter["days"].as_array().unwrap();
    let mut unknown = days.iter().filter(|day| day["unknown_seconds"] == 86_400);
    assert!(unknown.clone().count() >= 2 && unknown.all(|day| day["spent"].is_null()), "{days:?}");
    let spent: Decimal =
        days.iter().filter(|day| !day["spent"].is_null()).map(|day| amount(&day["spent"])).sum();
    assert_eq!(spent, 38.into());
    // From one reading to the next across the gap, and since the last.
    assert!((101 * 3600..=103 * 3600).contains(&meter["unknown_seconds"].as_i64().unwrap()), "{meter}");
    let ran = in_zone(&bench, "UTC", &["report", "work"]);
    assert!(ran.stdout.contains("nobody looked for 4 days") && ran.stdout.contains("$10.00"), "{ran:?}");
}

#[test]
fn people_get_a_table_and_for_named_accounts_the_days() {
    let mut bench = Bench::with_predev();
    import(&bench, "work", &hourly(20));
    bench.server.simulation().spend("predev", 100.into()).unwrap();
    bench.status();
    let ran = bench.run(&["report"]).exits(0);
    let lines: Vec<_> = ran.stdout.lines().collect();
    assert!(lines[2].starts_with("ACCOUNT") && lines[2].contains("BIGGEST DAY"), "{ran:?}");
    assert!(
        lines[3].starts_with("pre.dev (predev)") && lines[3].contains("100 prototype credits"),
        "{ran:?}"
    );
    assert!(lines[3].contains("not enough data yet"), "{ran:?}");
    assert!(lines[4].starts_with("work") && lines[4].contains("likely"), "{ran:?}");
    let days = bench.run(&["report", "work"]).exits(0);
    assert!(days.stdout.contains("work, credits\nDAY") && days.stdout.contains('▇'), "{days:?}");
    bench.predev("unread");
    bench.run(&["report", "nobody"]).exits(2);
    bench.run(&["report", "--days", "0"]).exits(2);
}

#[test]
fn nothing_read_is_nothing_to_report() {
    let bench = Bench::new();
    let document = bench.run(&["report", "--json"]).exits(0).json();
    assert_eq!((&document["schema"], &document["accounts"]), (&json!(1), &json!([])));
    let ran = bench.run(&["report"]).exits(0);
    assert!(ran.stdout.is_empty() && ran.stderr.contains("Nothing was read"), "{ran:?}");
}

#[test]
fn a_forecast_of_the_past_knows_nothing_of_what_came_after() {
    let (all, then) = (Bench::new(), Bench::new());
    let readings = hourly(30);
    let at = readings[20 * 24].at;
    import(&all, "work", &readings);
    import(&then, "work", readings.iter().filter(|reading| reading.at <= at));
    let at_text = at.to_string();
    let foretold =
        |bench: &Bench| bench.run(&["forecast", "work", "--at", &at_text, "--json"]).exits(0).json();
    let document = foretold(&all);
    assert_eq!(document, foretold(&then));
    assert_eq!((&document["schema"], &document["at"]), (&json!(1), &json!(at)));
    assert_eq!(document["accounts"][0]["id"], "work");
    let meter = meter(&document);
    assert_eq!(
        (&meter["id"], &meter["unit"], &meter["state"]),
        (&json!("credits"), &json!("USD"), &json!("ok"))
    );
    assert!(amount(&meter["per_day"]).is_sign_positive());
    assert!(["early", "likely", "late"].iter().all(|bound| meter["runs_out"].get(bound).is_some()));

    let start = readings[2].at.to_string();
    let early = all.run(&["forecast", "work", "--at", &start, "--json"]).exits(0).json();
    assert_eq!(early["accounts"][0]["meters"][0]["state"], "not_enough_data");
    let before = all.run(&["forecast", "work", "--at", "2020-02-02", "--json"]).exits(0).json();
    assert_eq!(before["accounts"][0]["meters"], json!([]));
}

#[test]
fn a_forecast_is_said_in_words() {
    let bench = Bench::new();
    let now = Timestamp::now();
    // A dollar every hour, a hundred hours before the end.
    let readings: Vec<_> = (0..400)
        .map(|n| Reading { at: now - SignedDuration::from_hours(399 - n), remaining: (500 - n).into() })
        .collect();
    import(&bench, "work", &readings);
    let document = bench.run(&["forecast", "work", "--json"]).exits(0).json();
    let runs_out = &meter(&document)["runs_out"];
    let [early, likely, late] =
        ["early", "likely", "late"].map(|bound| text(&runs_out[bound]).parse::<Timestamp>().unwrap());
    assert!(now < early && early <= likely && likely <= late, "{runs_out}");
    let ran = bench.run(&["forecast", "work"]).exits(0);
    assert!(ran.stdout.contains("likely ") && ran.stdout.contains("$24"), "{ran:?}");
    for arguments in [&["forecast"][..], &["forecast", "nobody"], &["forecast", "work", "--at", "soon"]] {
        assert!(bench.run(arguments).exits(2).stdout.is_empty(), "{arguments:?}");
    }
}

#[test]
fn a_local_date_is_its_midnight() {
    let bench = Bench::new();
    import(&bench, "work", &hourly(2));
    let document =
        in_zone(&bench, "Asia/Kathmandu", &["forecast", "work", "--at", "2026-11-01", "--json"]).json();
    assert_eq!(document["at"], "2026-10-31T18:15:00Z");
}
