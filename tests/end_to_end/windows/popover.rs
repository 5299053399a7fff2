//! The details: how every account stands, and the next step for each that needs one.

use std::mem;

use desktop::{NotificationServer, PATIENCE, TrayHost, eventually};
use gauge_sim::{Account, AccountChange, Behaviour, PreDevKey, Server};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::{App, CONTROL, ESCAPE, account, has_page, open_another};
use crate::bench::{Bench, SOON, key, providers, readings, stability};

#[test]
fn the_worst_comes_first_and_what_is_unknown_has_no_number() {
    let bench = Bench::new();
    account(&bench, "plenty", "Plenty", 1000);
    account(&bench, "scarce", "Scarce", 1000);
    bench.spend("scarce", 800);
    bench.ask().succeeds();
    bench.open(&Account {
        rejected: true,
        ..Account::new("specs", &key("specs"), Behaviour::PreDev(PreDevKey::default()))
    });
    bench.add_with("predev", "specs", &["--no-verify", "--label", "Specs"]).succeeds();

    let app = App::open(&bench, "popover");
    app.shows("Key rejected");
    let rows = "return [...document.querySelectorAll('main li')].map((row) => row.innerText.trim().replace(/\\s+/g, ' '))";
    let rows = app.browser.execute(rows, &[]).unwrap();
    assert_eq!(
        rows,
        json!([
            "Stability AI · Scarce 200 credits Low 20% left Top up",
            "pre.dev · Specs —Key rejected Key rejected never read Replace key",
            "Stability AI · Plenty 1,000 credits OK 100% left",
        ])
    );
    app.open_by("Replace key", "Credit Gauge settings");
    app.shows("Replace key pre.dev · Specs, now with the key …pecs.");
    app.is_calm();

    // The row says that it goes on, and how it stands, to those who only hear it.
    app.go_to("Credit Gauge");
    let row = app.control("Stability AI · Scarce");
    assert_eq!(app.browser.attribute(&row, "aria-expanded").unwrap().as_deref(), Some("false"));
    app.click("Stability AI · Scarce");
    assert_eq!(app.browser.attribute(&row, "aria-expanded").unwrap().as_deref(), Some("true"));
    app.shows("One credit is 0.01 USD.");
    app.is_calm();
}

#[test]
fn the_page_takes_nothing_from_elsewhere() {
    let bench = Bench::new();
    let app = App::open(&bench, "popover");
    let sneak = "
        const script = document.createElement('script');
        script.textContent = 'window.sneaked = true';
        document.body.append(script);
        const picture = document.createElement('img');
        picture.src = arguments[0];
        document.body.append(picture);
        return window.sneaked === undefined;";
    assert_eq!(app.browser.execute(sneak, &[bench.providers.origin().into()]).unwrap(), true);
    let refused = eventually("both to be refused", PATIENCE, || {
        let troubles = app.browser.execute("return window.troubles", &[]).ok()?;
        (troubles.as_array()?.len() >= 2).then_some(troubles)
    });
    let refused = refused.unwrap().to_string();
    assert!(refused.contains("script-src-elem: inline") && refused.contains("img-src: http"), "{refused}");
    assert!(bench.simulation().requests_after(0).is_empty());
}

#[test]
fn a_new_reading_shows_without_being_asked_for() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    bench.spend("images", 850);
    bench.ask().succeeds();
    app.shows_within("150 credits", SOON);
    app.shows("Low");
    app.is_calm();
}

#[test]
fn an_opened_row_says_what_was_spent() {
    let bench = Bench::new();
    let ago = |days: i64, hours: i64| Timestamp::now() - SignedDuration::from_hours(24 * days + hours);
    let past = [(ago(20, 1), 1300), (ago(20, 0), 1290), (ago(3, 1), 1290), (ago(3, 0), 1250)];
    bench.import(&readings("images", past)).succeeds();
    account(&bench, "images", "Images", 1250);
    bench.spend("images", 7);
    bench.ask().succeeds();
    let app = App::open(&bench, "popover");
    app.click("Stability AI · Images");
    app.shows("Spent today 7 credits 7 days 47 credits 30 days 57 credits");
    app.open_by("History of Credits", "Credit Gauge history");
    app.shows("Left now 1,243 credits");
    app.is_calm();
}

#[test]
fn an_opened_row_refreshes_copies_and_snoozes() {
    let bench = Bench::new();
    // Else a notice that nobody shows notifications moves what is about to be clicked.
    let _server = NotificationServer::start(&bench.desktop).unwrap();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.click("Stability AI · Images");
    bench.spend("images", 766);
    app.click("Refresh");
    app.shows("Stability AI · Images 234 credits");

    app.click("Copy amount");
    app.shows("Copied");
    app.click("Snooze alerts");
    assert_eq!(app.browser.violations().unwrap(), []);
    app.click("1 day");
    app.click("Alert again");
    app.hides("Alert again");
    app.is_calm();

    app.open_by("Settings", "Credit Gauge settings");
    app.click("Providers");
    app.click("Search providers");
    app.browser.press_with(CONTROL, 'v').unwrap();
    eventually("the copied amount", PATIENCE, || (!app.value("Search providers").is_empty()).then_some(()))
        .unwrap();
    assert_eq!(app.value("Search providers"), "234 credits");
    app.is_calm();
}

#[test]
fn a_notification_opens_the_details_of_its_account() {
    let bench = Bench::new();
    let server = NotificationServer::start(&bench.desktop).unwrap();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    let app = App::open(&bench, "settings");
    bench.spend("images", 766);
    bench.ask().succeeds();
    let id = eventually("the notification", PATIENCE, || server.received(|all| Some(all.first()?.id)));
    server.press(id.unwrap(), "default").unwrap();
    app.go_to("Credit Gauge");
    app.shows("Checked");
    app.is_calm();
}

#[test]
fn a_locked_and_a_missing_keychain_are_named_and_got_over() {
    let mut bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    app.click("Stability AI · Images");

    bench.spend("images", 1);
    bench.keychain.as_ref().unwrap().lock().unwrap();
    app.click("Refresh");
    app.shows("Keychain unavailable");
    app.shows("locked");
    app.control("Open keychain help");
    app.shows("1,000 credits");
    bench.keychain.as_ref().unwrap().unlock().unwrap();
    app.click("Retry");
    app.shows("999 credits");
    app.hides("Keychain unavailable");

    bench.spend("images", 1);
    bench.keychain = None;
    app.click("Refresh");
    app.shows("Keychain unavailable");
    bench.restart_keychain();
    app.click("Retry");
    app.shows("998 credits");
    app.is_calm();
}

#[test]
fn a_key_goes_to_a_new_address_only_when_confirmed() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let other = providers();
    other.simulation().add(stability("images", 77)).unwrap();

    let app = App::open(&bench, "settings");
    app.click("More for Stability AI · Images");
    app.click("Edit");
    app.fill("Base URL", other.origin());
    app.click("Save");
    app.shows(&format!("The key would now also go to {}", other.origin()));
    app.is_calm();

    app.browser.press_with(CONTROL, 'r').unwrap();
    app.click("Accounts");
    app.click("Review");
    app.shows(&format!("The key would now also go to {}", other.origin()));
    app.shows(&format!("So far it only went to {}", bench.providers.origin()));
    assert!(other.simulation().requests_after(0).is_empty());
    app.click("Confirm the new address");
    app.hides("Confirm the new address");
    eventually("the new balance", PATIENCE, || {
        (bench.status("images")["meters"][0]["remaining"] == "77").then_some(())
    })
    .unwrap();
    let keys: Vec<_> =
        other.simulation().requests_after(0).into_iter().map(|request| request.account).collect();
    assert!(keys.iter().all(|account| account.as_deref() == Some("images")), "{keys:?}");
    app.is_calm();
}

#[test]
fn a_row_shows_the_address_to_confirm() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let other = providers();
    other.simulation().add(stability("images", 77)).unwrap();
    let app = App::open(&bench, "settings");
    app.click("More for Stability AI · Images");
    app.click("Edit");
    app.fill("Base URL", other.origin());
    app.click("Save");
    app.shows("The key would now also go to");

    open_another(&bench, "popover");
    app.go_to("Credit Gauge");
    app.shows("New address to confirm");
    app.click("Review");
    app.shows(&format!("The key would now also go to {}", other.origin()));
    assert!(other.simulation().requests_after(0).is_empty());
    app.click("Confirm the new address");
    app.shows("77 credits");
    app.hides("Confirm the new address");
    app.is_calm();
}

#[test]
fn being_offline_is_said_once_and_passes() {
    let mut bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");

    let address = bench.providers.origin().trim_start_matches("http://").parse().unwrap();
    let simulation = bench.simulation().clone();
    drop(mem::replace(&mut bench.providers, providers()));
    app.click("Refresh");
    app.shows("Offline. No provider can be reached. Amounts are the last ones known.");
    app.shows("1,000 credits");
    app.shows("500 credits");
    assert!(!app.text().contains("No connection"), "{}", app.text());

    bench.providers = Server::start(simulation, address).unwrap();
    app.click("Retry");
    app.hides("Offline.");
    app.is_calm();
}

#[test]
fn escape_closes_the_details_and_their_web_view_is_gone() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    assert!(has_page(&bench));
    // The window goes with the key pressed, before the driver releases it.
    let _gone = app.browser.press(ESCAPE);
    eventually("the web view to go", PATIENCE, || (!has_page(&bench)).then_some(())).unwrap();

    // The app lives on: a second start has it show a window.
    open_another(&bench, "settings");
    eventually("a web view", PATIENCE, || has_page(&bench).then_some(())).unwrap();
}

#[test]
fn all_checking_can_be_paused_from_the_menu() {
    let bench = Bench::new();
    let server = NotificationServer::start(&bench.desktop).unwrap();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    app.click("Menu");
    app.click("Pause");
    app.shows("Paused. Nothing is checked and nobody is notified.");
    app.click("Resume");
    app.hides("Paused.");
    assert_eq!(server.received(<[_]>::len), 0);
    app.is_calm();
}

#[test]
fn a_key_that_works_again_needs_no_help() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    let app = App::open(&bench, "popover");
    app.shows("1,000 credits");
    let rejected = |rejected| AccountChange { rejected: Some(rejected), ..AccountChange::default() };
    bench.simulation().change("images", rejected(true)).unwrap();
    app.click("Refresh");
    app.shows("Key rejected");
    // What was known stays in sight, as of when it was read.
    app.shows("1,000 credits");
    app.shows("as of");
    bench.simulation().change("images", rejected(false)).unwrap();
    app.click("Refresh");
    app.hides("Key rejected");
    assert_eq!(bench.status("images")["error"], Value::Null);
    app.is_calm();
}
