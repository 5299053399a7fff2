//! The flow from a key to the snapshot, against simulated providers.

#![expect(clippy::unwrap_used, reason = "what the tests stand on has to be there")]

use std::collections::{BTreeMap, HashSet};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use gauge::account::AccountId;
use gauge::failure::FailureKind;
use gauge::gauge::{AccountChange, AccountError, Draft, Gauge};
use gauge::home::Home;
use gauge::level::{Freshness, Level};
use gauge::poll::Polling;
use gauge::secret::{Environment, MemoryKeychain, Prompt};
use gauge::snapshot::{AccountSnapshot, Snapshot};
use gauge_sim::{Account, Behaviour, Clock, Failure, Fault, RetryHint, Server, Simulation, StabilityKey};
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

const KEY: &str = "sk-made-up-0123456789";

struct World {
    gauge: Arc<Gauge>,
    keychain: Arc<MemoryKeychain>,
    provider: Server,
    home: tempfile::TempDir,
}

impl World {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let keychain = Arc::new(MemoryKeychain::default());
        Self {
            gauge: Arc::new(open(&home, &keychain, Environment::empty())),
            keychain,
            provider: provider("20"),
            home,
        }
    }

    fn draft(&self) -> Draft {
        Draft {
            provider: "stability".into(),
            base_url: Some(self.provider.origin().to_owned()),
            key: Some(KEY.into()),
            ..Draft::default()
        }
    }

    async fn add(&self) -> AccountId {
        self.gauge.add(self.draft(), true).await.unwrap()
    }

    async fn check(&self, id: &AccountId) -> AccountSnapshot {
        // Whether it worked is in the snapshot.
        let _ = self.gauge.check(id, Prompt::Avoid).await.unwrap();
        only_account(&self.gauge.snapshot(&HashSet::new()).await.unwrap())
    }
}

fn open(home: &tempfile::TempDir, keychain: &Arc<MemoryKeychain>, environment: Environment) -> Gauge {
    Gauge::open(
        Home::at(home.path().to_owned()).unwrap(),
        Arc::<MemoryKeychain>::clone(keychain),
        environment,
    )
    .unwrap()
}

fn provider(balance: &str) -> Server {
    let simulation = Simulation::new(Clock::still(Timestamp::now()), 1);
    let mut account = Account::new("images", KEY, Behaviour::Stability(StabilityKey::default()));
    account.bought = balance.parse().unwrap();
    simulation.add(account).unwrap();
    Server::start(simulation, SocketAddr::from((Ipv4Addr::LOCALHOST, 0))).unwrap()
}

fn only_account(snapshot: &Snapshot) -> AccountSnapshot {
    assert_eq!(snapshot.accounts.len(), 1);
    snapshot.accounts[0].clone()
}

fn remaining(account: &AccountSnapshot) -> Option<&str> {
    account.meters.first()?.remaining.as_deref()
}

#[tokio::test]
async fn a_key_that_is_refused_is_not_kept() {
    let world = World::new();
    let draft = Draft { key: Some("sk-another-0123456789".into()), ..world.draft() };
    let error = world.gauge.add(draft, true).await.unwrap_err();
    assert!(
        matches!(&error, AccountError::Provider(failure) if failure.kind == FailureKind::Unauthorized),
        "{error}"
    );
    assert!(world.gauge.database().accounts().await.unwrap().is_empty());
    let id: AccountId = "stability".parse().unwrap();
    assert!(world.gauge.keys().key(&id, None, Prompt::Avoid).await.is_err());
}

#[tokio::test]
async fn ids_are_the_providers_then_numbered_and_never_reused_while_taken() {
    let world = World::new();
    assert_eq!(world.add().await.as_str(), "stability");
    assert_eq!(world.add().await.as_str(), "stability-2");
    let taken = Draft { id: Some("stability".parse().unwrap()), ..world.draft() };
    assert!(world.gauge.add(taken, true).await.is_err());
    let labels: Vec<_> =
        world.gauge.database().accounts().await.unwrap().into_iter().map(|account| account.label).collect();
    assert_eq!(labels, ["Stability AI", "Stability AI 2"]);
}

#[tokio::test]
async fn a_wrong_answer_keeps_the_last_good_value_and_says_that_it_is_old() {
    let world = World::new();
    let id = world.add().await;
    let simulation = world.provider.simulation().clone();
    let cases = [
        (Failure::Html { status: 200 }, FailureKind::UnexpectedResponse),
        (Failure::TruncatedJson, FailureKind::UnexpectedResponse),
        (Failure::WrongTypes, FailureKind::UnexpectedResponse),
        (Failure::NullNumbers, FailureKind::UnexpectedResponse),
        (Failure::MissingNumbers, FailureKind::UnexpectedResponse),
        (Failure::EmptyBody, FailureKind::UnexpectedResponse),
        (Failure::CloudflareChallenge, FailureKind::Blocked),
        (Failure::Status { status: 401, retry: None }, FailureKind::Unauthorized),
        (Failure::Status { status: 403, retry: None }, FailureKind::Forbidden),
        (Failure::Status { status: 404, retry: None }, FailureKind::NotFound),
        (Failure::Status { status: 429, retry: Some(RetryHint::Seconds(90)) }, FailureKind::RateLimited),
    ];
    for (fault, kind) in cases {
        simulation.clear_faults();
        simulation.set_fault(Fault::new(fault.clone())).unwrap();
        let account = world.check(&id).await;
        assert_eq!(account.error.as_ref().map(|error| error.kind), Some(kind), "{fault:?}");
        assert_eq!((remaining(&account), account.freshness), (Some("20"), Freshness::Stale), "{fault:?}");
        assert_eq!(account.level, Level::Ok, "{fault:?}");
    }
    simulation.clear_faults();
    simulation.set_fault(Fault::new(Failure::NumbersAsStrings)).unwrap();
    let account = world.check(&id).await;
    assert_eq!((account.error, account.freshness), (None, Freshness::Fresh));
}

#[tokio::test]
async fn a_provider_that_asks_to_wait_is_left_alone_that_long() {
    let world = World::new();
    let id = world.add().await;
    let simulation = world.provider.simulation();
    simulation
        .set_fault(Fault::new(Failure::Status { status: 429, retry: Some(RetryHint::Seconds(900)) }))
        .unwrap();
    let error = world.check(&id).await.error.unwrap();
    assert!(error.retry_at.unwrap().duration_since(Timestamp::now()) > SignedDuration::from_secs(890));
}

#[tokio::test]
async fn another_address_gets_the_key_only_after_the_user_confirmed_it() {
    let world = World::new();
    let id = world.add().await;
    let other = provider("7");
    let moved = AccountChange { base_url: Some(other.origin().to_owned()), ..AccountChange::default() };
    world.gauge.change(&id, moved).await.unwrap();
    let account = world.check(&id).await;
    let error = account.error.clone().unwrap();
    assert_eq!(error.kind, FailureKind::NeedsConfirmation);
    assert!(error.message.contains(other.origin()), "{}", error.message);
    assert_eq!(remaining(&account), Some("20"));
    assert!(other.simulation().requests_after(0).is_empty());

    world.gauge.confirm_origins(&id).await.unwrap();
    assert_eq!(remaining(&world.check(&id).await), Some("7"));
}

#[tokio::test]
async fn a_definition_that_is_put_in_place_of_another_does_not_get_the_key() {
    let world = World::new();
    let draft = Draft { base_url: None, ..world.draft() };
    let id = world.gauge.add(draft, false).await.unwrap();
    let definition = format!(
        "id = \"stability\"\nname = \"Stability AI\"\nbase_url = \"{}/v1\"\n\n[[requests]]\nid = \"balance\"\npath = \"/user/balance\"\n\
         headers = {{ Authorization = \"Bearer {{key}}\" }}\n\n[[meters]]\nid = \"credits\"\nlabel = \"Credits\"\nkind = \"wallet\"\n\
         unit = \"credits\"\nremaining = \"num(balance.credits)\"\n",
        world.provider.origin()
    );
    std::fs::write(world.gauge.home().providers_folder().join("mine.toml"), definition).unwrap();
    assert!(world.gauge.reload());
    let error = world.check(&id).await.error.unwrap();
    assert_eq!(error.kind, FailureKind::NeedsConfirmation, "{}", error.message);
    assert!(world.provider.simulation().requests_after(0).is_empty());
}

#[tokio::test]
async fn a_key_from_the_environment_needs_no_keychain() {
    let world = World::new();
    let environment = Environment::new(|name| (name == "CREDIT_GAUGE_KEY_STABILITY").then(|| KEY.into()));
    let gauge = open(&world.home, &world.keychain, environment);
    let id = gauge.add(Draft { key: None, ..world.draft() }, true).await.unwrap();
    assert!(gauge.check(&id, Prompt::Avoid).await.unwrap().is_ok());
    // The other gauge has the same keychain and no such environment.
    assert!(world.gauge.keys().key(&id, None, Prompt::Avoid).await.is_err());
}

#[tokio::test]
async fn what_counts_as_full_and_the_rules_are_the_accounts_own() {
    let world = World::new();
    let id = world.add().await;
    let change = AccountChange {
        full: Some(BTreeMap::from([("credits".into(), Decimal::from(100))])),
        ..AccountChange::default()
    };
    world.gauge.change(&id, change).await.unwrap();
    let account = world.check(&id).await;
    assert_eq!((account.level, account.meters[0].percent_left), (Level::Low, Some(20.0)));
    let rule =
        serde_json::from_value(serde_json::json!([{ "below": "25", "severity": "critical" }])).unwrap();
    let change =
        AccountChange { rules: Some(BTreeMap::from([("credits".into(), rule)])), ..AccountChange::default() };
    world.gauge.change(&id, change).await.unwrap();
    assert_eq!(world.check(&id).await.level, Level::Critical);
}

#[tokio::test]
async fn a_running_loop_shows_what_the_other_program_does() {
    let world = World::new();
    let polling = Polling::start(Arc::clone(&world.gauge)).await.unwrap();
    let mut snapshots = polling.snapshots();
    let other = open(&world.home, &world.keychain, Environment::empty());
    let id = other.add(world.draft(), true).await.unwrap();
    let seen = snapshots
        .wait_for(|snapshot| snapshot.accounts.iter().any(|account| remaining(account) == Some("20")));
    tokio::time::timeout(Duration::from_secs(5), seen).await.unwrap().unwrap();

    world.provider.simulation().spend("images", Decimal::from(15)).unwrap();
    other.check(&id, Prompt::Avoid).await.unwrap().unwrap();
    let seen = snapshots.wait_for(|snapshot| remaining(&only_account(snapshot)) == Some("5"));
    tokio::time::timeout(Duration::from_secs(5), seen).await.unwrap().unwrap();
    // 5 of 20 is 25 %: the loop has raised the alert for it.
    let seen = snapshots.wait_for(|snapshot| only_account(snapshot).meters[0].alerting);
    tokio::time::timeout(Duration::from_secs(5), seen).await.unwrap().unwrap();
    assert_eq!(world.gauge.due_alerts(Timestamp::now()).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_new_key_is_asked_at_once_although_the_old_one_was_refused() {
    let world = World::new();
    let wrong = Draft { key: Some("sk-another-0123456789".into()), ..world.draft() };
    let id = world.gauge.add(wrong, false).await.unwrap();
    let polling = Polling::start(Arc::clone(&world.gauge)).await.unwrap();
    let mut snapshots = polling.snapshots();
    let refused = snapshots.wait_for(|snapshot| {
        only_account(snapshot).error.is_some_and(|error| error.kind == FailureKind::Unauthorized)
    });
    tokio::time::timeout(Duration::from_secs(10), refused).await.unwrap().unwrap();
    let other = open(&world.home, &world.keychain, Environment::empty());
    other.replace_key(&id, KEY.into(), BTreeMap::new(), false).await.unwrap();
    let read = snapshots.wait_for(|snapshot| remaining(&only_account(snapshot)) == Some("20"));
    tokio::time::timeout(Duration::from_secs(5), read).await.unwrap().unwrap();
}

#[tokio::test]
async fn when_nothing_can_be_reached_that_is_one_state() {
    let world = World::new();
    let (one, two) = (world.add().await, world.add().await);
    let World { gauge, provider, .. } = world;
    drop(provider);
    for id in [&one, &two] {
        assert_eq!(gauge.check(id, Prompt::Avoid).await.unwrap().unwrap_err().kind, FailureKind::Offline);
    }
    let snapshot = gauge.snapshot(&HashSet::new()).await.unwrap();
    assert!(snapshot.offline);
    assert!(snapshot.accounts.iter().all(|account| remaining(account) == Some("20")));
}

#[tokio::test]
async fn a_restart_forgets_no_plan() {
    let world = World::new();
    let id = world.add().await;
    let plan = world.gauge.database().standing(&id).await.unwrap().unwrap().plan;
    assert!(plan.is_some(), "made with the first reading");
    world.check(&id).await;
    let plan_after = world.gauge.database().standing(&id).await.unwrap().unwrap().plan;
    assert_ne!(plan_after, plan, "each reading is counted");
    let again = open(&world.home, &world.keychain, Environment::empty());
    assert_eq!(again.database().standing(&id).await.unwrap().unwrap().plan, plan_after);
}

#[tokio::test]
async fn a_removed_account_takes_its_key_along() {
    let world = World::new();
    let id = world.add().await;
    world.gauge.remove(&id, false).await.unwrap();
    assert!(world.gauge.keys().key(&id, None, Prompt::Avoid).await.is_err());
    let series = world.gauge.database().series().await.unwrap();
    assert!(series.iter().any(|series| series.key.account == id), "the history stays");
}
