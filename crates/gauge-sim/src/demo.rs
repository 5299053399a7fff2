//! The accounts of demo mode: each in another state that an app must show.

use rust_decimal::Decimal;

use crate::account::{Account, AutoTopUp};
use crate::clock::Clock;
use crate::past::Past;
use crate::provider::{BabySeaKey, Behaviour, LimitReset, OpenRouterKey, PreDevKey, StabilityKey};
use crate::simulation::{Simulation, SimulationError};
use crate::spending::{Profile, Spending};

impl Simulation {
    /// The simulation of demo mode: eight accounts, from healthy to refused, and what they told in the last 90 days.
    pub fn demo(clock: Clock, seed: u64) -> Result<(Self, Vec<Past>), SimulationError> {
        let simulation = Self::new(clock, seed);
        let mut past = Vec::new();
        for account in [team(), side_project(), unlimited(), images(), video(), generate_only(), specs()] {
            past.extend(simulation.add_with_past(account)?);
        }
        simulation.add(old_key())?;
        Ok((simulation, past))
    }
}

/// Healthy: a management key that sees the credits of a busy account, which buys more by itself.
fn team() -> Account {
    let key = OpenRouterKey { management: true, ..OpenRouterKey::default() };
    Account {
        label: "Team".to_owned(),
        bought: Decimal::from(250),
        used: Decimal::new(67_4812, 4),
        spending: spending(Profile::OfficeHours, 60, Decimal::new(9, 3), 0),
        auto_top_up: Some(AutoTopUp { below: Decimal::from(20), amount: Decimal::from(250) }),
        ..Account::new("openrouter-team", "sk-or-v1-demo-team-0001", Behaviour::OpenRouter(key))
    }
}

/// Low: an ordinary key with 18 % of its monthly limit left.
fn side_project() -> Account {
    let limit = Decimal::from(50);
    let key = OpenRouterKey {
        limit: Some(limit),
        limit_reset: Some(LimitReset::Monthly),
        ..OpenRouterKey::default()
    };
    Account {
        label: "Side project".to_owned(),
        bought: Decimal::from(400),
        used: limit * Decimal::new(82, 2),
        spending: spending(Profile::Steady, 6, Decimal::new(10, 3), 0),
        ..Account::new("openrouter-side-project", "sk-or-v1-demo-side-0002", Behaviour::OpenRouter(key))
    }
}

/// No balance to be seen, only what was spent: an ordinary key without a limit.
fn unlimited() -> Account {
    Account {
        label: "Experiments".to_owned(),
        bought: Decimal::from(100),
        used: Decimal::new(31_42, 2),
        spending: spending(Profile::Bursty, 8, Decimal::new(6, 3), 0),
        full: Some(Decimal::from(50)),
        ..Account::new(
            "openrouter-experiments",
            "sk-or-v1-demo-free-0003",
            Behaviour::OpenRouter(OpenRouterKey::default()),
        )
    }
}

/// Low and falling: less than two days of steady use are left.
fn images() -> Account {
    Account {
        label: "Images".to_owned(),
        bought: Decimal::from(1000),
        used: Decimal::new(927_366_316_616, 9),
        spending: spending(Profile::Steady, 6, Decimal::new(35, 2), 0),
        full: Some(Decimal::from(400)),
        ..Account::new(
            "stability-images",
            "sk-demo-stability-images-0004",
            Behaviour::Stability(StabilityKey::default()),
        )
    }
}

/// Healthy, with use to show and now and then a refund.
fn video() -> Account {
    Account {
        label: "Video studio".to_owned(),
        inputs: [("region".to_owned(), "eu".to_owned())].into(),
        bought: Decimal::from(60),
        used: Decimal::new(17_520, 3),
        spending: spending(Profile::Steady, 3, Decimal::new(52, 3), 10),
        full: Some(Decimal::from(60)),
        ..Account::new("babysea-studio", "bye_demo_eu_studio_0005", Behaviour::BabySea(BabySeaKey::default()))
    }
}

/// A key without `account:read`, whose balance only an estimate tells.
fn generate_only() -> Account {
    let key = BabySeaKey { account_read: false, ..BabySeaKey::default() };
    Account {
        label: "Web shop".to_owned(),
        inputs: [("region".to_owned(), "us".to_owned())].into(),
        bought: Decimal::from(20),
        used: Decimal::new(7_520, 3),
        spending: spending(Profile::Bursty, 1, Decimal::new(52, 3), 5),
        full: Some(Decimal::from(20)),
        ..Account::new("babysea-shop", "bye_demo_us_shop_0006", Behaviour::BabySea(key))
    }
}

/// Nearly out.
fn specs() -> Account {
    Account {
        label: "Specs".to_owned(),
        bought: Decimal::from(450),
        used: Decimal::from(428),
        spending: spending(Profile::OfficeHours, 1, Decimal::ONE, 0),
        full: Some(Decimal::from(450)),
        ..Account::new("predev-specs", "demo-predev-specs-0007", Behaviour::PreDev(PreDevKey::default()))
    }
}

/// A key that its owner deleted.
fn old_key() -> Account {
    Account {
        label: "Old key".to_owned(),
        rejected: true,
        ..Account::new(
            "stability-old",
            "sk-demo-stability-old-0008",
            Behaviour::Stability(StabilityKey::default()),
        )
    }
}

fn spending(profile: Profile, calls_per_hour: u32, call_cost: Decimal, refunded_percent: u8) -> Spending {
    Spending { profile, calls_per_hour, call_cost, refunded_percent }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Standing;

    fn demo_at(time: &str) -> Simulation {
        Simulation::demo(Clock::still(time.parse().unwrap()), 1).unwrap().0
    }

    fn standing(simulation: &Simulation, id: &str) -> Standing {
        simulation.standing(id).unwrap()
    }

    #[test]
    fn the_side_project_has_18_percent_of_its_limit_on_any_day() {
        for time in ["2026-11-01T00:00:00Z", "2026-11-21T10:00:00Z", "2026-12-31T23:59:59Z"] {
            let left = standing(&demo_at(time), "openrouter-side-project").limit_remaining.unwrap();
            assert_eq!(left, Decimal::from(9), "{time}");
        }
    }

    #[test]
    fn a_day_of_demo_mode_moves_what_should_move() {
        let demo = demo_at("2026-11-18T08:00:00Z");
        let before = demo.standings();
        demo.advance(std::time::Duration::from_secs(6 * 3600)).unwrap();
        for (before, after) in before.iter().zip(demo.standings()) {
            assert!(after.balance >= Decimal::ZERO, "{after:?}");
            if !matches!(before.id.as_str(), "stability-old" | "openrouter-experiments" | "babysea-shop") {
                assert!(after.used > before.used, "{after:?}");
            }
        }
        assert!(standing(&demo, "stability-images").balance < Decimal::from(65));
    }
}
