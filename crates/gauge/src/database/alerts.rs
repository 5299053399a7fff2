//! Alerts and what they remember of each meter.

use std::collections::HashSet;

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};
use rust_decimal::Decimal;

use super::values::{from_json, json, optional_amount, optional_time, parsed, time};
use super::{Database, DatabaseError};
use crate::account::AccountId;
use crate::alert::{Alert, Crossings, Occasion, Rule, Severity, Standing, Unusual, Verdict};
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
    /// How much the last top-up added.
    pub topped_up: Decimal,
    /// The rules that hold for it.
    pub rules: Vec<Rule>,
    /// What is unusual about its spend; `None` while that is not known yet.
    pub unusual: Option<Vec<Unusual>>,
    /// Whether good news is told.
    pub good_news: bool,
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
                changed |= Following { transaction, meter, now }.follow()?;
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

    /// The numbers of the alerts that hold.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn open_alerts(&self) -> Result<HashSet<i64>, DatabaseError> {
        self.read(|connection| {
            let mut statement =
                connection.prepare_cached("SELECT id FROM alerts WHERE cleared_at IS NULL")?;
            let rows = statement.query_map([], |row| row.get(0))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
        .await
    }

    /// The alerts that were raised at a time or later, the oldest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn alerts_since(&self, since: Timestamp) -> Result<Vec<Alert>, DatabaseError> {
        self.read(move |connection| {
            let mut statement = connection
                .prepare_cached("SELECT * FROM alerts WHERE raised_at >= ?1 ORDER BY raised_at, id")?;
            collect(&mut statement.query([since.as_millisecond()])?)
        })
        .await
    }

    /// Keeps that a notification of these alerts leaves for a server.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn claim(&self, alerts: Vec<i64>, server: &str, now: Timestamp) -> Result<(), DatabaseError> {
        let server = server.to_owned();
        self.write(move |transaction| {
            let mut statement =
                transaction.prepare_cached("UPDATE alerts SET sent_at = ?2, sent_to = ?3 WHERE id = ?1")?;
            for alert in alerts {
                statement.execute(params![alert, now.as_millisecond(), server])?;
            }
            Ok(())
        })
        .await
    }

    /// Keeps that a notification of these alerts was taken by the server. Good news is over with that.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn delivered(&self, alerts: Vec<i64>, now: Timestamp) -> Result<(), DatabaseError> {
        self.write(move |transaction| {
            let mut deliver = transaction.prepare_cached(
                "UPDATE alerts SET delivered_at = ?2, sent_at = NULL, sent_to = NULL WHERE id = ?1 RETURNING rule",
            )?;
            let mut end = transaction
                .prepare_cached("UPDATE alerts SET cleared_at = coalesce(cleared_at, ?2) WHERE id = ?1")?;
            for alert in alerts {
                let values = params![alert, now.as_millisecond()];
                let rule = deliver.query_row(values, |row| row.get::<_, String>(0)).optional()?;
                let rule: Option<Occasion> = rule.as_deref().map(parsed).transpose()?;
                if rule.is_some_and(|rule| rule.is_momentary()) {
                    end.execute(values)?;
                }
            }
            Ok(())
        })
        .await
    }

    /// Keeps that the server did not take these alerts after all.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn not_delivered(&self, alerts: Vec<i64>) -> Result<(), DatabaseError> {
        self.write(move |transaction| {
            let mut statement = transaction
                .prepare_cached("UPDATE alerts SET sent_at = NULL, sent_to = NULL WHERE id = ?1")?;
            for alert in alerts {
                statement.execute([alert])?;
            }
            Ok(())
        })
        .await
    }

    /// Decides on what a program that was killed had on its way: it was told if the server that it had left for still runs;
    /// else it is told to the present one.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn settle_claims(&self, server: Option<String>) -> Result<(), DatabaseError> {
        self.write(move |transaction| {
            transaction.execute(
                "UPDATE alerts SET delivered_at = iif(sent_to IS ?1, sent_at, delivered_at), sent_at = NULL, sent_to = NULL
                 WHERE sent_at IS NOT NULL",
                [server],
            )?;
            Ok(())
        })
        .await
    }

    /// Puts off the open alerts of a meter, or of all meters of an account, until a time. A time that is past ends the
    /// snooze without telling again. Gives how many there were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn snooze(
        &self,
        account: &AccountId,
        meter: Option<String>,
        until: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<usize, DatabaseError> {
        let account = account.clone();
        self.write(move |transaction| {
            let snoozed = transaction.execute(
                // What was told in the future is from before the clock was set back: the snooze would never end.
                "UPDATE alerts SET snoozed_until = ?3, delivered_at = min(delivered_at, ?4)
                 WHERE account = ?1 AND (?2 IS NULL OR meter = ?2) AND cleared_at IS NULL",
                params![account.as_str(), meter, until.map(Timestamp::as_millisecond), now.as_millisecond()],
            )?;
            Ok(snoozed)
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
        amount: optional_amount(row, "amount")?,
        usual: optional_amount(row, "usual")?,
        hours: row.get("hours")?,
        unit: parsed(&text("unit")?)?,
        raised_at: time(row.get("raised_at")?)?,
        delivered_at: optional_time(row, "delivered_at")?,
        snoozed_until: optional_time(row, "snoozed_until")?,
        cleared_at: optional_time(row, "cleared_at")?,
    })
}

/// Follows one meter in a transaction.
#[derive(Clone, Copy)]
struct Following<'a> {
    transaction: &'a Transaction<'a>,
    meter: &'a AlertContext,
    now: Timestamp,
}

/// What is to be told of a meter.
struct News {
    rule: Occasion,
    severity: Severity,
    amount: Option<Decimal>,
    usual: Option<Decimal>,
    hours: Option<u32>,
}

impl News {
    fn of(rule: Occasion, severity: Severity) -> Self {
        Self { rule, severity, amount: None, usual: None, hours: None }
    }
}

impl Following<'_> {
    /// Tells whether anything came of it.
    fn follow(self) -> Result<bool, DatabaseError> {
        let AlertContext { account, meter, standing, rules, .. } = self.meter;
        let known = self
            .transaction
            .prepare_cached("SELECT crossings FROM meters WHERE account = ?1 AND meter = ?2")?
            .query_row([account.as_str(), meter], |row| row.get::<_, Option<String>>(0))
            .optional()?;
        // Another program has removed the account since its standing was read.
        let Some(known) = known else { return Ok(false) };
        let Some(known) = known else {
            self.keep_crossings(&Crossings::baseline(standing, rules))?;
            return Ok(false);
        };
        let before: Crossings = from_json(&known)?;
        let mut crossings = before.clone();
        crossings.set_back(standing, self.now);
        let verdict = crossings.follow(standing, rules);
        if crossings != before {
            self.keep_crossings(&crossings)?;
        }
        let mut open = open_of(self.transaction, account)?;
        open.retain(|alert| alert.meter == *meter);
        self.keep_verdict(&verdict, &open)?;
        let is_unusual = self.follow_unusual(&open)?;
        Ok(is_unusual || verdict != Verdict::default())
    }

    fn keep_crossings(self, crossings: &Crossings) -> Result<(), DatabaseError> {
        self.transaction.execute(
            "UPDATE meters SET crossings = ?3 WHERE account = ?1 AND meter = ?2",
            params![self.meter.account.as_str(), self.meter.meter, json(crossings)?],
        )?;
        Ok(())
    }

    fn keep_verdict(self, verdict: &Verdict, open: &[Alert]) -> Result<(), DatabaseError> {
        let is_of = |alert: &&Alert, threshold: &String| alert.rule.to_string() == *threshold;
        let mut was_told = false;
        for alert in open.iter().filter(|alert| verdict.cleared.iter().any(|over| is_of(alert, over))) {
            was_told |= alert.delivered_at.is_some();
            self.clear(alert)?;
        }
        if let Some(rule) = &verdict.fires {
            self.raise(&News::of(Occasion::Below(rule.below.clone()), rule.severity), open)?;
        }
        if !self.meter.good_news {
            return Ok(());
        }
        let news = if verdict.topped_up {
            let amount = Some(self.meter.topped_up);
            News { amount, ..News::of(Occasion::ToppedUp, Severity::Info) }
        } else if verdict.reset && was_told && verdict.fires.is_none() {
            News::of(Occasion::Restored, Severity::Info)
        } else {
            return Ok(());
        };
        // What is newer says it all.
        for older in open.iter().filter(|alert| alert.rule.is_momentary()) {
            self.clear(older)?;
        }
        self.raise(&news, open)
    }

    /// Raises what is unusual, and clears what is not any more. Tells whether there was any of either.
    fn follow_unusual(self, open: &[Alert]) -> Result<bool, DatabaseError> {
        let Some(unusual) = &self.meter.unusual else { return Ok(false) };
        let mut changed = false;
        for alert in open {
            let Occasion::Unusual(sign) = alert.rule else { continue };
            if !unusual.iter().any(|unusual| unusual.sign == sign) {
                self.clear(alert)?;
                changed = true;
            }
        }
        for Unusual { sign, spent, usual, hours, .. } in unusual {
            let rule = Occasion::Unusual(*sign);
            if open.iter().any(|alert| alert.rule == rule) {
                continue;
            }
            let (amount, hours) = (Some(*spent), Some(*hours));
            self.raise(&News { rule, severity: Severity::Warning, amount, usual: *usual, hours }, open)?;
            changed = true;
        }
        Ok(changed)
    }

    fn clear(self, alert: &Alert) -> Result<(), DatabaseError> {
        self.transaction.execute(
            "UPDATE alerts SET cleared_at = ?2 WHERE id = ?1",
            params![alert.id, self.now.as_millisecond()],
        )?;
        Ok(())
    }

    fn raise(self, news: &News, open: &[Alert]) -> Result<(), DatabaseError> {
        let AlertContext { account, meter, unit, standing, .. } = self.meter;
        // A running snooze also covers what is no worse than what was snoozed.
        let covers = |alert: &&Alert| {
            alert.severity >= news.severity && news.severity < Severity::Empty && !news.rule.is_momentary()
        };
        let snoozed_until = open.iter().filter(covers).filter_map(|alert| alert.snoozed_until).max();
        self.transaction.execute(
            "INSERT INTO alerts (account, meter, rule, severity, remaining, \"full\", amount, usual, hours, unit, raised_at, snoozed_until)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
            params![
                account.as_str(),
                meter,
                news.rule.to_string(),
                json(&news.severity)?,
                standing.balance.remaining.to_string(),
                standing.balance.full.map(|full| full.to_string()),
                news.amount.map(|amount| amount.to_string()),
                news.usual.map(|usual| usual.to_string()),
                news.hours,
                unit.as_str(),
                self.now.as_millisecond(),
                snoozed_until.map(Timestamp::as_millisecond),
            ],
        )?;
        Ok(())
    }
}
