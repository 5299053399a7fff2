//! The login keychain of macOS.

use std::sync::Arc;

use apple_native_keyring_store::keychain::Store;
use keyring::Entry;
use keyring_core::api::CredentialStoreApi;
use security_framework::base::Error;
use security_framework::os::macos::keychain::{KeychainUserInteractionLock, SecKeychain};

use super::SERVICE;
use crate::secret::{Cause, Item, KeychainError, Prompt};

/// What it is called.
pub(super) const NAME: &str = "macOS Keychain";

pub(super) struct Platform {
    store: Arc<Store>,
}

/// The state that an item can be worked with in; a lock on questions to the user, where those are to be avoided.
pub(super) struct Ready {
    _quiet: Option<KeychainUserInteractionLock>,
}

impl Platform {
    pub(super) fn open() -> Result<Self, KeychainError> {
        let store = Store::new().map_err(|error| KeychainError::Other(Box::new(error)))?;
        Ok(Self { store })
    }

    pub(super) fn entry(&self, item: &Item) -> keyring::Result<Entry> {
        Ok(Entry { inner: self.store.build(SERVICE, &item.user(), None)? })
    }

    /// Keeps the system from asking the user anything while the result lives, unless `prompt` lets it.
    #[expect(clippy::unused_self, reason = "the same signature on all platforms")]
    pub(super) fn prepare(&self, _user: &str, prompt: Prompt) -> Result<Ready, KeychainError> {
        let quiet = match prompt {
            Prompt::Allowed => None,
            Prompt::Avoid => Some(SecKeychain::disable_user_interaction().map_err(sort)?),
        };
        Ok(Ready { _quiet: quiet })
    }

    #[expect(clippy::unused_self, reason = "the same signature on all platforms")]
    pub(super) fn check(&self) -> Result<(), KeychainError> {
        SecKeychain::default().map(drop).map_err(sort)
    }

    #[expect(clippy::unused_self, reason = "the same signature on all platforms")]
    pub(super) fn name(&self) -> String {
        NAME.to_owned()
    }
}

/// Sorts what the keyring store says is the cause of a failure.
pub(super) fn classify(cause: Cause) -> KeychainError {
    match cause.downcast::<Error>() {
        Ok(error) => sort(*error),
        Err(cause) => KeychainError::Other(cause),
    }
}

/// Sorts a status of the Keychain Services, by its name in `SecBase.h`.
fn sort(error: Error) -> KeychainError {
    match error.code() {
        // errSecUserCanceled; errSecAuthFailed, which is also what “Deny” gives
        -128 | -25_293 => KeychainError::Dismissed,
        // errSecInteractionNotAllowed, errSecInteractionRequired
        -25_308 | -25_315 => KeychainError::Locked,
        // errSecNoDefaultKeychain, errSecNoSuchKeychain
        -25_307 | -25_294 => KeychainError::NoCollection,
        // errSecNotAvailable
        -25_291 => KeychainError::NoService(Box::new(error)),
        _ => KeychainError::Other(Box::new(error)),
    }
}
