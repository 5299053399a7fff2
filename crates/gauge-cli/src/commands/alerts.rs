//! `alerts`: the alerts that were raised.

use clap::Args;
use gauge::account::AccountId;
use gauge::alert::{Alert, Occasion, Severity, UNTIL_TOPPED_UP};
use gauge::amount::Unit;
use gauge::clock;
use gauge::gauge::Gauge;
use jiff::Timestamp;
use serde::Serialize;

use super::SCHEMA;
use crate::error::{CommandError, Outcome};
use crate::table::{Cell, Table};
use crate::{output, words};

/// The alerts that were raised, newest first, and what became of them.
#[derive(Args)]
pub struct Alerts {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    alerts: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Entry<'a> {
    account: &'a AccountId,
    meter: &'a str,
    rule: &'a Occasion,
    severity: Severity,
    remaining: String,
    amount: Option<String>,
    usual: Option<String>,
    hours: Option<u32>,
    unit: &'a Unit,
    raised_at: Timestamp,
    delivered_at: Option<Timestamp>,
    snoozed_until: Option<Timestamp>,
    cleared_at: Option<Timestamp>,
}

impl<'a> From<&'a Alert> for Entry<'a> {
    fn from(alert: &'a Alert) -> Self {
        Self {
            account: &alert.account,
            meter: &alert.meter,
            rule: &alert.rule,
            severity: alert.severity,
            remaining: alert.unit.exact(alert.remaining),
            amount: alert.amount.map(|amount| alert.unit.exact(amount)),
            usual: alert.usual.map(|usual| alert.unit.exact(usual)),
            hours: alert.hours,
            unit: &alert.unit,
            raised_at: alert.raised_at,
            delivered_at: alert.delivered_at,
            snoozed_until: alert.snoozed_until,
            cleared_at: alert.cleared_at,
        }
    }
}

impl Alerts {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let mut alerts = gauge.database().alerts(u32::MAX).await?;
        // Good news is no alert.
        alerts.retain(|alert| !alert.rule.is_momentary());
        if self.json {
            output::json(&Document { schema: SCHEMA, alerts: alerts.iter().map(Entry::from).collect() })?;
        } else if alerts.is_empty() {
            output::message(format_args!("No alert was ever raised."));
        } else {
            output::text(&table(&alerts, clock::now()).render())?;
        }
        Ok(Outcome::Done)
    }
}

fn table(alerts: &[Alert], now: Timestamp) -> Table<6> {
    let mut table = Table::new(["RAISED", "ACCOUNT", "METER", "ABOUT", "LEFT", "STATE"]);
    for alert in alerts {
        let level = alert.severity.level();
        table.row([
            words::local(alert.raised_at).into(),
            alert.account.as_str().into(),
            alert.meter.as_str().into(),
            Cell::from(about(&alert.rule)).styled(words::level_style(level)),
            Cell::from(alert.unit.display(alert.remaining)).right(),
            state(alert, now).into(),
        ]);
    }
    table
}

fn about(rule: &Occasion) -> String {
    match rule {
        Occasion::Below(threshold) => threshold.to_string(),
        rule => rule.to_string().replace('_', " "),
    }
}

fn state(alert: &Alert, now: Timestamp) -> String {
    match (alert.cleared_at, alert.snoozed_until.filter(|until| *until > now), alert.delivered_at) {
        (Some(at), _, _) => format!("over since {}", words::local(at)),
        (None, Some(until), _) if until >= UNTIL_TOPPED_UP => "snoozed until topped up".to_owned(),
        (None, Some(until), _) => format!("snoozed until {}", words::local(until)),
        (None, None, Some(at)) => format!("told {}", words::local(at)),
        (None, None, None) => "not told yet".to_owned(),
    }
}
