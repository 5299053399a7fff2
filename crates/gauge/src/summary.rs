//! The daily or weekly summary: what was spent, how long it lasts, and what ran low.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use jiff::civil::Weekday as CivilWeekday;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan, Zoned};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::alert::{Message, TimeOfDay};
use crate::amount::Unit;
use crate::level::Level;
use crate::snapshot::AccountSnapshot;

/// How many accounts are listed.
const LISTED: usize = 8;

/// How often a summary comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export, rename = "SummaryEvery")]
pub enum Every {
    /// Not at all.
    #[default]
    Never,
    /// Every day.
    Daily,
    /// Every week.
    Weekly,
}

/// A day of the week.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Weekday {
    /// Monday.
    #[default]
    Monday,
    /// Tuesday.
    Tuesday,
    /// Wednesday.
    Wednesday,
    /// Thursday.
    Thursday,
    /// Friday.
    Friday,
    /// Saturday.
    Saturday,
    /// Sunday.
    Sunday,
}

/// When a summary comes, on the user's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
#[ts(export, rename = "Summary")]
pub struct Schedule {
    /// How often.
    pub every: Every,
    /// At what time.
    pub at: TimeOfDay,
    /// On which day, if weekly.
    pub on: Weekday,
}

impl Default for Schedule {
    fn default() -> Self {
        Self { every: Every::Never, at: TimeOfDay::hour(9), on: Weekday::Monday }
    }
}

/// The time that is summed up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its beginning.
    pub from: Timestamp,
    /// Its end: when the summary is due.
    pub until: Timestamp,
    /// How often such a period comes.
    pub every: Every,
}

impl Period {
    /// The day, or the week, that ends at a time.
    #[must_use]
    pub fn until(until: Timestamp, every: Every, zone: &TimeZone) -> Self {
        let days = if every == Every::Weekly { 7 } else { 1 };
        let from = until.to_zoned(zone.clone()).saturating_sub(days.days());
        Self { from: from.timestamp(), until, every }
    }
}

impl Schedule {
    /// The last period that has ended; `None` when there is to be no summary.
    #[must_use]
    pub fn last_period(&self, now: &Zoned) -> Option<Period> {
        if self.every == Every::Never {
            return None;
        }
        let wanted = self.on.civil();
        let due = (0..=7_i64).find_map(|ago| {
            let date = now.date().checked_sub(ago.days()).ok()?;
            if self.every == Every::Weekly && date.weekday() != wanted {
                return None;
            }
            let due = date.to_datetime(self.at.time()).to_zoned(now.time_zone().clone()).ok()?;
            (due <= *now).then_some(due)
        })?;
        Some(Period::until(due.timestamp(), self.every, now.time_zone()))
    }

    /// By what it is known that a summary was told: another schedule begins anew.
    #[must_use]
    pub fn name(&self) -> String {
        match self.every {
            Every::Never => "summary".to_owned(),
            Every::Daily => format!("summary daily {}", self.at),
            Every::Weekly => format!("summary weekly {} {:?}", self.at, self.on),
        }
    }
}

impl Weekday {
    fn civil(self) -> CivilWeekday {
        match self {
            Self::Monday => CivilWeekday::Monday,
            Self::Tuesday => CivilWeekday::Tuesday,
            Self::Wednesday => CivilWeekday::Wednesday,
            Self::Thursday => CivilWeekday::Thursday,
            Self::Friday => CivilWeekday::Friday,
            Self::Saturday => CivilWeekday::Saturday,
            Self::Sunday => CivilWeekday::Sunday,
        }
    }
}

/// What is summed up of an account.
#[derive(Clone, Debug)]
pub struct Line<'a> {
    /// How the account stands.
    pub account: &'a AccountSnapshot,
    /// What was spent of each of its units, as far as anybody looked.
    pub spent: Vec<(Unit, Decimal)>,
    /// Whether an alert about it was raised.
    pub ran_low: bool,
}

/// What a summary says: how much money was spent in all, a sum a currency; then a line an account, the worst first. Credits
/// of one provider are not those of another, so there is no sum of them.
#[must_use]
pub fn message(lines: &[Line<'_>], every: Every, now: Timestamp) -> Message {
    let time = match every {
        Every::Weekly => "in a week",
        Every::Daily | Every::Never => "in a day",
    };
    let mut sums: BTreeMap<&str, (&Unit, Decimal)> = BTreeMap::new();
    for (unit, spent) in lines.iter().flat_map(|line| &line.spent).filter(|(unit, _)| unit.is_currency()) {
        sums.entry(unit.as_str()).or_insert((unit, Decimal::ZERO)).1 += spent;
    }
    let title = match amounts(sums.into_values()) {
        Some(sums) => format!("Credit Gauge: {sums} spent {time}"),
        None if lines.iter().all(|line| line.spent.iter().all(|(_, spent)| spent.is_zero())) => {
            format!("Credit Gauge: nothing spent {time}")
        }
        None => format!("Credit Gauge: what was spent {time}"),
    };
    let mut sorted: Vec<_> = lines.iter().collect();
    sorted.sort_by_key(|line| Reverse((line.account.level.max(Level::Unknown), line.ran_low)));
    let mut body: Vec<_> = sorted.iter().take(LISTED).map(|line| in_one_line(line, now)).collect();
    if let Some(more @ 1..) = sorted.len().checked_sub(LISTED) {
        body.push(format!("and {more} more"));
    }
    Message { title, body: body.join("\n") }
}

fn in_one_line(line: &Line<'_>, now: Timestamp) -> String {
    let Line { account, spent, ran_low } = line;
    let mut parts = vec![match amounts(spent.iter().map(|(unit, sum)| (unit, *sum))) {
        Some(spent) => format!("{spent} spent"),
        None => "nothing spent".to_owned(),
    }];
    if let Some(meter) = account.worst_meter() {
        let left = meter.remaining.as_deref().and_then(|remaining| remaining.parse().ok());
        parts.extend(left.map(|left| format!("{} left", meter.unit.display(left))));
        let state = match account.level {
            Level::Low => Some("low"),
            Level::Critical => Some("critical"),
            Level::Empty => Some("empty"),
            _ if *ran_low => Some("ran low meanwhile"),
            _ => None,
        };
        parts.extend(state.map(str::to_owned));
        let is_unusual = account.meters.iter().any(|meter| meter.unusual.is_some());
        parts.extend(is_unusual.then(|| "unusual spend".to_owned()));
        parts.extend(meter.forecast.as_ref().and_then(|forecast| forecast.in_brief(now)));
    }
    format!("{}: {}", account.title(), parts.join(", "))
}

/// Amounts of different units beside each other; `None` when all are nothing.
fn amounts<'a>(sums: impl Iterator<Item = (&'a Unit, Decimal)>) -> Option<String> {
    let shown: Vec<_> = sums.filter(|(_, sum)| !sum.is_zero()).map(|(unit, sum)| unit.display(sum)).collect();
    (!shown.is_empty()).then(|| shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn period(every: Every, at: &str, on: Weekday, now: &str) -> (String, String) {
        let now: Zoned = now.parse().unwrap();
        let schedule = Schedule { every, at: at.parse().unwrap(), on };
        let Period { from, until, .. } = schedule.last_period(&now).unwrap();
        let local = |at: Timestamp| at.to_zoned(now.time_zone().clone()).datetime().to_string();
        (local(from), local(until))
    }

    #[test]
    fn a_day_ends_at_the_time_that_was_picked() {
        let day = |now: &str| period(Every::Daily, "09:00", Weekday::Monday, now);
        let both = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        assert_eq!(
            day("2026-11-21T09:00:00[Europe/Berlin]"),
            both("2026-11-20T09:00:00", "2026-11-21T09:00:00")
        );
        assert_eq!(
            day("2026-11-21T08:59:00[Europe/Berlin]"),
            both("2026-11-19T09:00:00", "2026-11-20T09:00:00")
        );
        // The clocks were set back in between: a day of 25 hours.
        assert_eq!(
            day("2026-10-25T12:00:00[Europe/Berlin]"),
            both("2026-10-24T09:00:00", "2026-10-25T09:00:00")
        );
    }

    #[test]
    fn a_week_ends_on_the_day_that_was_picked() {
        let week = |now: &str| period(Every::Weekly, "18:30", Weekday::Friday, now);
        let both = |from: &str, until: &str| (from.to_owned(), until.to_owned());
        assert_eq!(week("2026-11-20T18:29:00[UTC]"), both("2026-11-06T18:30:00", "2026-11-13T18:30:00"));
        assert_eq!(week("2026-11-26T00:00:00[UTC]"), both("2026-11-13T18:30:00", "2026-11-20T18:30:00"));
        assert_eq!(Schedule::default().last_period(&"2026-11-26T00:00:00[UTC]".parse().unwrap()), None);
    }
}
