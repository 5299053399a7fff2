//! Hours in which only what is critical is told.

use std::fmt;
use std::str::FromStr;

use jiff::civil::Time;
use jiff::{Timestamp, Zoned};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::rule::Severity;

/// A time on the user's clock, such as `22:00`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub struct TimeOfDay(Time);

/// A text that is no time of day.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("“{0}” is no time of day: write hours and minutes, such as 22:00")]
pub struct TimeOfDayError(String);

impl TimeOfDay {
    /// A full hour.
    #[must_use]
    pub const fn hour(hour: i8) -> Self {
        Self(Time::constant(hour, 0, 0, 0))
    }

    /// The time itself.
    #[must_use]
    pub fn time(self) -> Time {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = TimeOfDayError;

    fn from_str(text: &str) -> Result<Self, TimeOfDayError> {
        Time::strptime("%H:%M", text).map(Self).map_err(|_| TimeOfDayError(text.to_owned()))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.strftime("%H:%M").fmt(f)
    }
}

impl TryFrom<String> for TimeOfDay {
    type Error = TimeOfDayError;

    fn try_from(text: String) -> Result<Self, TimeOfDayError> {
        text.parse()
    }
}

impl From<TimeOfDay> for String {
    fn from(time: TimeOfDay) -> Self {
        time.to_string()
    }
}

/// Hours in which what is not critical waits. They may go over midnight; from a time until the same one they are all day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct QuietHours {
    /// When they begin.
    pub from: TimeOfDay,
    /// When they end.
    pub until: TimeOfDay,
}

impl QuietHours {
    /// Whether a time lies in them.
    #[must_use]
    pub fn cover(&self, now: &Zoned) -> bool {
        let (from, until, time) = (self.from.time(), self.until.time(), now.time());
        if from < until { from <= time && time < until } else { from <= time || time < until }
    }

    /// Whether something of this severity waits at a time.
    #[must_use]
    pub fn hold(&self, severity: Severity, now: &Zoned) -> bool {
        severity < Severity::Critical && self.cover(now)
    }

    /// Whether what came at a time came in them, in the zone of `now`.
    #[must_use]
    pub fn covered(&self, at: Timestamp, now: &Zoned) -> bool {
        self.cover(&at.to_zoned(now.time_zone().clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hours(from: &str, until: &str) -> QuietHours {
        QuietHours { from: from.parse().unwrap(), until: until.parse().unwrap() }
    }

    fn at(time: &str) -> Zoned {
        format!("2026-11-21T{time}:00[Europe/Berlin]").parse().unwrap()
    }

    #[test]
    fn they_may_go_over_midnight() {
        let night = hours("22:00", "07:30");
        for (time, quiet) in
            [("21:59", false), ("22:00", true), ("03:00", true), ("07:29", true), ("07:30", false)]
        {
            assert_eq!(night.cover(&at(time)), quiet, "{time}");
        }
        let noon = hours("12:00", "13:00");
        assert!(noon.cover(&at("12:59")) && !noon.cover(&at("13:00")) && !noon.cover(&at("03:00")));
        assert!(hours("08:00", "08:00").cover(&at("15:00")));
    }

    #[test]
    fn what_is_critical_does_not_wait() {
        let night = hours("22:00", "07:00");
        let held = |severity| night.hold(severity, &at("23:00"));
        assert!(held(Severity::Warning) && held(Severity::Info));
        assert!(!held(Severity::Critical) && !held(Severity::Empty));
    }

    #[test]
    fn a_time_of_day_is_read_as_it_is_written() {
        assert_eq!("07:05".parse::<TimeOfDay>().unwrap().to_string(), "07:05");
        for text in ["24:00", "7", "", "07:60", "7 pm"] {
            assert!(text.parse::<TimeOfDay>().is_err(), "{text}");
        }
    }
}
