//! Accounts and providers.

use std::collections::BTreeMap;

use gauge::account::{Account, AccountId};
use gauge::alert::Rule;
use gauge::gauge::{AccountChange, Draft, Gauge};
use gauge::provider::{Definition, InputKind, Provenance};
use gauge::snapshot::MeterSnapshot;
use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use tauri::State;
use ts_rs::TS;

use crate::app::App;
use crate::problem::Problem;

/// A provider of the catalogue.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct Provider {
    id: String,
    name: String,
    base_url: String,
    keys_url: Option<String>,
    top_up_url: Option<String>,
    docs_url: Option<String>,
    key_help: Option<String>,
    note: Option<String>,
    key_env: Vec<String>,
    inputs: Vec<Input>,
    origin: ProviderOrigin,
    replaces_built_in: bool,
    #[ts(type = "number")]
    min_interval_seconds: i64,
}

/// Where a definition comes from.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum ProviderOrigin {
    /// From the app.
    BuiltIn,
    /// From the user's own folder.
    User,
}

/// Something that a provider asks for besides the key.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct Input {
    id: String,
    label: String,
    help: Option<String>,
    required: bool,
    secret: bool,
    kind: InputShape,
    default: Option<String>,
    choices: Vec<InputChoice>,
}

/// What may be typed into an input.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum InputShape {
    /// Any text.
    Text,
    /// An amount above zero.
    Amount,
}

/// One of the values that an input may have.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct InputChoice {
    value: String,
    label: String,
}

/// An account with all that its settings show.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct AccountDetails {
    id: AccountId,
    provider: String,
    label: String,
    base_url: Option<String>,
    origins: Vec<String>,
    /// The origins that the key would go to now; they differ from `origins` when the user has to confirm.
    wanted_origins: Vec<String>,
    key_tail: String,
    key_source: KeySource,
    paused: bool,
    inputs: BTreeMap<String, String>,
    #[ts(type = "Record<string, string>")]
    full: BTreeMap<String, Decimal>,
    rules: BTreeMap<String, Vec<Rule>>,
    /// Whether unusual spend is told.
    unusual: bool,
}

/// Where an account's key lies.
#[derive(Clone, Copy, Debug, Serialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum KeySource {
    /// In the keychain.
    Keychain,
    /// In the environment of this program.
    Environment,
}

/// A new account as it was typed.
#[derive(Debug, Deserialize, TS)]
#[ts(export)]
pub struct NewAccount {
    provider: String,
    label: Option<String>,
    /// The key; goes in and never comes back.
    #[ts(type = "string")]
    key: SecretString,
    /// Take the key from this environment variable instead, which has to be one that the definition names.
    key_env: Option<String>,
    inputs: BTreeMap<String, String>,
    #[ts(type = "Record<string, string>")]
    secret_inputs: BTreeMap<String, SecretString>,
    base_url: Option<String>,
}

/// An environment variable that holds a known provider's key.
#[derive(Clone, Debug, Serialize, TS)]
#[ts(export)]
pub struct FoundKey {
    variable: String,
    provider: String,
    provider_name: String,
}

#[tauri::command]
pub(crate) fn providers(app: State<'_, App>) -> Vec<Provider> {
    app.gauge.catalogue().iter().map(|entry| provider(&entry.definition, &entry.provenance)).collect()
}

fn provider(definition: &Definition, provenance: &Provenance) -> Provider {
    let (origin, replaces_built_in) = match provenance {
        Provenance::BuiltIn => (ProviderOrigin::BuiltIn, false),
        Provenance::User { replaces_built_in, .. } => (ProviderOrigin::User, *replaces_built_in),
    };
    let inputs = definition.inputs.iter().map(|input| Input {
        id: input.id.clone(),
        label: input.label.clone(),
        help: input.help.clone(),
        required: input.required,
        secret: input.secret,
        kind: match input.kind {
            InputKind::Text => InputShape::Text,
            InputKind::Amount => InputShape::Amount,
        },
        default: input.default.clone(),
        choices: input
            .choices
            .iter()
            .map(|choice| InputChoice { value: choice.value.clone(), label: choice.label.clone() })
            .collect(),
    });
    Provider {
        id: definition.id.clone(),
        name: definition.name.clone(),
        base_url: definition
            .resolve(None, &BTreeMap::new())
            .map(|target| target.base_url().to_owned())
            .unwrap_or_default(),
        keys_url: definition.keys_url(&BTreeMap::new()),
        top_up_url: definition.top_up_url(&BTreeMap::new()),
        docs_url: definition.docs_url.clone(),
        key_help: definition.key_help.clone(),
        note: definition.note.clone(),
        key_env: definition.key_env.clone(),
        inputs: inputs.collect(),
        origin,
        replaces_built_in,
        min_interval_seconds: definition.min_interval.as_secs(),
    }
}

#[tauri::command]
pub(crate) async fn accounts(app: State<'_, App>) -> Result<Vec<AccountDetails>, Problem> {
    let accounts = app.gauge.database().accounts().await?;
    Ok(accounts.into_iter().map(|account| details(&app.gauge, account)).collect())
}

fn details(gauge: &Gauge, account: Account) -> AccountDetails {
    let shown = |origins: &[gauge::origin::Origin]| origins.iter().map(ToString::to_string).collect();
    let wanted = gauge.catalogue().get(&account.provider).and_then(|entry| {
        let target = entry.definition.resolve(account.base_url.as_deref(), &account.inputs).ok()?;
        Some(shown(&target.origins()))
    });
    let from_environment = gauge.keys().environment_key(&account.id).is_ok_and(|key| key.is_some());
    AccountDetails {
        wanted_origins: wanted.unwrap_or_default(),
        origins: shown(&account.origins),
        key_source: if from_environment { KeySource::Environment } else { KeySource::Keychain },
        id: account.id,
        provider: account.provider,
        label: account.label,
        base_url: account.base_url,
        key_tail: account.key_tail,
        paused: account.paused,
        inputs: account.inputs,
        full: account.full,
        rules: account.rules,
        unusual: account.unusual,
    }
}

fn draft(gauge: &Gauge, new: NewAccount) -> Result<Draft, Problem> {
    let key = match new.key_env {
        Some(variable) => key_in_environment(gauge, &new.provider, &variable)?,
        None => new.key,
    };
    Ok(Draft {
        provider: new.provider,
        id: None,
        label: new.label.filter(|label| !label.trim().is_empty()),
        base_url: new.base_url.filter(|url| !url.trim().is_empty()),
        inputs: new.inputs,
        secret_inputs: new.secret_inputs,
        key: Some(key),
    })
}

/// Reads a variable that was offered by name and accepted. Only names that the definition knows are read.
fn key_in_environment(gauge: &Gauge, provider: &str, variable: &str) -> Result<SecretString, Problem> {
    let known = gauge
        .catalogue()
        .get(provider)
        .is_some_and(|entry| entry.definition.key_env.iter().any(|name| name == variable));
    let value = if known { std::env::var(variable).ok() } else { None };
    value.map(SecretString::from).ok_or_else(|| {
        Problem::new("invalid", format!("the environment variable {variable} holds no key of this provider"))
    })
}

#[tauri::command]
pub(crate) async fn test_key(app: State<'_, App>, draft: NewAccount) -> Result<Vec<MeterSnapshot>, Problem> {
    let draft = self::draft(&app.gauge, draft)?;
    let reading = app.gauge.test(&draft).await?;
    Ok(reading.meters.iter().map(|meter| MeterSnapshot::of(meter, None)).collect())
}

#[tauri::command]
pub(crate) async fn add_account(
    app: State<'_, App>,
    draft: NewAccount,
    verify: bool,
) -> Result<AccountId, Problem> {
    let draft = self::draft(&app.gauge, draft)?;
    let id = app.gauge.add(draft, verify).await?;
    app.polling.look();
    Ok(id)
}

#[tauri::command(rename_all = "snake_case")]
pub(crate) async fn replace_key(
    app: State<'_, App>,
    account: AccountId,
    key: SecretString,
    secret_inputs: BTreeMap<String, SecretString>,
    verify: bool,
) -> Result<(), Problem> {
    app.gauge.replace_key(&account, key, secret_inputs, verify).await?;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn change_account(
    app: State<'_, App>,
    account: AccountId,
    change: AccountChange,
) -> Result<(), Problem> {
    app.gauge.change(&account, change).await?;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn confirm_origins(app: State<'_, App>, account: AccountId) -> Result<(), Problem> {
    app.gauge.confirm_origins(&account).await?;
    app.polling.refresh(Some(account)).await;
    Ok(())
}

#[tauri::command]
pub(crate) async fn order_accounts(app: State<'_, App>, accounts: Vec<AccountId>) -> Result<(), Problem> {
    app.gauge.database().order_accounts(accounts).await?;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) async fn remove_account(
    app: State<'_, App>,
    account: AccountId,
    forget: bool,
) -> Result<(), Problem> {
    app.gauge.remove(&account, forget).await?;
    app.alerts.withdraw_about(&[account]).await;
    app.polling.look();
    Ok(())
}

#[tauri::command]
pub(crate) fn found_keys(app: State<'_, App>) -> Vec<FoundKey> {
    if app.is_demo {
        return Vec::new();
    }
    let catalogue = app.gauge.catalogue();
    let names = catalogue
        .iter()
        .flat_map(|entry| entry.definition.key_env.iter().map(move |variable| (&entry.definition, variable)));
    // Whether a variable is set is all that is looked at; its value is read when its name was accepted.
    names
        .filter(|(_, variable)| std::env::var_os(variable).is_some_and(|value| !value.is_empty()))
        .map(|(definition, variable)| FoundKey {
            variable: variable.clone(),
            provider: definition.id.clone(),
            provider_name: definition.name.clone(),
        })
        .collect()
}
