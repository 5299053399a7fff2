//! `report`: what was spent and topped up, a day and in all, and when credit runs out.

mod document;
mod text;

use clap::{Args, value_parser};
use gauge::account::AccountId;
use gauge::amount::{self, Unit};
use gauge::clock;
use gauge::forecast::Forecast;
use gauge::gauge::Gauge;
use gauge::history::{Day, Ledger, SeriesInfo, Unmeasured, days};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rust_decimal::Decimal;

use super::{Kept, kept};
use crate::error::{CommandError, Outcome};
use crate::{output, words};

/// What was spent and topped up, and when credit runs out, as far as the history tells. Nobody is asked.
#[derive(Args)]
pub struct Report {
    /// Only these accounts, day by day; they may be gone
    #[arg(value_name = "ID")]
    accounts: Vec<AccountId>,
    /// How many days, today included
    #[arg(long, value_name = "N", default_value_t = 30, value_parser = value_parser!(u32).range(1..=36_500))]
    days: u32,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

/// The days that are reported on.
struct Range {
    from: Timestamp,
    to: Timestamp,
    zone: TimeZone,
}

/// What is reported of an account.
struct Account {
    id: AccountId,
    name: String,
    meters: Vec<Meter>,
}

/// What is reported of one of its series.
struct Meter {
    id: String,
    unit: Unit,
    spent: Decimal,
    topped_up: Decimal,
    per_day: Decimal,
    unknown: SignedDuration,
    days: Vec<Day>,
    /// The times without readings over a midnight or more in which something moved.
    gaps: Vec<Unmeasured>,
    forecast: Forecast,
}

impl Report {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let range = Range::of_days(self.days, clock::now(), TimeZone::system())?;
        let mut accounts = Vec::new();
        for Kept { id, name, series } in kept(gauge, &self.accounts).await? {
            let mut meters = Vec::new();
            for info in &series {
                meters.extend(meter(gauge, info, &range).await?);
            }
            accounts.push(Account { id, name, meters });
        }
        if self.json {
            output::json(&document::document(&accounts, &range))?;
            return Ok(Outcome::Done);
        }
        if accounts.iter().all(|account| account.meters.is_empty()) {
            output::message(format_args!("Nothing was read since {}.", words::local(range.from)));
            return Ok(Outcome::Done);
        }
        output::text(&format!("{}\n\n{}", range.title(), text::summary(&accounts, &range)))?;
        if !self.accounts.is_empty() {
            output::text(&text::day_by_day(&accounts))?;
        }
        Ok(Outcome::Done)
    }
}

impl Range {
    /// So many local days up to `now`, the one of `now` included.
    fn of_days(count: u32, now: Timestamp, zone: TimeZone) -> Result<Self, CommandError> {
        let today = zone.to_datetime(now).date();
        let first = today.checked_sub((i64::from(count) - 1).days());
        let from = first.and_then(|first| first.to_zoned(zone.clone()));
        let from = from.map_err(|_| CommandError::usage("--days goes back too far: give fewer"))?.timestamp();
        Ok(Self { from, to: now, zone })
    }

    fn date(&self, at: Timestamp) -> Date {
        self.zone.to_datetime(at).date()
    }

    /// The gaps over a midnight that began in the range and in which something moved.
    fn gaps(&self, ledger: &Ledger) -> Vec<Unmeasured> {
        let is_over_midnight = |gap: &Unmeasured| {
            // What is first seen at midnight was spent the day before.
            let end = gap.until.checked_sub(SignedDuration::from_nanos(1)).unwrap_or(gap.until);
            self.date(gap.from) != self.date(end)
        };
        let has_moved = |gap: &Unmeasured| !(gap.spent.is_zero() && gap.topped_up.is_zero());
        let gaps = ledger.gaps.iter().filter(|gap| gap.from >= self.from);
        gaps.filter(|gap| has_moved(gap) && is_over_midnight(gap)).copied().collect()
    }

    fn title(&self) -> String {
        let day = |at: Timestamp| self.date(at).strftime("%-d %b %Y").to_string();
        format!("{} to {}", day(self.from), day(self.to))
    }
}

/// What is reported of a series; `None` when it was not read in the range, or never told an amount.
async fn meter(gauge: &Gauge, info: &SeriesInfo, range: &Range) -> Result<Option<Meter>, CommandError> {
    let SeriesInfo { key, since, until } = info;
    if *until < range.from || *since > range.to {
        return Ok(None);
    }
    let ledger = gauge.database().ledger(key, range.from, range.to).await?;
    let last = gauge.database().spans_before(key, range.to, 1).await?;
    let tells = last.iter().any(|span| span.amounts.are_known());
    let moved =
        !ledger.spends.is_empty() || !ledger.top_ups.is_empty() || ledger.gaps.iter().any(Unmeasured::moved);
    if !tells && !moved {
        return Ok(None);
    }
    let from = range.from.max(*since);
    let days = days(&ledger, from, range.to, &range.zone);
    let spent = ledger.spent(range.from, range.to);
    let last = range.date((*until).min(range.to));
    let read = days.iter().filter(|day| day.date <= last).count().max(1);
    Ok(Some(Meter {
        id: key.meter.clone(),
        unit: key.unit.clone(),
        spent,
        topped_up: ledger.topped_up(range.from, range.to),
        per_day: amount::round(spent / Decimal::from(read)),
        unknown: ledger.unmeasured(from, range.to),
        days,
        gaps: range.gaps(&ledger),
        forecast: gauge.forecast_at(key, range.to).await?,
    }))
}

impl Meter {
    fn biggest_day(&self) -> Option<(Date, Decimal)> {
        let days = self.days.iter().rev().filter_map(|day| Some((day.date, day.spent?)));
        days.filter(|(_, spent)| *spent > Decimal::ZERO).max_by_key(|(_, spent)| *spent)
    }
}
