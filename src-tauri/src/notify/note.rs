//! What a notification is.

use gauge::account::AccountId;
use gauge::alert::{Alert, Message, Occasion, Severity, Sign, Telling, UNTIL_TOPPED_UP};
use gauge::level::Level;
use gauge::snapshot::AccountSnapshot;
use jiff::{SignedDuration, Timestamp};

/// What a notification is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// What holds for these accounts until it is cleared.
    Alert(Vec<AccountId>),
    /// What happened to these accounts, and is over.
    News(Vec<AccountId>),
    /// What was spent.
    Summary,
    /// Nothing: it is a test.
    Test,
}

/// A meter, and what is told of it.
pub(crate) type Topic = (AccountId, String, Kind);

/// What is told of a meter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// How much is left.
    Low,
    /// That it is spent unusually.
    Unusual(Sign),
    /// That there is more again.
    News,
}

/// One notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Note {
    /// What it is about.
    pub(crate) subject: Subject,
    /// The heading, in plain text.
    pub(crate) title: String,
    /// The rest, in plain text.
    pub(crate) body: String,
    /// How bad it is.
    pub(crate) severity: Severity,
    /// The level that its picture shows.
    pub(crate) level: Level,
    /// The alerts that it tells.
    pub(crate) alerts: Vec<i64>,
    /// What they are about: a newer note about the same takes its place.
    pub(crate) topics: Vec<Topic>,
    /// The account that can be topped up.
    pub(crate) top_up: Option<AccountId>,
    /// The account whose keys are to be looked at.
    pub(crate) keys: Option<AccountId>,
}

impl Note {
    /// Tells what is due, in one; `None` when that is nothing. `while_quiet` says that it has waited for the end of quiet
    /// hours.
    #[must_use]
    pub(crate) fn of(tellings: &[Telling<'_>], while_quiet: bool, now: Timestamp) -> Option<Self> {
        let severity = tellings.iter().map(|telling| telling.alert.severity).max()?;
        let Message { title, body } = match tellings {
            [one] => Message::of(*one, now),
            several => Message::of_several(several, while_quiet, now),
        };
        let mut accounts: Vec<AccountId> = Vec::new();
        for telling in tellings {
            if !accounts.contains(&telling.account.id) {
                accounts.push(telling.account.id.clone());
            }
        }
        let is_any = |is: fn(&Occasion) -> bool| tellings.iter().any(|telling| is(&telling.alert.rule));
        let has = |page: fn(&AccountSnapshot) -> bool| tellings.iter().all(|telling| page(telling.account));
        let only = if let [only] = &accounts[..] { Some(only.clone()) } else { None };
        // More credit for a key that somebody else may have is no help.
        let top_up = only.clone().filter(|_| {
            is_any(|rule| matches!(rule, Occasion::Below(_))) && has(|account| account.top_up_url.is_some())
        });
        let keys = only.filter(|_| {
            is_any(|rule| matches!(rule, Occasion::Unusual(Sign::FastSpend | Sign::OddHours)))
                && has(|account| account.keys_url.is_some())
        });
        let holds = is_any(|rule| !rule.is_momentary());
        let subject = if holds { Subject::Alert(accounts) } else { Subject::News(accounts) };
        let alerts = tellings.iter().map(|telling| telling.alert.id).collect();
        let topics = tellings.iter().map(|telling| topic(telling.alert)).collect();
        Some(Self { subject, title, body, severity, level: severity.level(), alerts, topics, top_up, keys })
    }

    /// Whether an older note need not stay on the screen beside this one.
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "the other systems replace nothing"))]
    #[must_use]
    pub(crate) fn replaces(&self, older: &Self) -> bool {
        match older.subject {
            Subject::Summary | Subject::Test => older.subject == self.subject,
            _ => older.topics.iter().all(|topic| self.topics.contains(topic)),
        }
    }

    /// Tells what was spent, with how all accounts stand.
    #[must_use]
    pub(crate) fn summary(Message { title, body }: Message, level: Level) -> Self {
        Self::of_no_account(Subject::Summary, title, body, Severity::Info, level)
    }

    /// Shows the user what an alert looks like on this system.
    #[must_use]
    pub(crate) fn test() -> Self {
        let (title, body) =
            ("Credit Gauge: test", "Notifications work. You will be told like this when credit runs low.");
        Self::of_no_account(Subject::Test, title.into(), body.into(), Severity::Warning, Level::Ok)
    }

    fn of_no_account(
        subject: Subject,
        title: String,
        body: String,
        severity: Severity,
        level: Level,
    ) -> Self {
        let (alerts, topics) = (Vec::new(), Vec::new());
        Self { subject, title, body, severity, level, alerts, topics, top_up: None, keys: None }
    }

    /// What can be done about it, in the order in which servers that show few buttons show them.
    #[must_use]
    pub(crate) fn actions(&self) -> Vec<(&'static str, &'static str)> {
        let mut actions = Vec::new();
        if self.keys.is_some() {
            actions.push((KEYS, "Check keys"));
        }
        if self.top_up.is_some() {
            actions.push((TOP_UP, "Top up"));
        }
        if matches!(self.subject, Subject::Alert(_)) {
            actions.extend(Snooze::ALL.map(|snooze| (snooze.key(), snooze.words())));
        }
        actions
    }

    /// What pressing one of its buttons asks for; the notification itself, for any other key.
    #[must_use]
    pub(crate) fn pressed(&self, key: &str) -> NoteEvent {
        let snooze = Snooze::ALL.into_iter().find(|snooze| snooze.key() == key);
        match (key, &self.top_up, &self.keys) {
            (TOP_UP, Some(account), _) => return NoteEvent::TopUp(account.clone()),
            (KEYS, _, Some(account)) => return NoteEvent::CheckKeys(account.clone()),
            _ => {}
        }
        match (&self.subject, snooze) {
            (Subject::Alert(accounts), Some(snooze)) => NoteEvent::Snooze(accounts.clone(), snooze),
            (Subject::Alert(accounts) | Subject::News(accounts), _) => match &accounts[..] {
                [only] => NoteEvent::Opened(Some(only.clone())),
                _ => NoteEvent::Opened(None),
            },
            (Subject::Summary | Subject::Test, _) => NoteEvent::Opened(None),
        }
    }
}

fn topic(alert: &Alert) -> Topic {
    let kind = match alert.rule {
        Occasion::Below(_) => Kind::Low,
        Occasion::Unusual(sign) => Kind::Unusual(sign),
        Occasion::ToppedUp | Occasion::Restored => Kind::News,
    };
    (alert.account.clone(), alert.meter.clone(), kind)
}

const TOP_UP: &str = "top-up";
const KEYS: &str = "check-keys";

/// For how long alerts are put off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Snooze {
    Hour,
    Day,
    UntilToppedUp,
}

impl Snooze {
    const ALL: [Self; 3] = [Self::Hour, Self::Day, Self::UntilToppedUp];

    /// Until when that is.
    #[must_use]
    pub(crate) fn until(self, now: Timestamp) -> Timestamp {
        let hours = match self {
            Self::Hour => 1,
            Self::Day => 24,
            Self::UntilToppedUp => return UNTIL_TOPPED_UP,
        };
        now.saturating_add(SignedDuration::from_hours(hours)).unwrap_or(UNTIL_TOPPED_UP)
    }

    fn key(self) -> &'static str {
        match self {
            Self::Hour => "snooze-hour",
            Self::Day => "snooze-day",
            Self::UntilToppedUp => "snooze-until-topped-up",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Hour => "Snooze 1 hour",
            Self::Day => "Snooze 1 day",
            Self::UntilToppedUp => "Snooze until topped up",
        }
    }
}

/// What the user did with a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum NoteEvent {
    /// The way to buy credit for this account was asked for.
    TopUp(AccountId),
    /// The place where the keys of this account are made was asked for.
    CheckKeys(AccountId),
    /// The alerts of these accounts are to be put off.
    Snooze(Vec<AccountId>, Snooze),
    /// The notification itself was clicked; one that is about several accounts or none has none.
    Opened(Option<AccountId>),
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tray::sample::{account, now, wallet};

    fn raised(rule: &str, severity: Severity) -> Alert {
        Alert {
            id: 1,
            account: "work".parse().unwrap(),
            meter: "credits".into(),
            rule: rule.parse().unwrap(),
            severity,
            remaining: "16.55".parse().unwrap(),
            full: Some("80".parse().unwrap()),
            amount: None,
            usual: None,
            hours: None,
            unit: "USD".parse().unwrap(),
            raised_at: now(),
            delivered_at: None,
            snoozed_until: None,
            cleared_at: None,
        }
    }

    fn low(id: &str) -> AccountSnapshot {
        let mut account = account(id, vec![wallet(Level::Low, Some("16.55"))]);
        account.top_up_url = Some("https://example.com/buy".into());
        account
    }

    fn keys(note: &Note) -> Vec<&'static str> {
        note.actions().into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn an_alert_can_be_topped_up_or_put_off() {
        let (alert, account) = (raised("25%", Severity::Warning), low("work"));
        let note = Note::of(&[Telling { alert: &alert, account: &account }], false, now()).unwrap();
        assert_eq!(keys(&note), ["top-up", "snooze-hour", "snooze-day", "snooze-until-topped-up"]);
        let work = account.id.clone();
        assert_eq!(note.pressed("top-up"), NoteEvent::TopUp(work.clone()));
        assert_eq!(note.pressed("snooze-day"), NoteEvent::Snooze(vec![work.clone()], Snooze::Day));
        assert_eq!(note.pressed("default"), NoteEvent::Opened(Some(work)));
        let no_shop = AccountSnapshot { top_up_url: None, ..account };
        let note = Note::of(&[Telling { alert: &alert, account: &no_shop }], false, now()).unwrap();
        assert_eq!(note.top_up, None);
    }

    #[test]
    fn several_are_one_as_bad_as_the_worst_and_are_put_off_together() {
        let (mild, bad) = (raised("25%", Severity::Warning), raised("empty", Severity::Empty));
        let (one, other) = (low("one"), low("other"));
        let tellings = [
            Telling { alert: &mild, account: &one },
            Telling { alert: &bad, account: &other },
            Telling { alert: &mild, account: &other },
        ];
        let note = Note::of(&tellings, false, now()).unwrap();
        assert_eq!(note.severity, Severity::Empty);
        assert_eq!(note.top_up, None, "which one?");
        let both = vec![one.id.clone(), other.id.clone()];
        assert_eq!(note.subject, Subject::Alert(both.clone()));
        assert_eq!(note.pressed("snooze-hour"), NoteEvent::Snooze(both, Snooze::Hour));
        assert_eq!(note.pressed("default"), NoteEvent::Opened(None));
    }

    #[test]
    fn a_leaked_key_is_to_be_looked_at_and_not_topped_up() {
        let unusual = raised("fast_spend", Severity::Warning);
        let account = AccountSnapshot { keys_url: Some("https://example.com/keys".into()), ..low("work") };
        let note = Note::of(&[Telling { alert: &unusual, account: &account }], false, now()).unwrap();
        assert_eq!(keys(&note)[..2], ["check-keys", "snooze-hour"]);
        assert_eq!(note.pressed("check-keys"), NoteEvent::CheckKeys(account.id));
    }

    #[test]
    fn what_holds_stays_beside_milder_news() {
        let account = low("work");
        let note = |rule: &str, severity, meter: &str| {
            let alert = Alert { meter: meter.into(), ..raised(rule, severity) };
            Note::of(&[Telling { alert: &alert, account: &account }], false, now()).unwrap()
        };
        let critical = note("10%", Severity::Critical, "credits");
        assert!(note("5%", Severity::Critical, "credits").replaces(&critical));
        assert!(!note("25%", Severity::Warning, "quota").replaces(&critical));
        assert!(!note("topped_up", Severity::Info, "credits").replaces(&critical));
        assert!(!note("fast_spend", Severity::Warning, "credits").replaces(&critical));
        assert!(Note::test().replaces(&Note::test()) && !Note::test().replaces(&critical));
    }

    #[test]
    fn good_news_asks_for_nothing() {
        let (news, account) = (raised("topped_up", Severity::Info), low("work"));
        let note = Note::of(&[Telling { alert: &news, account: &account }], false, now()).unwrap();
        assert_eq!(note.subject, Subject::News(vec![account.id]));
        assert_eq!(note.actions(), []);
        assert_eq!(Note::of(&[], false, now()), None);
    }

    #[test]
    fn a_snooze_until_topped_up_never_ends_by_itself() {
        assert_eq!(Snooze::UntilToppedUp.until(now()), UNTIL_TOPPED_UP);
        assert_eq!(Snooze::Hour.until(now()).duration_since(now()), SignedDuration::from_hours(1));
    }
}
