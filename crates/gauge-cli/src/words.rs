//! How amounts, levels and ages are said.

use anstyle::{AnsiColor, Style};
use gauge::amount::Unit;
use gauge::forecast::{Forecast, RunsOut, State};
use gauge::level::Level;
use gauge::reading::MeterKind;
use gauge::snapshot::MeterSnapshot;
use jiff::{SignedDuration, Timestamp, Zoned, tz::TimeZone};

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

/// How long something took, in its largest unit, and the next where that tells more.
pub fn length(length: SignedDuration) -> String {
    let minutes = (length.as_secs() + 30) / 60;
    let (days, hours, rest) = (minutes / 1440, minutes % 1440 / 60, minutes % 60);
    match (days, hours, rest) {
        (0, 0, minutes) => format!("{minutes} min"),
        (0, hours, 0) => format!("{hours} h"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, 0, _) => "1 day".to_owned(),
        (days, 0, _) => format!("{days} days"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, hours, _) => format!("{days} days {hours} h"),
    }
}

/// What is said of a meter's future at this time, in its zone.
pub fn forecast(forecast: &Forecast, at: &Zoned) -> String {
    match (forecast.state, forecast.runs_out) {
        (State::NotEnoughData, _) => "not enough data yet".to_owned(),
        (State::Idle, _) => "not being spent".to_owned(),
        (State::Unlimited, _) => "unlimited".to_owned(),
        (State::LastsUntilReset, Some(RunsOut { early: Some(early), .. })) => {
            format!("likely lasts until the reset, but may run out from {} on", date(early, at))
        }
        (State::LastsUntilReset, _) => "lasts until the reset".to_owned(),
        (State::Ok, Some(runs_out)) => range(runs_out, at),
        (State::Ok, None) => "not in sight".to_owned(),
    }
}

fn range(RunsOut { early, likely, late }: RunsOut, at: &Zoned) -> String {
    match (early, likely, late) {
        (_, Some(likely), Some(late)) if likely.max(late) <= at.timestamp() => "nothing is left".to_owned(),
        (Some(early), Some(likely), Some(late)) => {
            let [early, likely, late] = [early, likely, late].map(|time| date(time, at));
            if early == late {
                format!("likely {likely}")
            } else {
                format!("likely {likely}, between {early} and {late}")
            }
        }
        (Some(early), Some(likely), None) => {
            format!("likely {}, not before {}", date(likely, at), date(early, at))
        }
        (Some(early), None, _) => format!("likely in more than a year, not before {}", date(early, at)),
        _ => "in more than a year".to_owned(),
    }
}

/// A day; its hour where it is near, and its year where that is another one.
fn date(time: Timestamp, at: &Zoned) -> String {
    let time = time.to_zoned(at.time_zone().clone());
    let format = match time.duration_since(at) {
        near if near < SignedDuration::from_hours(48) => "%-d %b %H:%M",
        _ if time.year() == at.year() => "%-d %b",
        _ => "%-d %b %Y",
    };
    time.strftime(format).to_string()
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

    #[test]
    fn lengths_are_said_no_finer_than_anybody_wants_to_know() {
        let said = |minutes| length(SignedDuration::from_mins(minutes));
        assert_eq!((said(59), said(120), said(150)), ("59 min".into(), "2 h".into(), "2 h 30 min".into()));
        assert_eq!(
            (said(1440), said(1501), said(5000)),
            ("1 day".into(), "1 day 1 h".into(), "3 days 11 h".into())
        );
    }

    #[test]
    fn a_range_is_said_as_far_as_it_is_known() {
        let at: Zoned = "2026-11-21T23:30:00-05:00[America/New_York]".parse().unwrap();
        let day = |days: i64| Some((&at + SignedDuration::from_hours(24 * days)).timestamp());
        let said = |state, early, likely, late| {
            forecast(&Forecast { state, per_day: None, runs_out: Some(RunsOut { early, likely, late }) }, &at)
        };
        assert_eq!(said(State::Ok, day(10), day(13), day(18)), "likely 4 Dec, between 1 Dec and 9 Dec");
        assert_eq!(said(State::Ok, day(10), day(50), None), "likely 10 Jan 2027, not before 1 Dec");
        assert_eq!(said(State::Ok, day(10), None, None), "likely in more than a year, not before 1 Dec");
        assert_eq!(said(State::Ok, None, None, None), "in more than a year");
        assert_eq!(said(State::Ok, day(0), day(0), day(0)), "nothing is left");
        assert_eq!(said(State::Ok, day(1), day(2), day(3)), "likely 23 Nov, between 22 Nov 23:30 and 24 Nov");
        let reset = said(State::LastsUntilReset, day(10), None, None);
        assert_eq!(reset, "likely lasts until the reset, but may run out from 1 Dec on");
    }
}
