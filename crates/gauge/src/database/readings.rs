//! Readings: the last good one of each account, and what was left over time.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Rows, Transaction, params};
use serde::de::DeserializeOwned;

use super::history::{append, recall};
use super::values::{from_json, json, optional_time};
use super::{Database, DatabaseError};
use crate::account::{Account, AccountId};
use crate::alert::{Alert, Balance, Unusual};
use crate::amount::Unit;
use crate::course::{Change, Course, full};
use crate::doubt::CONFIRMED_WITHIN;
use crate::failure::{Failure, Trouble};
use crate::forecast::Forecast;
use crate::history::{Amounts, Pace, SeriesKey, Span};
use crate::poll::{self, Plan};
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
    /// The future of each of its meters, as of its last reading.
    pub forecasts: BTreeMap<String, Forecast>,
    /// What is unusual about each of its meters, as of its last reading; one is missing until that was looked into.
    pub unusual: BTreeMap<String, Vec<Unusual>>,
    /// When it is asked next, as planned at its last reading.
    pub plan: Option<Plan>,
    /// When an answer came that is only believed when it comes again.
    pub doubted_at: Option<Timestamp>,
    /// Its alerts that still hold.
    pub alerts: Vec<Alert>,
}

/// What a meter's readings say of its future, and of now.
#[derive(Clone, Debug, PartialEq)]
pub struct Outlook {
    /// When it runs out.
    pub forecast: Forecast,
    /// What is unusual about its spend.
    pub unusual: Vec<Unusual>,
}

impl Standing {
    /// What is left of one of its meters, and what that means; `None` where it is not known.
    #[must_use]
    pub fn balance(&self, meter: &Meter) -> Option<Balance> {
        let full = full(meter, self.account.full.get(&meter.id).copied(), self.courses.get(&meter.id));
        let at = self.reading.as_ref()?.at;
        Some(Balance::new(meter.remaining?, full, self.forecasts.get(&meter.id), at))
    }
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

    /// How one account stands; `None` when it is gone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn standing(&self, id: &AccountId) -> Result<Option<Standing>, DatabaseError> {
        let id = id.clone();
        self.run(move |connection| {
            let transaction = connection.transaction()?;
            let account = super::accounts::one(&transaction, &id)?;
            account.map(|account| standing(&transaction, account)).transpose()
        })
        .await
    }

    /// Keeps a good reading at the time `now`: it ends any trouble, and brings the history and the course of each meter
    /// forward. One older than what is known came too late, and is left out; unless what is known is from the future,
    /// and so from before the clock was set back. `pace` is how often the account is asked.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_reading(
        &self,
        id: &AccountId,
        reading: Reading,
        pace: Pace,
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
                "UPDATE standings SET reading = ?2, trouble = NULL, failures = 0, wanted = 0, doubted_at = NULL WHERE account = ?1",
                params![id.as_str(), json(&reading)?],
            )?;
            // What was foretold from the reading before no longer holds.
            transaction.execute(
                "UPDATE meters SET forecast = NULL, unusual = NULL WHERE account = ?1",
                [id.as_str()],
            )?;
            for meter in &reading.meters {
                let change = follow_course(transaction, &id, meter, reading.at, now)?;
                let span = Span {
                    rise: change.and_then(Change::rise),
                    resets_at: meter.resets_at,
                    ..Span::at(reading.at, Amounts::of(meter))
                };
                let key =
                    SeriesKey { account: id.clone(), meter: meter.id.clone(), unit: meter.unit.clone() };
                append(transaction, &key, pace, &span, last)?;
                if change.is_none() {
                    recall(transaction, &key)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Keeps what the reading of a time says of the future of an account's meters, and the plan that follows the one
    /// before; if it is still the last reading.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_outlook(
        &self,
        id: &AccountId,
        at: Timestamp,
        outlooks: BTreeMap<String, Outlook>,
        plan: impl FnOnce(Option<Plan>) -> Plan + Send + 'static,
    ) -> Result<(), DatabaseError> {
        let id = id.clone();
        self.write(move |transaction| {
            let Some(State { plan: before, reading: Some(last), .. }) = state(transaction, &id)? else {
                return Ok(());
            };
            if last.at != at {
                return Ok(());
            }
            transaction.execute(
                "UPDATE standings SET plan = ?2 WHERE account = ?1",
                params![id.as_str(), json(&plan(before))?],
            )?;
            for (meter, Outlook { forecast, unusual }) in &outlooks {
                transaction.execute(
                    "UPDATE meters SET forecast = ?3, unusual = ?4 WHERE account = ?1 AND meter = ?2",
                    params![id.as_str(), meter, json(forecast)?, json(unusual)?],
                )?;
            }
            Ok(())
        })
        .await
    }

    /// Keeps that an account's answer is only believed when it comes again, as a failure until then.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_doubt(
        &self,
        id: &AccountId,
        failure: Failure,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        self.keep_failure(id, failure, now).await?;
        let id = id.clone();
        self.write(move |transaction| {
            transaction.execute(
                // The first doubt counts, for as long as it may be confirmed.
                "UPDATE standings SET doubted_at = ?2
                 WHERE account = ?1 AND (doubted_at IS NULL OR abs(?2 - doubted_at) > ?3)",
                params![id.as_str(), now.as_millisecond(), CONFIRMED_WITHIN.as_secs() * 1000],
            )?;
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
}

/// What is known of an account besides what its owner set.
#[derive(Default)]
struct State {
    reading: Option<Reading>,
    trouble: Option<Trouble>,
    /// How often in a row asking has failed.
    failures: u32,
    wanted: bool,
    plan: Option<Plan>,
    doubted_at: Option<Timestamp>,
}

/// The state of an account; `None` when the account is gone.
fn state(connection: &Connection, id: &AccountId) -> Result<Option<State>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT reading, trouble, failures, wanted, plan, doubted_at FROM standings WHERE account = ?1",
    )?;
    let mut rows = statement.query([id.as_str()])?;
    let Some(row) = rows.next()? else { return Ok(None) };
    let text = |column: &str| row.get::<_, Option<String>>(column);
    Ok(Some(State {
        reading: text("reading")?.as_deref().map(from_json).transpose()?,
        trouble: text("trouble")?.as_deref().map(from_json).transpose()?,
        failures: row.get("failures")?,
        wanted: row.get("wanted")?,
        plan: text("plan")?.as_deref().map(from_json).transpose()?,
        doubted_at: optional_time(row, "doubted_at")?,
    }))
}

fn standing(connection: &Connection, account: Account) -> Result<Standing, DatabaseError> {
    let State { reading, trouble, wanted, plan, doubted_at, .. } =
        state(connection, &account.id)?.unwrap_or_default();
    let courses = courses(connection, &account.id)?;
    let forecasts = forecasts(connection, &account.id)?;
    let unusual = unusual(connection, &account.id)?;
    let alerts = super::alerts::open_of(connection, &account.id)?;
    Ok(Standing { account, reading, trouble, wanted, courses, forecasts, unusual, plan, doubted_at, alerts })
}

/// The course of each meter of an account.
pub(super) fn courses(
    connection: &Connection,
    id: &AccountId,
) -> Result<BTreeMap<String, Course>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT meter, course FROM meters WHERE account = ?1")?;
    by_meter(statement.query([id.as_str()])?)
}

/// What a meter of an account counts, as it was read last.
pub(super) fn unit_now(
    connection: &Connection,
    id: &AccountId,
    meter: &str,
) -> Result<Option<Unit>, DatabaseError> {
    let reading = state(connection, id)?.and_then(|state| state.reading);
    let meters = reading.into_iter().flat_map(|reading| reading.meters);
    Ok(meters.into_iter().find(|known| known.id == meter).map(|meter| meter.unit))
}

/// The forecast of each meter of an account.
fn forecasts(connection: &Connection, id: &AccountId) -> Result<BTreeMap<String, Forecast>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT meter, forecast FROM meters WHERE account = ?1 AND forecast IS NOT NULL")?;
    by_meter(statement.query([id.as_str()])?)
}

/// What is unusual about each meter of an account.
fn unusual(connection: &Connection, id: &AccountId) -> Result<BTreeMap<String, Vec<Unusual>>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT meter, unusual FROM meters WHERE account = ?1 AND unusual IS NOT NULL")?;
    by_meter(statement.query([id.as_str()])?)
}

/// Rows of a meter's name and a value of it.
fn by_meter<T: DeserializeOwned>(mut rows: Rows<'_>) -> Result<BTreeMap<String, T>, DatabaseError> {
    let mut values = BTreeMap::new();
    while let Some(row) = rows.next()? {
        values.insert(row.get(0)?, from_json(&row.get::<_, String>(1)?)?);
    }
    Ok(values)
}

/// Brings the course of a meter forward, and tells what the reading meant; `None` for a meter that has no course yet.
fn follow_course(
    transaction: &Transaction<'_>,
    id: &AccountId,
    meter: &Meter,
    at: Timestamp,
    now: Timestamp,
) -> Result<Option<Change>, DatabaseError> {
    let known: Option<String> = transaction
        .query_row(
            "SELECT course FROM meters WHERE account = ?1 AND meter = ?2",
            params![id.as_str(), meter.id],
            |row| row.get(0),
        )
        .optional()?;
    let (course, change) = match known {
        Some(text) => {
            let mut course: Course = from_json(&text)?;
            if course.at > now {
                course.set_back(at);
            }
            let change = course.follow(meter, at);
            (Some(course), Some(change))
        }
        None => (Course::start(meter, at), None),
    };
    if let Some(course) = course {
        transaction.execute(
            "INSERT INTO meters (account, meter, course) VALUES (?1, ?2, ?3)
             ON CONFLICT DO UPDATE SET course = excluded.course",
            params![id.as_str(), meter.id, json(&course)?],
        )?;
    }
    Ok(change)
}
