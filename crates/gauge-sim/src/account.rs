//! An account: whose it is, how it spends, and how it stands.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::ledger::{Ledger, utc_date};
use crate::past::{self, Past};
use crate::provider::{Behaviour, Provider};
use crate::spending::{Profile, Spending};

/// An account as it begins.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Account {
    /// Its name in the simulation, and a good id for it in an app.
    pub id: String,
    /// What a person would call it.
    #[serde(default)]
    pub label: String,
    /// The made-up key that requests carry as `Authorization: Bearer KEY`; printable ASCII.
    pub key: String,
    /// What an app has to ask for besides the key, such as `region`.
    #[serde(default)]
    pub inputs: BTreeMap<String, String>,
    /// The provider, and what kind of key this is there.
    pub behaviour: Behaviour,
    /// Whether the provider refuses the key, as after its owner deleted it.
    #[serde(default)]
    pub rejected: bool,
    /// All that was ever bought, in the provider's unit.
    #[serde(default)]
    pub bought: Decimal,
    /// How much of that is used; more than was bought is a debt.
    #[serde(default)]
    pub used: Decimal,
    /// Over how many days, today the last of them, that use is spread evenly; 1 to 90.
    #[serde(default = "one_day")]
    pub used_over_days: u16,
    /// How it goes on spending by itself: only while it can pay, unless it `may_owe`.
    #[serde(default)]
    pub spending: Spending,
    /// Whether it goes on spending into a debt.
    #[serde(default)]
    pub may_owe: bool,
    /// When it buys more by itself.
    #[serde(default)]
    pub auto_top_up: Option<AutoTopUp>,
    /// What its owner calls full, or budgets, where the provider does not tell.
    #[serde(default)]
    pub full: Option<Decimal>,
}

fn one_day() -> u16 {
    1
}

impl Account {
    /// An account with nothing on it that spends nothing.
    #[must_use]
    pub fn new(id: &str, key: &str, behaviour: Behaviour) -> Self {
        Self {
            id: id.to_owned(),
            label: String::new(),
            key: key.to_owned(),
            inputs: BTreeMap::new(),
            behaviour,
            rejected: false,
            bought: Decimal::ZERO,
            used: Decimal::ZERO,
            used_over_days: one_day(),
            spending: Spending::default(),
            may_owe: false,
            auto_top_up: None,
            full: None,
        }
    }
}

/// Buys `amount` whenever the balance falls below `below`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AutoTopUp {
    /// The balance that is too little.
    pub below: Decimal,
    /// What is bought then.
    pub amount: Decimal,
}

/// What to change of an account; what is `None` stays.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct AccountChange {
    /// Whether the provider refuses the key.
    pub rejected: Option<bool>,
    /// The kind of key, of the same provider or another.
    pub behaviour: Option<Behaviour>,
    /// How it spends by itself.
    pub spending: Option<Spending>,
    /// Whether it goes on spending into a debt.
    pub may_owe: Option<bool>,
    /// When it buys more by itself.
    pub auto_top_up: Option<AutoTopUp>,
}

/// What a person types to add a simulated account to an app.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Credential {
    /// The provider.
    pub provider: Provider,
    /// A good id for the account.
    pub id: String,
    /// A good label for it.
    pub label: String,
    /// Its made-up key.
    pub key: String,
    /// Inputs besides the key, by name.
    pub inputs: BTreeMap<String, String>,
    /// What its owner types as full, or as a budget, where the provider does not tell; in its unit.
    pub full: Option<Decimal>,
}

/// How an account stands at a simulated time. Amounts are in the provider's unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Standing {
    /// The account.
    pub id: String,
    /// What a person would call it.
    pub label: String,
    /// The provider.
    pub provider: Provider,
    /// Whether the provider refuses the key.
    pub rejected: bool,
    /// All that was ever bought.
    pub bought: Decimal,
    /// How much of that is used.
    pub used: Decimal,
    /// `bought` − `used`; negative is a debt.
    pub balance: Decimal,
    /// What the key may still spend in the present window, for a key with a limit.
    pub limit_remaining: Option<Decimal>,
}

/// An account in the course of time.
#[derive(Debug)]
pub(crate) struct LiveAccount {
    pub(crate) account: Account,
    pub(crate) ledger: Ledger,
    seed: u64,
    /// The last minute whose calls are made, counted from the epoch.
    minute: i64,
}

impl LiveAccount {
    pub(crate) fn new(account: Account, seed: u64, now: Timestamp) -> Self {
        let ledger = Ledger::open(
            account.bought,
            account.used,
            utc_date(now),
            account.used_over_days,
            account.spending.call_cost,
        );
        Self { seed: seed ^ fingerprint(&account.id), minute: minute_of(now), account, ledger }
    }

    /// An account that was used for months before `now`, and what it told meanwhile.
    pub(crate) fn with_past(account: Account, seed: u64, now: Timestamp) -> (Self, Vec<Past>) {
        let own_seed = seed ^ fingerprint(&account.id);
        let (ledger, past) = past::live(&account, own_seed, seed, now);
        (Self { seed: own_seed, minute: minute_of(now), account, ledger }, past)
    }

    /// Lives through the minutes up to `now`.
    pub(crate) fn advance(&mut self, now: Timestamp) {
        let to = minute_of(now);
        while self.minute < to {
            if self.account.spending.profile == Profile::Stopped && !self.ledger.awaits_refunds() {
                self.minute = to;
                break;
            }
            self.minute += 1;
            self.live_minute(Timestamp::from_second(self.minute * 60).unwrap_or(now));
        }
        self.ledger.pay_refunds(now);
    }

    fn live_minute(&mut self, at: Timestamp) {
        self.ledger.pay_refunds(at);
        let decimals = self.account.behaviour.provider().decimals();
        for call in self.account.spending.calls(self.seed, self.minute, decimals) {
            if self.can_pay(call.cost, at) {
                self.spend(at, call.cost);
                if let Some(minutes) = call.refunded_after_minutes {
                    self.refund_later(at, SignedDuration::from_mins(minutes), call.cost);
                }
            }
        }
    }

    fn can_pay(&self, cost: Decimal, at: Timestamp) -> bool {
        let within_limit = self.limit_remaining(at).is_none_or(|left| left >= cost);
        within_limit && (self.account.may_owe || self.ledger.balance() >= cost)
    }

    pub(crate) fn spend(&mut self, at: Timestamp, amount: Decimal) {
        self.ledger.spend(at, amount);
        if let Some(top_up) = &self.account.auto_top_up
            && self.ledger.balance() < top_up.below
        {
            self.ledger.bought += top_up.amount;
        }
    }

    pub(crate) fn refund_later(&mut self, at: Timestamp, after: SignedDuration, amount: Decimal) {
        self.ledger.refund_later(at.saturating_add(after).unwrap_or(at), amount);
    }

    pub(crate) fn change(&mut self, change: AccountChange) {
        let account = &mut self.account;
        account.rejected = change.rejected.unwrap_or(account.rejected);
        account.may_owe = change.may_owe.unwrap_or(account.may_owe);
        if let Some(behaviour) = change.behaviour {
            account.behaviour = behaviour;
        }
        if let Some(spending) = change.spending {
            account.spending = spending;
        }
        if change.auto_top_up.is_some() {
            account.auto_top_up = change.auto_top_up;
        }
    }

    pub(crate) fn limit_remaining(&self, now: Timestamp) -> Option<Decimal> {
        match &self.account.behaviour {
            Behaviour::OpenRouter(key) => key.limit_remaining(&self.ledger, now),
            _ => None,
        }
    }

    pub(crate) fn standing(&self, now: Timestamp) -> Standing {
        Standing {
            id: self.account.id.clone(),
            label: self.account.label.clone(),
            provider: self.account.behaviour.provider(),
            rejected: self.account.rejected,
            bought: self.ledger.bought,
            used: self.ledger.used,
            balance: self.ledger.balance(),
            limit_remaining: self.limit_remaining(now),
        }
    }

    pub(crate) fn credential(&self) -> Credential {
        let Account { id, label, key, inputs, behaviour, full, .. } = self.account.clone();
        Credential { provider: behaviour.provider(), id, label, key, inputs, full }
    }
}

fn minute_of(at: Timestamp) -> i64 {
    at.as_second().div_euclid(60)
}

/// FNV-1a, so that accounts with the same seed spend differently, on every machine the same.
fn fingerprint(id: &str) -> u64 {
    id.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
