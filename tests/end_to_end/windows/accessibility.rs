//! Every screen against WCAG 2.2 AA, light and dark, at 100 % and 200 %, and without anything that sticks out. Pictures
//! of all of them are left in `target/tmp/screens`, for people to look at.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use desktop::{Desktop, NotificationServer, Settings, built_program};
use serde_json::json;

use super::{App, account, command};
use crate::bench::{Bench, key};

/// The elements that reach beyond the window to the right.
const STICKS_OUT: &str = "
const width = document.documentElement.clientWidth;
return [...document.querySelectorAll('body *')]
  .filter((element) => element.checkVisibility() && !element.closest('.visually-hidden'))
  .filter((element) => element.getBoundingClientRect().right > width + 1)
  .map((element) => element.outerHTML.slice(0, 120));
";

/// Looks at what a window of the app shows.
#[track_caller]
fn look(app: &App, desktop: &Desktop, screen: &str) {
    // The window has time to draw itself while axe-core thinks.
    desktop.raise(&app.browser.title().unwrap()).unwrap();
    let violations = app.browser.violations().unwrap();
    assert!(violations.is_empty(), "{screen}: {violations:#?}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screens");
    fs::create_dir_all(&folder).unwrap();
    desktop.screenshot(&folder.join(screen).with_extension("png")).unwrap();
    assert_eq!(app.browser.execute(STICKS_OUT, &[]).unwrap(), json!([]), "{screen}");
    app.is_calm();
}

#[test]
fn the_demo_is_accessible_in_the_light() {
    walk_through_the_demo("Light", "1");
}

#[test]
fn the_demo_is_accessible_in_the_dark() {
    walk_through_the_demo("Dark", "1");
}

#[test]
fn the_demo_is_accessible_at_twice_the_size() {
    walk_through_the_demo("Light", "2");
}

fn walk_through_the_demo(theme: &str, scale: &str) {
    let settings = Settings {
        screen: if scale == "1" { (1280, 800) } else { (2560, 1600) },
        environment: BTreeMap::from([("GDK_SCALE".into(), scale.into())]),
    };
    let desktop = Desktop::start_with(&settings).unwrap();
    // Else a notice that nobody shows notifications moves what is about to be clicked.
    let _server = NotificationServer::start(&desktop).unwrap();
    let mut command = desktop.command(built_program("credit-gauge-tray").unwrap());
    let app = App::start(&desktop, command.args(["--demo", "--window", "popover"]));
    let look = |screen: &str| look(&app, &desktop, &format!("{}-{scale}-{screen}", theme.to_lowercase()));
    app.open_by("Settings", "Credit Gauge settings");
    app.click("General");
    app.click(theme);
    look("general");
    for page in ["Accounts", "Alerts", "Providers", "About"] {
        app.click(page);
        app.heading(&format!("{page} · Demo"));
        look(&page.to_lowercase());
    }
    app.click("Providers");
    app.click("OpenRouter openrouter");
    look("provider");

    app.go_to("Credit Gauge");
    app.shows("Key rejected");
    look("popover");
    app.click("OpenRouter · Side project");
    app.shows("Key limit");
    look("opened");
    app.click("Menu");
    look("menu");

    app.open_by("History", "Credit Gauge history");
    app.choose("Account", "Stability AI · Images");
    app.shows("Left now");
    look("history");
    app.click("Compare");
    app.click("BabySea · Video studio");
    app.shows("Together");
    look("history-compared");
    app.click("BabySea · Video studio");
    for view in ["Days", "Readings"] {
        app.click(view);
        app.browser.element("tbody tr").unwrap();
        look(&format!("history-{}", view.to_lowercase()));
    }
    app.choose("Account", "Stability AI · Old key");
    app.shows("never read");
    look("history-empty");
}

#[test]
fn forms_and_questions_are_accessible_in_the_light() {
    fill_in_forms("light");
}

#[test]
fn forms_and_questions_are_accessible_in_the_dark() {
    fill_in_forms("dark");
}

fn fill_in_forms(theme: &str) {
    let bench = Bench::new();
    let settings = bench.desktop.credit_gauge_home().join("settings.json");
    // The first run of the command line makes the folder.
    bench.run(&["status"]).succeeds();
    fs::write(settings, json!({ "theme": theme }).to_string()).unwrap();
    let mut command = command(&bench);
    command.args(["--window", "popover"]).env("OPENROUTER_API_KEY", key("found"));
    let app = App::start(&bench.desktop, &command);
    let look = |screen: &str| look(&app, &bench.desktop, &format!("{theme}-{screen}"));
    app.shows("Add your first key");
    app.shows("OPENROUTER_API_KEY");
    look("first-run");

    app.open_by("Add account", "Credit Gauge settings");
    app.shows("Stability AI");
    look("choose-provider");
    app.click("BabySea api.us.babysea.ai");
    app.shows("Add BabySea");
    app.click("Save");
    app.shows("Paste the key here.");
    app.click("Another address");
    app.fill("Base URL", bench.providers.origin());
    look("form-incomplete");
    app.fill("Key", &key("wrong"));
    app.click("Save");
    app.shows("Key rejected.");
    look("form-refused");
    app.click("Cancel");

    account(&bench, "images", "Images", 250);
    app.click("More for Stability AI · Images");
    look("account-menu");
    app.click("Rename");
    app.control("New name for Images");
    look("rename");
    app.click("Cancel");
    app.click("More for Stability AI · Images");
    app.click("Remove…");
    app.shows("Remove Stability AI · Images?");
    look("remove");
    app.click("Cancel");
    app.click("More for Stability AI · Images");
    app.click("Edit");
    app.fill("Base URL", "http://127.0.0.1:9");
    app.click("Save");
    app.shows("The key would now also go to");
    look("edit");
    app.click("Replace key");
    app.click("Save");
    app.shows("Paste the new key here.");
    look("replace-key");

    app.click("Alerts");
    app.choose("Meter to give rules of its own", "Stability AI · Images: Credits");
    app.click("Give it its own rules");
    let own = "Rules for Stability AI · Images: Credits";
    app.fill_in(own, "Threshold 1", "lots");
    app.shows("Write a percentage such as 25%");
    look("rules");
    app.click("Send a test notification");
    app.shows("Nothing on this desktop shows notifications");
    look("message");
}
