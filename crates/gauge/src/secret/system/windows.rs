//! Windows Credential Manager, which never asks the user anything.

use std::collections::HashMap;
use std::sync::Arc;

use keyring::Entry;
use keyring_core::api::CredentialStoreApi;
use windows_native_keyring_store::Store;

use super::SERVICE;
use crate::secret::{Cause, Item, KeychainError, Prompt};

/// What it is called.
pub(super) const NAME: &str = "Windows Credential Manager";

pub(super) struct Platform {
    store: Arc<Store>,
}

/// The state that an item can be worked with in.
pub(super) struct Ready;

impl Platform {
    pub(super) fn open() -> Result<Self, KeychainError> {
        let store = Store::new().map_err(|error| KeychainError::Other(Box::new(error)))?;
        Ok(Self { store })
    }

    pub(super) fn entry(&self, item: &Item) -> keyring::Result<Entry> {
        // The default would roam to other machines of a domain, where `gauge.db` does not follow.
        let local = HashMap::from([("persistence", "Local")]);
        Ok(Entry { inner: self.store.build(SERVICE, &item.user(), Some(&local))? })
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same signature on all platforms")]
    pub(super) fn prepare(&self, _user: &str, _prompt: Prompt) -> Result<Ready, KeychainError> {
        Ok(Ready)
    }

    #[expect(clippy::unused_self, clippy::unnecessary_wraps, reason = "the same signature on all platforms")]
    pub(super) fn check(&self) -> Result<(), KeychainError> {
        Ok(())
    }

    #[expect(clippy::unused_self, reason = "the same signature on all platforms")]
    pub(super) fn name(&self) -> String {
        NAME.to_owned()
    }
}

/// Sorts what the keyring store says is the cause of a failure. Its error type is private, its texts are not.
pub(super) fn classify(cause: Cause) -> KeychainError {
    if cause.to_string() == "Windows ERROR_NO_SUCH_LOGON_SESSION" {
        KeychainError::NoService(cause)
    } else {
        KeychainError::Other(cause)
    }
}
