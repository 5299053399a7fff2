//! Low-balance notifications: one a crossing, whatever happens in between.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::Duration;

use desktop::{NotificationServer, PATIENCE, TrayHost, TrayItem, eventually};
use gauge_sim::{Account, AccountChange, Behaviour, CreditsToOrdinaryKey, Failure, Fault, OpenRouterKey};
use serde_json::Value;

use crate::bench::{Bench, SOON, key, wait_for_text};

const LOW: u8 = 0;
const NORMAL: u8 = 1;
const CRITICAL: u8 = 2;

/// A bench with a tray and somebody who shows notifications.
pub(crate) fn set_up() -> (Bench, TrayHost, NotificationServer) {
    let bench = Bench::new();
    let tray = TrayHost::start(&bench.desktop).unwrap();
    let server = NotificationServer::start(&bench.desktop).unwrap();
    (bench, tray, server)
}

/// Heading and text of the notifications so far.
pub(crate) fn told(server: &NotificationServer) -> Vec<(String, String)> {
    server.received(|all| all.iter().map(|one| (one.summary.clone(), one.body.clone())).collect())
}

/// Waits until exactly these notifications have come: the end of each one's heading, and its text.
#[track_caller]
pub(crate) fn wait_for_notifications(server: &NotificationServer, expected: &[(&str, &str)]) {
    let is_as_expected = |told: &[(String, String)]| {
        told.len() == expected.len()
            && told
                .iter()
                .zip(expected)
                .all(|(told, expected)| told.0.ends_with(expected.0) && told.1 == expected.1)
    };
    let found = eventually("notifications", PATIENCE, || {
        let told = told(server);
        (told.len() >= expected.len()).then_some(told)
    });
    let told = found.unwrap_or_else(|_| told(server));
    assert!(is_as_expected(&told), "expected {expected:?}, and told was {told:?}");
}

/// Spends so much, and has the app see it.
#[track_caller]
pub(crate) fn spend(bench: &Bench, item: &TrayItem, credits: u32, left: &str) {
    bench.spend("images", credits);
    refresh(item, left);
}

#[track_caller]
pub(crate) fn refresh(item: &TrayItem, left: &str) {
    item.click("Refresh now").unwrap();
    wait_for_text(item, &format!("images: {left}"), PATIENCE);
}

/// Whatever was to be told before has been told when this returns: alerts are told in the order of their accounts, and
/// this one's comes last.
#[track_caller]
pub(crate) fn wait_for_canary(
    bench: &Bench,
    item: &TrayItem,
    server: &NotificationServer,
    expected: &[(&str, &str)],
) {
    bench.spend("canary", 980);
    item.click("Refresh now").unwrap();
    let canary = [("canary: critical", "20 credits left, under 5% of 1,000 credits.")];
    wait_for_notifications(server, &[expected, &canary].concat());
}

#[test]
fn a_top_up_takes_back_what_is_on_the_screen() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    spend(&bench, &item, 80, "20 credits, low");
    wait_for_notifications(&server, &[("images: low", "20 credits left, under 25% of 100 credits.")]);
    bench.simulation().top_up("images", 60.into()).unwrap();
    refresh(&item, "80 credits");
    eventually("the notification to be gone", PATIENCE, || {
        server.received(|all| all[0].closed).then_some(())
    })
    .unwrap();
    wait_for_notifications(
        &server,
        &[
            ("images: low", "20 credits left, under 25% of 100 credits."),
            ("images: topped up", "60 credits added, 80 credits left."),
        ],
    );
    server.received(|all| {
        assert_eq!(u8::try_from(&all[1].hints["urgency"]).unwrap(), LOW);
        assert_eq!(all[1].actions.len(), 1, "nothing to do about it: {:?}", all[1].actions);
    });
}

#[test]
fn every_mark_is_told_once_and_again_after_a_top_up() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let mut app = bench.start_app();
    let item = bench.tray_item();

    spend(&bench, &item, 74, "26 credits");
    spend(&bench, &item, 1, "25 credits, low");
    let mut expected = vec![("images: low", "25 credits left, down to 25% of 100 credits.")];
    wait_for_notifications(&server, &expected);
    spend(&bench, &item, 16, "9 credits, critical");
    expected.push(("images: critical", "9 credits left, under 10% of 100 credits."));
    wait_for_notifications(&server, &expected);
    spend(&bench, &item, 5, "4 credits, critical");
    expected.push(("images: critical", "4 credits left, under 5% of 100 credits."));
    wait_for_notifications(&server, &expected);
    spend(&bench, &item, 4, "0 credits, empty");
    expected.push(("images: empty", "0 credits left."));
    wait_for_notifications(&server, &expected);
    server.received(|all| {
        let urgencies: Vec<_> = all.iter().map(|one| u8::try_from(&one.hints["urgency"]).unwrap()).collect();
        assert_eq!(urgencies, [NORMAL, CRITICAL, CRITICAL, CRITICAL]);
        for one in all {
            assert_eq!(one.app_name, "Credit Gauge");
            let keys: Vec<_> = one.actions.iter().map(|(key, _)| key.as_str()).collect();
            assert_eq!(keys, ["default", "top-up", "snooze-hour", "snooze-day", "snooze-until-topped-up"]);
        }
        assert!(all[1..].iter().all(|one| one.replaces_id == all[0].id), "newer ones replace the first");
    });

    app.terminate();
    app.wait(PATIENCE).unwrap();
    let _app = bench.start_app();
    let item = bench.tray_item();
    refresh(&item, "0 credits, empty");
    bench.simulation().top_up("images", 100.into()).unwrap();
    refresh(&item, "100 credits");
    expected.push(("images: topped up", "100 credits added, 100 credits left."));
    wait_for_notifications(&server, &expected);
    spend(&bench, &item, 80, "20 credits, low");
    expected.push(("images: low", "20 credits left, under 25% of 100 credits."));
    wait_for_notifications(&server, &expected);
    wait_for_canary(&bench, &item, &server, &expected);
    assert!(bench.alerts().iter().all(|alert| alert["delivered_at"].is_string()));
}

#[test]
fn what_is_low_from_the_start_is_no_news() {
    let (bench, _tray, server) = set_up();
    bench.stability("empty", 0);
    let limited = OpenRouterKey { limit: Some(50.into()), ..OpenRouterKey::default() };
    bench.open(&Account {
        bought: 100.into(),
        used: 46.into(),
        ..Account::new("images", &key("images"), Behaviour::OpenRouter(limited))
    });
    bench.add("openrouter", "images").succeeds();
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();

    refresh(&item, "$4.00, critical");
    spend(&bench, &item, 2, "$2.00, critical");
    let expected = [("images: critical", "$2.00 left, under 5% of $50.00.")];
    wait_for_notifications(&server, &expected);
    wait_for_canary(&bench, &item, &server, &expected);
}

#[test]
fn a_crossing_is_told_whichever_program_reads_it() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    bench.spend("images", 80);
    bench.ask().succeeds();
    assert_eq!(bench.alerts()[0]["delivered_at"], Value::Null);

    let _app = bench.start_app();
    let mut expected = vec![("images: low", "20 credits left, under 25% of 100 credits.")];
    wait_for_notifications(&server, &expected);

    bench.spend("images", 12);
    bench.ask().succeeds();
    expected.push(("images: critical", "8 credits left, under 10% of 100 credits."));
    eventually("a notification of what the command line read", SOON, || {
        (told(&server).len() > 1).then_some(())
    })
    .unwrap();
    wait_for_canary(&bench, &bench.tray_item(), &server, &expected);
}

#[test]
fn of_several_marks_crossed_at_once_the_worst_is_told() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();

    spend(&bench, &item, 97, "3 credits, critical");
    let expected = [("images: critical", "3 credits left, under 5% of 100 credits.")];
    wait_for_notifications(&server, &expected);
    spend(&bench, &item, 1, "2 credits, critical");
    wait_for_canary(&bench, &item, &server, &expected);
}

#[test]
fn an_alert_waits_for_a_notification_server() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    spend(&bench, &item, 80, "20 credits, low");
    let log = bench.desktop.credit_gauge_home().join("logs/credit-gauge-tray.log");
    eventually("a try without a server", PATIENCE, || {
        fs::read_to_string(&log).ok()?.contains("an alert could not be shown").then_some(())
    })
    .unwrap();
    assert_eq!(bench.alerts()[0]["delivered_at"], Value::Null);

    let server = NotificationServer::start(&bench.desktop).unwrap();
    // Anything that happens has it try again, sooner than by itself.
    item.click("Refresh now").unwrap();
    wait_for_notifications(&server, &[("images: low", "20 credits left, under 25% of 100 credits.")]);
    drop(server);

    let server = NotificationServer::start(&bench.desktop).unwrap();
    spend(&bench, &item, 12, "8 credits, critical");
    let expected = [("images: critical", "8 credits left, under 10% of 100 credits.")];
    wait_for_notifications(&server, &expected);
    server.received(|all| assert_eq!(all[0].replaces_id, 0, "nothing that another server showed"));
    wait_for_canary(&bench, &item, &server, &expected);
}

#[test]
fn a_slow_notification_server_is_told_once() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    server.set_delay(Duration::from_secs(1));
    spend(&bench, &item, 80, "20 credits, low");
    // Readings go on coming while it is being told.
    for left in ["19", "18", "17"] {
        spend(&bench, &item, 1, &format!("{left} credits, low"));
    }
    server.set_delay(Duration::ZERO);
    let expected = [("images: low", "20 credits left, under 25% of 100 credits.")];
    wait_for_canary(&bench, &item, &server, &expected);
}

#[test]
fn a_snooze_silences_all_but_worse_news() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let mut app = bench.start_app();
    let item = bench.tray_item();
    spend(&bench, &item, 91, "9 credits, critical");
    let mut expected = vec![("images: critical", "9 credits left, under 10% of 100 credits.")];
    wait_for_notifications(&server, &expected);

    let id = server.received(|all| all[0].id);
    server.press(id, "snooze-day").unwrap();
    eventually("the snooze", PATIENCE, || bench.alerts()[0]["snoozed_until"].is_string().then_some(()))
        .unwrap();
    app.terminate();
    app.wait(PATIENCE).unwrap();
    let _app = bench.start_app();
    let item = bench.tray_item();
    spend(&bench, &item, 5, "4 credits, critical");
    spend(&bench, &item, 4, "0 credits, empty");
    expected.push(("images: empty", "0 credits left."));
    wait_for_notifications(&server, &expected);
    wait_for_canary(&bench, &item, &server, &expected);
}

#[test]
fn a_notification_leads_to_the_details_and_to_the_shop() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    let programs = bench.desktop.home().join("bin");
    let opened = bench.desktop.home().join("opened");
    fs::create_dir(&programs).unwrap();
    fs::write(programs.join("xdg-open"), format!("#!/bin/sh\necho \"$1\" > '{}'\n", opened.display()))
        .unwrap();
    fs::set_permissions(programs.join("xdg-open"), fs::Permissions::from_mode(0o755)).unwrap();
    let path = format!("{}:{}", programs.display(), std::env::var("PATH").unwrap());
    let _app = bench.desktop.spawn(bench.app().env("PATH", path)).unwrap();
    let item = bench.tray_item();
    spend(&bench, &item, 80, "20 credits, low");
    wait_for_notifications(&server, &[("images: low", "20 credits left, under 25% of 100 credits.")]);

    let id = server.received(|all| all[0].id);
    server.press(id, "top-up").unwrap();
    let url = eventually("the browser", PATIENCE, || {
        fs::read_to_string(&opened).ok().filter(|url| url.ends_with('\n'))
    });
    assert_eq!(url.unwrap(), "https://platform.stability.ai/account/credits\n");
    server.press(id, "default").unwrap();
    bench.wait_for_windows(&["Credit Gauge"]);
}

#[test]
fn an_answer_that_is_not_understood_never_alerts() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let wrong = [
        (Failure::Html { status: 200 }, "answer not understood"),
        (Failure::MissingNumbers, "answer not understood"),
        (Failure::NullNumbers, "answer not understood"),
        (Failure::TruncatedJson, "answer not understood"),
        (Failure::EmptyBody, "answer not understood"),
        (Failure::Status { status: 500, retry: None }, "provider has trouble"),
        (Failure::CloudflareChallenge, "blocked on the way"),
        (Failure::Status { status: 401, retry: None }, "key rejected"),
    ];
    for (failure, words) in wrong {
        let before = bench.requests_of("images").len();
        let fault = bench.simulation().set_fault(Fault::new(failure.clone()).on_account("images")).unwrap();
        item.click("Refresh now").unwrap();
        bench.wait_for_request("images", before);
        wait_for_text(&item, &format!("images: 100 credits, {words}, as of "), PATIENCE);
        let known = bench.status("images");
        assert_eq!(known["freshness"], "stale", "{failure:?}");
        assert_eq!(known["meters"][0]["remaining"], "100", "{failure:?}");
        bench.simulation().clear_fault(fault).unwrap();
    }
    refresh(&item, "100 credits");
    wait_for_canary(&bench, &item, &server, &[]);
}

#[test]
fn zeros_to_a_key_that_may_not_see_the_balance_never_alert() {
    let (bench, _tray, server) = set_up();
    let management = OpenRouterKey { management: true, ..OpenRouterKey::default() };
    bench.open(&Account {
        bought: 25.into(),
        used: "8.45".parse().unwrap(),
        ..Account::new("images", &key("images"), Behaviour::OpenRouter(management))
    });
    bench.add("openrouter", "images").succeeds();
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    // Only a new amount tells that the key has been read to the end, before it changes.
    spend(&bench, &item, 1, "$15.55");

    let ordinary = OpenRouterKey { credits: CreditsToOrdinaryKey::Zeros, ..OpenRouterKey::default() };
    let change =
        AccountChange { behaviour: Some(Behaviour::OpenRouter(ordinary)), ..AccountChange::default() };
    bench.simulation().change("images", change).unwrap();
    refresh(&item, "unlimited");
    wait_for_canary(&bench, &item, &server, &[]);
}

#[test]
fn a_rule_may_be_an_amount() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);

    let settings = bench.desktop.credit_gauge_home().join("settings.json");
    let rule = |amount: u32| format!(r#"{{"rules": [{{"below": "{amount}", "severity": "warning"}}]}}"#);
    // The level tells that the rules are in force; what they find is told as any crossing is.
    fs::write(&settings, rule(100)).unwrap();
    wait_for_text(&item, "images: 100 credits, low", SOON);
    fs::write(&settings, rule(50)).unwrap();
    wait_for_text(&item, "Credit Gauge: enough left", SOON);
    spend(&bench, &item, 51, "49 credits, low");
    wait_for_notifications(
        &server,
        &[
            ("images: low", "100 credits left, down to 100 credits."),
            ("images: low", "49 credits left, under 50 credits."),
        ],
    );
}
