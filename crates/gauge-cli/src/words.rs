//! How amounts, levels and ages are said.

use anstyle::{AnsiColor, Style};
use gauge::amount::Unit;
use gauge::level::Level;
use gauge::reading::MeterKind;
use gauge::snapshot::MeterSnapshot;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};

/// What is left of a meter, or the nearest thing that is known.
pub fn left(meter: &MeterSnapshot) -> String {
    match (&meter.remaining, &meter.used) {
        (Some(remaining), _) if !meter.unlimited => amount(remaining, &meter.unit),
        (_, Some(used)) if meter.kind == MeterKind::Spend => format!("{} spent", amount(used, &meter.unit)),
        _ if meter.unlimited => "unlimited".to_owned(),
        _ => "–".to_owned(),
    }
}

fn amount(exact: &str, unit: &Unit) -> String {
    match exact.parse() {
        Ok(amount) => unit.display(amount),
        Err(_) => format!("{exact} {unit}"),
    }
}

/// The word for a level.
pub fn level(level: Level) -> &'static str {
    match level {
        Level::Unlimited => "unlimited",
        Level::Ok => "ok",
        Level::Unknown => "unknown",
        Level::Low => "low",
        Level::Critical => "critical",
        Level::Empty => "empty",
    }
}

/// How the word for a level looks.
pub fn level_style(level: Level) -> Style {
    match level {
        Level::Ok | Level::Unlimited => AnsiColor::Green.on_default(),
        Level::Unknown => Style::new().dimmed(),
        Level::Low => AnsiColor::Yellow.on_default(),
        Level::Critical | Level::Empty => AnsiColor::Red.on_default().bold(),
    }
}

/// How long ago something was, in its largest unit.
pub fn ago(at: Timestamp, now: Timestamp) -> String {
    let age = now.duration_since(at);
    let (count, unit) = match age {
        age if age < SignedDuration::from_mins(1) => return "just now".to_owned(),
        age if age < SignedDuration::from_hours(1) => (age.as_mins(), "min"),
        age if age < SignedDuration::from_hours(48) => (age.as_hours(), "h"),
        age => (age.as_hours() / 24, "days"),
    };
    format!("{count} {unit} ago")
}

/// A time on the clock of this machine.
pub fn local(at: Timestamp) -> String {
    at.to_zoned(TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_are_said_in_their_largest_unit() {
        let now = Timestamp::constant(1_800_000_000, 0);
        let said = |seconds: i64| ago(now - SignedDuration::from_secs(seconds), now);
        assert_eq!(said(-5), "just now");
        assert_eq!(said(59), "just now");
        assert_eq!(said(60), "1 min ago");
        assert_eq!(said(3599), "59 min ago");
        assert_eq!(said(47 * 3600), "47 h ago");
        assert_eq!(said(49 * 3600), "2 days ago");
    }
}
