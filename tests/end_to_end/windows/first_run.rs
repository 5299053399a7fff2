//! From nothing to the first balance: adding a key through the windows.

use desktop::{PATIENCE, eventually};
use serde_json::json;

use super::{App, assert_no_traces, command, stored_keys};
use crate::bench::{Bench, SECRET, key, stability};

#[test]
fn a_first_key_is_found_tested_saved_and_read() {
    let bench = Bench::new();
    bench.open(&stability("images", 250));
    let app = App::open(&bench, "popover");
    app.shows("Add your first key");
    app.open_by("Add account", "Credit Gauge settings");
    app.fill("Search providers", "nothing like this");
    app.shows("No provider matches");
    app.fill("Search providers", "stab");
    app.hides("OpenRouter");
    app.click("Stability AI api.stability.ai");
    app.fill("Key", &key("images"));
    app.fill("Name (optional)", "Images");
    app.click("Another address");
    app.fill("Base URL", bench.providers.origin());
    app.click("Test");
    app.shows("The key works. This is what it shows: Credits 250 credits");
    assert_eq!(bench.run(&["accounts", "list", "--json"]).json()["accounts"], json!([]));

    app.click("Save");
    app.shows("Stability AI · Images");
    let account = &bench.run(&["accounts", "list", "--json"]).json()["accounts"][0];
    assert_eq!((&account["id"], &account["label"]), (&json!("stability"), &json!("Images")));
    assert_eq!(account["key"], "…ages");
    assert_eq!(stored_keys(&bench), [key("images")]);
    assert_no_traces(&bench, SECRET);
    assert_page_lacks(&app, SECRET);
    app.is_calm();

    app.go_to("Credit Gauge");
    app.shows("Stability AI · Images 250 credits");
    assert_page_lacks(&app, SECRET);
    app.is_calm();
}

/// What the page holds nowhere, not even in a field.
#[track_caller]
fn assert_page_lacks(app: &App, secret: &str) {
    let held = "return document.documentElement.outerHTML + [...document.querySelectorAll('input')].map((i) => i.value)";
    let held = app.browser.execute(held, &[]).unwrap().to_string();
    assert!(!held.contains(secret), "{held}");
}

#[test]
fn a_key_in_the_environment_is_offered_by_name_and_read_when_accepted() {
    let bench = Bench::new();
    bench.open(&stability("images", 250));
    let mut command = command(&bench);
    command.args(["--window", "popover"]).env("STABILITY_API_KEY", key("images"));
    let app = App::start(&bench.desktop, &command);
    app.shows("Found in your environment");
    app.shows("Stability AI STABILITY_API_KEY");
    assert_page_lacks(&app, SECRET);
    assert!(bench.simulation().requests_after(0).is_empty());

    app.open_by("Use Stability AI STABILITY_API_KEY", "Credit Gauge settings");
    app.click("Another address");
    app.fill("Base URL", bench.providers.origin());
    assert_eq!(app.value("Take the key from"), "STABILITY_API_KEY");
    assert_page_lacks(&app, SECRET);
    assert!(bench.simulation().requests_after(0).is_empty());
    assert_eq!(stored_keys(&bench), Vec::<String>::new());

    app.click("Save");
    app.shows("Key …ages");
    assert_eq!(stored_keys(&bench), [key("images")]);
    assert_page_lacks(&app, SECRET);
    app.is_calm();
    app.go_to("Credit Gauge");
    app.shows("250 credits");
}

#[test]
fn a_wrong_key_is_refused_and_one_that_cannot_be_checked_kept_only_when_insisted_on() {
    let bench = Bench::new();
    let app = App::open(&bench, "popover");
    app.open_by("Add account", "Credit Gauge settings");
    app.click("Stability AI api.stability.ai");
    app.click("Save");
    app.shows("Paste the key here.");
    app.fill("Key", &key("wrong"));
    app.click("Another address");
    app.fill("Base URL", "http://stability.example");
    app.click("Save");
    app.shows("A key is only sent over https.");

    app.fill("Base URL", bench.providers.origin());
    app.click("Save");
    app.shows("Key rejected.");
    assert!(!app.text().contains("Save anyway"), "{}", app.text());

    // Nothing listens there.
    app.fill("Base URL", "http://127.0.0.1:9");
    app.hides("Key rejected.");
    app.click("Save");
    app.shows("Nothing is saved yet.");
    assert_eq!(bench.run(&["accounts", "list", "--json"]).json()["accounts"], json!([]));
    assert_eq!(stored_keys(&bench), Vec::<String>::new());

    app.click("Save anyway");
    app.shows("Key …rong");
    assert_eq!(bench.run(&["accounts", "list", "--json"]).json()["accounts"][0]["id"], "stability");
    assert_eq!(stored_keys(&bench), [key("wrong")]);
    app.is_calm();
    app.go_to("Credit Gauge");
    app.shows("Offline. No provider can be reached.");
    app.is_calm();
}

#[test]
fn looking_around_starts_the_demo_beside_the_app() {
    let bench = Bench::new();
    let app = App::open(&bench, "popover");
    app.click("Look around with demo data");
    eventually("the demo", PATIENCE, || {
        let mut processes = bench.desktop.processes().into_iter();
        processes.any(|process| process.arguments.iter().any(|argument| argument == "--demo")).then_some(())
    })
    .unwrap();
    app.shows("Add your first key");
    assert_eq!(bench.run(&["accounts", "list", "--json"]).json()["accounts"], json!([]));
}
