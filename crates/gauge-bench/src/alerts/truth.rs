//! What truly happened: a meter that is looked at after every single movement.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::watch::Watch;
use crate::series::Series;

/// A time in which a meter was under a threshold.
pub(super) struct Crossing {
    /// The place of its rule.
    pub rule: usize,
    pub from: Timestamp,
    /// When the balance rose again.
    pub until: Timestamp,
    /// Whether it is to be told. Of several thresholds crossed by one movement, only the most severe is.
    pub to_tell: bool,
}

/// Every time before an end in which the meter was under a threshold.
pub(super) fn crossings(series: &Series, end: Timestamp, mut watch: Watch) -> Vec<Crossing> {
    let mut open: BTreeMap<usize, Crossing> = BTreeMap::new();
    let mut over = Vec::new();
    for standing in &series.course {
        let at = standing.from;
        let seen = watch.look(series, at);
        let cleared = seen.cleared.iter().filter_map(|rule| open.remove(rule));
        over.extend(cleared.map(|crossing| Crossing { until: at, ..crossing }));
        for rule in seen.under {
            let to_tell = seen.fires == Some(rule);
            open.entry(rule).or_insert(Crossing { rule, from: at, until: Timestamp::MAX, to_tell });
        }
    }
    over.into_iter().chain(open.into_values()).filter(|crossing| crossing.from < end).collect()
}
