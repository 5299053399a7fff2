//! History: what every meter ever read. The newest spans of a series are rows; older ones are packed into blocks, which
//! never change again, so that ten years stay small.

mod read;
mod write;

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan};
use rusqlite::params;

use super::values::parsed;
use super::{Database, DatabaseError};
use crate::account::AccountId;
use crate::history::table::Row;
use crate::history::{
    Chart, Imported, Ledger, Outline, Pace, Quarter, Recent, SeriesInfo, SeriesKey, Span, days, points,
};
use read::{Series, block_spans, bounds, find, latest, ledger, outline, query_rows, stretch};
pub(super) use write::{append, recall};

/// How many days a glance at a meter goes back, today included.
const RECENT_DAYS: i64 = 14;
/// How finely it is drawn.
const RECENT_COLUMNS: i32 = 84;

/// A part of a series.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// How often the series is read.
    pub pace: Pace,
    /// The spans that lie in the part at least in part, in order.
    pub spans: Vec<Span>,
}

impl Database {
    /// Every series there is, also of accounts that are gone.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn series(&self) -> Result<Vec<SeriesInfo>, DatabaseError> {
        self.read(|connection| {
            let mut statement = connection
                .prepare_cached("SELECT id, account, meter, unit FROM series ORDER BY account, meter, id")?;
            let mut rows = statement.query([])?;
            let mut all = Vec::new();
            while let Some(row) = rows.next()? {
                let text = |column: &str| row.get::<_, String>(column);
                let key = SeriesKey {
                    account: parsed(&text("account")?)?,
                    meter: text("meter")?,
                    unit: parsed(&text("unit")?)?,
                };
                if let Some((since, until)) = bounds(connection, row.get("id")?)? {
                    all.push(SeriesInfo { key, since, until });
                }
            }
            Ok(all)
        })
        .await
    }

    /// What a series read from one time until another; `None` when there is no such series.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn spans(
        &self,
        key: &SeriesKey,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Option<Stretch>, DatabaseError> {
        let key = key.clone();
        self.read(move |connection| {
            let Some(series) = find(connection, &key)? else { return Ok(None) };
            Ok(Some(stretch(connection, series, from, until)?))
        })
        .await
    }

    /// The spans of a series that began before a time, newest first.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn spans_before(
        &self,
        key: &SeriesKey,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<Span>, DatabaseError> {
        let key = key.clone();
        self.read(move |connection| {
            let Some(Series { id, .. }) = find(connection, &key)? else { return Ok(Vec::new()) };
            let mut spans = query_rows(
                connection,
                "SELECT first_at, last_at, remaining, total, used, rise, resets_at FROM readings WHERE series = ?1 AND first_at < ?2 ORDER BY first_at DESC LIMIT ?3",
                params![id, before.as_millisecond(), i64::try_from(limit).unwrap_or(i64::MAX)],
            )?;
            let mut statement = connection.prepare_cached(
                "SELECT first_at, spans FROM blocks WHERE series = ?1 AND first_at < ?2 ORDER BY first_at DESC",
            )?;
            let mut blocks = statement.query(params![id, before.as_millisecond()])?;
            while spans.len() < limit
                && let Some(block) = blocks.next()?
            {
                let older = block_spans(block)?.into_iter().rev().filter(|span| span.from < before);
                spans.extend(older);
            }
            spans.truncate(limit);
            Ok(spans)
        })
        .await
    }

    /// What moved in a series after one time and until another. Until the end of the range nobody may have looked for
    /// long; that is a gap as well.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn ledger(
        &self,
        key: &SeriesKey,
        from: Timestamp,
        until: Timestamp,
    ) -> Result<Ledger, DatabaseError> {
        let key = key.clone();
        self.read(move |connection| match find(connection, &key)? {
            Some(series) => ledger(connection, series, from, until),
            None => Ok(Ledger::default()),
        })
        .await
    }

    /// Takes readings from elsewhere into the history, all or none. What is known here holds; the accounts need not
    /// exist.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn import(&self, series: BTreeMap<SeriesKey, Vec<Row>>) -> Result<Imported, DatabaseError> {
        self.write(move |transaction| {
            series.iter().map(|(key, rows)| write::import(transaction, key, rows)).sum()
        })
        .await
    }

    /// The last days of a meter in brief, up to `now`; of its series that was read last, if it has several. `None` when it
    /// was never read.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn recent(
        &self,
        account: &AccountId,
        meter: &str,
        now: Timestamp,
        zone: TimeZone,
    ) -> Result<Option<Recent>, DatabaseError> {
        let (account, meter) = (account.clone(), meter.to_owned());
        self.read(move |connection| {
            let Some((series, last)) = latest(connection, &account, &meter)? else { return Ok(None) };
            let days_ago = |days: i64| {
                let day = zone.to_datetime(now).date().saturating_sub(days.days());
                day.to_zoned(zone.clone()).map_or(now, |midnight| midnight.timestamp())
            };
            let from = days_ago(RECENT_DAYS - 1);
            let width = now.duration_since(from) / RECENT_COLUMNS;
            let outline = outline(connection, series, from, now, width)?;
            let spent_since = |days: i64| {
                let from = days_ago(days - 1);
                let ledger = ledger(connection, series, from, now)?;
                Ok::<_, DatabaseError>((last >= from).then(|| ledger.spent(from, now)))
            };
            let course = super::readings::courses(connection, &account)?.remove(&meter);
            Ok(Some(Recent {
                from,
                points: points(&outline.extents, from, width, series.pace),
                spent_today: spent_since(1)?,
                spent_7_days: spent_since(7)?,
                spent_30_days: spent_since(30)?,
                topped_up_at: course.and_then(|course| course.topped_up_at),
            }))
        })
        .await
    }

    /// A drawing of a series from the quarter of an hour of one time, or its first reading, until another, for a plot so many pixels wide. That of a
    /// series there is not is empty.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn chart(
        &self,
        key: &SeriesKey,
        from: Option<Timestamp>,
        until: Timestamp,
        columns: u32,
        zone: TimeZone,
    ) -> Result<Chart, DatabaseError> {
        let key = key.clone();
        self.read(move |connection| {
            let empty = || Chart::empty(key.unit.clone(), from.unwrap_or(until), until);
            let Some(series) = find(connection, &key)? else { return Ok(empty()) };
            let Some((since, last)) = bounds(connection, series.id)? else { return Ok(empty()) };
            // Spend is added up by quarters of an hour.
            let from = from.map_or(since, |from| Quarter::of(from).start().max(since)).min(until);
            let width = until.duration_since(from) / i32::try_from(columns.max(1)).unwrap_or(i32::MAX);
            let Outline { measure, extents } = outline(connection, series, from, until, width)?;
            let few = extents.len() <= 2 * usize::try_from(columns).unwrap_or(usize::MAX);
            let points = points(&extents, from, if few { SignedDuration::ZERO } else { width }, series.pace);

            let midnight = zone.to_datetime(from).date().to_zoned(zone.clone());
            let midnight = midnight.map_or(from, |midnight| midnight.timestamp());
            let mut ledger = ledger(connection, series, midnight, until)?;
            // One reading by itself tells of no spend.
            let days = if since < last { days(&ledger, from, until, &zone) } else { Vec::new() };
            ledger.clip(from, until);
            Ok(Chart {
                since: Some(since),
                measure,
                points,
                days,
                spent: ledger.spent(from, until),
                topped_up: ledger.topped_up(from, until),
                unknown_seconds: ledger.unmeasured(from, until).as_secs(),
                gaps: ledger
                    .gaps
                    .into_iter()
                    .filter(|gap| gap.until.duration_since(gap.from) >= width || gap.moved())
                    .collect(),
                top_ups: ledger.top_ups,
                resets: ledger.resets,
                ..Chart::empty(key.unit, from, until)
            })
        })
        .await
    }
}

#[cfg(test)]
mod tests;
