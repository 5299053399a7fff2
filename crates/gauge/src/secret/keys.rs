//! The keys of accounts: from the environment, else from the keychain.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use super::{Environment, EnvironmentError, Item, Keychain, KeychainError, Prompt};
use crate::account::AccountId;

/// Gives, keeps and forgets the secrets of the accounts of one `gauge.db`.
#[derive(Debug)]
pub struct Keys {
    keychain: Arc<dyn Keychain>,
    environment: Environment,
    database: String,
}

/// A secret and where it came from.
#[derive(Clone, Debug)]
pub struct Key {
    /// The secret.
    pub secret: SecretString,
    /// Where it came from.
    pub place: Place,
}

/// Where a secret came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The environment variable of the account.
    Environment,
    /// The keychain.
    Keychain,
}

/// Why an account's secret could not be had, kept or forgotten.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The keychain works but has no such item: deleted there, or the data came from another machine.
    #[error("the keychain has no {} for {account}; enter it again in Settings, or with `credit-gauge accounts key {account}`", input.as_deref().unwrap_or("key"))]
    Missing {
        /// Whose.
        account: AccountId,
        /// Which secret input; `None` is the key.
        input: Option<String>,
    },
    /// Nothing but white space was given to keep.
    #[error("the {} for {account} is empty; paste the whole of it", input.as_deref().unwrap_or("key"))]
    Empty {
        /// Whose.
        account: AccountId,
        /// Which secret input; `None` is the key.
        input: Option<String>,
    },
    /// The environment holds something that cannot be a key.
    #[error(transparent)]
    Environment(#[from] EnvironmentError),
    /// The keychain could not do it.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
}

impl Keys {
    /// The keys of the `gauge.db` with the random id `database`.
    pub fn new(keychain: Arc<dyn Keychain>, environment: Environment, database: impl Into<String>) -> Self {
        Self { keychain, environment, database: database.into() }
    }

    /// The keychain in use.
    #[must_use]
    pub fn keychain(&self) -> &dyn Keychain {
        self.keychain.as_ref()
    }

    /// The key of `account` that the environment sets, which makes one in the keychain unnecessary.
    pub fn environment_key(&self, account: &AccountId) -> Result<Option<SecretString>, KeyError> {
        Ok(self.environment.key(account)?)
    }

    /// The secret of `account`: its key, or the secret input named `input`.
    ///
    /// The environment's key wins over the keychain's, which is then not asked.
    pub async fn key(
        &self,
        account: &AccountId,
        input: Option<&str>,
        prompt: Prompt,
    ) -> Result<Key, KeyError> {
        if input.is_none()
            && let Some(secret) = self.environment_key(account)?
        {
            return Ok(Key { secret, place: Place::Environment });
        }
        match self.keychain.read(&self.item(account, input), prompt).await? {
            Some(secret) => Ok(Key { secret, place: Place::Keychain }),
            None => Err(KeyError::Missing { account: account.clone(), input: input.map(str::to_owned) }),
        }
    }

    /// Keeps a secret of `account` in the keychain, without white space around it, in place of an earlier one.
    pub async fn store(
        &self,
        account: &AccountId,
        input: Option<&str>,
        secret: &SecretString,
    ) -> Result<(), KeyError> {
        let Some(secret) = trimmed(secret) else {
            return Err(KeyError::Empty { account: account.clone(), input: input.map(str::to_owned) });
        };
        Ok(self.keychain.write(&self.item(account, input), &secret).await?)
    }

    /// Forgets the key of `account` and its secret `inputs`. All are tried; the first error is returned.
    pub async fn remove(
        &self,
        account: &AccountId,
        inputs: impl IntoIterator<Item = &str>,
    ) -> Result<(), KeyError> {
        let mut outcome = Ok(());
        for input in std::iter::once(None).chain(inputs.into_iter().map(Some)) {
            outcome = outcome.and(self.keychain.delete(&self.item(account, input)).await);
        }
        Ok(outcome?)
    }

    fn item(&self, account: &AccountId, input: Option<&str>) -> Item {
        Item { account: account.clone(), input: input.map(str::to_owned), database: self.database.clone() }
    }
}

/// The end of a secret, to tell one from another: `…a1b2`. A short one, of which four characters would give too much
/// away, is only `…`.
#[must_use]
pub fn tail(secret: &SecretString) -> String {
    let characters: Vec<char> = secret.expose_secret().chars().collect();
    match characters.len() {
        0..8 => "…".to_owned(),
        length => std::iter::once('…').chain(characters[length - 4..].iter().copied()).collect(),
    }
}

/// `secret` without white space around it; `None` when nothing is left.
pub(super) fn trimmed(secret: &SecretString) -> Option<SecretString> {
    match secret.expose_secret().trim() {
        "" => None,
        text => Some(SecretString::from(text)),
    }
}

#[cfg(test)]
mod tests {
    use super::super::MemoryKeychain;
    use super::*;
    use proptest::prelude::*;

    fn account() -> AccountId {
        "openrouter".parse().unwrap()
    }

    fn keys(keychain: &Arc<MemoryKeychain>, environment: Environment, database: &str) -> Keys {
        Keys::new(Arc::<MemoryKeychain>::clone(keychain), environment, database)
    }

    async fn text(keys: &Keys, input: Option<&str>) -> Option<String> {
        let key = keys.key(&account(), input, Prompt::Avoid).await.ok()?;
        Some(key.secret.expose_secret().to_owned())
    }

    #[tokio::test]
    async fn keeps_gives_and_forgets_all_secrets_of_an_account() {
        let keys = keys(&Arc::default(), Environment::empty(), "7f3a");
        keys.store(&account(), None, &" sk-or-1\n".into()).await.unwrap();
        keys.store(&account(), Some("org-token"), &"ot-2".into()).await.unwrap();
        assert_eq!(text(&keys, None).await.as_deref(), Some("sk-or-1"));
        assert_eq!(text(&keys, Some("org-token")).await.as_deref(), Some("ot-2"));

        keys.remove(&account(), ["org-token"]).await.unwrap();
        let missing = keys.key(&account(), None, Prompt::Allowed).await.unwrap_err();
        assert!(matches!(missing, KeyError::Missing { .. }));
        assert!(missing.to_string().contains("`credit-gauge accounts key openrouter`"));
        assert_eq!(text(&keys, Some("org-token")).await, None);
        keys.remove(&account(), []).await.unwrap();
    }

    #[tokio::test]
    async fn two_databases_never_share_a_key() {
        let keychain = Arc::default();
        let (one, other) =
            (keys(&keychain, Environment::empty(), "7f3a"), keys(&keychain, Environment::empty(), "90bc"));
        one.store(&account(), None, &"sk-one".into()).await.unwrap();
        assert_eq!(text(&other, None).await, None);
        other.store(&account(), None, &"sk-other".into()).await.unwrap();
        other.remove(&account(), []).await.unwrap();
        assert_eq!(text(&one, None).await.as_deref(), Some("sk-one"));
    }

    #[tokio::test]
    async fn environment_wins_for_the_key_only() {
        let environment =
            Environment::new(|name| (name == "CREDIT_GAUGE_KEY_OPENROUTER").then(|| "sk-env".into()));
        let keys = keys(&Arc::default(), environment, "7f3a");
        keys.store(&account(), None, &"sk-kept".into()).await.unwrap();
        let key = keys.key(&account(), None, Prompt::Avoid).await.unwrap();
        assert_eq!(key.secret.expose_secret(), "sk-env");
        assert_eq!(key.place, Place::Environment);
        assert_eq!(text(&keys, Some("org-token")).await, None);
    }

    #[tokio::test]
    async fn nothing_is_not_kept() {
        let keys = keys(&Arc::default(), Environment::empty(), "7f3a");
        keys.store(&account(), None, &"sk-1".into()).await.unwrap();
        let error = keys.store(&account(), None, &" \n".into()).await.unwrap_err();
        assert!(matches!(error, KeyError::Empty { .. }));
        assert_eq!(text(&keys, None).await.as_deref(), Some("sk-1"), "the earlier key is still there");
    }

    #[tokio::test]
    async fn debug_shows_no_secret() {
        let keys = keys(&Arc::default(), Environment::new(|_| Some("hunter2-env".into())), "7f3a");
        keys.store(&account(), None, &"hunter2".into()).await.unwrap();
        let key = keys.key(&account(), None, Prompt::Avoid).await.unwrap();
        assert!(!format!("{keys:?} {key:?}").contains("hunter2"));
    }

    #[test]
    fn tail_tells_keys_apart_and_no_more() {
        assert_eq!(tail(&"sk-or-v1-0123a1b2".into()), "…a1b2");
        assert_eq!(tail(&"12345678".into()), "…5678");
        assert_eq!(tail(&"1234567".into()), "…");
        assert_eq!(tail(&"".into()), "…");
        assert_eq!(tail(&"schlüßßßß".into()), "…ßßßß");
    }

    proptest! {
        #[test]
        fn tail_gives_at_most_half_away(secret in "\\PC{0,64}") {
            let length = secret.chars().count();
            let shown = tail(&secret.as_str().into()).chars().count() - 1;
            prop_assert!(shown <= 4 && shown * 2 <= length);
        }
    }
}
