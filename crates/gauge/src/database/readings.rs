//! Readings: the last good one of each account, and what was left over time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use rust_decimal::Decimal;
use serde::Serialize;
use ts_rs::TS;

use super::values::{from_json, json, optional_amount, time};
use super::{Database, DatabaseError};
use crate::account::{Account, AccountId};
use crate::alert::Alert;
use crate::course::Course;
use crate::failure::{Failure, Trouble};
use crate::poll;
use crate::reading::{Meter, Reading};

/// Everything known of one account now.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The account.
    pub account: Account,
    /// Its last good reading.
    pub reading: Option<Reading>,
    /// The trouble it has been in since.
    pub trouble: Option<Trouble>,
    /// Whether it is to be asked at once, because how it is asked has changed.
    pub wanted: bool,
    /// The course of each of its meters.
    pub courses: BTreeMap<String, Course>,
    /// Its alerts that still hold.
    pub alerts: Vec<Alert>,
}

/// A span of time in which a meter read the same.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Past {
    /// The first reading of the span.
    #[ts(type = "string")]
    pub from: Timestamp,
    /// The last reading of the span.
    #[ts(type = "string")]
    pub until: Timestamp,
    /// What was left.
    #[ts(type = "string | null")]
    pub remaining: Option<Decimal>,
    /// The total.
    #[ts(type = "string | null")]
    pub total: Option<Decimal>,
    /// What was used.
    #[ts(type = "string | null")]
    pub used: Option<Decimal>,
}

impl Database {
    /// How every account stands, in the user's order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standings(&self) -> Result<Vec<Standing>, DatabaseError> {
        self.run(|connection| {
            // One transaction, so that all of it is from one moment.
            let transaction = connection.transaction()?;
            super::accounts::all(&transaction)?
                .into_iter()
                .map(|account| standing(&transaction, account))
                .collect()
        })
        .await
    }

    /// Keeps a good reading at the time `now`: it ends any trouble, and brings the history and the course of each meter
    /// forward. One older than what is known came too late, and is left out; unless what is known is from the future,
    /// and so from before the clock was set back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_reading(
        &self,
        id: &AccountId,
        reading: Reading,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let id = id.clone();
        self.write(move |transaction| {
            let Some(State { reading: last, .. }) = state(transaction, &id)? else { return Ok(()) };
            let last = last.map(|last| last.at).filter(|last| *last <= now);
            if last.is_some_and(|last| last > reading.at) {
                return Ok(());
            }
            transaction.execute(
                "UPDATE standings SET reading = ?2, trouble = NULL, failures = 0, wanted = 0 WHERE account = ?1",
                params![id.as_str(), json(&reading)?],
            )?;
            for meter in &reading.meters {
                append(transaction, &id, meter, reading.at, last)?;
                follow_course(transaction, &id, meter, reading.at, now)?;
            }
            Ok(())
        })
        .await
    }

    /// Keeps that an account could not be read, and when it is asked again. The last good reading stays.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_failure(
        &self,
        id: &AccountId,
        failure: Failure,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let id = id.clone();
        self.write(move |transaction| {
            let Some(State { trouble, failures, .. }) = state(transaction, &id)? else { return Ok(()) };
            let since =
                trouble.filter(|trouble| trouble.kind == failure.kind).map_or(now, |trouble| trouble.since);
            let retry_at = Some(poll::retry_at(&failure, failures, now));
            let trouble = Trouble { kind: failure.kind, message: failure.message, since, retry_at };
            transaction.execute(
                "UPDATE standings SET trouble = ?2, failures = ?3, wanted = 0 WHERE account = ?1",
                params![id.as_str(), json(&trouble)?, failures.saturating_add(1)],
            )?;
            Ok(())
        })
        .await
    }

    /// What a meter read over time, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn past(&self, id: &AccountId, meter: &str, limit: u32) -> Result<Vec<Past>, DatabaseError> {
        let (id, meter) = (id.clone(), meter.to_owned());
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT first_at, last_at, remaining, total, used FROM readings
                 JOIN series ON series.id = readings.series
                 WHERE account = ?1 AND meter = ?2 ORDER BY first_at DESC LIMIT ?3",
            )?;
            let mut rows = statement.query(params![id.as_str(), meter, limit])?;
            let mut past = Vec::new();
            while let Some(row) = rows.next()? {
                past.push(Past {
                    from: time(row.get("first_at")?)?,
                    until: time(row.get("last_at")?)?,
                    remaining: optional_amount(row, "remaining")?,
                    total: optional_amount(row, "total")?,
                    used: optional_amount(row, "used")?,
                });
            }
            Ok(past)
        })
        .await
    }
}

/// What is known of an account besides what its owner set.
#[derive(Default)]
struct State {
    reading: Option<Reading>,
    trouble: Option<Trouble>,
    /// How often in a row asking has failed.
    failures: u32,
    wanted: bool,
}

/// The state of an account; `None` when the account is gone.
fn state(connection: &Connection, id: &AccountId) -> Result<Option<State>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT reading, trouble, failures, wanted FROM standings WHERE account = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let text = |column: &str| row.get::<_, Option<String>>(column);
    Ok(Some(State {
        reading: text("reading")?.as_deref().map(from_json).transpose()?,
        trouble: text("trouble")?.as_deref().map(from_json).transpose()?,
        failures: row.get("failures")?,
        wanted: row.get("wanted")?,
    }))
}

fn standing(connection: &Connection, account: Account) -> Result<Standing, DatabaseError> {
    let State { reading, trouble, wanted, .. } = state(connection, &account.id)?.unwrap_or_default();
    let courses = courses(connection, &account.id)?;
    let alerts = super::alerts::open_of(connection, &account.id)?;
    Ok(Standing { account, reading, trouble, wanted, courses, alerts })
}

fn courses(connection: &Connection, id: &AccountId) -> Result<BTreeMap<String, Course>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT meter, course FROM meters WHERE account = ?1")?;
    let mut rows = statement.query([id.as_str()])?;
    let mut courses = BTreeMap::new();
    while let Some(row) = rows.next()? {
        courses.insert(row.get("meter")?, from_json(&row.get::<_, String>("course")?)?);
    }
    Ok(courses)
}

/// Adds to a meter's history. A reading that equals the one before it extends that one's span; `previous` is when the
/// account was last read, so that a span never reaches over a reading in which the meter was missing.
fn append(
    transaction: &Transaction<'_>,
    id: &AccountId,
    meter: &Meter,
    at: Timestamp,
    previous: Option<Timestamp>,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO series (account, meter, unit) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        params![id.as_str(), meter.id, meter.unit.as_str()],
    )?;
    let series: i64 = transaction.query_row(
        "SELECT id FROM series WHERE account = ?1 AND meter = ?2 AND unit = ?3",
        params![id.as_str(), meter.id, meter.unit.as_str()],
        |row| row.get(0),
    )?;
    let text = |amount: Option<Decimal>| amount.map(|amount| amount.normalize().to_string());
    let (remaining, total, used) = (text(meter.remaining), text(meter.total), text(meter.used));
    let extended = transaction.execute(
        "UPDATE readings SET last_at = ?2
         WHERE series = ?1 AND first_at = (SELECT max(first_at) FROM readings WHERE series = ?1)
         AND last_at = ?3 AND remaining IS ?4 AND total IS ?5 AND used IS ?6",
        params![series, at.as_millisecond(), previous.map(Timestamp::as_millisecond), remaining, total, used],
    )?;
    if extended == 0 {
        transaction.execute(
            "INSERT OR REPLACE INTO readings (series, first_at, last_at, remaining, total, used) VALUES (?1, ?2, ?2, ?3, ?4, ?5)",
            params![series, at.as_millisecond(), remaining, total, used],
        )?;
    }
    Ok(())
}

fn follow_course(
    transaction: &Transaction<'_>,
    id: &AccountId,
    meter: &Meter,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let known: Option<String> = transaction
        .query_row(
            "SELECT course FROM meters WHERE account = ?1 AND meter = ?2",
            params![id.as_str(), meter.id],
            |row| row.get(0),
        )
        .optional()?;
    let course = match known {
        Some(text) => {
            let mut course: Course = from_json(&text)?;
            if course.at > now {
                course.set_back(at);
            }
            course.follow(meter, at);
            Some(course)
        }
        None => Course::start(meter, at),
    };
    if let Some(course) = course {
        transaction.execute(
            "INSERT INTO meters (account, meter, course) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET course = excluded.course",
            params![id.as_str(), meter.id, json(&course)?],
        )?;
    }
    Ok(())
}
