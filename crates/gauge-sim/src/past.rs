//! The past: how an account was used before the simulation began, and what a gauge that ran then would have read.
//!
//! It is lived through hour by hour and ends with what the account is to have left. What was spent follows from its
//! profile; what was bought follows backwards from the end, from what would else have been too much.

use std::collections::BTreeMap;

use jiff::{Timestamp, ToSpan};
use rust_decimal::Decimal;

use crate::account::{Account, AutoTopUp};
use crate::ledger::{Ledger, utc_date};
use crate::provider::{Behaviour, LimitReset};
use crate::spending::dice;

/// How many hours ago the account was opened: early enough for the first reading to tell of 30 days.
const OPENED: i64 = 125 * 24;
/// How many hours ago it was read for the first time.
const FIRST_READ: i64 = 90 * 24;
/// From how many hours ago the gauge's machine was off while its owner was on holiday, and until how many.
const HOLIDAY: (i64, i64) = (47 * 24, 41 * 24);
/// The hours of the day, in UTC, that the machine sleeps through in one night of [`NIGHTS`].
const NIGHT: std::ops::Range<i64> = 1..7;
const NIGHTS: u32 = 6;

/// What one meter of an account told in the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Past {
    /// The account.
    pub account: String,
    /// The meter, by the name that definitions of its provider use.
    pub meter: &'static str,
    /// What it counts.
    pub unit: &'static str,
    /// What it told, oldest first, about once an hour.
    pub readings: Vec<PastReading>,
}

/// What a meter told at one time. `None`: its provider does not tell that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PastReading {
    /// When.
    pub at: Timestamp,
    /// What was left.
    pub remaining: Option<Decimal>,
    /// All that there was.
    pub total: Option<Decimal>,
    /// What was used of it.
    pub used: Option<Decimal>,
}

/// One hour of the past.
struct Hour {
    /// Counted from the epoch.
    number: i64,
    spent: Decimal,
    bought: Decimal,
}

impl Hour {
    fn at(&self, second: i64) -> Timestamp {
        Timestamp::from_second(self.number * 3600 + second).unwrap_or_default()
    }
}

/// Lives through the past of an account up to `now`. In the end it has left what the account is to begin with; and where
/// its key has a limit, `used` is spent of the present window. `seed` is the account's own, `machine` that of all that the
/// same gauge reads.
pub(crate) fn live(account: &Account, seed: u64, machine: u64, now: Timestamp) -> (Ledger, Vec<Past>) {
    let end = now.as_second().div_euclid(3600);
    let mut hours = spend(account, seed, now);
    let mut ledger = Ledger::default();
    ledger.bought = buy(account, seed, &mut hours);
    let mut meters = BTreeMap::new();
    for hour in &hours {
        if hour.spent > Decimal::ZERO {
            ledger.spend(hour.at(1800), hour.spent);
        }
        ledger.bought += hour.bought;
        if is_read(machine, hour.number, end) {
            let before_its_end = dice(!machine, hour.number).i64(1..300);
            read(&mut meters, account, &ledger, hour.at(3600 - before_its_end));
        }
    }
    let lacking = lacking_in_window(account, &ledger, now);
    if lacking > Decimal::ZERO {
        ledger.bought += lacking;
        ledger.spend(now, lacking);
    }
    (ledger, meters.into_values().collect())
}

/// The hours of the past, oldest first, with what was spent in each.
fn spend(account: &Account, seed: u64, now: Timestamp) -> Vec<Hour> {
    let decimals = account.behaviour.provider().decimals();
    let end = now.as_second().div_euclid(3600);
    let spent = |number| account.spending.cost_of_hour(seed, number, decimals);
    let mut hours: Vec<_> = (end - OPENED..end)
        .map(|number| Hour { number, spent: spent(number), bought: Decimal::ZERO })
        .collect();
    if let Some(reset) = window(account) {
        let start = reset.window_start(utc_date(now));
        let first = hours.partition_point(|hour| utc_date(hour.at(0)) < start);
        let usual: Decimal = hours[first..].iter().map(|hour| hour.spent).sum();
        if usual > Decimal::ZERO {
            for hour in &mut hours[first..] {
                hour.spent = (hour.spent * account.used / usual).trunc_with_scale(decimals);
            }
        }
    }
    hours
}

/// The windows in which the key may spend.
fn window(account: &Account) -> Option<LimitReset> {
    match &account.behaviour {
        Behaviour::OpenRouter(key) => key.limit.and(key.limit_reset),
        _ => None,
    }
}

/// What is yet to be spent of the present window: all of it in the first hour, and what rounding left later.
fn lacking_in_window(account: &Account, ledger: &Ledger, now: Timestamp) -> Decimal {
    window(account).map_or(Decimal::ZERO, |reset| account.used - reset.used(ledger, now))
}

/// Enters what was bought into the hours, and gives what the account was opened with. In an hour of a purchase nothing is
/// spent, so that it shows as what it was.
fn buy(account: &Account, seed: u64, hours: &mut [Hour]) -> Decimal {
    let mut left = account.bought - account.used;
    for hour in hours.iter_mut().rev() {
        match top_up(account, seed, hour.number) {
            Some(AutoTopUp { below, amount }) if left >= below + amount => {
                *hour = Hour { number: hour.number, spent: Decimal::ZERO, bought: amount };
                left -= amount;
            }
            _ => left += hour.spent,
        }
    }
    left
}

/// What is bought, and when: by itself, or by an owner who buys what they call full, at times sooner and at times later.
fn top_up(account: &Account, seed: u64, hour: i64) -> Option<AutoTopUp> {
    let by_hand = |full: Decimal| {
        let percent = dice(seed, hour.div_euclid(24 * 7)).i64(3..=15);
        AutoTopUp { below: full * Decimal::new(percent, 2), amount: full }
    };
    account.auto_top_up.clone().or_else(|| account.full.map(by_hand))
}

/// Whether the gauge ran at the end of this hour, the one before the hour `end`.
fn is_read(machine: u64, hour: i64, end: i64) -> bool {
    let ago = end - hour;
    let away = ago <= HOLIDAY.0 && ago > HOLIDAY.1;
    let asleep =
        NIGHT.contains(&hour.rem_euclid(24)) && dice(machine, hour.div_euclid(24)).u32(0..NIGHTS) == 0;
    ago <= FIRST_READ && !away && !asleep
}

/// Adds what the meters of an account tell, as definitions of its provider read its answers.
fn read(meters: &mut BTreeMap<&'static str, Past>, account: &Account, ledger: &Ledger, at: Timestamp) {
    let mut note = |meter, unit, remaining, total, used| {
        let new = || Past { account: account.id.clone(), meter, unit, readings: Vec::new() };
        let reading = PastReading { at, remaining, total, used };
        meters.entry(meter).or_insert_with(new).readings.push(reading);
    };
    let balance = Some(ledger.balance());
    match &account.behaviour {
        Behaviour::OpenRouter(key) if key.management => {
            note("credits", "USD", balance, Some(ledger.bought), Some(ledger.used));
        }
        Behaviour::OpenRouter(key) => {
            if let Some(limit) = key.limit {
                let left = key.limit_remaining(ledger, at);
                note("key-limit", "USD", left, Some(limit), left.map(|left| limit - left));
            } else {
                let used = LimitReset::Monthly.used(ledger, at);
                note("spend", "USD", account.full.map(|full| full - used), account.full, Some(used));
            }
        }
        Behaviour::BabySea(key) => {
            note("credits", "credits", balance, None, None);
            if key.account_read {
                let used = ledger.since(utc_date(at).saturating_sub(29.days())).net_cost();
                note("spend", "credits", None, None, Some(used));
            }
        }
        Behaviour::Stability(_) => note("credits", "credits", balance, None, None),
        Behaviour::PreDev(_) => note("prototype-credits", "prototype credits", balance, None, None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Clock, Simulation};

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    fn demo(now: &str, seed: u64) -> (Simulation, Vec<Past>) {
        Simulation::demo(Clock::still(at(now)), seed).unwrap()
    }

    fn of<'a>(pasts: &'a [Past], account: &str) -> &'a Past {
        pasts.iter().find(|past| past.account == account).unwrap()
    }

    #[test]
    fn the_past_leads_up_to_the_present() {
        let (demo, pasts) = demo("2026-11-21T10:34:00Z", 1);
        for past in pasts.iter().filter(|past| past.meter != "spend") {
            let last = past.readings.last().unwrap();
            let now = demo.standing(&past.account).unwrap();
            let left = now.limit_remaining.unwrap_or(now.balance);
            // Of a window, what rounding left is spent between the two.
            assert!((last.remaining.unwrap() - left).abs() < Decimal::new(1, 3), "{past:?} {now:?}");
            assert!(last.at <= at("2026-11-21T10:00:00Z") && last.at > at("2026-11-21T09:54:00Z"));
        }
    }

    #[test]
    fn readings_go_back_90_days_with_a_holiday_and_some_nights_left_out() {
        let (_, pasts) = demo("2026-11-21T10:34:00Z", 1);
        for past in &pasts {
            let times: Vec<_> = past.readings.iter().map(|reading| reading.at).collect();
            assert_eq!(utc_date(times[0]), "2026-08-23".parse().unwrap());
            let hours = times.windows(2).map(|pair| pair[1].duration_since(pair[0]).as_hours());
            let gaps: Vec<_> = hours.filter(|hours| *hours >= 2).collect();
            assert!(gaps.iter().any(|hours| *hours > 140) && (8..25).contains(&gaps.len()), "{gaps:?}");
            assert_eq!(times.len(), pasts[0].readings.len(), "one machine reads them all");
        }
    }

    #[test]
    fn no_account_is_overdrawn_and_credit_comes_in_whole_purchases() {
        for seed in 0..10 {
            let (_, pasts) = demo("2026-11-21T10:34:00Z", seed);
            let all = pasts.iter().flat_map(|past| &past.readings);
            assert!(all.filter_map(|reading| reading.remaining).all(|left| left >= Decimal::ZERO));
            for (account, full) in
                [("openrouter-team", 250), ("stability-images", 400), ("predev-specs", 450)]
            {
                let pairs = of(&pasts, account).readings.windows(2);
                let seen = pairs.filter(|pair| pair[1].at.duration_since(pair[0].at).as_hours() < 2);
                let rises: Vec<_> = seen
                    .map(|pair| pair[1].remaining.unwrap() - pair[0].remaining.unwrap())
                    .filter(|rise| rise.is_sign_positive() && !rise.is_zero())
                    .collect();
                let whole = rises.iter().all(|rise| *rise == full.into());
                assert!((2..15).contains(&rises.len()) && whole, "{account}: {rises:?}");
            }
        }
    }

    #[test]
    fn a_limit_is_whole_again_with_every_month() {
        let (_, pasts) = demo("2026-11-21T10:34:00Z", 1);
        let readings = &of(&pasts, "openrouter-side-project").readings;
        let resets: Vec<_> = readings.windows(2).filter(|pair| pair[1].used < pair[0].used).collect();
        let months: Vec<_> = resets.iter().map(|pair| utc_date(pair[1].at).month()).collect();
        assert_eq!(months, [9, 10, 11]);
        assert!(resets.iter().all(|pair| pair[0].used.unwrap() > pair[1].used.unwrap() * Decimal::TWO));
        assert!(readings.iter().all(|reading| {
            reading.total == Some(50.into())
                && reading.remaining.unwrap() + reading.used.unwrap() == 50.into()
        }));
    }

    #[test]
    fn the_office_spends_in_its_hours_alone() {
        let (_, pasts) = demo("2026-11-21T10:34:00Z", 1);
        let spent = of(&pasts, "openrouter-team").readings.windows(2).filter(|pair| {
            pair[1].used > pair[0].used && pair[1].at.duration_since(pair[0].at).as_hours() < 2
        });
        for pair in spent {
            let date = utc_date(pair[1].at);
            assert!(date.weekday().to_monday_one_offset() <= 5, "{pair:?}");
        }
    }

    #[test]
    fn the_same_seed_and_time_give_the_same_past() {
        let past = |seed| demo("2026-11-21T10:34:00Z", seed).1;
        assert_eq!(past(3), past(3));
        assert_ne!(past(3), past(4));
    }
}
