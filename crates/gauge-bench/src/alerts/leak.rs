//! A key that leaked: somebody else spends with it.

use gauge::history::Amounts;
use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;

use crate::series::{Chance, Series, Standing, decimal, float};

/// A leak spends so many times what the account does on average,
const TENFOLD: f64 = 10.0;
/// with a request after so many hours on average, of about the same size each,
const REQUEST: f64 = 1.0 / 30.0;
const SPREAD: f64 = 0.5;
/// and is followed for so long.
const FOLLOWED: SignedDuration = SignedDuration::from_hours(48);

/// A series from a moment on, when somebody else spends as well. Nobody buys more. It ends when nothing is left and that could
/// be read. `None` if nothing is left from the start.
pub(super) fn leaking(
    series: &Series,
    begin: Timestamp,
    interval: SignedDuration,
    chance: &mut Chance,
) -> Option<Series> {
    let first = series.standing(begin);
    let mut left = first.remaining.filter(|left| *left > Decimal::ZERO)?;
    let wanted = |from: Timestamp, until: Timestamp| {
        let place = |at: Timestamp| series.wanted.partition_point(|change| change.at <= at);
        &series.wanted[place(from)..place(until)]
    };
    let hours = begin.duration_since(series.from).as_secs_f64() / 3600.0;
    let mean = wanted(series.from, begin).iter().map(|change| float(change.amount)).sum::<f64>() / hours;
    let end = begin + FOLLOWED;
    let mut moves: Vec<(Timestamp, Option<Decimal>)> =
        wanted(begin, end).iter().map(|change| (change.at, Some(change.amount))).collect();
    let mut at = begin;
    while at < end {
        at += SignedDuration::try_from_secs_f64(chance.wait() * REQUEST * 3600.0).ok()?;
        moves.push((at, Some(decimal(mean * TENFOLD * REQUEST * chance.lognormal(SPREAD)))));
    }
    moves.extend(
        series.resets.iter().filter(|reset| **reset > begin && **reset < end).map(|reset| (*reset, None)),
    );
    moves.sort_by_key(|(at, _)| *at);
    let mut course = vec![Standing { from: begin, amounts: first }];
    let mut until = end;
    for (from, spent) in moves {
        left = match spent {
            Some(spent) => (left - spent).max(Decimal::ZERO),
            None => first.total.unwrap_or(left),
        };
        let used = first.total.map(|total| total - left);
        course.push(Standing { from, amounts: Amounts { remaining: Some(left), used, ..first } });
        if left.is_zero() {
            until = from + interval;
            break;
        }
    }
    let (zone, resets) = (series.zone.clone(), series.resets.clone());
    Some(Series { zone, from: begin, until, wanted: Vec::new(), course, resets, readings: Vec::new() })
}
