//! How an account spends: calls that follow from the seed and the minute alone.

use fastrand::Rng;
use jiff::civil::Weekday;
use jiff::{Timestamp, tz::TimeZone};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// When an account is used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Never.
    #[default]
    Stopped,
    /// All day and night.
    Steady,
    /// In about one hour of eight, and then eight times as much.
    Bursty,
    /// Monday to Friday, 09:00 to 17:00 UTC.
    OfficeHours,
}

/// How an account spends by itself.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Spending {
    /// When the calls come.
    pub profile: Profile,
    /// Calls an hour, on the average of a week; at most [`Spending::MAX_CALLS_PER_HOUR`].
    pub calls_per_hour: u32,
    /// What a call costs on average, in the account's unit; single calls cost half to one and a half
    /// times that.
    pub call_cost: Decimal,
    /// How many calls of a hundred fail and are refunded in full, two to ten minutes later.
    pub refunded_percent: u8,
}

impl Spending {
    /// More calls an hour than this are not made.
    pub const MAX_CALLS_PER_HOUR: u32 = 6_000;

    /// The calls of the minute that begins at `minute` × 60 s after the epoch. A call costs whole units
    /// of the last of `decimals` places.
    pub(crate) fn calls(&self, seed: u64, minute: i64, decimals: u32) -> Vec<Call> {
        let weight = self.profile.weight(seed, minute);
        let thousandths = self.calls_per_hour.min(Self::MAX_CALLS_PER_HOUR) * weight / 60;
        if thousandths == 0 {
            return Vec::new();
        }
        let mut dice = dice(seed, minute);
        let count = thousandths / 1000 + u32::from(dice.u32(0..1000) < thousandths % 1000);
        (0..count).map(|_| self.call(&mut dice, decimals)).collect()
    }

    /// About what the calls cost in the hour that begins at `hour` × 3600 s after the epoch, less what was refunded: as an
    /// hour among others, which nobody asks for its single calls. Some days are busier than others.
    pub(crate) fn cost_of_hour(&self, seed: u64, hour: i64, decimals: u32) -> Decimal {
        let weight = self.profile.weight(seed, hour.saturating_mul(60));
        let of_day = dice(seed, hour.div_euclid(24)).u32(50..=150);
        let thousandths = self.calls_per_hour.min(Self::MAX_CALLS_PER_HOUR) * weight / 100 * of_day;
        let mut dice = dice(seed, hour);
        let calls = thousandths / 1000 + u32::from(dice.u32(0..1000) < thousandths % 1000);
        let each = self.call_cost * Decimal::new(dice.i64(80..=120), 2);
        let kept = Decimal::new(100 - i64::from(self.refunded_percent.min(100)), 2);
        (each * Decimal::from(calls) * kept).round_dp(decimals)
    }

    fn call(&self, dice: &mut Rng, decimals: u32) -> Call {
        let cost = self.call_cost * Decimal::new(dice.i64(50..=150), 2);
        let refunded = dice.u8(0..100) < self.refunded_percent;
        let refunded_after = dice.i64(2..=10);
        Call {
            cost: cost.round_dp(decimals).max(Decimal::new(1, decimals)),
            refunded_after_minutes: refunded.then_some(refunded_after),
        }
    }
}

/// One paid call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    pub(crate) cost: Decimal,
    pub(crate) refunded_after_minutes: Option<i64>,
}

impl Profile {
    /// How busy the minute is, in thousandths of the average.
    fn weight(self, seed: u64, minute: i64) -> u32 {
        match self {
            Self::Stopped => 0,
            Self::Steady => 1000,
            Self::Bursty => {
                let hour = minute.div_euclid(60);
                if dice(!seed, hour).u8(0..8) == 0 { 8000 } else { 0 }
            }
            Self::OfficeHours => {
                let Ok(time) = Timestamp::from_second(minute.saturating_mul(60)) else { return 0 };
                let time = time.to_zoned(TimeZone::UTC);
                let weekend = matches!(time.weekday(), Weekday::Saturday | Weekday::Sunday);
                if !weekend && (9..17).contains(&time.hour()) { 168_000 / 40 } else { 0 }
            }
        }
    }
}

/// The dice of one slot of time. The multiplier (2^64 over the golden ratio) keeps neighbours apart.
pub(crate) fn dice(seed: u64, slot: i64) -> Rng {
    Rng::with_seed(seed ^ slot.cast_unsigned().wrapping_mul(0x9E37_79B9_7F4A_7C15))
}

#[cfg(test)]
mod tests {
    use super::*;

    const WEEK: i64 = 7 * 24 * 60;
    /// 2026-11-16, a Monday, 00:00 UTC, in minutes.
    const MONDAY: i64 = 29_913_120;

    fn spending(profile: Profile) -> Spending {
        Spending { profile, calls_per_hour: 10, call_cost: Decimal::new(52, 3), refunded_percent: 10 }
    }

    fn week(spending: &Spending, seed: u64) -> Vec<Call> {
        (MONDAY..MONDAY + WEEK).flat_map(|minute| spending.calls(seed, minute, 3)).collect()
    }

    #[test]
    fn the_seed_and_the_minute_decide() {
        let steady = spending(Profile::Steady);
        assert_eq!(week(&steady, 1), week(&steady, 1));
        assert_ne!(week(&steady, 1), week(&steady, 2));
    }

    #[test]
    fn every_profile_keeps_its_average() {
        for profile in [Profile::Steady, Profile::Bursty, Profile::OfficeHours] {
            let weeks: usize = (0..20).map(|seed| week(&spending(profile), seed).len()).sum();
            let expected = 20 * 7 * 24 * 10;
            assert!(weeks.abs_diff(expected) < expected / 5, "{profile:?}: {weeks} calls, not {expected}");
        }
        assert!(week(&spending(Profile::Stopped), 1).is_empty());
    }

    #[test]
    fn about_one_call_of_ten_is_refunded() {
        let calls = week(&spending(Profile::Steady), 3);
        let refunded = calls.iter().filter(|call| call.refunded_after_minutes.is_some()).count();
        assert!(refunded.abs_diff(calls.len() / 10) < calls.len() / 30, "{refunded} of {}", calls.len());
    }

    #[test]
    fn office_hours_rest_at_night_and_on_weekends() {
        let office = spending(Profile::OfficeHours);
        let night = MONDAY..MONDAY + 9 * 60;
        let weekend = MONDAY + 5 * 24 * 60..MONDAY + WEEK;
        assert!(night.chain(weekend).all(|minute| office.calls(1, minute, 3).is_empty()));
    }

    #[test]
    fn costs_are_whole_units_of_the_last_place() {
        let credits = Spending { call_cost: Decimal::ONE, ..spending(Profile::Steady) };
        assert!((0..WEEK).flat_map(|m| credits.calls(1, m, 0)).all(|call| call.cost >= Decimal::ONE));
        assert!(week(&spending(Profile::Steady), 1).iter().all(|call| call.cost.scale() <= 3));
    }
}
