//! What a notification says.

use gauge::account::AccountId;
use gauge::alert::{Alert, Severity, Threshold};
use gauge::forecast::State;
use gauge::snapshot::{AccountSnapshot, MeterSnapshot};
use jiff::Timestamp;
use rust_decimal::Decimal;

use crate::tray::words;

/// One notification. It replaces the last one about the same account that is still shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// The account it is about; none for a test.
    pub(crate) account: Option<AccountId>,
    /// The heading, in plain text.
    pub(crate) title: String,
    /// The rest, in plain text.
    pub(crate) body: String,
    /// How bad it is; none for a test.
    pub(crate) severity: Option<Severity>,
    /// Whether to offer to top up.
    pub(crate) top_up: bool,
    /// Whether to offer to put alerts off.
    pub(crate) snooze: bool,
}

impl Note {
    /// Tells of an alert. The amount is the one of the snapshot where it has one, which is newer than the alert's when
    /// the alert was put off.
    #[must_use]
    pub(crate) fn alert(alert: &Alert, account: &AccountSnapshot, now: Timestamp) -> Self {
        let meter = account.meters.iter().find(|meter| meter.id == alert.meter);
        let newest = meter.and_then(|meter| meter.remaining.as_deref()?.parse().ok());
        let remaining = newest.unwrap_or(alert.remaining);
        let state = match alert.severity {
            Severity::Warning => "low",
            Severity::Critical => "critical",
            Severity::Empty if remaining < Decimal::ZERO => "in debt",
            Severity::Empty => "empty",
        };
        let what = match meter {
            Some(meter) if account.meters.len() > 1 => format!("{}: ", meter.label),
            _ => String::new(),
        };
        Self {
            account: Some(account.id.clone()),
            title: format!("{}: {state}", words::name(&account.provider_name, &account.label)),
            body: what + &left(alert, remaining) + &pace(meter, now),
            severity: Some(alert.severity),
            top_up: account.top_up_url.is_some(),
            snooze: true,
        }
    }

    /// Shows the user what an alert looks like on this system.
    #[must_use]
    pub(crate) fn test() -> Self {
        Self {
            account: None,
            title: "Credit Gauge: test".into(),
            body: "Notifications work. You will be told like this when credit runs low.".into(),
            severity: None,
            top_up: false,
            snooze: false,
        }
    }
}

/// What is left, and the threshold where it is still crossed.
fn left(alert: &Alert, remaining: Decimal) -> String {
    let shown = alert.unit.display(remaining);
    if remaining < Decimal::ZERO {
        return format!("{shown}: more was spent than was paid for.");
    }
    if let Threshold::Days(days) = alert.rule {
        let days = if days == Decimal::ONE { "a day".to_owned() } else { format!("{days} days") };
        return format!("{shown} left, likely to run out within {days}.");
    }
    let (Some(limit), false) = (alert.rule.amount(alert.full), remaining.is_zero()) else {
        return format!("{shown} left.");
    };
    let mark = match (&alert.rule, alert.full) {
        (Threshold::Percent(percent), Some(full)) => format!("{percent}% of {}", alert.unit.display(full)),
        _ => alert.unit.display(limit),
    };
    match remaining.cmp(&limit) {
        std::cmp::Ordering::Less => format!("{shown} left, under {mark}."),
        std::cmp::Ordering::Equal => format!("{shown} left, down to {mark}."),
        std::cmp::Ordering::Greater => format!("{shown} left, after it was under {mark}."),
    }
}

/// How long it lasts, where that can be told.
fn pace(meter: Option<&MeterSnapshot>, now: Timestamp) -> String {
    let forecast = meter.and_then(|meter| meter.forecast.as_ref());
    match forecast.filter(|forecast| forecast.state == State::Ok).and_then(|forecast| forecast.in_brief(now))
    {
        Some(words) => format!(" At today’s pace, {words}."),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tray::sample::{account, now, wallet};
    use gauge::forecast::{Forecast, RunsOut};
    use gauge::level::Level;

    fn raised(rule: &str, severity: Severity, remaining: &str) -> Alert {
        Alert {
            id: 1,
            account: "work".parse().unwrap(),
            meter: "credits".into(),
            rule: rule.parse().unwrap(),
            severity,
            remaining: remaining.parse().unwrap(),
            full: Some("80".parse().unwrap()),
            unit: "USD".parse().unwrap(),
            raised_at: now(),
            delivered_at: None,
            snoozed_until: None,
            cleared_at: None,
        }
    }

    fn told(rule: &str, severity: Severity, remaining: &str) -> (String, String) {
        let account = account("work", vec![wallet(severity.level(), Some(remaining))]);
        let note = Note::alert(&raised(rule, severity, remaining), &account, now());
        (note.title, note.body)
    }

    #[test]
    fn says_what_is_left_and_which_mark_was_crossed() {
        let cases = [
            (
                told("25%", Severity::Warning, "16.55"),
                ("OpenRouter · work: low", "$16.55 left, under 25% of $80.00."),
            ),
            (
                told("25%", Severity::Warning, "20"),
                ("OpenRouter · work: low", "$20.00 left, down to 25% of $80.00."),
            ),
            (
                told("5", Severity::Critical, "4.1"),
                ("OpenRouter · work: critical", "$4.10 left, under $5.00."),
            ),
            (told("empty", Severity::Empty, "0"), ("OpenRouter · work: empty", "$0.00 left.")),
            (
                told("empty", Severity::Empty, "-3.2"),
                ("OpenRouter · work: in debt", "−$3.20: more was spent than was paid for."),
            ),
        ];
        for ((title, body), expected) in cases {
            assert_eq!((title.as_str(), body.as_str()), expected);
        }
    }

    #[test]
    fn says_until_when_at_todays_pace() {
        let likely = Some(now() + jiff::SignedDuration::from_hours(2 * 24));
        let runs_out = Some(RunsOut { early: likely, likely, late: likely });
        let forecast = Some(Forecast { state: State::Ok, per_day: None, runs_out });
        let meter = MeterSnapshot { forecast, ..wallet(Level::Low, Some("16.55")) };
        let account = account("work", vec![meter]);
        let body = |rule| Note::alert(&raised(rule, Severity::Warning, "16.55"), &account, now()).body;
        assert_eq!(body("25%"), "$16.55 left, under 25% of $80.00. At today’s pace, about 2 days left.");
        assert_eq!(
            body("3d"),
            "$16.55 left, likely to run out within 3 days. At today’s pace, about 2 days left."
        );
    }

    #[test]
    fn an_alert_put_off_says_the_amount_of_today() {
        let later = account("work", vec![wallet(Level::Low, Some("9"))]);
        let note = Note::alert(&raised("25%", Severity::Warning, "16.55"), &later, now());
        assert_eq!(note.body, "$9.00 left, under 25% of $80.00.");
        let unread = account("work", Vec::new());
        let note = Note::alert(&raised("25%", Severity::Warning, "16.55"), &unread, now());
        assert_eq!(note.body, "$16.55 left, under 25% of $80.00.");
    }

    #[test]
    fn names_the_meter_only_where_there_are_several() {
        let limit = MeterSnapshot { id: "key-limit".into(), ..wallet(Level::Ok, Some("50")) };
        let both = account("work", vec![wallet(Level::Low, Some("16.55")), limit]);
        let note = Note::alert(&raised("25%", Severity::Warning, "16.55"), &both, now());
        assert_eq!(note.body, "Credits: $16.55 left, under 25% of $80.00.");
    }

    #[test]
    fn offers_to_top_up_only_where_there_is_a_page_for_it() {
        let mut here = account("work", vec![wallet(Level::Low, Some("16.55"))]);
        assert!(Note::alert(&raised("25%", Severity::Warning, "16.55"), &here, now()).top_up);
        here.top_up_url = None;
        assert!(!Note::alert(&raised("25%", Severity::Warning, "16.55"), &here, now()).top_up);
    }
}
