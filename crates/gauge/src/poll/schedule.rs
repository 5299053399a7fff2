//! When an account is asked next.

use std::hash::{DefaultHasher, Hash, Hasher};

use jiff::{SignedDuration, Timestamp};

use super::plan::Bounds;
use crate::database::Standing;
use crate::failure::{Failure, FailureKind};
use crate::fetch::FURTHEST_WISH;

/// The first wait after a failure; each further one doubles it.
const FIRST_RETRY: SignedDuration = SignedDuration::from_secs(30);
/// The longest wait between two tries.
const LONGEST_RETRY: SignedDuration = SignedDuration::from_mins(30);
/// How long a key that was turned down is left alone.
const REFUSED_RETRY: SignedDuration = SignedDuration::from_hours(1);
/// How soon what is wrong on this side is looked at again: a keychain, a definition. It costs the provider nothing.
const OWN_RETRY: SignedDuration = SignedDuration::from_secs(30);

/// When an account that could not be read is asked again by itself, after so many failures in a row before this one.
#[must_use]
pub fn retry_at(failure: &Failure, failures_before: u32, now: Timestamp) -> Timestamp {
    let wait = match failure.kind {
        FailureKind::Keychain | FailureKind::NeedsConfirmation | FailureKind::Definition => OWN_RETRY,
        kind if kind.is_refusal() => REFUSED_RETRY,
        _ => {
            let doubled = 2_i32.saturating_pow(failures_before.min(10));
            let longest = FIRST_RETRY.saturating_mul(doubled).min(LONGEST_RETRY);
            // Half of it at random, so that many accounts do not come back at the same moment.
            longest.mul_f64(0.5 + fastrand::f64() / 2.0)
        }
    };
    let own = now.saturating_add(wait).unwrap_or(Timestamp::MAX);
    failure.retry_at.map_or(own, |wished| wished.max(own))
}

/// After how long an account is asked again, jitter aside: as was planned when it was last read, or the usual.
#[must_use]
pub fn interval(standing: &Standing, bounds: Bounds) -> SignedDuration {
    standing.plan.and_then(|plan| plan.interval(bounds)).unwrap_or(bounds.usual)
}

/// For how long a reading is fresh: two intervals. One that is asked about more often than usual does not grow old sooner.
#[must_use]
pub fn fresh_for(standing: &Standing, bounds: Bounds) -> SignedDuration {
    interval(standing, bounds).max(bounds.usual) * 2
}

/// When an account is due; `None` when it waits for the user.
#[must_use]
pub fn due_at(standing: &Standing, bounds: Bounds, now: Timestamp) -> Option<Timestamp> {
    if standing.account.paused {
        return None;
    }
    if standing.wanted {
        return Some(now);
    }
    // What is from the future is from before the clock was set back: due by the old one may be years away by the new one.
    if let Some(trouble) = &standing.trouble {
        let set_back = trouble.since > now || trouble.retry_at > now.checked_add(FURTHEST_WISH).ok();
        return if set_back { Some(now) } else { trouble.retry_at };
    }
    let Some(reading) = &standing.reading else { return Some(now) };
    if reading.at > now {
        return Some(now);
    }
    let interval = interval(standing, bounds);
    reading.at.saturating_add(interval + jitter(standing, interval)).ok()
}

/// Up to a tenth of the interval, the same for the same reading, so that accounts drift apart.
fn jitter(standing: &Standing, interval: SignedDuration) -> SignedDuration {
    let mut hasher = DefaultHasher::new();
    standing.account.id.hash(&mut hasher);
    standing.reading.as_ref().map(|reading| reading.at).hash(&mut hasher);
    let share = u16::try_from(hasher.finish() % 1000).unwrap_or(0);
    interval.mul_f64(f64::from(share) / 10_000.0)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::account::Account;
    use crate::failure::Trouble;
    use crate::poll::Plan;
    use crate::reading::Reading;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::constant(1_800_000_000, 0);
    const BOUNDS: Bounds =
        Bounds { least: SignedDuration::from_mins(1), usual: SignedDuration::from_mins(5) };

    fn standing() -> Standing {
        let account = Account {
            id: "one".parse().unwrap(),
            provider: "openrouter".to_owned(),
            label: String::new(),
            base_url: None,
            inputs: BTreeMap::new(),
            origins: Vec::new(),
            key_tail: String::new(),
            paused: false,
            full: BTreeMap::new(),
            rules: BTreeMap::new(),
            unusual: true,
        };
        Standing {
            account,
            reading: None,
            trouble: None,
            wanted: false,
            courses: BTreeMap::new(),
            forecasts: BTreeMap::new(),
            unusual: BTreeMap::new(),
            plan: None,
            doubted_at: None,
            alerts: Vec::new(),
        }
    }

    #[test]
    fn a_refused_key_rests_for_an_hour_and_what_is_wrong_here_is_looked_at_soon() {
        let wait = |kind| retry_at(&Failure::new(kind, ""), 9, NOW).duration_since(NOW);
        assert_eq!(wait(FailureKind::Unauthorized), SignedDuration::from_hours(1));
        assert_eq!(wait(FailureKind::Forbidden), SignedDuration::from_hours(1));
        assert_eq!(wait(FailureKind::Keychain), SignedDuration::from_secs(30));
        assert_eq!(wait(FailureKind::Definition), SignedDuration::from_secs(30));
    }

    #[test]
    fn the_providers_own_wish_is_honoured() {
        let wished = NOW + SignedDuration::from_hours(3);
        let failure = Failure { retry_at: Some(wished), ..Failure::new(FailureKind::RateLimited, "") };
        assert_eq!(retry_at(&failure, 0, NOW), wished);
    }

    #[test]
    fn a_plan_says_when_to_ask_and_a_long_one_keeps_a_reading_fresh() {
        let reading = Reading { at: NOW, meters: Vec::new(), notices: Vec::new() };
        let planned = |minutes| {
            let interval = SignedDuration::from_mins(minutes);
            let plan = Plan { at: NOW, usual: BOUNDS.usual, interval, saved: 1.0 };
            Standing { reading: Some(reading.clone()), plan: Some(plan), ..standing() }
        };
        for minutes in [1, 5, 15] {
            let (wait, asked) = (SignedDuration::from_mins(minutes), planned(minutes));
            let due = due_at(&asked, BOUNDS, NOW).unwrap().duration_since(NOW);
            assert!(due >= wait && due <= wait * 11 / 10, "{due}");
            assert_eq!(fresh_for(&asked, BOUNDS), wait.max(BOUNDS.usual) * 2);
        }
        let hourly = Bounds::new(3600, BOUNDS.least);
        let due = due_at(&planned(1), hourly, NOW).unwrap().duration_since(NOW);
        assert!(due >= hourly.usual, "the plan was made for another interval");
    }

    #[test]
    fn after_the_clock_was_set_back_nobody_waits_for_it_to_catch_up() {
        let trouble = |since, retry_at| {
            let kind = FailureKind::Offline;
            let trouble = Some(Trouble { kind, message: String::new(), since, retry_at });
            due_at(&Standing { trouble, ..standing() }, BOUNDS, NOW)
        };
        let (soon, years) = (NOW + SignedDuration::from_mins(5), NOW + SignedDuration::from_hours(50_000));
        assert_eq!(trouble(NOW, Some(soon)), Some(soon));
        assert_eq!(trouble(NOW, Some(years)), Some(NOW));
        assert_eq!(trouble(soon, Some(soon)), Some(NOW));
    }

    proptest! {
        #[test]
        fn waits_grow_to_half_an_hour_and_no_further(failures in 0_u32..10_000) {
            let wait = retry_at(&Failure::new(FailureKind::Timeout, ""), failures, NOW).duration_since(NOW);
            prop_assert!(wait >= FIRST_RETRY / 2 && wait <= LONGEST_RETRY);
            prop_assert!(failures < 7 || wait >= LONGEST_RETRY / 2);
        }
    }
}
