//! What alerts say.

use std::cmp::{Ordering, Reverse};

use jiff::Timestamp;
use rust_decimal::Decimal;

use super::{Alert, Occasion, Severity, Sign, Threshold};
use crate::forecast::State;
use crate::snapshot::{AccountSnapshot, MeterSnapshot};

/// How many of several alerts are listed.
const LISTED: usize = 6;

/// A heading and a text, both plain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Which account, and what is the matter.
    pub title: String,
    /// How much is left, which rule was crossed, and until when it lasts.
    pub body: String,
}

/// An alert and the account it is about.
#[derive(Clone, Copy, Debug)]
pub struct Telling<'a> {
    /// What is told.
    pub alert: &'a Alert,
    /// How its account stands. Its amount is said where it has one: it is newer than the alert's when that was put off.
    pub account: &'a AccountSnapshot,
}

impl Message {
    /// What one alert says.
    #[must_use]
    pub fn of(telling: Telling<'_>, now: Timestamp) -> Self {
        let Telling { alert, account } = telling;
        let what = match telling.meter() {
            Some(meter) if account.meters.len() > 1 => format!("{}: ", meter.label),
            _ => String::new(),
        };
        let left = telling.left();
        let pace = telling.lasts(now).map(|words| format!(" At today’s pace, {words}.")).unwrap_or_default();
        let news = match &alert.rule {
            Occasion::Below(threshold) => {
                format!("{}{pace}", below(threshold, alert, telling.remaining()))
            }
            Occasion::Unusual(sign) => unusual(*sign, alert, &left),
            Occasion::ToppedUp => match alert.amount {
                Some(added) => format!("{} added, {left}.{pace}", alert.unit.display(added)),
                None => format!("{}.{pace}", upper_first(&left)),
            },
            Occasion::Restored => format!("The allowance is back: {left}.{pace}"),
        };
        Self { title: format!("{}: {}", account.title(), telling.state()), body: what + &news }
    }

    /// What several alerts say in one: a line for each, the worst first. `while_quiet` says that they have waited for the
    /// end of quiet hours.
    #[must_use]
    pub fn of_several(tellings: &[Telling<'_>], while_quiet: bool, now: Timestamp) -> Self {
        let mut sorted = tellings.to_vec();
        sorted.sort_by_key(|telling| Reverse(telling.alert.severity));
        let mut lines: Vec<_> = sorted.iter().take(LISTED).map(|telling| telling.line(now)).collect();
        if let Some(more @ 1..) = sorted.len().checked_sub(LISTED) {
            lines.push(format!("and {more} more"));
        }
        let count = tellings.len();
        let title = if while_quiet {
            format!("Credit Gauge: {count} messages from the quiet hours")
        } else if let [first, rest @ ..] = tellings
            && rest.iter().all(|telling| telling.account.id == first.account.id)
        {
            format!("{}: {count} messages", first.account.title())
        } else if tellings.iter().all(|telling| telling.alert.severity > Severity::Info) {
            format!("Credit Gauge: {count} alerts")
        } else {
            format!("Credit Gauge: {count} messages")
        };
        Self { title, body: lines.join("\n") }
    }
}

impl Telling<'_> {
    fn meter(&self) -> Option<&MeterSnapshot> {
        self.account.meters.iter().find(|meter| meter.id == self.alert.meter)
    }

    fn remaining(&self) -> Decimal {
        let newest = self.meter().and_then(|meter| meter.remaining.as_deref()?.parse().ok());
        newest.unwrap_or(self.alert.remaining)
    }

    fn left(&self) -> String {
        format!("{} left", self.alert.unit.display(self.remaining()))
    }

    /// The threshold that is crossed, in few words.
    fn mark(&self, threshold: &Threshold) -> String {
        match threshold {
            Threshold::Percent(percent) => format!(", under {percent}%"),
            Threshold::Amount(amount) => format!(", under {}", self.alert.unit.display(*amount)),
            Threshold::Days(_) | Threshold::Empty => String::new(),
        }
    }

    /// How long it lasts at today's pace, where that can be told.
    fn lasts(&self, now: Timestamp) -> Option<String> {
        let forecast = self.meter()?.forecast.as_ref()?;
        if forecast.state == State::Ok { forecast.in_brief(now) } else { None }
    }

    /// What is the matter, in as few words as a heading has room for.
    fn state(&self) -> &'static str {
        match (&self.alert.rule, self.alert.severity) {
            (Occasion::ToppedUp, _) => "topped up",
            (Occasion::Restored, _) => "restored",
            (Occasion::Unusual(Sign::Refunds), _) => "many refunds",
            (Occasion::Unusual(_), _) => "unusual spend",
            (Occasion::Below(_), Severity::Info) => "for your information",
            (Occasion::Below(_), Severity::Warning) => "low",
            (Occasion::Below(_), Severity::Critical) => "critical",
            (Occasion::Below(_), Severity::Empty) if self.remaining() < Decimal::ZERO => "in debt",
            (Occasion::Below(_), Severity::Empty) => "empty",
        }
    }

    fn line(&self, now: Timestamp) -> String {
        let what = match self.meter() {
            Some(meter) if self.account.meters.len() > 1 => format!(", {}", meter.label),
            _ => String::new(),
        };
        let left = match (&self.alert.rule, self.alert.amount) {
            (Occasion::Unusual(Sign::FastSpend | Sign::OddHours), Some(spent)) => {
                format!("{} spent {}", self.alert.unit.display(spent), lately(self.alert.hours))
            }
            (Occasion::ToppedUp, Some(added)) => {
                format!("{} added, {}", self.alert.unit.display(added), self.left())
            }
            (Occasion::Below(threshold), _) => self.left() + &self.mark(threshold),
            _ => self.left(),
        };
        let pace = self.lasts(now).map(|words| format!(", {words}")).unwrap_or_default();
        format!("{}{what}: {}, {left}{pace}", self.account.title(), self.state())
    }
}

/// What is left, and the threshold where it is still crossed.
fn below(threshold: &Threshold, alert: &Alert, remaining: Decimal) -> String {
    let shown = alert.unit.display(remaining);
    if remaining < Decimal::ZERO {
        return format!("{shown}: more was spent than was paid for.");
    }
    if let Threshold::Days(days) = threshold {
        let days = if *days == Decimal::ONE { "a day".to_owned() } else { format!("{days} days") };
        return format!("{shown} left, likely to run out within {days}.");
    }
    let (Some(limit), false) = (threshold.amount(alert.full), remaining.is_zero()) else {
        return format!("{shown} left.");
    };
    let mark = match (threshold, alert.full) {
        (Threshold::Percent(percent), Some(full)) => format!("{percent}% of {}", alert.unit.display(full)),
        _ => alert.unit.display(limit),
    };
    match remaining.cmp(&limit) {
        Ordering::Less => format!("{shown} left, under {mark}."),
        Ordering::Equal => format!("{shown} left, down to {mark}."),
        Ordering::Greater => format!("{shown} left, after it was under {mark}."),
    }
}

fn unusual(sign: Sign, alert: &Alert, left: &str) -> String {
    let lately = lately(alert.hours);
    let spent = alert.amount.map_or_else(|| "More".to_owned(), |spent| alert.unit.display(spent));
    match sign {
        Sign::FastSpend => {
            let before = match alert.usual {
                Some(usual) => {
                    format!(", and never more than {} in as long a time before", alert.unit.display(usual))
                }
                None => String::new(),
            };
            format!("{spent} spent {lately}{before}; {left}. If that was not you, replace the key.")
        }
        Sign::OddHours => {
            format!(
                "{spent} spent at hours that never had any spend; {left}. If that was not you, replace the key."
            )
        }
        Sign::Refunds => {
            format!(
                "Most of what was reserved {lately} came back: requests seem to fail. {}.",
                upper_first(left)
            )
        }
    }
}

/// In the last so many hours.
fn lately(hours: Option<u32>) -> String {
    match hours {
        None | Some(0) => "lately".to_owned(),
        Some(1) => "in the last hour".to_owned(),
        Some(hours) => format!("in the last {hours} hours"),
    }
}

fn upper_first(text: &str) -> String {
    let mut characters = text.chars();
    characters.next().map_or_else(String::new, |first| first.to_uppercase().chain(characters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::tests::wallet;
    use crate::forecast::{Forecast, RunsOut};
    use crate::level::{Freshness, Level};
    use jiff::SignedDuration;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);

    fn meter(remaining: &str) -> MeterSnapshot {
        MeterSnapshot::of(&wallet(remaining), Some("80".parse().unwrap()))
    }

    fn account(label: &str, meters: Vec<MeterSnapshot>) -> AccountSnapshot {
        AccountSnapshot {
            id: label.parse().unwrap(),
            provider: "openrouter".into(),
            provider_name: "OpenRouter".into(),
            label: label.into(),
            level: Level::Low,
            freshness: Freshness::Fresh,
            checked_at: Some(NOW),
            error: None,
            checking: false,
            paused: false,
            notices: Vec::new(),
            top_up_url: None,
            keys_url: None,
            meters,
        }
    }

    fn raised(rule: &str, severity: Severity, remaining: &str) -> Alert {
        Alert {
            id: 1,
            account: "work".parse().unwrap(),
            meter: "credits".into(),
            rule: rule.parse().unwrap(),
            severity,
            remaining: remaining.parse().unwrap(),
            full: Some("80".parse().unwrap()),
            amount: None,
            usual: None,
            hours: None,
            unit: "USD".parse().unwrap(),
            raised_at: NOW,
            delivered_at: None,
            snoozed_until: None,
            cleared_at: None,
        }
    }

    fn said(alert: &Alert, account: &AccountSnapshot) -> (String, String) {
        let Message { title, body } = Message::of(Telling { alert, account }, NOW);
        (title, body)
    }

    fn told(rule: &str, severity: Severity, remaining: &str) -> (String, String) {
        said(&raised(rule, severity, remaining), &account("work", vec![meter(remaining)]))
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
        let likely = Some(NOW + SignedDuration::from_hours(2 * 24));
        let runs_out = Some(RunsOut { early: likely, likely, late: likely });
        let forecast = Some(Forecast { state: State::Ok, per_day: None, runs_out });
        let account = account("work", vec![MeterSnapshot { forecast, ..meter("16.55") }]);
        let body = |rule| said(&raised(rule, Severity::Warning, "16.55"), &account).1;
        assert_eq!(body("25%"), "$16.55 left, under 25% of $80.00. At today’s pace, about 2 days left.");
        assert_eq!(
            body("3d"),
            "$16.55 left, likely to run out within 3 days. At today’s pace, about 2 days left."
        );
    }

    #[test]
    fn an_alert_put_off_says_the_amount_of_today() {
        let later = account("work", vec![meter("9")]);
        let alert = raised("25%", Severity::Warning, "16.55");
        assert_eq!(said(&alert, &later).1, "$9.00 left, under 25% of $80.00.");
        let unread = account("work", Vec::new());
        assert_eq!(said(&alert, &unread).1, "$16.55 left, under 25% of $80.00.");
    }

    #[test]
    fn names_the_meter_only_where_there_are_several() {
        let limit = MeterSnapshot { id: "key-limit".into(), ..meter("50") };
        let both = account("work", vec![meter("16.55"), limit]);
        let body = said(&raised("25%", Severity::Warning, "16.55"), &both).1;
        assert_eq!(body, "Credits: $16.55 left, under 25% of $80.00.");
    }

    #[test]
    fn unusual_spend_is_told_with_what_was_usual() {
        let account = account("work", vec![meter("16.55")]);
        let unusual = |rule: &str| Alert {
            amount: Some("12.4".parse().unwrap()),
            usual: Some("3.1".parse().unwrap()),
            hours: Some(1),
            ..raised(rule, Severity::Warning, "16.55")
        };
        assert_eq!(
            said(&unusual("fast_spend"), &account),
            (
                "OpenRouter · work: unusual spend".into(),
                "$12.40 spent in the last hour, and never more than $3.10 in as long a time before; $16.55 left. \
                 If that was not you, replace the key."
                    .into()
            )
        );
        let body = said(&unusual("odd_hours"), &account).1;
        assert!(body.starts_with("$12.40 spent at hours that never had any spend"), "{body}");
    }

    #[test]
    fn good_news_says_what_was_added() {
        let account = account("work", vec![meter("66.55")]);
        let added = Alert { amount: Some(50.into()), ..raised("topped_up", Severity::Info, "66.55") };
        let expected = ("OpenRouter · work: topped up".into(), "$50.00 added, $66.55 left.".into());
        assert_eq!(said(&added, &account), expected);
        let restored = raised("restored", Severity::Info, "66.55");
        assert_eq!(said(&restored, &account).1, "The allowance is back: $66.55 left.");
    }

    #[test]
    fn several_are_listed_the_worst_first_and_the_rest_counted() {
        let accounts: Vec<_> =
            (1..=8).map(|n| account(&format!("team-{n}"), vec![meter(&n.to_string())])).collect();
        let mild = raised("25%", Severity::Warning, "1");
        let bad = raised("empty", Severity::Empty, "0");
        let mut tellings: Vec<_> = accounts.iter().map(|account| Telling { alert: &mild, account }).collect();
        tellings[7].alert = &bad;
        let Message { title, body } = Message::of_several(&tellings, false, NOW);
        assert_eq!(title, "Credit Gauge: 8 alerts");
        let lines: Vec<_> = body.lines().collect();
        assert_eq!(lines[0], "OpenRouter · team-8: empty, $8.00 left");
        assert_eq!(lines[1], "OpenRouter · team-1: low, $1.00 left, under 25%");
        assert_eq!((lines.len(), lines[6]), (7, "and 2 more"));
        let Message { title, .. } = Message::of_several(&tellings[..2], true, NOW);
        assert_eq!(title, "Credit Gauge: 2 messages from the quiet hours");
    }
}
