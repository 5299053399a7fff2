//! Keys are in the keychain and on the way to their provider, and nowhere else.

use std::fs;

use desktop::{NotificationServer, PATIENCE, TrayHost, eventually};
use gauge_sim::{Account, BabySeaKey, Behaviour, Failure, Fault, OpenRouterKey, PreDevKey, StabilityKey};

use crate::bench::{Bench, SECRET, SOON, files, key, providers, stability, wait_for_text};

/// Whether a key, or what is left of one in another encoding of text, is in these bytes.
fn has_secret(bytes: &[u8]) -> bool {
    let wide: Vec<u8> = SECRET.bytes().flat_map(|byte| [byte, 0]).collect();
    [SECRET.as_bytes(), &wide].iter().any(|secret| bytes.windows(secret.len()).any(|found| found == *secret))
}

#[test]
fn a_key_is_found_in_no_file_process_or_message() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let notifications = NotificationServer::start(&bench.desktop).unwrap();
    let accounts = [
        ("stability", Behaviour::Stability(StabilityKey::default())),
        ("openrouter", Behaviour::OpenRouter(OpenRouterKey::default())),
        ("babysea", Behaviour::BabySea(BabySeaKey::default())),
        ("predev", Behaviour::PreDev(PreDevKey::default())),
    ];
    for (id, behaviour) in accounts {
        bench.open(&Account { bought: 100.into(), ..Account::new(id, &key(id), behaviour) });
        let region: &[&str] = if id == "babysea" { &["--set", "region=eu"] } else { &[] };
        bench.add_with(id, id, region).succeeds();
    }
    let mut command = bench.app();
    let mut app = bench.desktop.spawn(command.env("CREDIT_GAUGE_LOG", "trace")).unwrap();
    let item = bench.tray_item();
    wait_for_text(&item, "Stability AI: 100 credits", PATIENCE);

    // All that can be seen of a day: an alert, each sort of failure, windows, another key.
    bench.spend("stability", 95);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "Stability AI: 5 credits, critical", PATIENCE);
    let failures = [
        (Failure::Status { status: 401, retry: None }, "key rejected"),
        (Failure::Html { status: 200 }, "answer not understood"),
        (Failure::Redirect { to: Some("http://127.0.0.1:9".into()) }, "answer not understood"),
        (Failure::ClosedHalfway, "Stability AI: 5 credits, critical"),
    ];
    for (failure, words) in failures {
        let fault = bench.simulation().set_fault(Fault::new(failure).on_account("stability")).unwrap();
        let before = bench.requests_of("stability").len();
        item.click("Refresh now").unwrap();
        bench.wait_for_request("stability", before);
        wait_for_text(&item, words, PATIENCE);
        bench.simulation().clear_fault(fault).unwrap();
    }
    item.click("Settings").unwrap();
    item.click("History").unwrap();
    bench.wait_for_windows(&["Credit Gauge history", "Credit Gauge settings"]);
    bench.open(&stability("replaced", 70));
    bench.run_with_input(&["accounts", "key", "stability", "--key-stdin"], &key("replaced")).succeeds();
    wait_for_text(&item, "Stability AI: 70 credits", PATIENCE);
    bench.run(&["status", "--json", "--max-age", "0s"]).succeeds();
    bench.run(&["accounts", "list"]).succeeds();

    for process in bench.desktop.processes() {
        let shown = [process.arguments.clone(), process.environment.clone()].concat().join("\0");
        assert!(!has_secret(shown.as_bytes()), "{}: {shown}", process.name());
    }
    let said = format!("{:?}{:?}", item.state().unwrap(), item.menu().unwrap());
    assert!(!has_secret(said.as_bytes()), "{said}");
    notifications.received(|all| {
        assert!(!all.is_empty());
        assert!(!has_secret(format!("{all:?}").as_bytes()), "{all:?}");
    });
    item.click("Quit").unwrap();
    assert!(app.wait(PATIENCE).unwrap().success());
    // What the keychain itself stores is encrypted, so its files are no exception.
    let home = bench.desktop.home();
    let found: Vec<_> = files(home.parent().unwrap())
        .into_iter()
        .filter(|file| has_secret(&fs::read(file).unwrap_or_default()))
        .collect();
    assert!(found.is_empty(), "{found:?}");
    let log =
        fs::read_to_string(bench.desktop.credit_gauge_home().join("logs/credit-gauge-tray.log")).unwrap();
    assert!(log.contains(" TRACE "), "everything was logged, {log}");

    let requests = bench.simulation().requests_after(0);
    assert!(requests.len() > 10);
    for request in requests {
        let places: Vec<_> = request.keys.iter().map(|seen| seen.place.as_str()).collect();
        assert_eq!(places, ["authorization"], "{request:?}");
    }
}

#[test]
fn a_key_follows_no_redirect_to_another_origin() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let stranger = providers();
    stranger.simulation().add(stability("images", 1_000_000)).unwrap();
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let away = Failure::Redirect { to: Some(stranger.origin().to_owned()) };
    bench.simulation().set_fault(Fault::new(away).on_account("images").times(1)).unwrap();
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 100 credits, ", PATIENCE);
    assert_eq!(stranger.simulation().requests_after(0), []);

    let within = Failure::Redirect { to: None };
    bench.simulation().set_fault(Fault::new(within).on_account("images").times(1)).unwrap();
    bench.spend("images", 10);
    item.click("Refresh now").unwrap();
    wait_for_text(&item, "images: 90 credits", PATIENCE);
}

#[test]
fn a_key_goes_to_a_new_origin_only_once_confirmed() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    let elsewhere = providers();
    elsewhere.simulation().add(stability("acme", 70)).unwrap();
    bench.open(&stability("acme", 100));
    let define = |origin: &str| {
        let folder = bench.desktop.credit_gauge_home().join("providers");
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("acme.toml"), ACME.replace("ORIGIN", origin)).unwrap();
    };
    define(bench.providers.origin());
    bench.run_with_input(&["accounts", "add", "acme", "--key-stdin"], &key("acme")).succeeds();
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "Acme: 100 points", PATIENCE);

    define(elsewhere.origin());
    item.click("Refresh now").unwrap();
    // Until the file is seen to have changed, what was asked goes where it went before.
    eventually("a need to confirm", SOON, || {
        item.click("Refresh now").ok()?;
        item.state().ok()?.tooltip_text.contains("Acme: 100 points, needs your confirmation").then_some(())
    })
    .unwrap();
    assert_eq!(elsewhere.simulation().requests_after(0), []);
    bench.run(&["accounts", "confirm", "acme", "--yes"]).succeeds();
    wait_for_text(&item, "Acme: 70 points", SOON);
}

/// A provider of the user's own, which answers as Stability AI does.
const ACME: &str = r#"
id = "acme"
name = "Acme"
base_url = "ORIGIN/v1"

[[requests]]
id = "balance"
path = "/user/balance"
headers = { Authorization = "Bearer {key}" }

[[meters]]
id = "points"
label = "Points"
kind = "wallet"
unit = "points"
remaining = "balance.credits"
"#;
