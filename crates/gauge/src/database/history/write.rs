//! Writing: rows for new readings, blocks for old ones.

use jiff::{SignedDuration, Timestamp};
use rusqlite::{Transaction, params};

use super::Stretch;
use super::read::{Series, find, last_known_block_span, query_rows, stretch};
use crate::database::DatabaseError;
use crate::database::accounts;
use crate::database::readings::{courses, unit_now};
use crate::database::values::json;
use crate::history::table::Row;
use crate::history::{Amounts, Block, Imported, Merged, Pace, Rise, SeriesKey, Span, merge};

/// How many spans a block holds.
const BLOCK: usize = 2048;
/// How many of the newest spans stay rows when a block is packed.
const KEPT_AS_ROWS: usize = 1024;

/// Adds to a series. A reading that equals the one before it extends that one's span; `previous` is when the account was
/// last read, so that a span never reaches over a reading in which the meter was missing.
pub(in crate::database) fn append(
    transaction: &Transaction<'_>,
    key: &SeriesKey,
    pace: Pace,
    reading: &Span,
    previous: Option<Timestamp>,
) -> Result<(), DatabaseError> {
    let series = ensure(transaction, key, pace)?;
    let joins = previous
        .filter(|previous| reading.rise != Some(Rise::Reset) && !pace.is_gap(*previous, reading.from))
        .map(Timestamp::as_millisecond);
    let [remaining, total, used] = texts(&reading.amounts);
    let extended = transaction
        .prepare_cached(
            "UPDATE readings SET last_at = ?2
             WHERE series = ?1 AND first_at = (SELECT max(first_at) FROM readings WHERE series = ?1)
             AND last_at = ?3 AND remaining IS ?4 AND total IS ?5 AND used IS ?6",
        )?
        .execute(params![series, reading.until.as_millisecond(), joins, remaining, total, used])?;
    if extended == 0 {
        insert_row(transaction, series, reading)?;
        pack_oldest(transaction, Series { id: series, pace })?;
    }
    Ok(())
}

/// Takes readings from elsewhere into a series, which is made where there is none.
pub(super) fn import(
    transaction: &Transaction<'_>,
    key: &SeriesKey,
    rows: &[Row],
) -> Result<Imported, DatabaseError> {
    let (known, pace) = match find(transaction, key)? {
        Some(series) => {
            let spans = stretch(transaction, series, Timestamp::MIN, Timestamp::MAX)?.spans;
            // Nobody asks an account that is not here: its pace is that of all its readings.
            let is_asked = accounts::one(transaction, &key.account)?.is_some();
            (spans, if is_asked { series.pace } else { Pace::of(SignedDuration::ZERO) })
        }
        None => (Vec::new(), Pace::of(SignedDuration::ZERO)),
    };
    let Merged { spans, pace, imported } = merge(&known, pace, rows);
    if imported.added > 0 {
        let id = ensure(transaction, key, pace)?;
        transaction.execute("DELETE FROM blocks WHERE series = ?1", [id])?;
        transaction.execute("DELETE FROM readings WHERE series = ?1", [id])?;
        let packed = spans.len().saturating_sub(KEPT_AS_ROWS) / BLOCK * BLOCK;
        let mut before = None;
        for spans in spans[..packed].chunks(BLOCK) {
            insert_block(transaction, id, &Block::pack(before.as_ref(), spans, pace)?)?;
            before = spans.iter().rfind(|span| span.amounts.are_known()).copied().or(before);
        }
        for span in &spans[packed..] {
            insert_row(transaction, id, span)?;
        }
        recall(transaction, key)?;
    }
    Ok(imported)
}

/// Tells the course of the account's meter, where there is one, what its history holds.
pub(in crate::database) fn recall(
    transaction: &Transaction<'_>,
    key: &SeriesKey,
) -> Result<(), DatabaseError> {
    let Some(series) = find(transaction, key)? else { return Ok(()) };
    let Some(mut course) = courses(transaction, &key.account)?.remove(&key.meter) else { return Ok(()) };
    if unit_now(transaction, &key.account, &key.meter)?.as_ref() != Some(&key.unit) {
        return Ok(());
    }
    let Stretch { pace, spans } = stretch(transaction, series, Timestamp::MIN, Timestamp::MAX)?;
    course.recall(&spans, pace);
    transaction.execute(
        "UPDATE meters SET course = ?3 WHERE account = ?1 AND meter = ?2",
        params![key.account.as_str(), key.meter, json(&course)?],
    )?;
    Ok(())
}

/// The series' number; it is made where there is none, and its pace brought up to date.
fn ensure(transaction: &Transaction<'_>, key: &SeriesKey, pace: Pace) -> Result<i64, DatabaseError> {
    let pace_milliseconds = i64::try_from(pace.interval().as_millis()).unwrap_or(i64::MAX);
    if let Some(Series { id, pace: known }) = find(transaction, key)? {
        if known != pace {
            transaction.execute("UPDATE series SET pace = ?2 WHERE id = ?1", [id, pace_milliseconds])?;
        }
        return Ok(id);
    }
    transaction.execute(
        "INSERT INTO series (account, meter, unit, pace) VALUES (?1, ?2, ?3, ?4)",
        params![key.account.as_str(), key.meter, key.unit.as_str(), pace_milliseconds],
    )?;
    Ok(transaction.last_insert_rowid())
}

/// Packs the oldest rows of a series once there are enough of them.
fn pack_oldest(transaction: &Transaction<'_>, series: Series) -> Result<(), DatabaseError> {
    let count: i64 = transaction
        .prepare_cached("SELECT count(*) FROM readings WHERE series = ?1")?
        .query_row([series.id], |row| row.get(0))?;
    if usize::try_from(count).unwrap_or(0) < BLOCK + KEPT_AS_ROWS {
        return Ok(());
    }
    let limit = i64::try_from(BLOCK).unwrap_or(i64::MAX);
    let oldest = query_rows(
        transaction,
        "SELECT first_at, last_at, remaining, total, used, rise, resets_at FROM readings WHERE series = ?1 ORDER BY first_at LIMIT ?2",
        [series.id, limit],
    )?;
    let Some((first, last)) = oldest.first().zip(oldest.last()) else { return Ok(()) };
    let before = last_known_block_span(transaction, series.id, first.from)?;
    insert_block(transaction, series.id, &Block::pack(before.as_ref(), &oldest, series.pace)?)?;
    transaction.execute(
        "DELETE FROM readings WHERE series = ?1 AND first_at <= ?2",
        [series.id, last.from.as_millisecond()],
    )?;
    Ok(())
}

fn insert_row(transaction: &Transaction<'_>, series: i64, span: &Span) -> Result<(), DatabaseError> {
    let [remaining, total, used] = texts(&span.amounts);
    let rise = span.rise.map(|rise| json(&rise)).transpose()?;
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO readings (series, first_at, last_at, remaining, total, used, rise, resets_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute(params![
            series,
            span.from.as_millisecond(),
            span.until.as_millisecond(),
            remaining,
            total,
            used,
            rise,
            span.resets_at.map(Timestamp::as_millisecond),
        ])?;
    Ok(())
}

fn insert_block(transaction: &Transaction<'_>, series: i64, block: &Block) -> Result<(), DatabaseError> {
    transaction
        .prepare_cached(
            "INSERT INTO blocks (series, first_at, last_at, outline, ledger, spans) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![
            series,
            block.first.as_millisecond(),
            block.last.as_millisecond(),
            block.outline,
            block.ledger,
            block.spans,
        ])?;
    Ok(())
}

fn texts(amounts: &Amounts) -> [Option<String>; 3] {
    [amounts.remaining, amounts.total, amounts.used].map(|amount| Some(amount?.normalize().to_string()))
}
