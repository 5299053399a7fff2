//! The one value that everything a person or a script sees is made from.

use jiff::Timestamp;
use serde::Serialize;
use ts_rs::TS;

use crate::account::AccountId;
use crate::failure::Trouble;
use crate::level::{Freshness, Level};
use crate::reading::MeterKind;
use crate::amount::Unit;

/// The version of the document's meaning; it rises when a key changes its meaning.
pub const SCHEMA: u32 = 1;

/// How all accounts stand at one moment: the document of `status --json`, and what the desktop draws.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
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
    /// Until when alerts about it are put off.
    #[ts(type = "string | null")]
    pub snoozed_until: Option<Timestamp>,
    /// Always `null`: forecasts are not made yet.
    #[ts(type = "null")]
    pub forecast: (),
}
