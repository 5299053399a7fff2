//! Alerts and what they remember of each meter.

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::values::{from_json, json, optional_amount, optional_time, parsed, time};
use super::{Database, DatabaseError};
use crate::account::AccountId;
use crate::alert::{Alert, Crossings, Rule, Severity, Standing, Verdict};
use crate::amount::Unit;

/// One meter of one account to look at for alerts.
#[derive(Clone, Debug)]
pub struct AlertContext {
    /// The account.
    pub account: AccountId,
    /// The meter of the account.
    pub meter: String,
    /// What the meter counts.
    pub unit: Unit,
    /// How it stands.
    pub standing: Standing,
    /// The rules that hold for it.
    pub rules: Vec<Rule>,
}

impl Database {
    /// Holds fresh readings against their rules: raises the alerts that are new and clears those that are over. Tells
    /// whether there were any.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn follow_alerts(
        &self,
        meters: Vec<AlertContext>,
        now: Timestamp,
    ) -> Result<bool, DatabaseError> {
        if meters.is_empty() {
            return Ok(false);
        }
        self.write(move |transaction| {
            let mut changed = false;
            for meter in &meters {
                let (account, id) = (meter.account.as_str(), meter.meter.as_str());
                let known = transaction
                    .prepare_cached("SELECT crossings FROM meters WHERE account = ?1 AND meter = ?2")?
                    .query_row([account, id], |row| row.get::<_, Option<String>>(0))
                    .optional()?;
                // Another program has removed the account since its standing was read.
                let Some(known) = known else { continue };
                let Some(known) = known else {
                    keep_crossings(
                        transaction,
                        account,
                        id,
                        &Crossings::baseline(&meter.standing, &meter.rules),
                    )?;
                    continue;
                };
                let before: Crossings = from_json(&known)?;
                let mut crossings = before.clone();
                crossings.set_back(&meter.standing, now);
                let verdict = crossings.follow(&meter.standing, &meter.rules);
                if crossings != before {
                    keep_crossings(transaction, account, id, &crossings)?;
                }
                changed |= verdict != Verdict::default();
                keep_verdict(transaction, meter, &verdict, now)?;
            }
            Ok(changed)
        })
        .await
    }

    /// The newest alerts, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts(&self, limit: u32) -> Result<Vec<Alert>, DatabaseError> {
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM alerts ORDER BY raised_at DESC, id DESC LIMIT ?1")?;
            collect(&mut statement.query([limit])?)
        })
        .await
    }

    /// Keeps that a notification was handed over.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delivered(&self, alert: i64, now: Timestamp) -> Result<(), DatabaseError> {
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE alerts SET delivered_at = ?2 WHERE id = ?1",
                params![alert, now.as_millisecond()],
            )?;
            Ok(())
        })
        .await
    }

    /// Puts off the open alerts of a meter, or of all meters of an account, until a time. A time that is past ends the
    /// snooze without telling again.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn snooze(
        &self,
        account: &AccountId,
        meter: Option<String>,
        until: Option<Timestamp>,
    ) -> Result<(), DatabaseError> {
        let account = account.clone();
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE alerts SET snoozed_until = ?3 WHERE account = ?1 AND (?2 IS NULL OR meter = ?2) AND cleared_at IS NULL",
                params![account.as_str(), meter, until.map(Timestamp::as_millisecond)],
            )?;
            Ok(())
        })
        .await
    }
}

pub(super) fn open_of(connection: &Connection, account: &AccountId) -> Result<Vec<Alert>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT * FROM alerts WHERE account = ?1 AND cleared_at IS NULL ORDER BY id")?;
    collect(&mut statement.query([account.as_str()])?)
}

fn collect(rows: &mut rusqlite::Rows<'_>) -> Result<Vec<Alert>, DatabaseError> {
    let mut alerts = Vec::new();
    while let Some(row) = rows.next()? {
        alerts.push(from_row(row)?);
    }
    Ok(alerts)
}

fn from_row(row: &Row<'_>) -> Result<Alert, DatabaseError> {
    let text = |column: &str| row.get::<_, String>(column);
    Ok(Alert {
        id: row.get("id")?,
        account: parsed(&text("account")?)?,
        meter: text("meter")?,
        rule: parsed(&text("rule")?)?,
        severity: from_json(&text("severity")?)?,
        remaining: parsed(&text("remaining")?)?,
        full: optional_amount(row, "full")?,
        unit: parsed(&text("unit")?)?,
        raised_at: time(row.get("raised_at")?)?,
        delivered_at: optional_time(row, "delivered_at")?,
        snoozed_until: optional_time(row, "snoozed_until")?,
        cleared_at: optional_time(row, "cleared_at")?,
    })
}

fn keep_crossings(
    transaction: &Transaction<'_>,
    account: &str,
    meter: &str,
    crossings: &Crossings,
) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE meters SET crossings = ?3 WHERE account = ?1 AND meter = ?2",
        params![account, meter, json(crossings)?],
    )?;
    Ok(())
}

fn keep_verdict(
    transaction: &Transaction<'_>,
    meter: &AlertContext,
    verdict: &Verdict,
    now: Timestamp,
) -> Result<(), DatabaseError> {
    let (account, id) = (meter.account.as_str(), meter.meter.as_str());
    for threshold in &verdict.cleared {
        transaction.execute(
            "UPDATE alerts SET cleared_at = ?4 WHERE account = ?1 AND meter = ?2 AND rule = ?3 AND cleared_at IS NULL",
            params![account, id, threshold, now.as_millisecond()],
        )?;
    }
    let Some(rule) = &verdict.fires else { return Ok(()) };
    // A running snooze also covers what is no worse than what was snoozed.
    let snoozed_until = open_of(transaction, &meter.account)?
        .into_iter()
        .filter(|alert| {
            alert.meter == id && alert.severity >= rule.severity && rule.severity < Severity::Empty
        })
        .filter_map(|alert| alert.snoozed_until)
        .max();
    transaction.execute(
        "INSERT INTO alerts (account, meter, rule, severity, remaining, \"full\", unit, raised_at, snoozed_until)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        params![
            account,
            id,
            rule.below.to_string(),
            json(&rule.severity)?,
            meter.standing.balance.remaining.to_string(),
            meter.standing.balance.full.map(|full| full.to_string()),
            meter.unit.as_str(),
            now.as_millisecond(),
            snoozed_until.map(Timestamp::as_millisecond),
        ],
    )?;
    Ok(())
}
