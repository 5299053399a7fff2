//! Blocks: many spans of a series in few bytes, with what a chart and a ledger need of them beside them, so that neither
//! has to unpack ten years.

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::chart::Measure;
use super::gap::{Pace, Unmeasured};
use super::ledger::{Ledger, Quarter, TopUp};
use super::outline::{Extent, Outline};
use super::span::{Amounts, Rise, Span};

/// Spans that never change again, packed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The first reading in it.
    pub first: Timestamp,
    /// The last reading in it.
    pub last: Timestamp,
    /// Its [`Outline`], packed.
    pub outline: Vec<u8>,
    /// Its [`Ledger`], packed.
    pub ledger: Vec<u8>,
    /// Its [`Span`]s, packed.
    pub spans: Vec<u8>,
}

/// Bytes that no block is made of, or amounts that fit into none.
#[derive(Debug, thiserror::Error)]
#[error(
    "a part of the history is not what it was: {0}. Until a backup of gauge.db is put back, that time is shown as one without readings"
)]
pub struct BlockError(String);

impl Block {
    /// Packs spans, which are in order and not empty. `before` is the last one before them that said what was left or
    /// used.
    ///
    /// # Errors
    /// When there are no spans, or an amount has more digits than fit.
    pub fn pack(before: Option<&Span>, spans: &[Span], pace: Pace) -> Result<Self, BlockError> {
        let (Some(first), Some(last)) = (spans.first(), spans.iter().map(|span| span.until).max()) else {
            return Err(BlockError("no readings".to_owned()));
        };
        let first = first.from;
        Ok(Self {
            first,
            last,
            outline: bytes(&PackedOutline::of(&Outline::of(spans, pace), first)?)?,
            ledger: bytes(&PackedLedger::of(&Ledger::of(before, spans, pace), first)?)?,
            spans: bytes(&PackedSpans::of(spans, first)?)?,
        })
    }
}

/// The outline of a block that begins at `first`.
///
/// # Errors
/// When the bytes are none.
pub fn unpack_outline(packed: &[u8], first: Timestamp) -> Result<Outline, BlockError> {
    value::<PackedOutline>(packed)?.outline(first)
}

/// The ledger of a block that begins at `first`.
///
/// # Errors
/// When the bytes are none.
pub fn unpack_ledger(packed: &[u8], first: Timestamp) -> Result<Ledger, BlockError> {
    value::<PackedLedger>(packed)?.ledger(first)
}

/// The spans of a block that begins at `first`.
///
/// # Errors
/// When the bytes are none.
pub fn unpack_spans(packed: &[u8], first: Timestamp) -> Result<Vec<Span>, BlockError> {
    value::<PackedSpans>(packed)?.spans(first)
}

fn bytes(value: &impl Serialize) -> Result<Vec<u8>, BlockError> {
    postcard::to_allocvec(value).map_err(|error| BlockError(error.to_string()))
}

fn value<T: DeserializeOwned>(packed: &[u8]) -> Result<T, BlockError> {
    postcard::from_bytes(packed).map_err(|error| BlockError(error.to_string()))
}

/// Values that are close to each other: each as its distance from the one before, in integers of as few bytes as it needs.
#[derive(Serialize, Deserialize)]
enum Column {
    /// All of them are the same.
    Same(Option<i128>),
    /// All of them are known.
    Known(Vec<i128>),
    /// Some of them are not known.
    Partly(Vec<Option<i128>>),
}

impl Column {
    fn of(values: &[Option<i128>]) -> Self {
        let first = values.first().copied().flatten();
        if values.iter().all(|value| *value == first) {
            return Self::Same(first);
        }
        let mut last = 0;
        let distances = values.iter().map(|value| {
            let value = (*value)?;
            Some(value.wrapping_sub(std::mem::replace(&mut last, value)))
        });
        let distances: Vec<_> = distances.collect();
        match distances.iter().copied().collect() {
            Some(known) => Self::Known(known),
            None => Self::Partly(distances),
        }
    }

    /// The values, each made from its integer.
    fn values<T: Copy>(
        self,
        count: usize,
        make: impl Fn(i128) -> Result<T, BlockError>,
    ) -> Result<Vec<Option<T>>, BlockError> {
        let mut sum = Sum::default();
        let values: Vec<_> = match self {
            Self::Same(value) => return Ok(vec![value.map(make).transpose()?; count]),
            Self::Known(distances) => distances
                .into_iter()
                .map(|distance| make(sum.add(distance)).map(Some))
                .collect::<Result<_, _>>()?,
            Self::Partly(distances) => distances
                .into_iter()
                .map(|distance| distance.map(|distance| make(sum.add(distance))).transpose())
                .collect::<Result<_, _>>()?,
        };
        of_length(values, count)
    }

    /// The values where all of them are known.
    fn known<T: Copy>(
        self,
        count: usize,
        make: impl Fn(i128) -> Result<T, BlockError>,
    ) -> Result<Vec<T>, BlockError> {
        let mut sum = Sum::default();
        match self {
            Self::Same(Some(value)) => Ok(vec![make(value)?; count]),
            Self::Same(None) => of_length(Vec::new(), count),
            Self::Known(distances) => {
                let values = distances.into_iter().map(|distance| make(sum.add(distance)));
                of_length(values.collect::<Result<_, _>>()?, count)
            }
            Self::Partly(_) => Err(BlockError("an amount is missing".to_owned())),
        }
    }
}

/// What the distances so far come to.
#[derive(Default)]
struct Sum(i128);

impl Sum {
    fn add(&mut self, distance: i128) -> i128 {
        self.0 = self.0.wrapping_add(distance);
        self.0
    }
}

fn of_length<T>(values: Vec<T>, count: usize) -> Result<Vec<T>, BlockError> {
    if values.len() == count { Ok(values) } else { Err(BlockError("a column has another length".to_owned())) }
}

/// Exact decimals, as integers of the smallest decimal place among them.
#[derive(Serialize, Deserialize)]
struct Decimals {
    scale: u32,
    column: Column,
}

impl Decimals {
    fn of(values: impl Iterator<Item = Option<Decimal>> + Clone) -> Result<Self, BlockError> {
        let scale = values.clone().flatten().map(|value| value.normalize().scale()).max().unwrap_or(0);
        let integers = values.map(|value| value.map(|value| integer(value, scale)).transpose());
        Ok(Self { scale, column: Column::of(&integers.collect::<Result<Vec<_>, _>>()?) })
    }

    fn values(self, count: usize) -> Result<Vec<Option<Decimal>>, BlockError> {
        self.column.values(count, |integer| decimal(integer, self.scale))
    }

    fn known(self, count: usize) -> Result<Vec<Decimal>, BlockError> {
        self.column.known(count, |integer| decimal(integer, self.scale))
    }
}

fn integer(value: Decimal, scale: u32) -> Result<i128, BlockError> {
    let value = value.normalize();
    let shift = 10_i128.checked_pow(scale.saturating_sub(value.scale()));
    shift
        .and_then(|shift| value.mantissa().checked_mul(shift))
        .ok_or_else(|| BlockError(format!("{value} has too many digits beside the others")))
}

/// Not brought into its shortest form, which would cost as much as all the rest.
fn decimal(mut integer: i128, mut scale: u32) -> Result<Decimal, BlockError> {
    loop {
        match Decimal::try_from_i128_with_scale(integer, scale) {
            Ok(value) => return Ok(value),
            // Written with more places than it needs, an amount may have too many digits.
            Err(_) if scale > 0 && integer % 10 == 0 => {
                integer /= 10;
                scale -= 1;
            }
            Err(error) => return Err(BlockError(error.to_string())),
        }
    }
}

/// Times in order, as milliseconds from one to the next.
#[derive(Serialize, Deserialize)]
struct Times(Vec<i64>);

impl Times {
    fn of(times: impl Iterator<Item = Timestamp>, first: Timestamp) -> Self {
        let mut last = first.as_millisecond();
        Self(times.map(Timestamp::as_millisecond).map(|at| at - std::mem::replace(&mut last, at)).collect())
    }

    fn times(self, first: Timestamp) -> Result<Vec<Timestamp>, BlockError> {
        let mut last = first.as_millisecond();
        self.0
            .into_iter()
            .map(|distance| {
                last = last
                    .checked_add(distance)
                    .ok_or_else(|| BlockError("a time is out of bounds".to_owned()))?;
                Timestamp::from_millisecond(last).map_err(|error| BlockError(error.to_string()))
            })
            .collect()
    }
}

#[derive(Serialize, Deserialize)]
struct PackedSpans {
    /// The first and the last reading of each span in turn.
    times: Times,
    remaining: Decimals,
    total: Decimals,
    used: Decimals,
    /// In milliseconds since 1970.
    resets_at: Column,
    /// The few spans that rose without a top-up.
    rises: Vec<(usize, Rise)>,
}

impl PackedSpans {
    fn of(spans: &[Span], first: Timestamp) -> Result<Self, BlockError> {
        let resets_at: Vec<_> =
            spans.iter().map(|span| span.resets_at.map(|at| i128::from(at.as_millisecond()))).collect();
        Ok(Self {
            times: Times::of(spans.iter().flat_map(|span| [span.from, span.until]), first),
            remaining: Decimals::of(spans.iter().map(|span| span.amounts.remaining))?,
            total: Decimals::of(spans.iter().map(|span| span.amounts.total))?,
            used: Decimals::of(spans.iter().map(|span| span.amounts.used))?,
            resets_at: Column::of(&resets_at),
            rises: spans.iter().enumerate().filter_map(|(n, span)| Some((n, span.rise?))).collect(),
        })
    }

    fn spans(self, first: Timestamp) -> Result<Vec<Span>, BlockError> {
        let times = self.times.times(first)?;
        let count = times.len() / 2;
        let (remaining, total, used) =
            (self.remaining.values(count)?, self.total.values(count)?, self.used.values(count)?);
        let resets_at = self.resets_at.values(count, reset_time)?;
        let mut spans: Vec<_> = times
            .chunks_exact(2)
            .zip(remaining.into_iter().zip(total).zip(used))
            .zip(resets_at)
            .map(|((times, ((remaining, total), used)), resets_at)| {
                let amounts = Amounts { remaining, total, used };
                Span { from: times[0], until: times[1], amounts, rise: None, resets_at }
            })
            .collect();
        for (n, rise) in self.rises {
            spans.get_mut(n).ok_or_else(|| BlockError("a rise has no reading".to_owned()))?.rise = Some(rise);
        }
        Ok(spans)
    }
}

fn reset_time(milliseconds: i128) -> Result<Timestamp, BlockError> {
    let wrong = |error: &dyn std::error::Error| BlockError(error.to_string());
    let milliseconds = i64::try_from(milliseconds).map_err(|error| wrong(&error))?;
    Timestamp::from_millisecond(milliseconds).map_err(|error| wrong(&error))
}

#[derive(Serialize, Deserialize)]
struct PackedLedger {
    /// The first quarter, and from each to the next.
    quarters: Vec<i64>,
    spends: Decimals,
    top_ups_at: Times,
    top_ups: Decimals,
    resets: Times,
    /// The beginning and the end of each gap in turn.
    gaps: Times,
    /// What was spent and what was added in each gap in turn.
    gap_amounts: Decimals,
}

impl PackedLedger {
    fn of(ledger: &Ledger, first: Timestamp) -> Result<Self, BlockError> {
        let mut last = 0;
        let quarters = ledger.spends.iter().map(|(quarter, _)| quarter.0);
        Ok(Self {
            quarters: quarters.map(|quarter| quarter - std::mem::replace(&mut last, quarter)).collect(),
            spends: Decimals::of(ledger.spends.iter().map(|(_, spent)| Some(*spent)))?,
            top_ups_at: Times::of(ledger.top_ups.iter().map(|top_up| top_up.at), first),
            top_ups: Decimals::of(ledger.top_ups.iter().map(|top_up| Some(top_up.amount)))?,
            resets: Times::of(ledger.resets.iter().copied(), first),
            gaps: Times::of(ledger.gaps.iter().flat_map(|gap| [gap.from, gap.until]), first),
            gap_amounts: Decimals::of(
                ledger.gaps.iter().flat_map(|gap| [Some(gap.spent), Some(gap.topped_up)]),
            )?,
        })
    }

    fn ledger(self, first: Timestamp) -> Result<Ledger, BlockError> {
        let mut last: i64 = 0;
        let spends = self.spends.known(self.quarters.len())?.into_iter().zip(self.quarters);
        let top_ups_at = self.top_ups_at.times(first)?;
        let top_ups = self.top_ups.known(top_ups_at.len())?.into_iter().zip(top_ups_at);
        let gaps = self.gaps.times(first)?;
        let gap_amounts = self.gap_amounts.known(gaps.len())?;
        Ok(Ledger {
            spends: spends
                .map(|(spent, distance)| {
                    last = last.wrapping_add(distance);
                    (Quarter(last), spent)
                })
                .collect(),
            top_ups: top_ups.map(|(amount, at)| TopUp { at, amount }).collect(),
            resets: self.resets.times(first)?,
            gaps: gaps
                .chunks_exact(2)
                .zip(gap_amounts.chunks_exact(2))
                .map(|(times, amounts)| Unmeasured {
                    from: times[0],
                    until: times[1],
                    spent: amounts[0],
                    topped_up: amounts[1],
                })
                .collect(),
        })
    }
}

#[derive(Serialize, Deserialize)]
struct PackedOutline {
    measure: Measure,
    /// The first and the last reading of each extent in turn.
    times: Times,
    /// What it read at first, at last, at its lowest and at its highest, in turn.
    amounts: Decimals,
}

impl PackedOutline {
    fn of(outline: &Outline, first: Timestamp) -> Result<Self, BlockError> {
        let extents = outline.extents.iter();
        let amounts =
            extents.clone().flat_map(|extent| [extent.first, extent.last, extent.low, extent.high].map(Some));
        Ok(Self {
            measure: outline.measure,
            times: Times::of(extents.flat_map(|extent| [extent.from, extent.until]), first),
            amounts: Decimals::of(amounts)?,
        })
    }

    fn outline(self, first: Timestamp) -> Result<Outline, BlockError> {
        let times = self.times.times(first)?;
        let amounts = self.amounts.known(times.len() * 2)?;
        let extents = times.chunks_exact(2).zip(amounts.chunks_exact(4)).map(|(times, amounts)| Extent {
            from: times[0],
            until: times[1],
            first: amounts[0],
            last: amounts[1],
            low: amounts[2],
            high: amounts[3],
        });
        Ok(Outline { measure: self.measure, extents: extents.collect() })
    }
}
