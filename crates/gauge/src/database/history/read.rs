//! Reading a series from its blocks and rows.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::Stretch;
use crate::account::AccountId;
use crate::database::DatabaseError;
use crate::database::values::{from_json, optional_amount, optional_time, time};
use crate::history::{
    Amounts, Extent, Ledger, Measure, Outline, Pace, SeriesKey, Span, unpack_ledger, unpack_outline,
    unpack_spans,
};

/// A series as the database knows it.
#[derive(Clone, Copy)]
pub(super) struct Series {
    pub(super) id: i64,
    pub(super) pace: Pace,
}

impl Series {
    pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self { id: row.get("id")?, pace: Pace::of(SignedDuration::from_millis(row.get("pace")?)) })
    }
}

pub(super) fn find(connection: &Connection, key: &SeriesKey) -> Result<Option<Series>, DatabaseError> {
    let mut statement = connection
        .prepare_cached("SELECT id, pace FROM series WHERE account = ?1 AND meter = ?2 AND unit = ?3")?;
    let series = statement.query_row(params![key.account.as_str(), key.meter, key.unit.as_str()], Series::of);
    Ok(series.optional()?)
}

/// The series of a meter that was read last, and when.
pub(super) fn latest(
    connection: &Connection,
    account: &AccountId,
    meter: &str,
) -> Result<Option<(Series, Timestamp)>, DatabaseError> {
    let mut statement =
        connection.prepare_cached("SELECT id, pace FROM series WHERE account = ?1 AND meter = ?2")?;
    let mut rows = statement.query(params![account.as_str(), meter])?;
    let mut latest: Option<(Series, Timestamp)> = None;
    while let Some(row) = rows.next()? {
        let series = Series::of(row)?;
        if let Some((_, last)) = bounds(connection, series.id)?
            && latest.is_none_or(|(_, known)| last > known)
        {
            latest = Some((series, last));
        }
    }
    Ok(latest)
}

/// The first and the last reading of a series.
pub(super) fn bounds(
    connection: &Connection,
    series: i64,
) -> Result<Option<(Timestamp, Timestamp)>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT min(first_at), max(last_at) FROM (
             SELECT min(first_at) AS first_at, max(last_at) AS last_at FROM blocks WHERE series = ?1
             UNION ALL
             SELECT min(first_at), max(last_at) FROM readings WHERE series = ?1)",
    )?;
    let (first, last): (Option<i64>, Option<i64>) =
        statement.query_row([series], |row| Ok((row.get(0)?, row.get(1)?)))?;
    first.zip(last).map(|(first, last)| Ok((time(first)?, time(last)?))).transpose()
}

pub(super) fn stretch(
    connection: &Connection,
    series: Series,
    from: Timestamp,
    until: Timestamp,
) -> Result<Stretch, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT first_at, spans FROM blocks WHERE series = ?1 AND first_at <= ?3 AND last_at >= ?2 ORDER BY first_at",
    )?;
    let mut blocks = statement.query(params![series.id, from.as_millisecond(), until.as_millisecond()])?;
    let mut spans = Vec::new();
    while let Some(block) = blocks.next()? {
        spans.extend(block_spans(block)?);
    }
    spans.extend(rows_around(connection, series.id, from, until)?);
    // After the clock was set back, newer readings have older times.
    spans.sort_by_key(|span| span.from);
    spans.retain(|span| span.until >= from && span.from <= until);
    Ok(Stretch { pace: series.pace, spans })
}

/// The rows of a time, with the last before it and the first after it that say what was left or used.
fn rows_around(
    connection: &Connection,
    series: i64,
    from: Timestamp,
    until: Timestamp,
) -> Result<Vec<Span>, DatabaseError> {
    query_rows(
        connection,
        "SELECT first_at, last_at, remaining, total, used, rise, resets_at FROM readings
         WHERE series = ?1 AND first_at BETWEEN
             coalesce((SELECT max(first_at) FROM readings
                       WHERE series = ?1 AND first_at < ?2 AND coalesce(remaining, used) IS NOT NULL), ?2)
             AND coalesce((SELECT min(first_at) FROM readings
                           WHERE series = ?1 AND first_at > ?3 AND coalesce(remaining, used) IS NOT NULL), ?3)
         ORDER BY first_at",
        [series, from.as_millisecond(), until.as_millisecond()],
    )
}

/// The last span in the blocks that ended before a time and says what was left or used.
pub(super) fn last_known_block_span(
    connection: &Connection,
    series: i64,
    before: Timestamp,
) -> Result<Option<Span>, DatabaseError> {
    let mut statement = connection.prepare_cached(
        "SELECT first_at, spans FROM blocks WHERE series = ?1 AND first_at < ?2 ORDER BY first_at DESC",
    )?;
    let mut blocks = statement.query([series, before.as_millisecond()])?;
    while let Some(block) = blocks.next()? {
        let spans = block_spans(block)?;
        if let Some(known) = spans.into_iter().rfind(|span| span.until < before && span.amounts.are_known()) {
            return Ok(Some(known));
        }
    }
    Ok(None)
}

pub(super) fn ledger(
    connection: &Connection,
    series: Series,
    from: Timestamp,
    until: Timestamp,
) -> Result<Ledger, DatabaseError> {
    let mut ledger = Ledger::default();
    // With the first block after the time: a gap before it may reach into the time.
    let mut statement = connection.prepare_cached(
        "SELECT first_at, last_at, ledger FROM blocks WHERE series = ?1 AND last_at >= ?2 AND first_at <= coalesce(
             (SELECT min(first_at) FROM blocks WHERE series = ?1 AND first_at > ?3), ?3)
         ORDER BY first_at",
    )?;
    let mut blocks = statement.query(params![series.id, from.as_millisecond(), until.as_millisecond()])?;
    while let Some(block) = blocks.next()? {
        let (first, last) = (time(block.get("first_at")?)?, time(block.get("last_at")?)?);
        ledger.extend(unpack_ledger(blob(block, "ledger")?, first).unwrap_or_else(|error| {
            tracing::error!("from {first} until {last}: {error}");
            Ledger::unknown(first, last)
        }));
    }
    let mut rows = rows_around(connection, series.id, from, until)?;
    let before = match rows.first() {
        Some(first) if first.from < from && first.amounts.are_known() => Some(rows.remove(0)),
        Some(first) => last_known_block_span(connection, series.id, first.from)?,
        None => None,
    };
    ledger.extend(Ledger::of(before.as_ref(), &rows, series.pace));
    if let Some((_, last)) = bounds(connection, series.id)? {
        ledger.end(last, until, series.pace);
    }
    ledger.clip(from, until);
    Ok(ledger)
}

/// The course of a series, as fine as a width needs it.
pub(super) fn outline(
    connection: &Connection,
    series: Series,
    from: Timestamp,
    until: Timestamp,
    width: SignedDuration,
) -> Result<Outline, DatabaseError> {
    let rows = rows_around(connection, series.id, from, until)?;
    let mut statement = connection.prepare_cached(
        "SELECT rowid, first_at, last_at, outline FROM blocks
         WHERE series = ?1 AND first_at <= ?3 AND last_at >= ?2 ORDER BY first_at",
    )?;
    let mut in_full = connection.prepare_cached("SELECT first_at, spans FROM blocks WHERE rowid = ?1")?;
    let mut blocks = statement.query(params![series.id, from.as_millisecond(), until.as_millisecond()])?;
    let mut outlines = Vec::new();
    while let Some(block) = blocks.next()? {
        let (first, last) = (time(block.get("first_at")?)?, time(block.get("last_at")?)?);
        let Ok(outline) = unpack_outline(blob(block, "outline")?, first) else { continue };
        let steps = i32::try_from(outline.extents.len().max(1)).unwrap_or(i32::MAX);
        outlines.push(if last.duration_since(first) / steps <= width {
            outline
        } else {
            let mut block = in_full.query([block.get::<_, i64>("rowid")?])?;
            let spans = block.next()?.map(block_spans).transpose()?.unwrap_or_default();
            exact(&spans, outline.measure)
        });
    }
    let latest = if rows.is_empty() { outlines.last().map(|outline| outline.measure) } else { None };
    let measure = latest.unwrap_or_else(|| Measure::of(&rows));
    outlines.push(exact(&rows, measure));
    // What was left and what was used do not go into one drawing.
    let extents =
        outlines.into_iter().filter(|outline| outline.measure == measure).flat_map(|outline| outline.extents);
    let mut extents: Vec<Extent> =
        extents.filter(|extent| extent.until >= from && extent.from <= until).collect();
    extents.sort_by_key(|extent| extent.from);
    Ok(Outline { measure, extents })
}

fn exact(spans: &[Span], measure: Measure) -> Outline {
    Outline { measure, extents: spans.iter().filter_map(|span| Extent::of(span, measure)).collect() }
}

/// The spans of a block. What cannot be read any more is a time without readings.
pub(super) fn block_spans(row: &Row<'_>) -> Result<Vec<Span>, DatabaseError> {
    let first = time(row.get("first_at")?)?;
    Ok(unpack_spans(blob(row, "spans")?, first).unwrap_or_else(|error| {
        tracing::error!("from {first}: {error}");
        Vec::new()
    }))
}

fn blob<'a>(row: &'a Row<'_>, column: &str) -> Result<&'a [u8], DatabaseError> {
    Ok(row.get_ref(column)?.as_blob().map_err(rusqlite::Error::from)?)
}

/// Rows of a query for the columns of a span, in their order.
pub(super) fn query_rows(
    connection: &Connection,
    query: &str,
    parameters: impl rusqlite::Params,
) -> Result<Vec<Span>, DatabaseError> {
    let mut statement = connection.prepare_cached(query)?;
    let mut rows = statement.query(parameters)?;
    let mut spans = Vec::new();
    while let Some(row) = rows.next()? {
        spans.push(Span {
            from: time(row.get(0)?)?,
            until: time(row.get(1)?)?,
            amounts: Amounts {
                remaining: optional_amount(row, 2)?,
                total: optional_amount(row, 3)?,
                used: optional_amount(row, 4)?,
            },
            rise: row.get::<_, Option<String>>(5)?.as_deref().map(from_json).transpose()?,
            resets_at: optional_time(row, 6)?,
        });
    }
    Ok(spans)
}
