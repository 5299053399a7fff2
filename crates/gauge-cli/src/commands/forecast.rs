//! `forecast`: when an account's credit runs out.

use clap::Args;
use gauge::account::AccountId;
use gauge::amount::Unit;
use gauge::clock;
use gauge::forecast::{self, RunsOut, State};
use gauge::gauge::Gauge;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde::Serialize;

use super::{SCHEMA, kept};
use crate::error::{CommandError, Outcome};
use crate::table::{Cell, Table};
use crate::{output, words};

/// When an account's credit runs out, as far as its history tells. Nobody is asked.
#[derive(Args)]
pub struct Forecast {
    /// The account; it may be gone
    #[arg(value_name = "ID")]
    account: AccountId,
    /// Say what would have been said at this time, from the readings up to then: 2026-11-21T10:00:00Z, or a local date or
    /// time such as 2026-11-21 or 2026-11-21T10:00
    #[arg(long, value_name = "TIME", value_parser = time)]
    at: Option<Timestamp>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    at: Timestamp,
    accounts: [Entry; 1],
}

#[derive(Serialize)]
struct Entry {
    id: AccountId,
    meters: Vec<Meter>,
}

#[derive(Serialize)]
struct Meter {
    id: String,
    unit: Unit,
    #[serde(flatten)]
    told: Told,
}

/// A forecast in a document: its amounts are as exact as all others there.
#[derive(Serialize)]
pub(super) struct Told {
    state: State,
    per_day: Option<String>,
    runs_out: Option<RunsOut>,
}

impl Told {
    pub(super) fn of(forecast: &forecast::Forecast, unit: &Unit) -> Self {
        let per_day = forecast.per_day.map(|per_day| unit.exact(per_day));
        Self { state: forecast.state, per_day, runs_out: forecast.runs_out }
    }
}

fn time(text: &str) -> Result<Timestamp, String> {
    let local = || text.parse::<DateTime>()?.to_zoned(TimeZone::system()).map(|zoned| zoned.timestamp());
    text.parse().or_else(|_| local()).map_err(|_: jiff::Error| {
        "write a time such as 2026-11-21T10:00:00Z, or a local date or time such as 2026-11-21 or 2026-11-21T10:00"
            .to_owned()
    })
}

impl Forecast {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let at = self.at.unwrap_or_else(clock::now);
        let mut series = Vec::new();
        for account in kept(gauge, std::slice::from_ref(&self.account)).await? {
            series.extend(account.series.into_iter().filter(|series| series.since <= at));
        }
        let mut forecasts = Vec::with_capacity(series.len());
        for info in series {
            let forecast = gauge.forecast_at(&info.key, at).await?;
            forecasts.push((info.key, forecast));
        }
        if self.json {
            let meter = |(key, forecast): &(gauge::history::SeriesKey, forecast::Forecast)| Meter {
                id: key.meter.clone(),
                unit: key.unit.clone(),
                told: Told::of(forecast, &key.unit),
            };
            let entry = Entry { id: self.account, meters: forecasts.iter().map(meter).collect() };
            output::json(&Document { schema: SCHEMA, at, accounts: [entry] })?;
        } else if forecasts.is_empty() {
            output::message(format_args!("{} was not read before {}.", self.account, words::local(at)));
        } else {
            let mut table = Table::new(["METER", "A DAY", "RUNS OUT"]);
            let now = at.to_zoned(TimeZone::system());
            for (key, forecast) in &forecasts {
                let per_day = forecast.per_day.map(|per_day| key.unit.display(per_day)).unwrap_or_default();
                table.row([
                    key.meter.as_str().into(),
                    Cell::from(per_day).right(),
                    words::forecast(forecast, &now).into(),
                ]);
            }
            output::text(&table.render())?;
        }
        Ok(Outcome::Done)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_without_an_offset_is_a_local_one() {
        let local =
            |text: &str| text.parse::<DateTime>().unwrap().to_zoned(TimeZone::system()).unwrap().timestamp();
        assert_eq!(time("2026-11-21T10:00:00+01:00"), Ok("2026-11-21T09:00:00Z".parse().unwrap()));
        assert_eq!(time("2026-11-21"), Ok(local("2026-11-21T00:00:00")));
        assert_eq!(time("2026-11-21 10:00"), Ok(local("2026-11-21T10:00:00")));
        for text in ["", "yesterday", "2026-11-31", "10:00"] {
            assert!(time(text).is_err(), "{text}");
        }
    }
}
