//! What is told of alerts, and when, from readings of a simulated provider on.

#![expect(clippy::unwrap_used, reason = "what the tests stand on has to be there")]

use std::collections::HashSet;
use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use gauge::account::AccountId;
use gauge::clock;
use gauge::failure::FailureKind;
use gauge::gauge::{Draft, Gauge};
use gauge::home::Home;
use gauge::hook::{Hook, HookTarget};
use gauge::secret::{Environment, MemoryKeychain, Prompt};
use gauge::snapshot::Snapshot;
use gauge_sim::{Account, Behaviour, Clock, Server, Simulation, StabilityKey};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde_json::{Value, json};

const KEY: &str = "sk-made-up-0123456789";

struct World {
    gauge: Gauge,
    provider: Server,
    home: tempfile::TempDir,
    id: AccountId,
}

impl World {
    /// An account with so much left.
    async fn new(balance: u32) -> Self {
        let home = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::default());
        let place = Home::at(home.path().to_owned()).unwrap();
        let gauge = Gauge::open(place, keychain, Environment::empty()).unwrap();
        let simulation = Simulation::new(Clock::still(Timestamp::now()), 1);
        let mut account = Account::new("images", KEY, Behaviour::Stability(StabilityKey::default()));
        account.bought = balance.into();
        simulation.add(account).unwrap();
        let provider = Server::start(simulation, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap();
        let draft = Draft {
            provider: "stability".into(),
            base_url: Some(provider.origin().to_owned()),
            key: Some(KEY.into()),
            ..Draft::default()
        };
        let id = gauge.add(draft, true).await.unwrap();
        let world = Self { gauge, provider, home, id };
        world.follow().await;
        world
    }

    /// Writes the settings as an editor would.
    fn set(&self, settings: &Value) {
        fs::write(self.home.path().join("settings.json"), settings.to_string()).unwrap();
        assert!(self.gauge.reload(), "the settings are read: {:?}", self.gauge.notices());
    }

    async fn follow(&self) -> Snapshot {
        let standings = self.gauge.database().standings().await.unwrap();
        self.gauge.follow_alerts(standings, clock::now()).await.unwrap();
        self.gauge.snapshot(&HashSet::new()).await.unwrap()
    }

    /// Has the provider say that so much is left, asks it, and follows the alerts.
    async fn reads(&self, left: u32) -> Snapshot {
        self.provider.simulation().set_balance("images", left.into()).unwrap();
        let _ = self.gauge.check(&self.id, Prompt::Avoid).await.unwrap();
        self.follow().await
    }

    async fn due(&self) -> Vec<String> {
        let due = self.gauge.due_alerts(clock::now()).await.unwrap();
        due.iter().map(|alert| alert.rule.to_string()).collect()
    }
}

/// A hook that writes what it hears into a file, a line each.
fn listener(world: &World, name: &str, least: &str) -> (Value, PathBuf) {
    let heard = world.home.path().join(format!("{name}.heard"));
    let script = format!("cat >> '{0}'; echo >> '{0}'", heard.display());
    (json!({"name": name, "least": least, "to": {"command": ["sh", "-c", script]}}), heard)
}

fn heard(file: &PathBuf) -> Vec<Value> {
    let text = fs::read_to_string(file).unwrap_or_default();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[cfg(unix)]
#[tokio::test]
async fn a_hook_hears_of_each_alert_once_and_of_none_from_before_it() {
    let world = World::new(100).await;
    world.reads(24).await;
    let (hook, file) = listener(&world, "all", "warning");
    let (strict, strict_file) = listener(&world, "strict", "critical");
    world.set(&json!({"hooks": [hook, strict]}));
    world.gauge.meet_settings().await.unwrap();
    world.gauge.call_hooks().await.unwrap();
    assert!(heard(&file).is_empty(), "it is from before");

    world.reads(9).await;
    world.gauge.call_hooks().await.unwrap();
    world.gauge.call_hooks().await.unwrap();
    let told = heard(&file);
    assert_eq!(told.len(), 1, "{told:?}");
    let alert = &told[0];
    assert_eq!((&alert["rule"], &alert["severity"]), (&json!("10%"), &json!("critical")));
    assert_eq!((&alert["remaining"], &alert["unit"]), (&json!("9"), &json!("credits")));
    assert_eq!(alert["message"], "9 credits left, under 10% of 100 credits.");
    assert_eq!(alert["text"], "Stability AI: critical: 9 credits left, under 10% of 100 credits.");
    assert_eq!(heard(&strict_file).len(), 1);
    assert!(!fs::read_to_string(&file).unwrap().contains(KEY));

    world.reads(80).await;
    world.gauge.call_hooks().await.unwrap();
    assert_eq!(heard(&file).len(), 1, "good news is less than a warning");
    let reports = world.gauge.database().hook_reports(clock::now()).await.unwrap();
    assert!(reports.len() == 2 && reports.iter().all(|report| report.error.is_none()), "{reports:?}");
}

#[cfg(unix)]
#[tokio::test]
async fn a_hook_that_fails_says_why_and_is_not_called_again() {
    let world = World::new(100).await;
    let counter = world.home.path().join("counter");
    let script = format!("echo x >> '{}'; echo 'no such phone' >&2; exit 3", counter.display());
    world.set(&json!({"hooks": [
        {"name": "broken", "to": {"command": ["sh", "-c", script]}},
        {"name": "missing", "to": {"command": ["/no/such/program"]}},
    ]}));
    world.gauge.meet_settings().await.unwrap();
    world.reads(24).await;
    for _ in 0..3 {
        world.gauge.call_hooks().await.unwrap();
    }
    assert_eq!(fs::read_to_string(&counter).unwrap(), "x\n");
    let reports = world.gauge.database().hook_reports(clock::now()).await.unwrap();
    let errors: Vec<_> = reports.iter().map(|report| report.error.clone().unwrap()).collect();
    assert_eq!(errors[0], "the command failed (exit status: 3): no such phone; this alert is not sent again");
    assert!(errors[1].starts_with("“/no/such/program” could not be started"), "{}", errors[1]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_commands_environment_holds_no_key() {
    let world = World::new(100).await;
    let file = world.home.path().join("environment");
    let hook = Hook {
        name: "environment".into(),
        least: gauge::alert::Severity::Warning,
        to: HookTarget::Command(vec!["sh".into(), "-c".into(), format!("env > '{}'", file.display())]),
    };
    world.gauge.test_hook(&hook).await.unwrap();
    let environment = fs::read_to_string(&file).unwrap();
    assert!(environment.contains("PATH="));
    assert!(!environment.contains("CREDIT_GAUGE_KEY_"), "{environment}");
    assert!(!environment.contains("OPENROUTER_API_KEY"), "{environment}");
}

/// What an address was sent by a hook, answered with a status.
async fn posted_to(status: &str, hook: impl AsyncFnOnce(String)) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/topic?token=s3cret", listener.local_addr().unwrap());
    let answer = format!("HTTP/1.1 {status}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n");
    let server = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut request = Vec::new();
        while !String::from_utf8_lossy(&request).contains("\"content\":") {
            let mut piece = [0; 4096];
            let count = stream.read(&mut piece).await.unwrap();
            request.extend_from_slice(&piece[..count]);
        }
        stream.write_all(answer.as_bytes()).await.unwrap();
        String::from_utf8_lossy(&request).into_owned()
    });
    hook(url).await;
    server.await.unwrap()
}

#[tokio::test]
async fn a_webhook_is_posted_the_alert_and_tried_again_only_where_it_did_not_get_there() {
    let world = World::new(100).await;
    let hooks = |url: &str| json!({"hooks": [{"name": "chat", "to": {"url": url}}]});
    let report = async || world.gauge.database().hook_reports(clock::now()).await.unwrap().remove(0);

    let request = posted_to("204 No Content", async |url| {
        world.set(&hooks(&url));
        world.gauge.meet_settings().await.unwrap();
        world.reads(24).await;
        world.gauge.call_hooks().await.unwrap();
    })
    .await;
    assert!(request.starts_with("POST /topic?token=s3cret HTTP/1.1"), "{request}");
    assert!(request.contains("application/json") && request.contains("\"rule\":\"25%\""), "{request}");
    assert!(!request.contains(KEY));
    assert_eq!(report().await.error, None);

    posted_to("500 Oops", async |url| {
        world.set(&hooks(&url));
        world.reads(9).await;
        world.gauge.call_hooks().await.unwrap();
    })
    .await;
    let error = report().await.error.unwrap();
    assert_eq!(error, "the address answered with status 500; this alert is not sent again");

    // Nobody listens there.
    world.set(&hooks("http://127.0.0.1:9/s3cret"));
    world.reads(4).await;
    world.gauge.call_hooks().await.unwrap();
    let error = report().await.error.unwrap();
    assert!(error.contains("could not be reached") && !error.contains("s3cret"), "{error}");
    let now = clock::now();
    let since = now - SignedDuration::from_hours(1);
    let done = async |now| world.gauge.database().done_calls(since, now).await.unwrap().len();
    assert_eq!((done(now).await, done(now + SignedDuration::from_mins(2)).await), (3, 2));
}

#[tokio::test]
async fn nothing_left_of_much_is_believed_when_it_comes_again() {
    let world = World::new(100).await;
    let snapshot = world.reads(0).await;
    let account = &snapshot.accounts[0];
    let error = account.error.as_ref().unwrap();
    assert_eq!(error.kind, FailureKind::UnexpectedResponse);
    assert!(error.message.contains("nothing is left, where 100 credits were"), "{}", error.message);
    assert_eq!(account.meters[0].remaining.as_deref(), Some("100"));
    assert!(world.due().await.is_empty());

    // A mistake: nothing of it stays.
    let snapshot = world.reads(99).await;
    assert_eq!(snapshot.accounts[0].error, None);
    assert_eq!(snapshot.accounts[0].meters[0].full.as_deref(), Some("100"));
    assert!(world.due().await.is_empty());

    world.reads(0).await;
    world.reads(0).await;
    assert!(world.due().await.is_empty(), "within moments it may be the same mistake");
    // Until enough time has passed.
    let snapshot = loop {
        let snapshot = world.reads(0).await;
        if snapshot.accounts[0].error.is_none() {
            break snapshot;
        }
        tokio::time::sleep(Duration::from_secs(1)).await;
    };
    assert_eq!(snapshot.accounts[0].meters[0].remaining.as_deref(), Some("0"));
    assert_eq!(world.due().await, ["empty"]);
}

#[tokio::test]
async fn nothing_left_of_little_is_believed_at_once() {
    let world = World::new(100).await;
    world.reads(10).await;
    world.reads(0).await;
    assert_eq!(world.due().await, ["empty"]);
}

#[tokio::test]
async fn a_balance_that_flutters_around_a_threshold_is_told_once() {
    let world = World::new(100).await;
    for left in [26, 25, 26, 24, 26, 25, 26] {
        world.reads(left).await;
    }
    assert_eq!(world.gauge.database().alerts(10).await.unwrap().len(), 1);
    world.reads(9).await;
    assert_eq!(world.due().await, ["10%"]);
}

#[tokio::test]
async fn settings_that_another_program_set_aside_hold_until_there_are_others() {
    let world = World::new(100).await;
    world.set(&json!({"good_news": false}));
    let file = world.home.path().join("settings.json");
    fs::write(&file, "{\"good_news\": fal").unwrap();
    let place = Home::at(world.home.path().to_owned()).unwrap();
    Gauge::open(place, Arc::new(MemoryKeychain::default()), Environment::empty()).unwrap();
    assert!(!file.exists());
    assert!(world.gauge.reload());
    assert!(!world.gauge.settings().good_news);
    assert!(world.gauge.notices().iter().any(|notice| notice.contains("set aside")));
    world.set(&json!({}));
    assert!(world.gauge.settings().good_news && world.gauge.notices().is_empty());
}

#[tokio::test]
async fn good_news_is_told_unless_it_is_not_wanted() {
    let world = World::new(100).await;
    world.reads(24).await;
    world.reads(80).await;
    assert_eq!(world.due().await, ["topped_up"]);
    world.set(&json!({"good_news": false}));
    world.reads(90).await;
    assert_eq!(world.gauge.database().alerts(10).await.unwrap().len(), 2);
}

/// The time of day so many hours from now.
fn hours_from_now(hours: i64) -> String {
    let now = clock::now().to_zoned(TimeZone::system());
    now.saturating_add(hours.hours()).strftime("%H:%M").to_string()
}

#[tokio::test]
async fn quiet_hours_hold_back_all_but_what_is_critical() {
    let world = World::new(100).await;
    let hours =
        |from, until| json!({"quiet_hours": {"from": hours_from_now(from), "until": hours_from_now(until)}});
    world.set(&hours(-2, 2));
    world.reads(24).await;
    assert!(world.due().await.is_empty());
    world.reads(9).await;
    assert_eq!(world.due().await, ["10%"]);
    world.reads(80).await;
    assert!(world.due().await.is_empty());
    world.set(&hours(-4, -2));
    assert_eq!(world.due().await, ["topped_up"], "what is over is not told any more");
}

#[tokio::test]
async fn a_summary_comes_once_a_period_and_says_what_was_spent() {
    let world = World::new(100).await;
    let now = clock::now();
    world.set(&json!({"summary": {"every": "daily", "at": hours_from_now(-1)}}));
    assert_eq!(world.gauge.due_summary(now).await.unwrap(), None, "it begins with the next");
    let tomorrow = now + SignedDuration::from_hours(24);
    let period = world.gauge.due_summary(tomorrow).await.unwrap().unwrap();
    assert!(period.from <= now && period.until > now);

    world.reads(80).await;
    let snapshot = world.reads(24).await;
    let message = world.gauge.summary(&period, &snapshot).await.unwrap();
    assert_eq!(message.title, "Credit Gauge: what was spent in a day");
    assert_eq!(message.body, "Stability AI: 76 credits spent, 24 credits left, low");

    world.gauge.summed_up(period.until).await.unwrap();
    assert_eq!(world.gauge.due_summary(tomorrow).await.unwrap(), None);
}
