//! What was left over time, what was spent, and the way of both into files and back.

use std::fs;

use desktop::{FileDialog, PATIENCE, eventually};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan, Zoned};
use serde_json::{Value, json};

use super::{App, LEFT, account};
use crate::bench::{Bench, SOON, files, readings};

/// This hour of the day so many days ago, here.
fn days_ago(days: i64, hour: i8) -> Timestamp {
    let day = Zoned::now().date() - days.days();
    day.at(hour, 0, 0, 0).to_zoned(TimeZone::system()).unwrap().timestamp()
}

/// An account with 1,000 credits now, which was read in two of the last days, and has spent 800 and got 500.
fn seeded() -> Bench {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let past = [
        (days_ago(4, 10), "1300"),
        (days_ago(4, 11), "1250.25"),
        (days_ago(2, 10), "1130.25"),
        (days_ago(2, 11), "1130.125"),
        (days_ago(2, 12), "1630.125"),
        (days_ago(2, 13), "1500.125"),
    ];
    bench.import(&readings("images", past)).succeeds();
    bench
}

/// The exact cells of the table shown, row by row, without the first columns.
fn cells(app: &App, first: u32) -> Value {
    let exact = "
        const exact = (cell) => cell.querySelector('[title]')?.title ?? cell.innerText.trim();
        return [...document.querySelectorAll('tbody tr')].map((row) => [...row.cells].slice(arguments[0]).map(exact));";
    app.browser.execute(exact, &[first.into()]).unwrap()
}

/// Waits until the table shown has so many rows.
#[track_caller]
fn wait_for_rows(app: &App, count: usize) {
    let mut last = 0;
    let found = eventually("the rows", PATIENCE, || {
        last = cells(app, 0).as_array()?.len();
        (last == count).then_some(())
    });
    assert!(found.is_ok(), "{last} rows, not {count}:\n{}", app.text());
}

fn exported(bench: &Bench, account: &str) -> String {
    bench.run(&["history", "export", account]).succeeds().stdout
}

#[test]
fn days_and_readings_are_right_to_the_last_digit_and_gaps_are_unknown() {
    let bench = seeded();
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    app.shows("Spent 800 credits");
    app.shows("Topped up 500 credits");

    app.click("Readings");
    wait_for_rows(&app, 7);
    let left = ["1000", "1500.125", "1630.125", "1130.125", "1130.25", "1250.25", "1300"];
    assert_eq!(cells(&app, 2), json!(left.map(|left| [format!("{left} credits")])));

    app.click("Days");
    let mut days = Value::Null;
    eventually("the days", PATIENCE, || {
        days = cells(&app, 1);
        (days.as_array()?.len() == 7).then_some(())
    })
    .unwrap();
    let unknown = "—Nobody looked";
    let rows = days.as_array().unwrap().iter().skip(1).map(|row| (&row[0], &row[1])).collect::<Vec<_>>();
    assert_eq!(
        rows,
        [
            (&json!(unknown), &json!(unknown)),
            (&json!("500.125 credits"), &json!("0 credits")),
            (&json!("130.125 credits"), &json!("500 credits")),
            (&json!(unknown), &json!(unknown)),
            (&json!("120.00 credits"), &json!("0 credits")),
            (&json!("49.75 credits"), &json!("0 credits")),
        ],
        "yesterday, until today, the day before, the day before that, the gap, and the first day"
    );
    app.is_calm();
}

#[test]
fn a_time_nobody_measured_is_read_out_as_unknown() {
    let bench = seeded();
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    let plots = app.browser.element("[role=slider]").unwrap();
    app.browser.execute("arguments[0].focus()", &[plots.reference()]).unwrap();
    for _ in 0..10 {
        app.browser.press(LEFT).unwrap();
    }
    app.shows("Unknown");
    app.shows("500.13 credits spent meanwhile");
    app.is_calm();
}

#[test]
fn a_new_reading_and_a_new_account_show_in_the_open_window() {
    let bench = seeded();
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    app.click("Readings");
    wait_for_rows(&app, 7);
    bench.spend("images", 30);
    bench.ask().succeeds();
    app.shows_within("Left now 970 credits", SOON);
    wait_for_rows(&app, 8);
    assert_eq!(cells(&app, 2)[0], json!(["970 credits"]));

    account(&bench, "video", "Video", 500);
    app.choose("Account", "Stability AI · Video");
    app.shows("Left now 500 credits");
    app.click("Readings");
    wait_for_rows(&app, 1);
    app.is_calm();
}

#[test]
fn what_is_left_of_a_removed_account_can_still_be_chosen() {
    let bench = seeded();
    account(&bench, "video", "Video", 500);
    bench.run(&["accounts", "remove", "images"]).succeeds();
    let app = App::open(&bench, "history");
    app.shows("Left now 500 credits");
    app.choose("Account", "images (removed or imported)");
    app.shows("Spent 800 credits");
    app.click("Readings");
    wait_for_rows(&app, 7);
    app.is_calm();
}

#[test]
fn accounts_of_one_unit_are_compared() {
    let bench = seeded();
    account(&bench, "video", "Video", 500);
    bench.spend("video", 20);
    bench.ask().succeeds();
    let app = App::open(&bench, "history");
    app.choose("Account", "Stability AI · Images");
    app.shows("Left now 1,000 credits");
    app.click("Compare");
    app.click("Stability AI · Video");
    app.shows("Together");
    let figures =
        |spent: &str, added: &str, left: &str| json!([spent, added, left].map(|n| format!("{n} credits")));
    assert_eq!(cells(&app, 1), json!([figures("800", "500", "1000"), figures("20", "0", "480")]));
    app.shows("Together 820 credits 500 credits 1,480 credits");
    app.is_calm();
}

/// Opens the history of an account that was read every five minutes for so many days, and looks at all its ranges.
fn look_back(days: i64, spent: &str) {
    let bench = Bench::new();
    let now = Timestamp::now();
    let steps = (1..=days * 288).rev();
    let past = steps.map(|step| {
        let at = now - SignedDuration::from_mins(5 * step);
        (at, format!("{}.{:02}", 1000 + step / 100, step % 100))
    });
    bench.import(&readings("images", past)).succeeds();
    account(&bench, "images", "Images", 1000);

    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    app.click("All of it");
    app.shows(&format!("Spent {spent} credits"));
    app.browser.element("canvas").unwrap();
    app.click("Days");
    for (range, rows) in [("24 hours", 2), ("7 days", 7), ("30 days", 30), ("90 days", 90), ("1 year", 100)] {
        app.click(range);
        assert_eq!(
            app.browser.attribute(&app.control(range), "aria-pressed").unwrap().as_deref(),
            Some("true")
        );
        wait_for_rows(&app, rows);
    }
    app.click("Show more");
    wait_for_rows(&app, 200);
    app.click("Readings");
    app.click("Show more");
    wait_for_rows(&app, 400);
    app.is_calm();
}

#[test]
fn a_year_opens_and_answers() {
    look_back(365, "1,051.2");
}

#[test]
fn ten_years_open_and_answer() {
    look_back(3650, "10,512");
}

#[test]
fn a_file_is_what_the_command_line_exports_and_goes_in_again() {
    let bench = seeded();
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    let file = bench.desktop.home().join("taken out.csv");
    app.click("Export and import");
    app.click("Export as CSV…");
    FileDialog::wait(&bench.desktop, "Save File").unwrap().choose(&file).unwrap();
    app.shows(&format!("Saved as {}", file.display()));
    let table = exported(&bench, "images");
    assert_eq!(fs::read_to_string(&file).unwrap(), table);

    let elsewhere = table.replace("images,", "elsewhere,");
    fs::write(&file, &elsewhere).unwrap();
    app.click("Export and import");
    app.click("Import CSV…");
    FileDialog::wait(&bench.desktop, "Open File").unwrap().choose(&file).unwrap();
    app.shows("7 readings added");
    assert_eq!(exported(&bench, "elsewhere"), elsewhere);
    app.choose("Account", "elsewhere (removed or imported)");
    app.shows("Spent 800 credits");
    app.is_calm();
}

#[test]
fn a_broken_file_says_where_and_adds_nothing() {
    let bench = seeded();
    let before = exported(&bench, "images");
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    let file = bench.desktop.home().join("broken.csv");
    let broken = "account,meter,unit,at,remaining\n\
        images,credits,credits,2026-01-01T00:00:00Z,5\n\
        images,credits,credits,2026-01-02T00:00:00Z,lots\n";
    fs::write(&file, broken).unwrap();
    app.click("Export and import");
    app.click("Import CSV…");
    FileDialog::wait(&bench.desktop, "Open File").unwrap().choose(&file).unwrap();
    app.shows(&format!("Nothing was imported from {}: line 3: “lots” is no amount", file.display()));
    assert_eq!(exported(&bench, "images"), before);
    app.is_calm();
}

#[test]
fn a_choice_of_files_can_be_cancelled() {
    let bench = seeded();
    let before = exported(&bench, "images");
    let app = App::open(&bench, "history");
    app.shows("Left now 1,000 credits");
    let figures = || app.text().split("Forecast").next().map(str::to_owned);
    let shown = figures();
    let files_before = files(&bench.desktop.home());
    for (action, title) in [("Export as JSON…", "Save File"), ("Import CSV…", "Open File")] {
        app.click("Export and import");
        app.click(action);
        FileDialog::wait(&bench.desktop, title).unwrap().cancel().unwrap();
    }
    assert_eq!(figures(), shown);
    assert_eq!(exported(&bench, "images"), before);
    assert_eq!(files(&bench.desktop.home()), files_before);
    app.is_calm();
}
