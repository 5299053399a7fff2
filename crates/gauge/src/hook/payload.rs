//! What a hook is told.

use jiff::Timestamp;
use serde::Serialize;

use crate::alert::{Message, Severity, Telling};
use crate::forecast::RunsOut;
use crate::snapshot::SCHEMA;

/// An alert as JSON. It holds no secret: of the key not even its end.
///
/// `text` is what Slack and Mattermost show of a message posted to them, `content` what Discord does; both say the same.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Payload {
    schema: u32,
    /// The alert's number: one that comes a second time is the same alert.
    id: i64,
    account: String,
    provider: String,
    label: String,
    meter: String,
    rule: String,
    severity: Severity,
    remaining: String,
    full: Option<String>,
    amount: Option<String>,
    usual: Option<String>,
    hours: Option<u32>,
    unit: String,
    raised_at: Timestamp,
    runs_out: Option<RunsOut>,
    top_up_url: Option<String>,
    title: String,
    message: String,
    text: String,
    content: String,
}

impl Payload {
    /// What is told of an alert at a time.
    #[must_use]
    pub fn of(telling: Telling<'_>, now: Timestamp) -> Self {
        let Telling { alert, account } = telling;
        let exact = |amount| alert.unit.exact(amount);
        let Message { title, body } = Message::of(telling, now);
        let text = format!("{title}: {body}");
        let meter = account.meters.iter().find(|meter| meter.id == alert.meter);
        Self {
            schema: SCHEMA,
            id: alert.id,
            account: alert.account.to_string(),
            provider: account.provider.clone(),
            label: account.label.clone(),
            meter: alert.meter.clone(),
            rule: alert.rule.to_string(),
            severity: alert.severity,
            remaining: exact(alert.remaining),
            full: alert.full.map(exact),
            amount: alert.amount.map(exact),
            usual: alert.usual.map(exact),
            hours: alert.hours,
            unit: alert.unit.to_string(),
            raised_at: alert.raised_at,
            runs_out: meter.and_then(|meter| meter.forecast.as_ref()?.runs_out),
            top_up_url: account.top_up_url.clone(),
            title,
            message: body,
            content: text.clone(),
            text,
        }
    }

    /// One to try a hook with, about nobody's account.
    #[must_use]
    pub fn sample(now: Timestamp) -> Self {
        let (title, body) = ("Credit Gauge: test", "This hook works. It will be told like this of alerts.");
        let text = format!("{title}: {body}");
        Self {
            schema: SCHEMA,
            id: 0,
            account: "test".into(),
            provider: "test".into(),
            label: "Test".into(),
            meter: "credits".into(),
            rule: "test".into(),
            severity: Severity::Info,
            remaining: "0".into(),
            full: None,
            amount: None,
            usual: None,
            hours: None,
            unit: "credits".into(),
            raised_at: now,
            runs_out: None,
            top_up_url: None,
            title: title.into(),
            message: body.into(),
            content: text.clone(),
            text,
        }
    }
}
