//! A keychain that forgets when the program ends.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use futures_util::FutureExt;
use futures_util::future::{BoxFuture, ready};
use secrecy::SecretString;

use super::{Item, Keychain, KeychainError, Prompt};

/// Secrets in the memory of this process only: for demo mode, which must not touch the user's keychain, and for tests.
#[derive(Debug, Default)]
pub struct MemoryKeychain {
    secrets: Mutex<BTreeMap<Item, SecretString>>,
}

impl MemoryKeychain {
    /// An empty one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with<T>(&self, act: impl FnOnce(&mut BTreeMap<Item, SecretString>) -> T) -> T {
        // The map is whole even if a holder of the lock panicked: each act is one insertion, removal or look-up.
        act(&mut self.secrets.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Keychain for MemoryKeychain {
    fn read<'a>(
        &'a self,
        item: &'a Item,
        _prompt: Prompt,
    ) -> BoxFuture<'a, Result<Option<SecretString>, KeychainError>> {
        ready(Ok(self.with(|secrets| secrets.get(item).cloned()))).boxed()
    }

    fn write<'a>(
        &'a self,
        item: &'a Item,
        secret: &'a SecretString,
    ) -> BoxFuture<'a, Result<(), KeychainError>> {
        self.with(|secrets| secrets.insert(item.clone(), secret.clone()));
        ready(Ok(())).boxed()
    }

    fn delete<'a>(&'a self, item: &'a Item) -> BoxFuture<'a, Result<(), KeychainError>> {
        self.with(|secrets| secrets.remove(item));
        ready(Ok(())).boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), KeychainError>> {
        ready(Ok(())).boxed()
    }

    fn name(&self) -> BoxFuture<'_, String> {
        ready("memory, until the program ends".to_owned()).boxed()
    }
}
