//! What the readings say of the future.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::Gauge;
use crate::account::AccountId;
use crate::clock;
use crate::database::{AccountsError, DatabaseError, Stretch};
use crate::forecast::{Basis, Forecast, PAST, State, forecast};
use crate::history::{Pace, SeriesKey};
use crate::reading::{Meter, Reading};

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
        self.foresee(key, at, unlimited, None).await
    }

    /// Keeps a good reading, and what it says of each meter's future.
    pub(super) async fn keep(&self, id: &AccountId, reading: Reading) -> Result<(), AccountsError> {
        let pace = Pace::of(self.interval(&self.database.account(id).await?));
        self.database.keep_reading(id, reading.clone(), pace, clock::now()).await?;
        let mut forecasts = BTreeMap::new();
        for meter in reading.meters {
            let Meter { id: name, unit, unlimited, resets_at, .. } = meter;
            let key = SeriesKey { account: id.clone(), meter: name.clone(), unit };
            forecasts.insert(name, self.foresee(&key, reading.at, unlimited, resets_at).await?);
        }
        Ok(self.database.keep_forecasts(id, forecasts).await?)
    }

    /// A forecast; `resets_at` as the provider tells it now, or as it told it in the last span up to `at`.
    async fn foresee(
        &self,
        key: &SeriesKey,
        at: Timestamp,
        unlimited: bool,
        resets_at: Option<Timestamp>,
    ) -> Result<Forecast, DatabaseError> {
        let from = at.saturating_sub(PAST).unwrap_or(Timestamp::MIN);
        let Some(Stretch { mut spans, .. }) = self.database.spans(key, from, at).await? else {
            return Ok(Forecast { state: State::NotEnoughData, per_day: None, runs_out: None });
        };
        if let Some(last) = spans.last_mut() {
            last.until = last.until.min(at);
        }
        let resets_at = resets_at.or(spans.last().and_then(|last| last.resets_at));
        let zone = TimeZone::system();
        Ok(forecast(&Basis { at, spans: &spans, unlimited, resets_at, zone: &zone, unit: &key.unit }))
    }
}
