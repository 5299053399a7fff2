use super::*;
use std::collections::BTreeMap;

use jiff::SignedDuration;
use rust_decimal::Decimal;

use crate::account::{Account, AccountId};
use crate::alert::{self, Rule, Sign, Unusual};
use crate::course::tests::wallet;
use crate::failure::{Failure, FailureKind};
use crate::history::table::Row;
use crate::history::{Amounts, Pace, SeriesKey, Span};
use crate::reading::{Meter, Reading};

struct Open {
    database: Database,
    folder: tempfile::TempDir,
}

fn open() -> Open {
    let folder = tempfile::tempdir().unwrap();
    let (database, notice) = Database::open(&folder.path().join("gauge.db"), Timestamp::now()).unwrap();
    assert_eq!(notice, None);
    Open { database, folder }
}

fn id(text: &str) -> AccountId {
    text.parse().unwrap()
}

fn account(name: &str) -> Account {
    Account {
        id: id(name),
        provider: "openrouter".into(),
        label: "Personal".into(),
        base_url: None,
        inputs: BTreeMap::from([("budget".into(), "20".into())]),
        origins: vec!["https://openrouter.ai".parse().unwrap()],
        key_tail: "…a1b2".into(),
        paused: false,
        full: BTreeMap::from([("credits".into(), Decimal::from(80))]),
        rules: BTreeMap::from([("credits".into(), Rule::defaults())]),
        unusual: false,
    }
}

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

/// Asked every minute.
fn pace() -> Pace {
    Pace::of(SignedDuration::from_mins(1))
}

fn key() -> SeriesKey {
    SeriesKey { account: id("one"), meter: "credits".into(), unit: "USD".parse().unwrap() }
}

/// All that was kept of the account's credits, newest first.
async fn past(database: &Database) -> Vec<Span> {
    database.spans_before(&key(), Timestamp::MAX, 100).await.unwrap()
}

fn reading(second: i64, remaining: &str) -> Reading {
    Reading { at: at(second), meters: vec![wallet(remaining)], notices: vec![] }
}

#[tokio::test]
async fn an_account_comes_back_as_it_was_kept() {
    let Open { database, folder } = open();
    database.add_account(account("one")).await.unwrap();
    let (again, _) = Database::open(&folder.path().join("gauge.db"), Timestamp::now()).unwrap();
    assert_eq!(again.account(&id("one")).await.unwrap(), account("one"));
    assert_eq!(again.identity(), database.identity());
    assert!(matches!(again.add_account(account("one")).await, Err(AccountsError::Taken(_))));
    assert!(matches!(again.account(&id("two")).await, Err(AccountsError::Unknown(_))));
}

#[tokio::test]
async fn two_programs_see_and_keep_each_others_changes() {
    let Open { database: one, folder } = open();
    let (two, _) = Database::open(&folder.path().join("gauge.db"), Timestamp::now()).unwrap();
    one.add_account(account("shared")).await.unwrap();
    let before = two.foreign_version().await.unwrap();
    one.change_account(&id("shared"), |account| account.label = "Renamed".into()).await.unwrap();
    assert_ne!(two.foreign_version().await.unwrap(), before);
    two.change_account(&id("shared"), |account| account.paused = true).await.unwrap();
    let both = one.account(&id("shared")).await.unwrap();
    assert_eq!((both.label.as_str(), both.paused), ("Renamed", true));
}

#[tokio::test]
async fn order_is_the_users() {
    let Open { database, folder: _folder } = open();
    for name in ["a", "b", "c"] {
        database.add_account(account(name)).await.unwrap();
    }
    database.order_accounts(vec![id("c"), id("a")]).await.unwrap();
    let order: Vec<_> =
        database.accounts().await.unwrap().into_iter().map(|account| account.id.to_string()).collect();
    assert_eq!(order, ["c", "a", "b"]);
}

#[tokio::test]
async fn equal_readings_are_one_span_and_a_missing_meter_is_a_gap() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    for (second, remaining) in [(0, "5"), (10, "5.00"), (20, "5"), (30, "4")] {
        database.keep_reading(&id("one"), reading(second, remaining), pace(), at(second)).await.unwrap();
    }
    let other = Reading { meters: vec![Meter { id: "other".into(), ..wallet("1") }], ..reading(40, "0") };
    database.keep_reading(&id("one"), other, pace(), at(40)).await.unwrap();
    database.keep_reading(&id("one"), reading(50, "4"), pace(), at(50)).await.unwrap();
    let past = past(&database).await;
    let spans: Vec<_> = past.iter().map(|span| (span.from, span.until, span.amounts.remaining)).collect();
    let amount = |n| Some(Decimal::from(n));
    assert_eq!(spans, [(at(50), at(50), amount(4)), (at(30), at(30), amount(4)), (at(0), at(20), amount(5))]);
}

#[tokio::test]
async fn a_failure_keeps_the_last_good_reading_and_when_it_began() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    database.keep_reading(&id("one"), reading(0, "5"), pace(), at(0)).await.unwrap();
    let failure = Failure::new(FailureKind::Timeout, "too slow");
    database.keep_failure(&id("one"), failure.clone(), at(10)).await.unwrap();
    database.keep_failure(&id("one"), failure, at(20)).await.unwrap();
    let standing = &database.standings().await.unwrap()[0];
    assert_eq!(standing.reading, Some(reading(0, "5")));
    let trouble = standing.trouble.as_ref().unwrap();
    assert_eq!((trouble.kind, trouble.since), (FailureKind::Timeout, at(10)));
    assert!(trouble.retry_at.unwrap() > at(20));
    database.keep_reading(&id("one"), reading(30, "5"), pace(), at(30)).await.unwrap();
    assert_eq!(database.standings().await.unwrap()[0].trouble, None);
}

async fn import_one(database: &Database) {
    let row = Row { at: at(0), amounts: Amounts { remaining: Some(Decimal::ONE), ..Amounts::default() } };
    database.import(BTreeMap::from([(key(), vec![row])])).await.unwrap();
}

#[tokio::test]
async fn an_imported_past_says_what_full_is_whether_it_comes_before_or_after_the_account() {
    let past: Vec<_> = [(0, "5"), (60, "90"), (120, "70")]
        .map(|(second, left)| Row {
            at: at(second),
            amounts: Amounts { remaining: left.parse().ok(), ..Amounts::default() },
        })
        .to_vec();
    for before in [true, false] {
        let Open { database, folder: _folder } = open();
        let import = async || database.import(BTreeMap::from([(key(), past.clone())])).await.unwrap();
        if before {
            import().await;
        }
        database.add_account(account("one")).await.unwrap();
        database.keep_reading(&id("one"), reading(180, "60"), pace(), at(180)).await.unwrap();
        if !before {
            import().await;
        }
        let course = database.standings().await.unwrap()[0].courses["credits"].clone();
        assert_eq!((course.peak, course.topped_up_at), (Decimal::from(90), Some(at(60))));
    }
}

#[tokio::test]
async fn a_late_reading_does_not_undo_a_newer_one() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    database.keep_reading(&id("one"), reading(10, "4"), pace(), at(10)).await.unwrap();
    database.keep_reading(&id("one"), reading(5, "9"), pace(), at(12)).await.unwrap();
    assert_eq!(database.standings().await.unwrap()[0].reading, Some(reading(10, "4")));
}

#[tokio::test]
async fn after_the_clock_was_set_back_readings_count_at_once() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    follow(&database, 100_000, "100").await;
    follow(&database, 100_300, "90").await;
    follow(&database, 0, "90").await;
    follow(&database, 300, "4").await;
    let standing = &database.standings().await.unwrap()[0];
    assert_eq!(standing.reading, Some(reading(300, "4")));
    assert_eq!(standing.alerts.len(), 1, "what is low is told, whatever the clock was");
    let spans = past(&database).await;
    assert!(spans.iter().all(|span| span.from <= span.until), "{spans:?}");
}

fn balance(remaining: &str) -> alert::Balance {
    let (remaining, full) = (remaining.parse().unwrap(), Some(Decimal::from(100)));
    alert::Balance { remaining, full, days_left: None }
}

/// What is left of the one account's meter, with nothing else to know.
fn context(second: i64, remaining: &str) -> AlertContext {
    AlertContext {
        account: id("one"),
        meter: "credits".into(),
        unit: "USD".parse().unwrap(),
        standing: alert::Standing {
            at: at(second),
            balance: balance(remaining),
            topped_up_at: None,
            reset_at: None,
        },
        topped_up: Decimal::ZERO,
        rules: Rule::defaults(),
        unusual: None,
        good_news: true,
    }
}

async fn follow(database: &Database, second: i64, remaining: &str) {
    database.keep_reading(&id("one"), reading(second, remaining), pace(), at(second)).await.unwrap();
    let course = database.standings().await.unwrap()[0].courses["credits"].clone();
    let mut context = AlertContext { topped_up: course.topped_up, ..context(second, remaining) };
    context.standing.topped_up_at = course.topped_up_at;
    context.standing.reset_at = course.reset_at;
    database.follow_alerts(vec![context], at(second)).await.unwrap();
}

#[tokio::test]
async fn an_alert_is_raised_once_survives_a_restart_and_ends_with_a_top_up() {
    let Open { database, folder } = open();
    database.add_account(account("one")).await.unwrap();
    follow(&database, 0, "100").await;
    follow(&database, 1, "24").await;
    let alerts = database.alerts(10).await.unwrap();
    assert_eq!(alerts.len(), 1);
    assert_eq!((alerts[0].rule.to_string(), alerts[0].is_due(at(2))), ("25%".to_owned(), true));
    database.delivered(vec![alerts[0].id], at(2)).await.unwrap();

    let (database, _) = Database::open(&folder.path().join("gauge.db"), Timestamp::now()).unwrap();
    follow(&database, 3, "23").await;
    let alerts = database.alerts(10).await.unwrap();
    assert_eq!((alerts.len(), alerts[0].is_due(at(4))), (1, false));

    follow(&database, 5, "80").await;
    let alerts = database.alerts(10).await.unwrap();
    assert_eq!((alerts[1].cleared_at, alerts[0].rule.to_string()), (Some(at(5)), "topped_up".to_owned()));
    assert_eq!(alerts[0].amount, Some("57".parse().unwrap()));
    follow(&database, 6, "20").await;
    let again = database.alerts(10).await.unwrap();
    assert_eq!((again.len(), again[0].is_due(at(7))), (3, true));
}

#[tokio::test]
async fn an_account_that_was_removed_meanwhile_is_no_trouble_for_the_others() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    database.keep_reading(&id("one"), reading(0, "100"), pace(), at(0)).await.unwrap();
    let context = |account| AlertContext { account, ..context(0, "1") };
    database.follow_alerts(vec![context(id("gone")), context(id("one"))], at(0)).await.unwrap();
}

#[tokio::test]
async fn an_allowance_that_came_back_is_news_only_where_its_end_was_told() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    database.keep_reading(&id("one"), reading(0, "100"), pace(), at(0)).await.unwrap();
    let look = async |second, remaining, reset_at| {
        let mut context = context(second, remaining);
        context.standing.reset_at = reset_at;
        database.follow_alerts(vec![context], at(second)).await.unwrap();
        let alerts = database.alerts(10).await.unwrap();
        alerts.iter().map(|alert| alert.rule.to_string()).collect::<Vec<_>>()
    };
    look(0, "100", None).await;
    assert_eq!(look(1, "100", Some(at(1))).await, [""; 0], "nothing was low");
    assert_eq!(look(2, "20", Some(at(1))).await, ["25%"]);
    assert_eq!(look(3, "100", Some(at(3))).await, ["25%"], "nobody was told");
    assert_eq!(look(4, "20", Some(at(3))).await, ["25%", "25%"]);
    let told = database.alerts(1).await.unwrap()[0].id;
    database.delivered(vec![told], at(4)).await.unwrap();
    assert_eq!(look(5, "100", Some(at(5))).await, ["restored", "25%", "25%"]);
}

#[tokio::test]
async fn unusual_spend_is_one_alert_for_as_long_as_it_lasts() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    database.keep_reading(&id("one"), reading(0, "100"), pace(), at(0)).await.unwrap();
    let look = async |second, unusual: Option<&[Sign]>| {
        let found = |sign: &Sign| Unusual { sign: *sign, spent: 9.into(), usual: Some(2.into()), hours: 1 };
        let unusual = unusual.map(|signs| signs.iter().map(found).collect());
        let context = AlertContext { unusual, ..context(second, "90") };
        database.follow_alerts(vec![context], at(second)).await.unwrap();
        let open = database.standings().await.unwrap().remove(0).alerts;
        open.iter().map(|alert| alert.rule.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(look(0, Some(&[Sign::FastSpend])).await, [""; 0], "a baseline");
    assert_eq!(look(1, Some(&[Sign::FastSpend])).await, ["fast_spend"]);
    assert_eq!(look(2, None).await, ["fast_spend"], "not looked into yet");
    assert_eq!(look(3, Some(&[Sign::FastSpend, Sign::OddHours])).await, ["fast_spend", "odd_hours"]);
    assert_eq!(look(4, Some(&[])).await, [""; 0]);
    let alerts = database.alerts(10).await.unwrap();
    assert_eq!((alerts.len(), alerts[1].amount, alerts[1].hours), (2, Some(9.into()), Some(1)));
}

#[tokio::test]
async fn what_an_app_had_sent_when_it_was_killed_counts_as_told() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    follow(&database, 0, "100").await;
    follow(&database, 1, "9").await;
    let alert = async || database.alerts(1).await.unwrap().remove(0);
    let sent = vec![alert().await.id];
    let settle = async |server: &str| database.settle_claims(Some(server.into())).await.unwrap();
    database.claim(sent.clone(), "one", at(2)).await.unwrap();
    database.not_delivered(sent.clone()).await.unwrap();
    settle("one").await;
    assert!(alert().await.is_due(at(3)), "the server did not take it");
    database.claim(sent.clone(), "one", at(3)).await.unwrap();
    settle("another").await;
    assert!(alert().await.is_due(at(3)), "the server is gone, and may never have shown it");
    database.claim(sent, "one", at(4)).await.unwrap();
    settle("one").await;
    assert_eq!((alert().await.delivered_at, alert().await.is_due(at(5))), (Some(at(4)), false));
}

#[tokio::test]
async fn a_snooze_reminds_once_when_it_ends_and_does_not_hide_worse_news() {
    let Open { database, folder: _folder } = open();
    database.add_account(account("one")).await.unwrap();
    follow(&database, 0, "100").await;
    follow(&database, 1, "9").await;
    let first = database.alerts(1).await.unwrap()[0].id;
    database.delivered(vec![first], at(2)).await.unwrap();
    database.snooze(&id("one"), None, Some(at(100)), at(2)).await.unwrap();
    follow(&database, 3, "4").await;
    let alerts = database.alerts(10).await.unwrap();
    assert!(alerts.iter().all(|alert| !alert.is_due(at(50))), "as bad as what was snoozed");
    assert!(alerts.iter().all(|alert| alert.is_due(at(100))), "the reminder");
    follow(&database, 60, "0").await;
    assert!(database.alerts(1).await.unwrap()[0].is_due(at(60)), "empty is worse");
}

#[tokio::test]
async fn a_removed_account_leaves_its_history_unless_it_is_to_be_forgotten() {
    let Open { database, folder: _folder } = open();
    for forget in [false, true] {
        database.add_account(account("one")).await.unwrap();
        follow(&database, 0, "100").await;
        follow(&database, 1, "20").await;
        database.remove_account(&id("one"), forget).await.unwrap();
        assert_eq!(past(&database).await.is_empty(), forget);
        assert_eq!(database.alerts(10).await.unwrap().is_empty(), forget);
        assert!(database.alerts(10).await.unwrap().iter().all(|alert| alert.cleared_at.is_some()));
    }
    import_one(&database).await;
    database.remove_account(&id("one"), true).await.unwrap();
    assert_eq!(past(&database).await, [], "a history without an account is forgotten as well");
    assert!(matches!(database.remove_account(&id("one"), true).await, Err(AccountsError::Unknown(_))));
}

#[test]
fn a_damaged_file_is_set_aside_whole_and_a_new_one_begun() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gauge.db");
    let damage = b"this is not a database, however long you look at it ".repeat(100);
    std::fs::write(&file, &damage).unwrap();
    let (_database, notice) = Database::open(&file, Timestamp::now()).unwrap();
    let kept = std::fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .find(|path| path.to_string_lossy().contains("damaged"))
        .unwrap();
    assert_eq!(std::fs::read(&kept).unwrap(), damage);
    assert!(notice.unwrap().contains(kept.to_str().unwrap()));
}

#[test]
fn damage_anywhere_in_the_file_is_found_when_it_is_opened() {
    let sound = tempfile::tempdir().unwrap();
    let file = sound.path().join("gauge.db");
    drop(Database::open(&file, Timestamp::now()).unwrap());
    // All of it in the one file.
    Connection::open(&file).unwrap().query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
    let bytes = std::fs::read(&file).unwrap();
    for page in 1..bytes.len() / 4096 {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gauge.db");
        let mut bytes = bytes.clone();
        bytes[page * 4096..][..4096].fill(0xa5);
        std::fs::write(&file, bytes).unwrap();
        let (_database, notice) = Database::open(&file, Timestamp::now()).unwrap();
        assert!(notice.is_some_and(|notice| notice.contains("damaged-")), "page {page}");
    }
}

#[test]
fn another_programs_database_is_set_aside() {
    for sql in [
        "CREATE TABLE accounts (x)",
        "PRAGMA user_version = 1",
        "PRAGMA user_version = 2",
        "CREATE TABLE identity (id); PRAGMA user_version = 2",
    ] {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("gauge.db");
        Connection::open(&file).unwrap().execute_batch(sql).unwrap();
        let (_database, notice) = Database::open(&file, Timestamp::now()).unwrap();
        assert!(notice.is_some(), "{sql}");
    }
}

#[test]
fn a_file_from_a_newer_version_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("gauge.db");
    drop(Database::open(&file, Timestamp::now()).unwrap());
    Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    assert!(matches!(Database::open(&file, Timestamp::now()), Err(DatabaseError::Newer { found: 99, .. })));
    assert_eq!(
        std::fs::read_dir(folder.path())
            .unwrap()
            .filter(|entry| entry.as_ref().unwrap().path().to_string_lossy().contains("damaged"))
            .count(),
        0
    );
}
