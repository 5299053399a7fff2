//! How the tray says where the accounts stand: one line an account, in words that need no manual.

use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::failure::FailureKind;
use gauge::level::{Freshness, Level};
use gauge::snapshot::{AccountSnapshot, MeterSnapshot, Snapshot};
use jiff::{Timestamp, Zoned};

/// How many UTF-16 units Windows shows of a tooltip (`NOTIFYICONDATAW::szTip` less its final zero).
pub(crate) const WINDOWS_TOOLTIP: usize = 127;

/// How many characters of a name are shown; the user may have typed any number.
const NAME: usize = 48;

/// One account in one line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Line {
    /// Whose line it is.
    pub(crate) account: AccountId,
    /// What it says, such as “OpenRouter · Personal: $16.55, low, as of 14:02”.
    pub(crate) text: String,
}

/// The heading of the tooltip, such as “Credit Gauge: low”.
#[must_use]
pub(crate) fn title(snapshot: &Snapshot, paused: bool) -> String {
    let state = match snapshot.level {
        _ if paused => "paused",
        _ if snapshot.accounts.is_empty() => "no accounts yet",
        _ if snapshot.accounts.iter().all(|account| account.paused) => "all accounts paused",
        _ if snapshot.offline => "offline",
        Level::Ok => "enough left",
        Level::Unlimited => "unlimited",
        Level::Unknown => "balance unknown",
        Level::Low => "low",
        Level::Critical => "critical",
        Level::Empty => "empty",
    };
    format!("Credit Gauge: {state}")
}

/// A line for every account that is not paused, worst first. Times are said in the zone of `now`.
#[must_use]
pub(crate) fn lines(snapshot: &Snapshot, now: &Zoned) -> Vec<Line> {
    let accounts = snapshot.worst_first().into_iter();
    accounts.map(|account| Line { account: account.id.clone(), text: line(account, snapshot.offline, now) }).collect()
}

/// An account by name: its provider and its label, or the label alone where it says as much.
#[must_use]
pub(crate) fn name(provider: &str, label: &str) -> String {
    let (provider, label) = (plain(provider), plain(label));
    let name = if label.is_empty() {
        provider
    } else if label.to_lowercase().contains(&provider.to_lowercase()) {
        label
    } else {
        format!("{provider} · {label}")
    };
    if name.chars().count() > NAME { name.chars().take(NAME - 1).chain(['…']).collect() } else { name }
}

/// The title and as many lines as Windows shows, with a last one that counts those left out.
#[must_use]
pub(crate) fn windows_tooltip(title: &str, lines: &[Line]) -> String {
    let long = |text: &str| text.encode_utf16().count();
    for shown in (0..=lines.len()).rev() {
        let mut text = title.to_owned();
        for line in &lines[..shown] {
            text.push('\n');
            text.push_str(&line.text);
        }
        if shown < lines.len() {
            text.push_str(&format!("\n… and {} more", lines.len() - shown));
        }
        if long(&text) <= WINDOWS_TOOLTIP {
            return text;
        }
    }
    let mut text = String::new();
    for character in title.chars() {
        if long(&text) + character.len_utf16() > WINDOWS_TOOLTIP {
            break;
        }
        text.push(character);
    }
    text
}

/// Text made safe for where HTML or Pango markup is read.
#[must_use]
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

fn line(account: &AccountSnapshot, offline: bool, now: &Zoned) -> String {
    let mut text = format!("{}: {}", name(&account.provider_name, &account.label), amount(account.worst_meter()));
    let mut add = |words: &str| {
        text.push_str(", ");
        text.push_str(words);
    };
    match account.level {
        Level::Low => add("low"),
        Level::Critical => add("critical"),
        Level::Empty => add(if is_debt(account.worst_meter()) { "in debt" } else { "empty" }),
        Level::Ok | Level::Unlimited | Level::Unknown => {}
    }
    if let Some(error) = &account.error
        && !(offline && error.kind == FailureKind::Offline)
    {
        add(trouble(error.kind));
    }
    if account.freshness == Freshness::Stale
        && let Some(at) = account.checked_at
    {
        add(&as_of(at, now));
    }
    text
}

/// What is left of a meter, or what was spent where nothing says of how much; a dash where nobody knows.
fn amount(meter: Option<&MeterSnapshot>) -> String {
    let shown = |amount: &Option<String>, unit: &Unit| Some(unit.display(amount.as_ref()?.parse().ok()?));
    let known = meter.and_then(|meter| {
        if meter.unlimited {
            return Some("unlimited".to_owned());
        }
        shown(&meter.remaining, &meter.unit).or_else(|| Some(format!("{} spent", shown(&meter.used, &meter.unit)?)))
    });
    known.unwrap_or_else(|| "—".to_owned())
}

fn is_debt(meter: Option<&MeterSnapshot>) -> bool {
    meter.and_then(|meter| meter.remaining.as_deref()).is_some_and(|remaining| remaining.starts_with('-'))
}

/// What is wrong, in as few words as a tooltip has room for.
fn trouble(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Offline => "offline",
        FailureKind::Timeout => "no answer in time",
        FailureKind::Tls => "no secure connection",
        FailureKind::Unauthorized => "key rejected",
        FailureKind::Forbidden => "key may not see the balance",
        FailureKind::Blocked => "blocked on the way",
        FailureKind::RateLimited => "asked too often",
        FailureKind::NotFound => "not found",
        FailureKind::ServerError => "provider has trouble",
        FailureKind::UnexpectedResponse => "answer not understood",
        FailureKind::ProviderError => "provider reports an error",
        FailureKind::Keychain => "key not readable",
        FailureKind::NeedsConfirmation => "needs your confirmation",
        FailureKind::Definition => "provider definition is wrong",
    }
}

/// When something was so: the time for today, the day too for what is older.
fn as_of(at: Timestamp, now: &Zoned) -> String {
    let at = at.to_zoned(now.time_zone().clone());
    let format = match at.date() {
        date if date == now.date() => "as of %H:%M",
        date if date.year() == now.year() => "as of %-d %b %H:%M",
        _ => "as of %-d %b %Y",
    };
    at.strftime(format).to_string()
}

/// One line of text: no control characters, no doubled spaces.
fn plain(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}
