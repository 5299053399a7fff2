//! How small and how fast a long history is: ten years of fifty accounts that are read every five minutes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use fastrand::Rng;
use gauge::account::{Account, AccountId};
use gauge::database::Database;
use gauge::history::table::Row;
use gauge::history::{Amounts, Pace, SeriesKey};
use gauge::reading::{Meter, MeterKind, Reading};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

const INTERVAL: SignedDuration = SignedDuration::from_mins(5);
const DAY: SignedDuration = SignedDuration::from_hours(24);
/// How wide the chart is, in pixels.
const COLUMNS: u32 = 1000;
/// How often each query is timed.
const REPEATS: u32 = 9;
/// How many further readings are timed: enough for old ones to be packed on the way.
const FURTHER: i64 = 5000;

/// How an account is used.
struct Use {
    name: &'static str,
    accounts: u32,
    /// How likely a reading differs from the one before, in percent, by the hour of a week that begins on a Monday.
    moves: fn(hour: i64) -> u32,
}

const USES: [Use; 5] = [
    Use { name: "a service that never rests", accounts: 5, moves: |_| 100 },
    Use { name: "an office", accounts: 10, moves: |hour| if is_office(hour) { 95 } else { 0 } },
    Use { name: "one developer", accounts: 15, moves: |hour| if is_office(hour) { 30 } else { 1 } },
    Use { name: "now and then", accounts: 15, moves: |hour| if hour % 24 == 20 { 25 } else { 0 } },
    Use { name: "forgotten", accounts: 5, moves: |_| 0 },
];

fn is_office(hour: i64) -> bool {
    hour / 24 < 5 && (9..18).contains(&(hour % 24))
}

#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many years.
    #[arg(long, default_value_t = 10)]
    years: i64,
}

/// Why the benchmark could not be made.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HistoryError {
    #[error(transparent)]
    Database(#[from] gauge::database::DatabaseError),
    #[error(transparent)]
    Accounts(#[from] gauge::database::AccountsError),
    #[error("a temporary folder could not be used: {0}")]
    Folder(#[from] std::io::Error),
    #[error("a name in the benchmark is wrong: {0}")]
    Name(String),
}

pub(crate) fn run(arguments: &Arguments) -> Result<String, HistoryError> {
    tokio::runtime::Builder::new_current_thread().build()?.block_on(measure(arguments.years))
}

async fn measure(years: i64) -> Result<String, HistoryError> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("gauge.db");
    let until = Timestamp::now();
    let from = until - DAY * i32::try_from(years * 365).unwrap_or(i32::MAX);
    let mut report = String::new();

    let (database, _) = Database::open(&file, until)?;
    let began = Instant::now();
    let (mut busiest, mut number, mut readings, mut changes) = (None, 0, 0, 0);
    for Use { name, accounts, moves } in USES {
        for _ in 0..accounts {
            number += 1;
            let key = key(number)?;
            let rows = rows(from, until, moves, u64::from(number));
            readings += rows.len();
            changes += rows.windows(2).filter(|pair| pair[0].amounts != pair[1].amounts).count();
            database.import(BTreeMap::from([(key.clone(), rows)])).await?;
            busiest.get_or_insert(key);
        }
        line(&mut report, format_args!("{accounts:>3} accounts: {name}"));
    }
    let Some(busiest) = busiest else { return Ok(report) };
    line(
        &mut report,
        format_args!(
            "{readings} readings, {changes} of which differ from the one before; made in {:.0?}",
            began.elapsed()
        ),
    );
    drop(database);
    line(&mut report, format_args!("{:>8.1} MB on disk", megabytes(&file)));
    let began = Instant::now();
    let (database, _) = Database::open(&file, until)?;
    line(&mut report, format_args!("{} to open and check the file", milliseconds(began.elapsed())));

    line(
        &mut report,
        format_args!(
            "\nThe busiest series, a chart {COLUMNS} pixels wide (median and slowest of {REPEATS}):"
        ),
    );
    let ranges = [
        ("24 hours", 1),
        ("7 days", 7),
        ("30 days", 30),
        ("90 days", 90),
        ("1 year", 365),
        ("3 years", 1095),
        ("all", years * 365),
    ];
    for (name, days) in ranges {
        let since = until - DAY * i32::try_from(days).unwrap_or(i32::MAX);
        let mut points = 0;
        let times = timed(async || {
            let chart = database.chart(&busiest, Some(since), until, COLUMNS, TimeZone::system()).await?;
            points = chart.points.len();
            Ok(())
        })
        .await?;
        line(&mut report, format_args!("{times}  {name}, {points} points"));
    }
    let times = timed(async || {
        database.recent(&busiest.account, &busiest.meter, until, TimeZone::system()).await?;
        Ok(())
    });
    line(&mut report, format_args!("{}  the popover's sparkline and sums", times.await?));
    let times = timed(async || {
        database.spans_before(&busiest, from + DAY * 365, 200).await?;
        Ok(())
    });
    line(&mut report, format_args!("{}  a page of 200 readings from the first year", times.await?));

    let (median, slowest) = one_more(&database, &busiest, until).await?;
    line(
        &mut report,
        format_args!(
            "\nOne more reading: {} median, {} slowest of {FURTHER}",
            milliseconds(median),
            milliseconds(slowest)
        ),
    );
    Ok(report)
}

fn line(report: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    let _ = writeln!(report, "{text}");
}

fn key(number: u32) -> Result<SeriesKey, HistoryError> {
    let wrong = |error: &dyn std::error::Error| HistoryError::Name(error.to_string());
    Ok(SeriesKey {
        account: format!("account-{number}").parse().map_err(|error| wrong(&error))?,
        meter: "credits".to_owned(),
        unit: "USD".parse().map_err(|error| wrong(&error))?,
    })
}

/// Readings at the pace of polling, with its jitter: a balance that tells what was bought and used.
fn rows(from: Timestamp, until: Timestamp, moves: fn(i64) -> u32, seed: u64) -> Vec<Row> {
    let mut random = Rng::with_seed(seed);
    let (mut at, mut bought, mut used, mut rows) = (from, 1_000_000_i64, 0_i64, Vec::new());
    while at < until {
        let hour = (at.as_second() / 3600 - 4 * 24).rem_euclid(7 * 24);
        if random.u32(0..100) < moves(hour) {
            used += random.i64(1..5000);
        }
        if bought - used < 100_000 {
            bought += 1_000_000;
        }
        let amount = |tenths: i64| Some(Decimal::new(tenths, 4).normalize());
        rows.push(Row {
            at,
            amounts: Amounts { remaining: amount(bought - used), total: amount(bought), used: amount(used) },
        });
        at += INTERVAL + SignedDuration::from_millis(random.i64(0..30_000));
    }
    rows
}

fn megabytes(file: &Path) -> f64 {
    let mut bytes = 0;
    for suffix in ["", "-wal"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        bytes += fs::metadata(name).map_or(0, |metadata| metadata.len());
    }
    #[expect(clippy::cast_precision_loss, reason = "a rounded figure")]
    let megabytes = bytes as f64 / 1e6;
    megabytes
}

fn milliseconds(time: Duration) -> String {
    format!("{:>8.2} ms", time.as_secs_f64() * 1000.0)
}

/// How long something takes: the median and the slowest, in words.
async fn timed(mut task: impl AsyncFnMut() -> Result<(), HistoryError>) -> Result<String, HistoryError> {
    let mut times = Vec::new();
    for _ in 0..REPEATS {
        let began = Instant::now();
        task().await?;
        times.push(began.elapsed());
    }
    let (median, slowest) = median_and_slowest(times);
    Ok(format!("{} {}", milliseconds(median), milliseconds(slowest)))
}

fn median_and_slowest(mut times: Vec<Duration>) -> (Duration, Duration) {
    times.sort_unstable();
    (times.get(times.len() / 2).copied().unwrap_or_default(), times.last().copied().unwrap_or_default())
}

/// Keeps readings of an account one by one, as polling does, and times each.
async fn one_more(
    database: &Database,
    key: &SeriesKey,
    until: Timestamp,
) -> Result<(Duration, Duration), HistoryError> {
    database.add_account(account(&key.account)).await?;
    let mut times = Vec::new();
    for number in 0..FURTHER {
        let at = until + INTERVAL * i32::try_from(number + 1).unwrap_or(i32::MAX);
        let meter = Meter {
            id: key.meter.clone(),
            label: "Credits".to_owned(),
            kind: MeterKind::Wallet,
            unit: key.unit.clone(),
            remaining: Some(Decimal::new(9_000_000 - number, 4)),
            total: None,
            used: None,
            total_is_full: false,
            resets_at: None,
            expires_at: None,
            unlimited: false,
            refunds: false,
            note: None,
        };
        let reading = Reading { at, meters: vec![meter], notices: Vec::new() };
        let began = Instant::now();
        database.keep_reading(&key.account, reading, Pace::of(INTERVAL), at).await?;
        times.push(began.elapsed());
    }
    Ok(median_and_slowest(times))
}

/// An account of that name.
pub(crate) fn account(id: &AccountId) -> Account {
    Account {
        id: id.clone(),
        provider: "openrouter".to_owned(),
        label: String::new(),
        base_url: None,
        inputs: BTreeMap::new(),
        origins: Vec::new(),
        key_tail: String::new(),
        paused: false,
        full: BTreeMap::new(),
        rules: BTreeMap::new(),
        unusual: true,
    }
}
