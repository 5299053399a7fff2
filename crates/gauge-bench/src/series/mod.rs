//! Made-up meters: what was spent and added at which moment, from which readings at any interval are taken.

mod credit;
mod demand;
mod kind;
mod random;
mod trace;

pub(crate) use kind::KINDS;
pub(crate) use random::Chance;

use gauge::history::{Amounts, Span};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;

/// A meter's whole life.
pub(crate) struct Series {
    /// Whose days and weeks it follows.
    pub zone: TimeZone,
    /// When it begins and ends.
    pub from: Timestamp,
    pub until: Timestamp,
    /// What anybody wanted to spend, in the order of time. An allowance that is used up refuses it.
    pub wanted: Vec<Change>,
    /// What was left from each moment on, in the order of time; the first is the beginning.
    pub course: Vec<Standing>,
    /// When an allowance comes back; none for prepaid credit.
    pub resets: Vec<Timestamp>,
    /// When it is read.
    pub readings: Vec<Timestamp>,
}

/// An amount that moved.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Change {
    pub at: Timestamp,
    pub amount: Decimal,
}

/// What a meter stands at from a moment on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Standing {
    pub from: Timestamp,
    pub amounts: Amounts,
}

impl Series {
    /// What the meter stands at.
    pub fn standing(&self, at: Timestamp) -> Amounts {
        let after = self.course.partition_point(|standing| standing.from <= at);
        after.checked_sub(1).and_then(|index| self.course.get(index)).map(|s| s.amounts).unwrap_or_default()
    }

    /// When what is left now is used up if nothing is added; `None` if it lasts beyond the end.
    pub fn runs_out(&self, at: Timestamp) -> Option<Timestamp> {
        let mut left = self.standing(at).remaining?;
        let first = self.wanted.partition_point(|change| change.at <= at);
        for change in &self.wanted[first..] {
            left -= change.amount;
            if left <= Decimal::ZERO {
                return Some(change.at);
            }
        }
        None
    }

    /// When the allowance comes back next.
    pub fn resets_at(&self, at: Timestamp) -> Option<Timestamp> {
        self.resets.get(self.resets.partition_point(|reset| *reset <= at)).copied()
    }

    /// What the app keeps of the readings.
    pub fn spans(&self) -> Vec<Span> {
        let mut spans: Vec<Span> = Vec::new();
        for at in &self.readings {
            let amounts = self.standing(*at);
            match spans.last_mut() {
                Some(last) if last.amounts == amounts => last.until = *at,
                _ => spans.push(Span { resets_at: self.resets_at(*at), ..Span::at(*at, amounts) }),
            }
        }
        spans
    }
}

/// Times at an interval.
pub(crate) fn every(interval: SignedDuration, from: Timestamp, until: Timestamp) -> Vec<Timestamp> {
    std::iter::successors(Some(from), |at| Some(*at + interval)).take_while(|at| *at <= until).collect()
}

pub(crate) fn float(amount: Decimal) -> f64 {
    amount.to_f64().unwrap_or(0.0)
}

/// An amount with no more decimals than providers tell.
pub(crate) fn decimal(amount: f64) -> Decimal {
    gauge::amount::from_double(amount).unwrap_or_default().round_dp(6)
}
