//! What a forecast has to be better than.

use gauge::history::{Span, movement};
use jiff::{SignedDuration, Timestamp};

use crate::series::float;

/// In how many days what is left is used up if it goes on as in the time just past; `None` if nothing was spent in it.
/// Where less was seen, what was seen counts.
pub(super) fn straight_line(spans: &[Span], at: Timestamp, past: SignedDuration, left: f64) -> Option<f64> {
    let from = spans.first()?.from.max(at - past);
    let days = at.duration_since(from).as_secs_f64() / 86400.0;
    let spent: f64 = spans
        .windows(2)
        .rev()
        .take_while(|pair| pair[1].from > from)
        .map(|pair| float(movement(&pair[0].amounts, &pair[1].amounts, pair[1].rise).spent))
        .sum();
    (spent > 0.0).then(|| left * days / spent)
}
