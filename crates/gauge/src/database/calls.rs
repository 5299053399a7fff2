//! What became of the hooks that heard of alerts.

use std::collections::HashSet;

use jiff::{SignedDuration, Timestamp};
use rusqlite::{OptionalExtension, params};
use serde::Serialize;
use ts_rs::TS;

use super::values::time;
use super::{Database, DatabaseError};

/// The last call of a hook.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct HookReport {
    /// The hook's name.
    pub name: String,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// When it ended; `null` while it runs.
    #[ts(type = "string | null")]
    pub ended_at: Option<Timestamp>,
    /// Why it did not work; `null` when it did.
    pub error: Option<String>,
}

/// How a call of a hook ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why it did not work.
    pub error: Option<String>,
    /// When to try again.
    pub again_at: Option<Timestamp>,
}

/// No call takes longer.
const LONGEST: SignedDuration = SignedDuration::from_mins(1);
/// What is said of a call that nobody has seen end.
const INTERRUPTED: &str = "Credit Gauge ended before it did; the alert was not sent again";

impl Database {
    /// Takes an alert on for a hook, so that nobody else and no later start calls it again. Gives which try this is, from 1
    /// on; `None` when there is nothing to do.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn begin_call(
        &self,
        hook: &str,
        alert: i64,
        now: Timestamp,
    ) -> Result<Option<u32>, DatabaseError> {
        let hook = hook.to_owned();
        self.write(move |transaction| {
            let began = transaction
                .query_row(
                    "INSERT INTO calls (hook, alert, tries, began_at) VALUES (?1, ?2, 1, ?3)
                     ON CONFLICT DO UPDATE SET tries = tries + 1, began_at = ?3, ended_at = NULL, error = NULL, again_at = NULL
                     WHERE again_at <= ?3
                     RETURNING tries",
                    params![hook, alert, now.as_millisecond()],
                    |row| row.get(0),
                )
                .optional()?;
            Ok(began)
        })
        .await
    }

    /// Keeps how a call ended.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn end_call(
        &self,
        hook: &str,
        alert: i64,
        ended: Ended,
        now: Timestamp,
    ) -> Result<(), DatabaseError> {
        let hook = hook.to_owned();
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE calls SET ended_at = ?3, error = ?4, again_at = ?5 WHERE hook = ?1 AND alert = ?2",
                params![
                    hook,
                    alert,
                    now.as_millisecond(),
                    ended.error,
                    ended.again_at.map(Timestamp::as_millisecond)
                ],
            )?;
            Ok(())
        })
        .await
    }

    /// The calls of alerts raised since a time, by hook and alert, that are not to be tried again now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn done_calls(
        &self,
        since: Timestamp,
        now: Timestamp,
    ) -> Result<HashSet<(String, i64)>, DatabaseError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                "SELECT hook, alert FROM calls JOIN alerts ON id = alert
                 WHERE raised_at >= ?1 AND (again_at IS NULL OR again_at > ?2)",
            )?;
            let times = [since.as_millisecond(), now.as_millisecond()];
            let rows = statement.query_map(times, |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The last call of each hook that ever was called, by name.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn hook_reports(&self, now: Timestamp) -> Result<Vec<HookReport>, DatabaseError> {
        self.read(move |connection| {
            let mut statement = connection.prepare_cached(
                // Of several that began at the same moment, one that failed is the one to know of.
                "SELECT hook, began_at, ended_at, error FROM
                 (SELECT *, row_number() OVER (PARTITION BY hook ORDER BY began_at / 1000 DESC, error IS NULL, began_at DESC) AS place FROM calls)
                 WHERE place = 1 ORDER BY hook",
            )?;
            let mut rows = statement.query([])?;
            let mut reports = Vec::new();
            while let Some(row) = rows.next()? {
                let at = time(row.get(1)?)?;
                let ended: Option<i64> = row.get(2)?;
                let is_lost = ended.is_none() && now.duration_since(at) > LONGEST;
                let error = if is_lost { Some(INTERRUPTED.to_owned()) } else { row.get(3)? };
                let ended_at = if is_lost { Some(at) } else { ended.map(time).transpose()? };
                reports.push(HookReport { name: row.get(0)?, at, ended_at, error });
            }
            Ok(reports)
        })
        .await
    }
}
