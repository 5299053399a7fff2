//! What the readings say of the future.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Gauge;
use crate::account::AccountId;
use crate::alert::Alert;
use crate::alert::unusual::unusual;
use crate::amount::Unit;
use crate::clock;
use crate::database::{AccountsError, DatabaseError, Outlook, Standing, Stretch};
use crate::forecast::{Basis, Forecast, PAST, forecast};
use crate::history::table::Row;
use crate::history::{Imported, Pace, SeriesKey, Span};
use crate::poll::{Passages, Plan};
use crate::reading::Reading;
use crate::snapshot;

impl Gauge {
    /// What is said of a series' future at a time, from the readings up to then.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn forecast_at(&self, key: &SeriesKey, at: Timestamp) -> Result<Forecast, DatabaseError> {
        let standings = self.database.standings().await?;
        let standing = standings.iter().find(|standing| standing.account.id == key.account);
        let meters =
            standing.and_then(|standing| standing.reading.as_ref()).map(|reading| &reading.meters[..]);
        let meter = meters.unwrap_or_default().iter().find(|meter| meter.id == key.meter);
        let unlimited = meter.is_some_and(|meter| meter.unlimited);
        Ok(foresee(&self.past(key, at).await?, &key.unit, at, unlimited, None))
    }

    /// Keeps a good reading, and what it says of each meter's future.
    pub(super) async fn keep(&self, id: &AccountId, reading: Reading) -> Result<(), AccountsError> {
        let bounds = self.bounds(&self.database.account(id).await?);
        self.database.keep_reading(id, reading, Pace::of(bounds.usual), clock::now()).await?;
        let Some(standing) = self.database.standing(id).await? else { return Ok(()) };
        Ok(self.look_ahead(&standing).await?)
    }

    /// Takes readings from elsewhere into the history, all or none, and has the accounts they are of look ahead anew.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn import(&self, series: BTreeMap<SeriesKey, Vec<Row>>) -> Result<Imported, DatabaseError> {
        let accounts: BTreeSet<_> = series.keys().map(|key| key.account.clone()).collect();
        let imported = self.database.import(series).await?;
        for standing in self.database.standings().await? {
            if accounts.contains(&standing.account.id) {
                self.look_ahead(&standing).await?;
            }
        }
        Ok(imported)
    }

    /// Keeps what an account's last reading says of each meter's future, and when it is asked next.
    async fn look_ahead(&self, standing: &Standing) -> Result<(), DatabaseError> {
        let Standing { account, reading: Some(reading), .. } = standing else { return Ok(()) };
        let bounds = self.bounds(account);
        let settings = self.settings();
        let (mut outlooks, mut passages) = (BTreeMap::new(), Vec::new());
        for meter in &reading.meters {
            let (meter_id, unit) = (meter.id.clone(), meter.unit.clone());
            let key = SeriesKey { account: account.id.clone(), meter: meter_id, unit };
            let spans = self.past(&key, reading.at).await?;
            let rules = snapshot::rules(account, &meter.id, &settings);
            let balance = standing.balance(meter).filter(|_| !meter.unlimited);
            if let Some(distance) = balance.and_then(|balance| balance.distance(rules)) {
                passages.push(Passages::of(&spans, reading.at, distance, bounds));
            }
            let forecast = foresee(&spans, &key.unit, reading.at, meter.unlimited, meter.resets_at);
            let holding: Vec<_> = standing
                .alerts
                .iter()
                .filter(|alert| alert.meter == meter.id)
                .filter_map(Alert::unusual)
                .collect();
            let full = balance.and_then(|balance| balance.full);
            let zone = TimeZone::system();
            let pace = Pace::of(bounds.usual);
            let unusual = unusual(&spans, pace, reading.at, full, meter.refunds, &zone, &holding);
            outlooks.insert(meter.id.clone(), Outlook { forecast, unusual });
        }
        let at = reading.at;
        let plan = move |before: Option<Plan>| Plan::next(before, at, bounds, &passages);
        self.database.keep_outlook(&account.id, at, outlooks, plan).await
    }

    /// What a series read in as much of the past before a time as a forecast wants.
    async fn past(&self, key: &SeriesKey, at: Timestamp) -> Result<Vec<Span>, DatabaseError> {
        let from = at.saturating_sub(PAST).unwrap_or(Timestamp::MIN);
        let Some(Stretch { pace, mut spans }) = self.database.spans(key, from, at).await? else {
            return Ok(Vec::new());
        };
        // Which of a span's readings came when is not kept: until the next would be late, it counts as read up to now.
        if let Some(last) = spans.last_mut()
            && !pace.is_gap(last.until, at)
        {
            last.until = at;
        }
        Ok(spans)
    }
}

/// A forecast; `resets_at` as the provider tells it now, or as it told it in the last of the spans.
fn foresee(
    spans: &[Span],
    unit: &Unit,
    at: Timestamp,
    unlimited: bool,
    resets_at: Option<Timestamp>,
) -> Forecast {
    let resets_at = resets_at.or(spans.last().and_then(|last| last.resets_at));
    let zone = TimeZone::system();
    forecast(&Basis { at, spans, unlimited, resets_at, zone: &zone, unit })
}
