//! What a person does with accounts: add, test, change, confirm, remove.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use secrecy::SecretString;
use serde::Deserialize;
use ts_rs::TS;

use super::{Gauge, definition};
use crate::account::{Account, AccountId};
use crate::alert::Rule;
use crate::amount::LARGEST;
use crate::database::{AccountsError, DatabaseError};
use crate::failure::{Failure, FailureKind};
use crate::origin::permit;
use crate::provider::{Credentials, Definition, Target, TargetError};
use crate::reading::Reading;
use crate::secret::{KeyError, Prompt, tail};

/// An account that is about to be added.
#[derive(Debug, Default)]
pub struct Draft {
    /// The provider's id.
    pub provider: String,
    /// Its short name; without one, the provider's id, then `-2`, `-3`.
    pub id: Option<AccountId>,
    /// The name to show; without one, the provider's.
    pub label: Option<String>,
    /// A base URL in place of the definition's.
    pub base_url: Option<String>,
    /// The definition's inputs that are no secrets.
    pub inputs: BTreeMap<String, String>,
    /// The definition's inputs that are secrets.
    pub secret_inputs: BTreeMap<String, SecretString>,
    /// The key; not needed where the environment has the account's.
    pub key: Option<SecretString>,
}

/// What is to be different about an account; what is left out stays.
#[derive(Clone, Debug, Default, Deserialize, TS)]
#[serde(default)]
#[ts(export, optional_fields)]
pub struct AccountChange {
    /// Its name.
    pub label: Option<String>,
    /// Its base URL; an empty one goes back to the definition's.
    pub base_url: Option<String>,
    /// All its inputs that are no secrets.
    pub inputs: Option<BTreeMap<String, String>>,
    /// What 100 % means for its meters.
    #[ts(optional, type = "Record<string, string>")]
    pub full: Option<BTreeMap<String, Decimal>>,
    /// Its own alert rules.
    pub rules: Option<BTreeMap<String, Vec<Rule>>>,
    /// Whether unusual spend is told.
    pub unusual: Option<bool>,
    /// Whether it is left alone.
    pub paused: Option<bool>,
}

/// Why something could not be done with an account.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The provider could not be asked, or turned the key down.
    #[error(transparent)]
    Provider(#[from] Failure),
    /// There is none, or one too many.
    #[error(transparent)]
    Accounts(#[from] AccountsError),
    /// The key could not be kept or forgotten.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// What was given does not fit the provider's definition.
    #[error(transparent)]
    Input(#[from] TargetError),
    /// No key was given.
    #[error("no key was given: paste it, or set {0} in the environment")]
    NoKey(String),
    /// The name is empty or too long, or has a control character in it.
    #[error("an account's name has 1 to 100 characters, and no line breaks or other control characters")]
    Label,
    /// A number that was typed makes no sense.
    #[error("what counts as full must be above zero, and no more than {LARGEST}")]
    Full,
    /// The key comes from the environment, where it cannot be replaced.
    #[error(
        "the key of this account comes from the environment variable {0}: change it there, or unset it first"
    )]
    FromEnvironment(String),
}

impl From<DatabaseError> for AccountError {
    fn from(error: DatabaseError) -> Self {
        Self::Accounts(error.into())
    }
}

/// A draft whose inputs fit and whose key is at hand.
struct Fitted {
    target: Target,
    credentials: Credentials,
}

impl Gauge {
    /// Asks the provider with a draft's key. Nothing is kept.
    ///
    /// # Errors
    /// When the inputs do not fit, there is no key, or the provider cannot be read.
    pub async fn test(&self, draft: &Draft) -> Result<Reading, AccountError> {
        let catalogue = self.catalogue();
        let definition = definition(&catalogue, &draft.provider)?;
        let id = self.free_id(draft).await?;
        let Fitted { target, credentials } = self.fit(draft, definition, &id)?;
        Ok(self.read(definition, &target, &credentials).await?)
    }

    /// Adds an account: asks the provider once unless `verify` is off, keeps the key in the keychain, then the account.
    /// When any of it fails, nothing is kept.
    ///
    /// # Errors
    /// When the inputs do not fit, the provider cannot be read, or the keychain or the database refuses.
    pub async fn add(&self, draft: Draft, verify: bool) -> Result<AccountId, AccountError> {
        loop {
            let id = self.free_id(&draft).await?;
            match self.add_as(&id, &draft, verify).await {
                // Another program took the id while the provider was asked: the next one will do as well.
                Err(AccountError::Accounts(AccountsError::Taken(_))) if draft.id.is_none() => {}
                added => return added.map(|()| id),
            }
        }
    }

    async fn add_as(&self, id: &AccountId, draft: &Draft, verify: bool) -> Result<(), AccountError> {
        let catalogue = self.catalogue();
        let definition = definition(&catalogue, &draft.provider)?;
        let label = draft.label.as_deref().map(checked_label).transpose()?;
        if self.database.account(id).await.is_ok() {
            return Err(AccountsError::Taken(id.clone()).into());
        }
        let Fitted { target, credentials } = self.fit(draft, definition, id)?;
        let reading = if verify { Some(self.read(definition, &target, &credentials).await?) } else { None };
        let from_environment = self.keys.environment_key(id)?.is_some();
        let account = Account {
            label: label.unwrap_or_else(|| default_label(definition, id)),
            provider: draft.provider.clone(),
            base_url: draft.base_url.clone(),
            inputs: draft.inputs.clone(),
            origins: target.origins(),
            key_tail: if from_environment { String::new() } else { tail(&credentials.key) },
            // Nobody asks with it before its key is kept.
            paused: true,
            full: BTreeMap::new(),
            rules: BTreeMap::new(),
            unusual: true,
            id: id.clone(),
        };
        // The account goes first: its id is then taken, and no key of another account can be overwritten.
        self.database.add_account(account).await?;
        let kept =
            self.keep_secrets(id, (!from_environment).then_some(&credentials.key), &credentials.inputs).await;
        if let Err(error) = kept {
            self.database.remove_account(id, true).await?;
            return Err(error.into());
        }
        self.database.change_account(id, |account| account.paused = false).await?;
        if let Some(reading) = reading {
            self.keep(id, reading).await?;
        }
        Ok(())
    }

    async fn keep_secrets(
        &self,
        id: &AccountId,
        key: Option<&SecretString>,
        inputs: &BTreeMap<String, SecretString>,
    ) -> Result<(), KeyError> {
        if let Some(key) = key {
            self.keys.store(id, None, key).await?;
        }
        for (input, secret) in inputs {
            self.keys.store(id, Some(input), secret).await?;
        }
        Ok(())
    }

    /// Replaces an account's key, and binds it to the origins that its definition names now.
    ///
    /// # Errors
    /// When the provider cannot be read with it (unless `verify` is off), or the keychain refuses. The old key then
    /// stays.
    pub async fn replace_key(
        &self,
        id: &AccountId,
        key: SecretString,
        secret_inputs: BTreeMap<String, SecretString>,
        verify: bool,
    ) -> Result<(), AccountError> {
        let account = self.database.account(id).await?;
        if self.keys.environment_key(id)?.is_some() {
            return Err(AccountError::FromEnvironment(crate::secret::environment_variable(id)));
        }
        let catalogue = self.catalogue();
        let definition = definition(&catalogue, &account.provider)?;
        let target = definition.resolve(account.base_url.as_deref(), &account.inputs)?;
        let bound = permit(&account.origins, &target.origins());
        let inputs = match bound {
            Ok(()) => {
                let mut inputs = self.secret_inputs(id, definition, Prompt::Allowed).await?;
                inputs.extend(secret_inputs);
                inputs
            }
            // What was kept for another address does not go along with the new key.
            Err(error) if definition.secret_inputs().any(|input| !secret_inputs.contains_key(input)) => {
                return Err(Failure::new(FailureKind::NeedsConfirmation, error.to_string()).into());
            }
            Err(_) => secret_inputs,
        };
        let credentials = Credentials { key, inputs };
        let reading = if verify { Some(self.read(definition, &target, &credentials).await?) } else { None };
        self.keep_secrets(id, Some(&credentials.key), &credentials.inputs).await?;
        let (key_tail, origins) = (tail(&credentials.key), target.origins());
        self.database
            .change_account(id, move |account| {
                account.key_tail = key_tail;
                account.origins = origins;
            })
            .await?;
        self.database.want(id).await?;
        if let Some(reading) = reading {
            self.keep(id, reading).await?;
        }
        Ok(())
    }

    /// Changes an account. What bears on how it is asked makes it be asked again at once.
    ///
    /// # Errors
    /// When what was given does not fit the definition, there is no such account, or the database refuses.
    pub async fn change(&self, id: &AccountId, change: AccountChange) -> Result<(), AccountError> {
        let account = self.database.account(id).await?;
        let AccountChange { label, base_url, inputs, full, rules, unusual, paused } = change;
        let label = label.as_deref().map(checked_label).transpose()?;
        if full.iter().flatten().any(|(_, full)| *full <= Decimal::ZERO || *full > LARGEST) {
            return Err(AccountError::Full);
        }
        let asked_otherwise = base_url.is_some() || inputs.is_some();
        if asked_otherwise {
            let catalogue = self.catalogue();
            let base_url = match &base_url {
                Some(url) => Some(url.as_str()).filter(|url| !url.is_empty()),
                None => account.base_url.as_deref(),
            };
            definition(&catalogue, &account.provider)?
                .resolve(base_url, inputs.as_ref().unwrap_or(&account.inputs))?;
        }
        self.database
            .change_account(id, move |account| {
                account.label = label.unwrap_or_else(|| std::mem::take(&mut account.label));
                if let Some(url) = base_url {
                    account.base_url = Some(url).filter(|url| !url.is_empty());
                }
                account.inputs = inputs.unwrap_or_else(|| std::mem::take(&mut account.inputs));
                account.full = full.unwrap_or_else(|| std::mem::take(&mut account.full));
                account.rules = rules.unwrap_or_else(|| std::mem::take(&mut account.rules));
                account.unusual = unusual.unwrap_or(account.unusual);
                account.paused = paused.unwrap_or(account.paused);
            })
            .await?;
        if asked_otherwise {
            self.database.want(id).await?;
        }
        Ok(())
    }

    /// Lets an account's key go to the origins that its definition names now.
    ///
    /// # Errors
    /// When there is no such account or provider, or the database refuses.
    pub async fn confirm_origins(&self, id: &AccountId) -> Result<(), AccountError> {
        let account = self.database.account(id).await?;
        let catalogue = self.catalogue();
        let target = definition(&catalogue, &account.provider)?
            .resolve(account.base_url.as_deref(), &account.inputs)?;
        let origins = target.origins();
        self.database.change_account(id, move |account| account.origins = origins).await?;
        Ok(self.database.want(id).await?)
    }

    /// Removes an account with its secrets. Its history stays unless `forget`, which also removes that of an account that
    /// is gone.
    ///
    /// # Errors
    /// When there is no such account, or the keychain or the database refuses. The keychain goes first: an account
    /// whose key could not be removed is still there to try again.
    pub async fn remove(&self, id: &AccountId, forget: bool) -> Result<(), AccountError> {
        let account = match self.database.account(id).await {
            // Of an account that is gone, or was only ever imported, there is the history.
            Err(AccountsError::Unknown(_)) if forget => {
                return Ok(self.database.remove_account(id, forget).await?);
            }
            account => account?,
        };
        let catalogue = self.catalogue();
        let entry = catalogue.get(&account.provider);
        let inputs: Vec<_> = entry.iter().flat_map(|entry| entry.definition.secret_inputs()).collect();
        // An account whose key comes from the environment has nothing in the keychain, and may be on a machine
        // without one.
        if !account.key_tail.is_empty() || !inputs.is_empty() {
            self.keys.remove(id, inputs).await?;
        }
        Ok(self.database.remove_account(id, forget).await?)
    }

    fn fit(&self, draft: &Draft, definition: &Definition, id: &AccountId) -> Result<Fitted, AccountError> {
        let target = definition.resolve(draft.base_url.as_deref(), &draft.inputs)?;
        // The environment wins over a pasted key now, as it will at every later check.
        let key = match self.keys.environment_key(id)? {
            Some(key) => key,
            None => draft
                .key
                .clone()
                .ok_or_else(|| AccountError::NoKey(crate::secret::environment_variable(id)))?,
        };
        Ok(Fitted { target, credentials: Credentials { key, inputs: draft.secret_inputs.clone() } })
    }

    /// The id that a draft asks for, or the first free one made from the provider's.
    ///
    /// # Errors
    /// When no id can be made from the provider's, or the database refuses.
    pub async fn free_id(&self, draft: &Draft) -> Result<AccountId, AccountError> {
        if let Some(id) = &draft.id {
            return Ok(id.clone());
        }
        let taken: Vec<_> = self.database.accounts().await?.into_iter().map(|account| account.id).collect();
        let mut id: AccountId =
            draft.provider.parse().map_err(|_| AccountsError::NoId(draft.provider.clone()))?;
        let mut number = 1_u32;
        while taken.contains(&id) {
            number += 1;
            let numbered = format!("{}-{number}", draft.provider);
            id = numbered.parse().map_err(|_| AccountsError::NoId(numbered))?;
        }
        Ok(id)
    }
}

fn checked_label(label: &str) -> Result<String, AccountError> {
    let label = label.trim();
    if label.is_empty() || label.chars().count() > 100 || label.chars().any(char::is_control) {
        return Err(AccountError::Label);
    }
    Ok(label.to_owned())
}

/// The provider's name, with the number that the id ends on.
fn default_label(definition: &Definition, id: &AccountId) -> String {
    match id.as_str().strip_prefix(&definition.id).and_then(|rest| rest.strip_prefix('-')) {
        Some(number) => format!("{} {number}", definition.name),
        None => definition.name.clone(),
    }
}
