//! Which rules a meter is under, and which of them are to be told: each once, until the meter has risen again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::balance::Balance;
use super::rule::{Rule, Threshold};

/// How far past its threshold an amount has to rise by itself for a rule to be armed again, as a share of the threshold.
const AMOUNT_MARGIN: Decimal = Decimal::from_parts(5, 0, 0, false, 2);
/// The same for days: a forecast moves more than a balance.
const DAYS_MARGIN: Decimal = Decimal::from_parts(25, 0, 0, false, 2);

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
    /// What is left, and what that means.
    pub balance: Balance,
    /// When credit was last added.
    pub topped_up_at: Option<Timestamp>,
    /// When an allowance last came back.
    pub reset_at: Option<Timestamp>,
}

/// What follows from a new reading.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Verdict {
    /// The rule to tell about: the most severe of those newly crossed.
    pub fires: Option<Rule>,
    /// Thresholds that are armed again: their alerts are over.
    pub cleared: BTreeSet<String>,
    /// Whether credit was added since the last reading.
    pub topped_up: bool,
    /// Whether an allowance came back since the last reading.
    pub reset: bool,
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
        let since_seen = |at: Option<Timestamp>| at.is_some_and(|at| at > self.seen);
        let (topped_up, reset) = (since_seen(standing.topped_up_at), since_seen(standing.reset_at));
        let raised = topped_up || reset;
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

        let told: Vec<_> =
            rules.iter().filter(|rule| self.crossed.contains(&rule.below.to_string())).cloned().collect();
        // A rule that was changed into another has told what it had to.
        let has_rule = |threshold: &&String| rules.iter().any(|rule| rule.below.to_string() == **threshold);
        let told_before: Vec<Threshold> = cleared
            .iter()
            .filter(|threshold| !has_rule(threshold))
            .filter_map(|threshold| threshold.parse().ok())
            .collect();
        let is_news = |rule: &Rule| {
            told.iter().all(|told| says_more(rule, told, standing))
                && told_before.iter().all(|below| {
                    says_more(rule, &Rule { below: below.clone(), severity: rule.severity }, standing)
                })
        };
        let mut fires: Option<&Rule> = None;
        for rule in crossed_now(standing, rules) {
            if self.crossed.insert(rule.below.to_string())
                && is_news(rule)
                && fires.is_none_or(|worst| says_more(rule, worst, standing))
            {
                fires = Some(rule);
            }
        }
        Verdict { fires: fires.cloned(), cleared, topped_up, reset }
    }
}

/// Whether a rule says more than another that is crossed as well: that it is worse, or as bad and deeper. One that was
/// added above one already told would say less than is known. An amount and days do not compare.
fn says_more(rule: &Rule, other: &Rule, standing: &Standing) -> bool {
    let depth = |rule: &Rule| match rule.below {
        Threshold::Days(days) => Some(days),
        _ => rule.below.amount(standing.balance.full),
    };
    let same_measure = matches!(rule.below, Threshold::Days(_)) == matches!(other.below, Threshold::Days(_));
    rule.severity > other.severity
        || rule.severity == other.severity && (!same_measure || depth(rule) < depth(other))
}

fn crossed_now<'a>(standing: &'a Standing, rules: &'a [Rule]) -> impl Iterator<Item = &'a Rule> {
    rules.iter().filter(|rule| rule.is_crossed(&standing.balance) == Some(true))
}

/// A rule is armed again by any top-up or reset that lifts the meter over its threshold; without one, only by a rise
/// clearly past it, so that a balance that flutters around the threshold is told once.
fn is_armed_again(rule: &Rule, standing: &Standing, raised: bool) -> bool {
    let Balance { remaining, full, days_left } = standing.balance;
    if let Threshold::Days(days) = rule.below {
        let margin = if raised { Decimal::ZERO } else { days * DAYS_MARGIN };
        return days_left.is_some_and(|left| left > days + margin);
    }
    let Some(threshold) = rule.below.amount(full) else { return false };
    let margin = match (raised, &rule.below) {
        (true, _) => Decimal::ZERO,
        (false, Threshold::Empty) => full.unwrap_or_default() / Decimal::ONE_HUNDRED,
        (false, _) => threshold * AMOUNT_MARGIN,
    };
    remaining > threshold + margin
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::Severity;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn left(second: i64, percent: i64) -> Standing {
        Standing {
            at: at(second),
            balance: Balance {
                remaining: Decimal::from(percent),
                full: Some(Decimal::from(100)),
                days_left: None,
            },
            topped_up_at: None,
            reset_at: None,
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
        state.follow(&left(6, 20), &rules);
        let topped_up = Standing { topped_up_at: Some(at(7)), ..left(7, 26) };
        let verdict = state.follow(&topped_up, &rules);
        assert!(verdict.topped_up && verdict.cleared.contains("25%"));
        assert_eq!(fired(&state.follow(&left(8, 25), &rules)), Some("25%".into()));
    }

    #[test]
    fn a_removed_rule_ends_its_alert_and_a_milder_new_one_stays_quiet() {
        let mut rules = Rule::defaults();
        let mut state = Crossings::baseline(&left(0, 100), &rules);
        state.follow(&left(1, 8), &rules);
        rules.push(Rule { below: "50%".parse().unwrap(), severity: Severity::Warning });
        assert_eq!(fired(&state.follow(&left(2, 8), &rules)), None);
        rules.retain(|rule| rule.below.to_string() != "10%");
        assert!(state.follow(&left(3, 8), &rules).cleared.contains("10%"));
    }

    #[test]
    fn a_changed_rule_does_not_tell_again_what_it_has_told() {
        let rule = |below: &str| vec![Rule { below: below.parse().unwrap(), severity: Severity::Warning }];
        let mut state = Crossings::baseline(&left(0, 100), &rule("25%"));
        assert_eq!(fired(&state.follow(&left(1, 20), &rule("25%"))), Some("25%".into()));
        assert_eq!(fired(&state.follow(&left(2, 20), &rule("30%"))), None);
        assert_eq!(fired(&state.follow(&left(3, 20), &rule("20%"))), Some("20%".into()), "that is news");
    }

    #[test]
    fn days_left_are_told_once_beside_amounts_and_armed_by_a_clear_change() {
        let mut rules = Rule::defaults();
        rules.push(Rule { below: "3d".parse().unwrap(), severity: Severity::Warning });
        let lasting = |second, percent, days: i64| {
            let standing = left(second, percent);
            let days_left = Some(Decimal::from(days));
            Standing { balance: Balance { days_left, ..standing.balance }, ..standing }
        };
        let mut state = Crossings::baseline(&lasting(0, 100, 50), &rules);
        assert_eq!(fired(&state.follow(&lasting(1, 60, 3), &rules)), Some("3d".into()));
        assert_eq!(fired(&state.follow(&lasting(2, 55, 2), &rules)), None);
        assert_eq!(
            state.follow(&left(3, 54), &rules),
            Verdict::default(),
            "nobody can tell how long it lasts"
        );
        assert_eq!(state.follow(&Standing { at: at(3), ..lasting(3, 54, 3) }, &rules), Verdict::default());
        assert_eq!(
            fired(&state.follow(&lasting(4, 25, 2), &rules)),
            Some("25%".into()),
            "another kind of news"
        );
        assert!(state.follow(&lasting(5, 24, 4), &rules).cleared.contains("3d"));
        assert_eq!(fired(&state.follow(&lasting(6, 9, 1), &rules)), Some("10%".into()), "the worst alone");
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
