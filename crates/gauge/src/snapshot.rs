//! The one value that everything a person or a script sees is made from.

use std::collections::HashSet;

use jiff::Timestamp;
use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde::Serialize;
use ts_rs::TS;

use crate::account::{self, Account, AccountId};
use crate::alert::{Balance, Occasion, Rule, Severity, Threshold};
use crate::amount::Unit;
use crate::course::full;
use crate::database::Standing;
use crate::failure::{FailureKind, Trouble};
use crate::forecast::{Forecast, State};
use crate::level::{Freshness, Level};
use crate::poll::{self, Bounds};
use crate::provider::Catalogue;
use crate::reading::{Meter, MeterKind};
use crate::settings::Settings;

/// The version of the document's meaning; it rises when a key changes its meaning.
pub const SCHEMA: u32 = 1;

/// How all accounts stand at one moment: the document of `status --json`, and what the desktop draws.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct Snapshot {
    /// [`SCHEMA`].
    pub schema: u32,
    /// When this was put together.
    #[ts(type = "string")]
    pub generated_at: Timestamp,
    /// The worst of the accounts that are not paused.
    pub level: Level,
    /// Whether no account at all could be reached: one state, not as many errors.
    pub offline: bool,
    /// The accounts in the user's order.
    pub accounts: Vec<AccountSnapshot>,
    /// Things the user should know about the app itself: a damaged file set aside, a definition that is wrong.
    pub notices: Vec<String>,
}

/// How one account stands.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct AccountSnapshot {
    /// Its short name.
    pub id: AccountId,
    /// The id of the provider's definition.
    pub provider: String,
    /// The provider's name as a person knows it.
    pub provider_name: String,
    /// The name the user gave the account.
    pub label: String,
    /// The worst of its meters.
    pub level: Level,
    /// How old what is shown is.
    pub freshness: Freshness,
    /// When the last good reading was made.
    #[ts(type = "string | null")]
    pub checked_at: Option<Timestamp>,
    /// The trouble it is in, if any. The meters then hold the last good reading.
    pub error: Option<Trouble>,
    /// Whether it is being asked right now.
    pub checking: bool,
    /// Whether the user set it aside.
    pub paused: bool,
    /// What to know about the last reading, such as a scope the key lacks.
    pub notices: Vec<String>,
    /// The page where credit is bought.
    pub top_up_url: Option<String>,
    /// The page where keys are made.
    pub keys_url: Option<String>,
    /// Its meters, as of `checked_at`.
    pub meters: Vec<MeterSnapshot>,
}

/// How one meter stands. Amounts are exact decimal strings; `null` is unknown.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[ts(export)]
pub struct MeterSnapshot {
    /// Its name within the account.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// What sort of quantity it is.
    pub kind: MeterKind,
    /// What it counts.
    pub unit: Unit,
    /// What is left.
    pub remaining: Option<String>,
    /// The total as the provider tells it.
    pub total: Option<String>,
    /// What was used.
    pub used: Option<String>,
    /// What 100 % means.
    pub full: Option<String>,
    /// What is left of `full`, in percent with one decimal; below zero for a debt.
    pub percent_left: Option<f64>,
    /// When an allowance comes back.
    #[ts(type = "string | null")]
    pub resets_at: Option<Timestamp>,
    /// When what is left is lost.
    #[ts(type = "string | null")]
    pub expires_at: Option<Timestamp>,
    /// Whether nothing limits it.
    pub unlimited: bool,
    /// How it stands.
    pub level: Level,
    /// What the figure does not include, or other things to know about it.
    pub note: Option<String>,
    /// Whether an alert about it holds that was told, or is about to be.
    pub alerting: bool,
    /// How it is spent unusually, if it is.
    pub unusual: Option<Occasion>,
    /// Until when its alerts are put off.
    #[ts(type = "string | null")]
    pub snoozed_until: Option<Timestamp>,
    /// The amounts below which it warns.
    pub thresholds: Vec<Mark>,
    /// When it runs out; `null` until it was read again since the app learned to tell.
    pub forecast: Option<Forecast>,
}

/// An amount below which a meter warns.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Mark {
    /// The rule.
    pub below: Threshold,
    /// The amount it comes to now.
    pub amount: String,
    /// How bad it is.
    pub severity: Severity,
}

/// What a snapshot is made from, besides the accounts' standings.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The providers' definitions.
    pub catalogue: &'a Catalogue,
    /// The user's preferences.
    pub settings: &'a Settings,
    /// The accounts that are being asked right now.
    pub checking: &'a HashSet<AccountId>,
    /// What the user should know about the app itself.
    pub notices: &'a [String],
}

impl Snapshot {
    /// Puts together how everything stands at `now`.
    #[must_use]
    pub fn of(standings: &[Standing], context: &Context<'_>, now: Timestamp) -> Self {
        let accounts: Vec<_> =
            standings.iter().map(|standing| account_snapshot(standing, context, now)).collect();
        let active = || accounts.iter().filter(|account| !account.paused);
        Self {
            schema: SCHEMA,
            generated_at: now,
            level: Level::worst(active().map(|account| account.level)),
            offline: active().count() > 0
                && active().all(|account| {
                    account.error.as_ref().is_some_and(|error| error.kind == FailureKind::Offline)
                }),
            accounts,
            notices: context.notices.to_vec(),
        }
    }

    /// The accounts that are not paused, worst first; among equals, those with the least share left first, then in the
    /// user's order.
    #[must_use]
    pub fn worst_first(&self) -> Vec<&AccountSnapshot> {
        let mut accounts: Vec<_> = self.accounts.iter().filter(|account| !account.paused).collect();
        accounts
            .sort_by(|a, b| b.level.cmp(&a.level).then_with(|| a.least_left().total_cmp(&b.least_left())));
        accounts
    }

    /// Whether the other snapshot says the same, whenever it was made.
    #[must_use]
    pub fn says_the_same_as(&self, other: &Self) -> bool {
        let Self { schema: _, generated_at: _, level, offline, accounts, notices } = self;
        (level, offline, accounts, notices) == (&other.level, &other.offline, &other.accounts, &other.notices)
    }
}

impl AccountSnapshot {
    /// The account as a person knows it.
    #[must_use]
    pub fn title(&self) -> String {
        account::title(&self.provider_name, &self.label)
    }

    /// The smallest share left of any of its meters, in percent; infinite where none is known.
    #[must_use]
    pub fn least_left(&self) -> f64 {
        self.meters.iter().filter_map(|meter| meter.percent_left).fold(f64::INFINITY, f64::min)
    }

    /// The meter to show for the account where there is room for one: the worst, and among equals the first.
    #[must_use]
    pub fn worst_meter(&self) -> Option<&MeterSnapshot> {
        self.meters.iter().rev().max_by_key(|meter| meter.level)
    }
}

/// The rules that hold for a meter: the account's own, or the defaults.
#[must_use]
pub(crate) fn rules<'a>(account: &'a Account, meter: &str, settings: &'a Settings) -> &'a [Rule] {
    account.rules.get(meter).unwrap_or(&settings.rules)
}

/// Whether a reading is what the provider would say now: it was the last answer, and is no older than two intervals. One
/// as far in the future is from before the clock was set back.
pub(crate) fn freshness(standing: &Standing, bounds: Bounds, now: Timestamp) -> Freshness {
    match &standing.reading {
        None => Freshness::Never,
        Some(reading)
            if standing.trouble.is_none()
                && now.duration_since(reading.at).abs() <= poll::fresh_for(standing, bounds) =>
        {
            Freshness::Fresh
        }
        Some(_) => Freshness::Stale,
    }
}

fn account_snapshot(standing: &Standing, context: &Context<'_>, now: Timestamp) -> AccountSnapshot {
    let Standing { account, reading, trouble, .. } = standing;
    let definition = context.catalogue.get(&account.provider).map(|entry| entry.definition.as_ref());
    let least = context.catalogue.min_interval(&account.provider);
    let bounds = Bounds::new(context.settings.poll_interval_seconds, least);
    let meters: Vec<_> = reading
        .iter()
        .flat_map(|reading| &reading.meters)
        .map(|m| meter(m, standing, context.settings))
        .collect();
    AccountSnapshot {
        id: account.id.clone(),
        provider: account.provider.clone(),
        provider_name: definition
            .map_or_else(|| account.provider.clone(), |definition| definition.name.clone()),
        label: account.label.clone(),
        level: Level::worst(meters.iter().map(|meter| meter.level)),
        freshness: freshness(standing, bounds, now),
        checked_at: reading.as_ref().map(|reading| reading.at),
        error: trouble.clone(),
        checking: context.checking.contains(&account.id),
        paused: account.paused,
        notices: reading.as_ref().map(|reading| reading.notices.clone()).unwrap_or_default(),
        top_up_url: definition.and_then(|definition| definition.top_up_url(&account.inputs)),
        keys_url: definition.and_then(|definition| definition.keys_url(&account.inputs)),
        meters,
    }
}

fn meter(meter: &Meter, standing: &Standing, settings: &Settings) -> MeterSnapshot {
    let account = &standing.account;
    let full = full(meter, account.full.get(&meter.id).copied(), standing.courses.get(&meter.id));
    let alerts =
        || standing.alerts.iter().filter(|alert| alert.meter == meter.id && !alert.rule.is_momentary());
    let rules = rules(account, &meter.id, settings);
    let balance = standing.balance(meter);
    let marks = rules.iter().filter_map(|rule| {
        let amount = meter.unit.exact(rule.below.amount(full)?);
        Some(Mark { below: rule.below.clone(), amount, severity: rule.severity })
    });
    MeterSnapshot {
        level: level(meter, balance, rules),
        thresholds: marks.collect(),
        forecast: forecast(meter, standing),
        alerting: alerts().count() > 0,
        unusual: alerts().map(|alert| &alert.rule).find(|rule| matches!(rule, Occasion::Unusual(_))).cloned(),
        snoozed_until: alerts().filter_map(|alert| alert.snoozed_until).max(),
        ..MeterSnapshot::of(meter, full)
    }
}

/// The future of a meter of which something is left, as of its last reading.
fn forecast(meter: &Meter, standing: &Standing) -> Option<Forecast> {
    if meter.unlimited {
        return Some(Forecast { state: State::Unlimited, per_day: None, runs_out: None });
    }
    meter.remaining.and_then(|_| standing.forecasts.get(&meter.id).cloned())
}

impl MeterSnapshot {
    /// A meter by itself, with what 100 % means for it, before any rule is held against it.
    #[must_use]
    pub fn of(meter: &Meter, full: Option<Decimal>) -> Self {
        let exact = |amount: Option<Decimal>| amount.map(|amount| meter.unit.exact(amount));
        Self {
            id: meter.id.clone(),
            label: meter.label.clone(),
            kind: meter.kind,
            unit: meter.unit.clone(),
            remaining: exact(meter.remaining),
            total: exact(meter.total),
            used: exact(meter.used),
            full: exact(full),
            percent_left: meter.remaining.zip(full).and_then(|(remaining, full)| percent(remaining, full)),
            resets_at: meter.resets_at,
            expires_at: meter.expires_at,
            unlimited: meter.unlimited,
            level: level(
                meter,
                meter.remaining.map(|remaining| Balance { remaining, full, days_left: None }),
                &[],
            ),
            note: meter.note.clone(),
            alerting: false,
            unusual: None,
            snoozed_until: None,
            thresholds: Vec::new(),
            forecast: None,
        }
    }
}

fn percent(remaining: Decimal, full: Decimal) -> Option<f64> {
    remaining.checked_div(full)?.checked_mul(Decimal::ONE_HUNDRED)?.round_dp(1).to_f64()
}

/// How a meter stands under its rules. Nothing left is `empty` even where no rule says so.
fn level(meter: &Meter, balance: Option<Balance>, rules: &[Rule]) -> Level {
    if meter.unlimited {
        return Level::Unlimited;
    }
    let Some(balance) = balance else { return Level::Unknown };
    if balance.remaining <= Decimal::ZERO {
        return Level::Empty;
    }
    let crossed = rules.iter().filter(|rule| rule.is_crossed(&balance) == Some(true));
    crossed.map(|rule| rule.severity.level()).max().unwrap_or(Level::Ok)
}
