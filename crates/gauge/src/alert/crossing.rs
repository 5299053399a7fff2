//! Which rules a meter is under, and which of them are to be told: each once, until the meter has risen again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::rule::{Rule, Threshold};

/// What the alerts remember of a meter between two readings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crossings {
    /// The reading that was looked at last.
    seen: Timestamp,
    /// The thresholds the meter is under, told or known from the start.
    crossed: BTreeSet<String>,
}

/// What the alerts need to know of a meter now.
#[derive(Clone, Copy, Debug)]
pub struct Standing {
    /// When the reading was made.
    pub at: Timestamp,
    /// What is left.
    pub remaining: Decimal,
    /// What 100 % means.
    pub full: Option<Decimal>,
    /// When credit was last added or an allowance last came back.
    pub raised_at: Option<Timestamp>,
}

/// What follows from a new reading.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The rule to tell about: the most severe of those newly crossed.
    pub fires: Option<Rule>,
    /// Thresholds that are armed again: their alerts are over.
    pub cleared: BTreeSet<String>,
}

impl Crossings {
    /// The first look at a meter: a baseline. What it is under already is known to its owner, and told to nobody.
    #[must_use]
    pub fn baseline(standing: &Standing, rules: &[Rule]) -> Self {
        Self {
            seen: standing.at,
            crossed: crossed_now(standing, rules).map(|rule| rule.below.to_string()).collect(),
        }
    }

    /// Lets a reading count although one from the future was looked at, before the clock was set back to `now`.
    pub fn set_back(&mut self, standing: &Standing, now: Timestamp) {
        if self.seen > now {
            self.seen = standing.at;
        }
    }

    /// Looks at a newer reading of the meter.
    pub fn follow(&mut self, standing: &Standing, rules: &[Rule]) -> Verdict {
        if standing.at < self.seen {
            return Verdict::default();
        }
        let raised = standing.raised_at.is_some_and(|at| at > self.seen);
        self.seen = standing.at;
        let cleared: BTreeSet<String> = self
            .crossed
            .iter()
            .filter(|threshold| match rules.iter().find(|rule| rule.below.to_string() == **threshold) {
                Some(rule) => is_armed_again(rule, standing, raised),
                None => true,
            })
            .cloned()
            .collect();
        self.crossed.retain(|threshold| !cleared.contains(threshold));

        // A rule that was added above one already told would say less than is known.
        let told = rules.iter().filter(|rule| self.crossed.contains(&rule.below.to_string()));
        let lowest_told = told.filter_map(|rule| rule.below.amount(standing.full)).min();
        let mut fires: Option<&Rule> = None;
        for rule in crossed_now(standing, rules) {
            let depth = rule.below.amount(standing.full);
            if self.crossed.insert(rule.below.to_string())
                && (lowest_told.is_none() || depth < lowest_told)
                && fires.is_none_or(|worst| {
                    (rule.severity, std::cmp::Reverse(depth))
                        > (worst.severity, std::cmp::Reverse(worst.below.amount(standing.full)))
                })
            {
                fires = Some(rule);
            }
        }
        Verdict { fires: fires.cloned(), cleared }
    }
}

fn crossed_now<'a>(standing: &'a Standing, rules: &'a [Rule]) -> impl Iterator<Item = &'a Rule> {
    rules.iter().filter(|rule| rule.is_crossed(standing.remaining, standing.full) == Some(true))
}

/// A rule is armed again by any top-up or reset that lifts the meter over its threshold; without one, only by a rise
/// clearly past it, so that a balance that flutters around the threshold is told once.
fn is_armed_again(rule: &Rule, standing: &Standing, raised: bool) -> bool {
    let Some(threshold) = rule.below.amount(standing.full) else { return false };
    let margin = match (raised, &rule.below) {
        (true, _) => Decimal::ZERO,
        (false, Threshold::Empty) => standing.full.unwrap_or_default() / Decimal::ONE_HUNDRED,
        (false, _) => threshold * Decimal::new(5, 2),
    };
    standing.remaining > threshold + margin
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn left(second: i64, percent: i64) -> Standing {
        Standing {
            at: at(second),
            remaining: Decimal::from(percent),
            full: Some(Decimal::from(100)),
            raised_at: None,
        }
    }

    fn fired(verdict: &Verdict) -> Option<String> {
        verdict.fires.as_ref().map(|rule| rule.below.to_string())
    }

    #[test]
    fn each_threshold_is_told_once_and_the_worst_of_several_alone() {
        let rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(0, 100), &rules);
        assert_eq!(fired(&state.follow(&left(1, 26), &rules)), None);
        assert_eq!(fired(&state.follow(&left(2, 25), &rules)), Some("25%".into()));
        assert_eq!(fired(&state.follow(&left(3, 24), &rules)), None);
        assert_eq!(fired(&state.follow(&left(4, 4), &rules)), Some("5%".into()));
        assert_eq!(fired(&state.follow(&left(5, 9), &rules)), None);
        assert_eq!(fired(&state.follow(&left(6, -1), &rules)), Some("empty".into()));
    }

    #[test]
    fn the_first_reading_is_a_baseline() {
        let rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(0, 8), &rules);
        assert_eq!(fired(&state.follow(&left(1, 7), &rules)), None);
        assert_eq!(fired(&state.follow(&left(2, 5), &rules)), Some("5%".into()));
    }

    #[test]
    fn a_flutter_does_not_arm_but_a_clear_rise_or_a_top_up_does() {
        let rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(0, 100), &rules);
        state.follow(&left(1, 25), &rules);
        assert_eq!(state.follow(&left(2, 26), &rules), Verdict::default());
        assert_eq!(state.follow(&left(3, 25), &rules), Verdict::default());
        assert!(state.follow(&left(4, 27), &rules).cleared.contains("25%"));
        assert_eq!(fired(&state.follow(&left(5, 25), &rules)), Some("25%".into()));
        let topped_up = Standing { raised_at: Some(at(6)), ..left(6, 26) };
        assert!(state.follow(&topped_up, &rules).cleared.contains("25%"));
        assert_eq!(fired(&state.follow(&left(7, 25), &rules)), Some("25%".into()));
    }

    #[test]
    fn a_removed_rule_ends_its_alert_and_a_milder_new_one_stays_quiet() {
        let mut rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(0, 100), &rules);
        state.follow(&left(1, 8), &rules);
        rules.push(Rule { below: "50%".parse().unwrap(), severity: super::super::Severity::Warning });
        assert_eq!(fired(&state.follow(&left(2, 8), &rules)), None);
        rules.retain(|rule| rule.below.to_string() != "10%");
        assert!(state.follow(&left(3, 8), &rules).cleared.contains("10%"));
    }

    #[test]
    fn an_older_reading_says_nothing() {
        let rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(10, 100), &rules);
        assert_eq!(state.follow(&left(5, 1), &rules), Verdict::default());
    }

    proptest! {
        /// Between two top-ups, no threshold is ever told twice while the balance only falls.
        #[test]
        fn a_falling_balance_tells_each_threshold_at_most_once(mut percents in proptest::collection::vec(-20_i64..=100, 1..60)) {
            percents.sort_unstable_by(|a, b| b.cmp(a));
            let rules = Rule::defaults();
            let mut state = Crossings::baseline(&left(0, 100), &rules);
            let mut told = BTreeSet::new();
            for (n, percent) in percents.iter().enumerate() {
                if let Some(rule) = fired(&state.follow(&left(i64::try_from(n).unwrap() + 1, *percent), &rules)) {
                    prop_assert!(told.insert(rule));
                }
            }
            let lowest = *percents.last().unwrap();
            prop_assert_eq!(told.contains("empty"), lowest <= 0);
            prop_assert_eq!(told.is_empty(), lowest > 25);
        }
    }
}
