//! How the tray says where the accounts stand: one line an account, in words that need no manual.

use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::failure::FailureKind;
use gauge::level::{Freshness, Level};
use gauge::snapshot::{AccountSnapshot, MeterSnapshot, Snapshot};
use jiff::{Timestamp, Zoned};

/// How many UTF-16 units Windows shows of a tooltip (`NOTIFYICONDATAW::szTip` less its final zero).
#[cfg(any(windows, test))]
pub(crate) const WINDOWS_TOOLTIP: usize = 127;

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
    accounts
        .map(|account| Line { account: account.id.clone(), text: line(account, snapshot.offline, now) })
        .collect()
}

/// The title and as many lines as Windows shows, with a last one that counts those left out.
#[cfg(any(windows, test))]
#[must_use]
pub(crate) fn windows_tooltip(title: &str, lines: &[Line]) -> String {
    for shown in (0..=lines.len()).rev() {
        let mut text = title.to_owned();
        for line in &lines[..shown] {
            text.push('\n');
            text.push_str(&line.text);
        }
        if shown < lines.len() {
            text = format!("{text}\n… and {} more", lines.len() - shown);
        }
        if text.encode_utf16().count() <= WINDOWS_TOOLTIP {
            return text;
        }
    }
    title.to_owned()
}

/// Text made safe for where HTML or Pango markup is read, as Linux's panels and notification servers do.
#[cfg(any(target_os = "linux", test))]
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
    let mut text = format!("{}: {}", account.title(), amount(account.worst_meter()));
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
    if account.meters.iter().any(|meter| meter.unusual.is_some()) {
        add("unusual spend");
    }
    let forecast = account.worst_meter().and_then(|meter| meter.forecast.as_ref());
    if account.freshness == Freshness::Fresh
        && let Some(words) = forecast.and_then(|forecast| forecast.in_brief(now.timestamp()))
    {
        add(&words);
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
        shown(&meter.remaining, &meter.unit)
            .or_else(|| Some(format!("{} spent", shown(&meter.used, &meter.unit)?)))
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

#[cfg(test)]
mod tests {
    use super::*;
    use gauge::forecast::{Forecast, RunsOut, State};

    use crate::tray::sample::{account, in_trouble, now, snapshot, wallet};
    use jiff::tz::TimeZone;
    use proptest::prelude::*;

    fn said(accounts: Vec<AccountSnapshot>) -> Vec<String> {
        let now = now().to_zoned(TimeZone::UTC);
        lines(&snapshot(accounts), &now).into_iter().map(|line| line.text).collect()
    }

    fn said_of(meter: MeterSnapshot) -> String {
        said(vec![account("work", vec![meter])]).remove(0)
    }

    #[test]
    fn a_line_says_the_amount_and_the_level() {
        assert_eq!(said_of(wallet(Level::Ok, Some("58"))), "OpenRouter · work: $58.00");
        assert_eq!(said_of(wallet(Level::Low, Some("16.55"))), "OpenRouter · work: $16.55, low");
        assert_eq!(said_of(wallet(Level::Empty, Some("0"))), "OpenRouter · work: $0.00, empty");
        assert_eq!(said_of(wallet(Level::Empty, Some("-3.2"))), "OpenRouter · work: −$3.20, in debt");
        assert_eq!(said_of(wallet(Level::Unlimited, None)), "OpenRouter · work: unlimited");
        let spent = MeterSnapshot { used: Some("8.45".into()), ..wallet(Level::Unknown, None) };
        assert_eq!(said_of(spent), "OpenRouter · work: $8.45 spent");
    }

    #[test]
    fn a_line_says_that_it_is_spent_unusually() {
        let unusual = Some("fast_spend".parse().unwrap());
        let meter = MeterSnapshot { unusual, ..wallet(Level::Ok, Some("58")) };
        assert_eq!(said_of(meter), "OpenRouter · work: $58.00, unusual spend");
    }

    #[test]
    fn a_line_says_how_long_it_lasts_while_that_is_known() {
        let likely = Some(now() + jiff::SignedDuration::from_hours(6 * 24));
        let forecast = Forecast {
            state: State::Ok,
            per_day: None,
            runs_out: Some(RunsOut { early: likely, likely, late: None }),
        };
        let meter = MeterSnapshot { forecast: Some(forecast), ..wallet(Level::Low, Some("16.55")) };
        let account = account("work", vec![meter]);
        assert_eq!(said(vec![account.clone()]), ["OpenRouter · work: $16.55, low, about 6 days left"]);
        let old = in_trouble(account, FailureKind::Timeout);
        assert!(!said(vec![old])[0].contains("days left"));
    }

    #[test]
    fn unknown_is_a_dash_and_its_reason() {
        let unread = in_trouble(account("work", Vec::new()), FailureKind::Unauthorized);
        assert_eq!(said(vec![unread]), ["OpenRouter · work: —, key rejected"]);
    }

    #[test]
    fn old_data_says_since_when() {
        let mut old = in_trouble(account("work", vec![wallet(Level::Low, Some("5"))]), FailureKind::Timeout);
        let ages = [
            ("2026-11-21T09:05:00Z", "as of 09:05"),
            ("2026-11-03T09:05:00Z", "as of 3 Nov 09:05"),
            ("2025-11-21T14:02:00Z", "as of 21 Nov 2025"),
        ];
        for (at, age) in ages {
            old.checked_at = Some(at.parse().unwrap());
            assert_eq!(
                said(vec![old.clone()]),
                [format!("OpenRouter · work: $5.00, low, no answer in time, {age}")]
            );
        }
    }

    #[test]
    fn being_offline_is_said_once() {
        let unread = in_trouble(account("work", Vec::new()), FailureKind::Offline);
        let all = Snapshot { offline: true, ..snapshot(vec![unread]) };
        assert_eq!(title(&all, false), "Credit Gauge: offline");
        assert_eq!(lines(&all, &now().to_zoned(TimeZone::UTC))[0].text, "OpenRouter · work: —");
    }

    #[test]
    fn the_worst_comes_first_and_paused_accounts_are_left_out() {
        let mut paused = account("paused", vec![wallet(Level::Empty, Some("0"))]);
        paused.paused = true;
        let accounts = vec![
            account("good", vec![wallet(Level::Ok, Some("70"))]),
            paused,
            account("bad", vec![wallet(Level::Critical, Some("2"))]),
            in_trouble(account("unread", Vec::new()), FailureKind::Unauthorized),
            account("low", vec![wallet(Level::Low, Some("20"))]),
        ];
        let order: Vec<_> = lines(&snapshot(accounts.clone()), &now().to_zoned(TimeZone::UTC))
            .into_iter()
            .map(|line| line.account.to_string())
            .collect();
        assert_eq!(order, ["bad", "low", "unread", "good"]);
        assert_eq!(title(&snapshot(accounts.clone()), false), "Credit Gauge: critical");
        assert_eq!(title(&snapshot(accounts), true), "Credit Gauge: paused");
        assert_eq!(title(&snapshot(Vec::new()), false), "Credit Gauge: no accounts yet");
    }

    proptest! {
        #[test]
        fn windows_gets_whole_lines_worst_first(labels in prop::collection::vec("\\PC{0,60}", 0..12)) {
            let lines: Vec<_> = labels
                .iter()
                .map(|label| Line { account: "work".parse().unwrap(), text: format!("{}: $1.00", gauge::account::title("Any", label)) })
                .collect();
            let tooltip = windows_tooltip("Credit Gauge: low", &lines);
            prop_assert!(tooltip.encode_utf16().count() <= WINDOWS_TOOLTIP);
            let shown: Vec<_> = tooltip.split('\n').collect();
            let whole = shown[1..].iter().zip(&lines).take_while(|(shown, line)| **shown == line.text).count();
            prop_assert_eq!(shown[0], "Credit Gauge: low");
            if whole < lines.len() {
                let rest = format!("… and {} more", lines.len() - whole);
                prop_assert_eq!(shown.get(whole + 1), Some(&rest.as_str()));
                prop_assert_eq!(shown.len(), whole + 2);
            }
        }

        #[test]
        fn escaped_text_holds_no_markup_and_reads_the_same(text in "\\PC*") {
            let escaped = escape(&text);
            let bare = escaped.replace("&lt;", "").replace("&gt;", "").replace("&quot;", "").replace("&#39;", "").replace("&amp;", "");
            prop_assert!(!bare.contains(['&', '<', '>', '"', '\'']));
            let read = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'");
            prop_assert_eq!(read.replace("&amp;", "&"), text);
        }
    }
}
