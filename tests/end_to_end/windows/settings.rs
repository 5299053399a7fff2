//! The settings: accounts, alerts, preferences, and what the app says about itself.

use std::fs;

use desktop::{NotificationServer, PATIENCE, TrayHost, eventually};
use serde_json::{Value, json};

use super::{App, CONTROL, ENTER, account, stored_keys};
use crate::bench::{Bench, SECRET, SOON, key, stability};

/// What the command line says about all accounts, in their order.
fn listed(bench: &Bench, what: &str) -> Vec<Value> {
    let document = bench.run(&["accounts", "list", "--json"]).json();
    document["accounts"].as_array().unwrap().iter().map(|account| account[what].clone()).collect()
}

#[test]
fn accounts_are_renamed_paused_and_ordered() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    let app = App::open(&bench, "settings");

    app.click("More for Stability AI · Images");
    app.click("Rename");
    app.fill("New name for Images", "Pictures");
    app.browser.press(ENTER).unwrap();
    app.shows("Stability AI · Pictures");
    assert_eq!(listed(&bench, "label"), ["Pictures", "Video"]);

    app.click("More for Stability AI · Pictures");
    app.click("Pause");
    app.shows("Paused");
    assert_eq!(listed(&bench, "paused"), [true, false]);
    app.click("More for Stability AI · Pictures");
    app.click("Resume");
    app.hides("Paused");
    assert_eq!(listed(&bench, "paused"), [false, false]);

    app.click("Move Stability AI · Video up");
    eventually("the new order", PATIENCE, || (listed(&bench, "id") == ["video", "images"]).then_some(()))
        .unwrap();
    app.is_calm();

    // What the command line changes meanwhile shows here.
    bench.run(&["accounts", "rename", "video", "Films"]).succeeds();
    app.shows_within("Stability AI · Films", SOON);
    app.is_calm();
}

#[test]
fn a_key_is_replaced_once_the_provider_takes_it() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    bench.open(&stability("newer", 4321));
    let app = App::open(&bench, "settings");
    app.click("More for Stability AI · Images");
    app.click("Replace key");
    app.shows("now with the key …ages.");
    app.fill("New key", &key("wrong"));
    app.click("Save");
    app.shows("Key rejected.");
    assert_eq!(stored_keys(&bench), [key("images")]);

    app.fill("New key", &key("newer"));
    app.click("Test");
    app.shows("The key works. This is what it shows: Credits 4,321 credits");
    app.click("Save");
    app.shows("Key …ewer");
    assert_eq!(stored_keys(&bench), [key("newer")]);
    eventually("the new key's balance", PATIENCE, || {
        (bench.status("images")["meters"][0]["remaining"] == "4321").then_some(())
    })
    .unwrap();
    app.is_calm();
}

#[test]
fn full_is_what_the_user_says() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 250);
    assert_eq!(bench.status("images")["level"], "ok");
    let app = App::open(&bench, "settings");
    app.click("More for Stability AI · Images");
    app.click("Edit");
    app.fill("100% of Credits, in credits", "much");
    app.click("Save");
    app.shows("Write a number with a point");
    app.fill("100% of Credits, in credits", "2000");
    app.click("Save");
    app.shows("Saved");
    let status = bench.status("images");
    assert_eq!((&status["level"], &status["meters"][0]["full"]), (&json!("low"), &json!("2000")));
    assert_eq!(status["meters"][0]["percent_left"], 12.5);
    app.click("Accounts");
    app.shows("Low");
    app.is_calm();
}

#[test]
fn rules_are_set_for_all_and_for_one_meter() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 250);
    account(&bench, "video", "Video", 250);
    let app = App::open(&bench, "settings");
    app.click("Alerts");
    app.choose("Meter to give rules of its own", "Stability AI · Images: Credits");
    app.click("Give it its own rules");
    let own = "Rules for Stability AI · Images: Credits";
    app.fill_in(own, "Threshold 1", "lots");
    app.shows("Write a percentage such as 25%");
    app.fill_in(own, "Threshold 1", "300");
    app.click_in(own, "Save rules");
    eventually("the level", PATIENCE, || (bench.status("images")["level"] == "low").then_some(())).unwrap();
    assert_eq!(bench.status("video")["level"], "ok");

    app.fill_in("Default rules", "Threshold 2", "400");
    app.click_in("Default rules", "Save rules");
    eventually("the level", PATIENCE, || (bench.status("video")["level"] == "critical").then_some(()))
        .unwrap();
    assert_eq!(bench.status("images")["level"], "low");
    assert_eq!(written(&bench)["rules"][1], json!({ "below": "400", "severity": "critical" }));

    app.click("Back to default for Stability AI · Images: Credits");
    eventually("the level", PATIENCE, || (bench.status("images")["level"] == "critical").then_some(()))
        .unwrap();
    app.is_calm();
}

#[test]
fn when_and_how_alerts_are_told_is_set() {
    let bench = Bench::new();
    let server = NotificationServer::start(&bench.desktop).unwrap();
    account(&bench, "images", "Images", 100);
    let app = App::open(&bench, "settings");
    app.click("Alerts");
    app.click("Keep quiet for a part of the day");
    eventually("the quiet hours", PATIENCE, || {
        (written(&bench)["quiet_hours"] == json!({ "from": "22:00", "until": "07:00" })).then_some(())
    })
    .unwrap();
    app.choose("How often", "Every week");
    app.choose("on", "Friday");
    let summary = json!({ "every": "weekly", "at": "09:00", "on": "friday" });
    eventually("the summary", PATIENCE, || (written(&bench)["summary"] == summary).then_some(())).unwrap();
    app.click("Show it now");
    let title = eventually("the summary", PATIENCE, || {
        server.received(|all| all.first().map(|one| one.summary.clone()))
    });
    assert_eq!(title.unwrap(), "Credit Gauge: nothing spent in a week");
    app.click("Stability AI · Images");
    app.click("Accounts");
    app.click("Alerts");
    let unwatched = "const label = [...document.querySelectorAll('label')]
        .find((label) => label.innerText.trim() === 'Stability AI · Images');
        return label?.querySelector('input').checked === false";
    eventually("it not to be watched", PATIENCE, || {
        (app.browser.execute(unwatched, &[]).ok()? == true).then_some(())
    })
    .unwrap();
    app.is_calm();
}

#[test]
fn a_hook_is_added_tried_and_says_what_went_wrong() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 100);
    let heard = bench.desktop.home().join("heard");
    let app = App::open(&bench, "settings");
    app.click("Alerts");
    app.click("Add hook");
    app.fill("Name", "Phone");
    app.fill("Program and arguments", &format!("sh -c \"cat > {}; exit 3\"", heard.display()));
    app.click_in("New hook", "Test");
    app.shows("The command failed (exit status: 3)");
    let text = fs::read_to_string(&heard).unwrap();
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap()["title"], "Credit Gauge: test");
    app.click_in("New hook", "Save");
    app.shows("Command sh · Low and worse");
    let to = json!({ "command": ["sh", "-c", format!("cat > {}; exit 3", heard.display())] });
    assert_eq!(written(&bench)["hooks"], json!([{ "name": "Phone", "least": "warning", "to": to }]));

    bench.spend("images", 80);
    bench.ask().succeeds();
    app.shows("Failed");
    let text = eventually("the hook", PATIENCE, || {
        fs::read_to_string(&heard).ok().filter(|text| text.contains("\"25%\""))
    });
    assert!(!text.unwrap().contains(SECRET));
    app.is_calm();
}

#[test]
fn removing_asks_once_deletes_the_key_and_keeps_the_history() {
    let bench = Bench::new();
    account(&bench, "images", "Images", 1000);
    account(&bench, "video", "Video", 500);
    let app = App::open(&bench, "settings");
    app.click("More for Stability AI · Images");
    app.click("Remove…");
    app.shows("Remove Stability AI · Images?");
    app.click("Cancel");
    app.hides("Remove Stability AI · Images?");
    assert_eq!(stored_keys(&bench).len(), 2);

    app.click("More for Stability AI · Images");
    app.click("Remove…");
    app.click("Remove");
    app.hides("Key …ages");
    assert_eq!(listed(&bench, "id"), ["video"]);
    assert_eq!(stored_keys(&bench), [key("video")]);

    app.click("More for Stability AI · Video");
    app.click("Remove…");
    app.click("Also forget its history");
    app.shows("This cannot be undone.");
    app.click("Remove");
    app.shows("Add your first key");
    assert_eq!(stored_keys(&bench), Vec::<String>::new());
    app.is_calm();

    // The same ids again, with other balances: what was kept is still there, what was forgotten is not.
    bench.spend("images", 100);
    bench.spend("video", 100);
    bench.add_with("stability", "images", &["--label", "Images"]).succeeds();
    bench.add_with("stability", "video", &["--label", "Video"]).succeeds();
    app.click("More for Stability AI · Images");
    app.click("History");
    app.go_to("Credit Gauge history");
    app.shows("Left now 900 credits");
    app.shows("Spent 100 credits");
    app.choose("Account", "Stability AI · Video");
    app.shows("Left now 400 credits");
    app.click("Readings");
    app.browser.element("tbody tr").unwrap();
    assert!(!app.text().contains("500 credits"), "{}", app.text());
    app.is_calm();
}

/// What is in `settings.json`; nothing, while there is none.
fn written(bench: &Bench) -> Value {
    let text = fs::read(bench.desktop.credit_gauge_home().join("settings.json"));
    text.map_or(Value::Null, |text| serde_json::from_slice(&text).unwrap())
}

#[test]
fn preferences_are_kept_beside_what_a_hand_has_written() {
    let bench = Bench::new();
    let file = bench.desktop.credit_gauge_home().join("settings.json");
    account(&bench, "images", "Images", 1000);
    fs::write(&file, r#"{ "poll_interval_seconds": 900, "note": ["by hand"] }"#).unwrap();
    let app = App::open(&bench, "settings");
    app.click("General");
    assert_eq!(app.value("Check every"), "900");
    app.choose("Check every", "30 minutes");
    app.click("Dark");
    app.click("Monochrome");
    app.click("Start Credit Gauge when I log in");
    let wanted = |settings: &Value| {
        settings["poll_interval_seconds"] == 1800
            && settings["theme"] == "dark"
            && settings["tray_style"] == "monochrome"
            && settings["launch_at_login"] == true
    };
    eventually("the settings to be written", PATIENCE, || wanted(&written(&bench)).then_some(())).unwrap();
    assert_eq!(written(&bench)["note"], json!(["by hand"]));
    let at_login = bench.desktop.home().join(".config/autostart/Credit Gauge.desktop");
    assert!(fs::read_to_string(at_login).unwrap().contains("credit-gauge-tray"));
    let background = "return getComputedStyle(document.documentElement).backgroundColor";
    let dark = app.browser.execute(background, &[]).unwrap();

    // A hand in the file while the window is open.
    let mut settings = written(&bench);
    settings["theme"] = json!("light");
    settings["poll_interval_seconds"] = json!(77);
    fs::write(&file, settings.to_string()).unwrap();
    eventually("the light theme", SOON, || {
        (app.browser.execute(background, &[]).ok()? != dark).then_some(())
    })
    .unwrap();
    assert_eq!(app.value("Check every"), "77");
    app.is_calm();
}

#[test]
fn a_test_notification_is_sent() {
    let bench = Bench::new();
    let app = App::open(&bench, "settings");
    app.click("Alerts");
    app.click("Send a test notification");
    app.shows("Nothing on this desktop shows notifications");
    let server = NotificationServer::start(&bench.desktop).unwrap();
    app.click("Send a test notification");
    app.shows("Sent.");
    assert_eq!(server.received(<[_]>::len), 1);
    app.is_calm();
}

#[test]
fn the_app_says_what_it_uses_and_gives_nothing_away() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let _server = NotificationServer::start(&bench.desktop).unwrap();
    account(&bench, "images", "Holiday pictures", 4321);
    let app = App::open(&bench, "settings");
    app.click("About");
    let home = bench.desktop.credit_gauge_home();
    for name in ["settings.json", "gauge.db", "providers", "logs"] {
        app.shows(&home.join(name).display().to_string());
    }
    app.shows("Keychain Secret Service");
    app.shows("Notifications Desktop");
    assert!(!app.text().contains("No tray on this desktop"), "{}", app.text());

    app.click("Copy diagnostics");
    app.shows("Copied");
    app.click("Providers");
    app.click("Search providers");
    app.browser.press_with(CONTROL, 'v').unwrap();
    eventually("the copied text", PATIENCE, || (!app.value("Search providers").is_empty()).then_some(()))
        .unwrap();
    let copied = app.value("Search providers");
    assert!(copied.contains("Credit Gauge") && copied.contains("Account: stability"), "{copied}");
    for hidden in [SECRET, "ages", "Holiday", "4321", "4,321"] {
        assert!(!copied.contains(hidden), "{hidden} in {copied}");
    }
    app.is_calm();
}
