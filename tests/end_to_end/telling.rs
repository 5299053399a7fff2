//! How alerts get to their owner: together, put off, held back in quiet hours, once whatever ends in between, and by hooks.

use std::fs;
use std::time::Duration;

use desktop::{NotificationServer, PATIENCE, TrayHost, eventually};
use jiff::{SignedDuration, ToSpan, Zoned};
use serde_json::{Value, json};

use crate::alerts::{refresh, set_up, spend, told, wait_for_canary, wait_for_notifications};
use crate::bench::{Bench, SECRET, SOON, wait_for_text};

const LOW: (&str, &str) = ("images: low", "20 credits left, under 25% of 100 credits.");

fn set(bench: &Bench, settings: &Value) {
    fs::write(bench.desktop.credit_gauge_home().join("settings.json"), settings.to_string()).unwrap();
}

/// The time of day so many hours from now, on the desktop's clock.
fn hours_from_now(hours: i64) -> String {
    Zoned::now().saturating_add(hours.hours()).strftime("%H:%M").to_string()
}

#[test]
fn several_at_once_are_one_notification() {
    let (bench, _tray, server) = set_up();
    for id in ["images", "texts", "video"] {
        bench.stability(id, 100);
    }
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "video: 100 credits", PATIENCE);
    bench.spend("images", 80);
    bench.spend("texts", 92);
    bench.spend("video", 76);
    item.click("Refresh now").unwrap();
    let lines = "Stability AI · texts: critical, 8 credits left, under 10%\n\
                 Stability AI · images: low, 20 credits left, under 25%\n\
                 Stability AI · video: low, 24 credits left, under 25%";
    wait_for_notifications(&server, &[("Credit Gauge: 3 alerts", lines)]);
    let id = server.received(|all| {
        assert_eq!(u8::try_from(&all[0].hints["urgency"]).unwrap(), 2, "as the worst");
        all[0].id
    });

    // Its buttons are for all of them.
    server.press(id, "snooze-until-topped-up").unwrap();
    eventually("the snoozes", PATIENCE, || {
        bench.alerts().iter().all(|alert| alert["snoozed_until"].is_string()).then_some(())
    })
    .unwrap();
    let listed = bench.run(&["alerts"]).succeeds().stdout;
    assert_eq!(listed.matches("snoozed until topped up").count(), 3, "{listed}");

    eventually("the notification to be gone", PATIENCE, || {
        server.received(|all| all[0].closed).then_some(())
    })
    .unwrap();
}

#[test]
fn one_that_tells_of_several_goes_with_the_last_of_them() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("texts", 100);
    let mut app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "texts: 100 credits", PATIENCE);
    bench.spend("images", 80);
    bench.spend("texts", 92);
    item.click("Refresh now").unwrap();
    eventually("the notification", PATIENCE, || (told(&server).len() == 1).then_some(())).unwrap();
    bench.simulation().top_up("images", 80.into()).unwrap();
    refresh(&item, "100 credits");
    eventually("the good news", PATIENCE, || (told(&server).len() == 2).then_some(())).unwrap();
    assert!(!server.received(|all| all[0].closed), "texts is still critical");
    bench.simulation().top_up("texts", 80.into()).unwrap();
    item.click("Refresh now").unwrap();
    eventually("the notification to be gone", PATIENCE, || {
        server.received(|all| all[0].closed).then_some(())
    })
    .unwrap();

    // What is still on the screen when the app ends goes with it: nobody would hear of its buttons.
    eventually("more good news", PATIENCE, || (told(&server).len() == 3).then_some(())).unwrap();
    item.click("Quit").unwrap();
    app.wait(PATIENCE).unwrap();
    let are_open = server.received(|all| all.iter().map(|one| !one.closed).collect::<Vec<_>>());
    assert_eq!(are_open, [false, false, false]);
}

#[test]
fn an_app_that_is_killed_while_it_tells_does_not_tell_again() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let mut app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    server.set_delay(Duration::from_secs(3));
    bench.spend("images", 80);
    item.click("Refresh now").unwrap();
    eventually("the notification to be on its way", PATIENCE, || (!told(&server).is_empty()).then_some(()))
        .unwrap();
    app.kill();
    app.wait(PATIENCE).unwrap();
    server.set_delay(Duration::ZERO);

    let _app = bench.start_app();
    let item = bench.tray_item();
    refresh(&item, "20 credits, low");
    wait_for_canary(&bench, &item, &server, &[LOW]);
    assert!(bench.alerts().iter().all(|alert| alert["delivered_at"].is_string()));
}

#[test]
fn whenever_it_is_killed_each_alert_is_told_once() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 1000);
    bench.ask().succeeds();
    let marks = [
        ("images: low", "250 credits left, down to 25% of 1,000 credits.", 750),
        ("images: critical", "100 credits left, down to 10% of 1,000 credits.", 150),
        ("images: critical", "50 credits left, down to 5% of 1,000 credits.", 50),
        ("images: empty", "0 credits left.", 50),
    ];
    for (n, (.., spent)) in marks.iter().enumerate() {
        bench.spend("images", *spent);
        // Killed at all sorts of moments, from before it has asked to after it has told.
        for (m, moment) in [0, 150, 300, 450, 600, 900].into_iter().enumerate() {
            let mut app = bench.start_app();
            if let Ok(item) = bench.desktop.wait_for_tray_item(PATIENCE) {
                // It may be gone already.
                let _ = item.click("Refresh now");
            }
            std::thread::sleep(Duration::from_millis(moment + 37 * u64::try_from(n + m).unwrap()));
            app.kill();
            app.wait(PATIENCE).unwrap();
        }
        let _app = bench.start_app();
        let expected: Vec<_> = marks[..=n].iter().map(|(title, body, _)| (*title, *body)).collect();
        wait_for_notifications(&server, &expected);
        eventually("it to be kept", PATIENCE, || {
            bench.alerts().iter().all(|alert| alert["delivered_at"].is_string()).then_some(())
        })
        .unwrap();
    }
    assert_eq!(told(&server).len(), 4);
}

#[test]
fn a_server_that_takes_its_time_is_told_once() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    // Longer than any patience a caller would have.
    server.set_delay(Duration::from_secs(12));
    spend(&bench, &item, 80, "20 credits, low");
    eventually("the alert to be delivered", Duration::from_secs(30), || {
        bench.alerts()[0]["delivered_at"].is_string().then_some(())
    })
    .unwrap();
    server.set_delay(Duration::ZERO);
    wait_for_canary(&bench, &item, &server, &[LOW]);
}

#[test]
fn what_a_server_took_to_its_grave_is_told_to_the_next() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    server.set_delay(Duration::from_secs(30));
    spend(&bench, &item, 80, "20 credits, low");
    let log = bench.desktop.credit_gauge_home().join("logs/credit-gauge-tray.log");
    eventually("the server to be asked", PATIENCE, || (!told(&server).is_empty()).then_some(())).unwrap();
    drop(server);
    eventually("the end of the server to be seen", PATIENCE, || {
        fs::read_to_string(&log).ok()?.contains("ended before it answered").then_some(())
    })
    .unwrap();
    let server = NotificationServer::start(&bench.desktop).unwrap();
    item.click("Refresh now").unwrap();
    wait_for_notifications(&server, &[LOW]);
    wait_for_canary(&bench, &item, &server, &[LOW]);
}

#[test]
fn quiet_hours_hold_back_all_but_what_is_critical_and_tell_in_one_after() {
    let (bench, _tray, server) = set_up();
    for id in ["images", "texts", "video"] {
        bench.stability(id, 100);
    }
    let hours =
        |from, until| json!({"quiet_hours": {"from": hours_from_now(from), "until": hours_from_now(until)}});
    set(&bench, &hours(-1, 2));
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "video: 100 credits", PATIENCE);
    spend(&bench, &item, 80, "20 credits, low");
    bench.spend("texts", 78);
    bench.spend("video", 92);
    item.click("Refresh now").unwrap();
    let critical = ("video: critical", "8 credits left, under 10% of 100 credits.");
    wait_for_notifications(&server, &[critical]);

    set(&bench, &hours(-3, -2));
    let summary = "Stability AI · images: low, 20 credits left, under 25%\nStability AI · texts: low, 22 credits left, under 25%";
    eventually("what was held back", Duration::from_secs(45), || (told(&server).len() > 1).then_some(()))
        .unwrap();
    // They came in other quiet hours than these.
    wait_for_notifications(&server, &[critical, ("Credit Gauge: 2 alerts", summary)]);
}

#[test]
fn a_summary_comes_at_the_time_that_was_picked_and_once() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.spend("images", 30);
    bench.ask().succeeds();
    let at = Zoned::now().saturating_add(SignedDuration::from_secs(60)).strftime("%H:%M").to_string();
    set(&bench, &json!({"summary": {"every": "daily", "at": at}}));
    let mut app = bench.start_app();
    eventually("the summary", Duration::from_secs(120), || (!told(&server).is_empty()).then_some(()))
        .unwrap();
    let expected = [(
        "Credit Gauge: what was spent in a day",
        "Stability AI · images: 30 credits spent, 70 credits left",
    )];
    wait_for_notifications(&server, &expected);
    app.kill();
    app.wait(PATIENCE).unwrap();
    let _app = bench.start_app();
    refresh(&bench.tray_item(), "70 credits");
    assert_eq!(told(&server).len(), 1);
}

#[test]
fn hooks_hear_of_alerts_with_and_without_a_notification_server() {
    let bench = Bench::new();
    let _tray = TrayHost::start(&bench.desktop).unwrap();
    bench.stability("images", 100);
    let heard = bench.desktop.home().join("heard");
    let script = format!("cat >> '{0}'; echo >> '{0}'; env > '{0}.environment'", heard.display());
    set(&bench, &json!({"hooks": [{"name": "file", "to": {"command": ["sh", "-c", script]}}]}));
    let mut app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    spend(&bench, &item, 80, "20 credits, low");
    let lines = || {
        let text = fs::read_to_string(&heard).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str::<Value>(line).unwrap()).collect::<Vec<_>>()
    };
    let first = eventually("the hook", PATIENCE, || lines().first().cloned()).unwrap();
    assert_eq!(first["title"], "Stability AI · images: low");
    assert_eq!(first["message"], LOW.1);
    assert_eq!(first["top_up_url"], "https://platform.stability.ai/account/credits");

    app.kill();
    app.wait(PATIENCE).unwrap();
    let _server = NotificationServer::start(&bench.desktop).unwrap();
    let _app = bench.start_app();
    let item = bench.tray_item();
    spend(&bench, &item, 12, "8 credits, critical");
    eventually("the hook", SOON, || (lines().len() > 1).then_some(())).unwrap();
    let severities: Vec<_> = lines().iter().map(|line| line["severity"].clone()).collect();
    assert_eq!(severities, ["warning", "critical"]);
    for file in [heard.clone(), heard.with_extension("environment")] {
        let text = fs::read_to_string(file).unwrap();
        assert!(!text.contains(SECRET) && !text.contains("CREDIT_GAUGE_KEY_"), "{text}");
    }
}

#[test]
fn a_zero_by_mistake_alarms_nobody() {
    let (bench, _tray, server) = set_up();
    bench.stability("images", 100);
    bench.stability("canary", 1000);
    let _app = bench.start_app();
    let item = bench.tray_item();
    wait_for_text(&item, "images: 100 credits", PATIENCE);
    bench.simulation().set_balance("images", 0.into()).unwrap();
    refresh(&item, "100 credits, answer not understood, as of ");
    bench.simulation().set_balance("images", 100.into()).unwrap();
    refresh(&item, "100 credits");
    wait_for_canary(&bench, &item, &server, &[]);
}
