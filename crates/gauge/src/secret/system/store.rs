//! What is done with the keychain, on the worker's thread: open it when needed, work with one item, sort the errors.

use keyring::Error;
use secrecy::zeroize::Zeroize;
use secrecy::{ExposeSecret, SecretString};

use super::platform::{self, Platform};
use crate::secret::{Item, KeychainError, Prompt};

/// The connection to the keychain, opened when first needed and again after it broke.
#[derive(Default)]
pub(super) struct Store {
    open: Option<Platform>,
    /// The user has refused to open a key: not asked again in the background until one was opened.
    refused: bool,
}

impl Store {
    pub(super) fn read(
        &mut self,
        item: &Item,
        prompt: Prompt,
    ) -> Result<Option<SecretString>, KeychainError> {
        if self.refused && prompt == Prompt::Avoid {
            return Err(KeychainError::Dismissed);
        }
        let mut refused = self.refused;
        let read = self.with(|platform| {
            let _ready = platform.prepare(&item.user(), prompt)?;
            let bytes = present(item, platform.entry(item).and_then(|entry| entry.get_secret()));
            refused = matches!(bytes, Err(KeychainError::Dismissed));
            bytes
        });
        self.refused = refused;
        read?.map(|bytes| text(item, bytes)).transpose()
    }

    /// Makes sure that `item` can be written or deleted, which may ask the user for a password.
    pub(super) fn unlock(&mut self, item: &Item) -> Result<(), KeychainError> {
        self.with(|platform| platform.prepare(&item.user(), Prompt::Allowed).map(drop))
    }

    pub(super) fn write(&mut self, item: &Item, secret: &SecretString) -> Result<(), KeychainError> {
        let secret = secret.expose_secret().as_bytes();
        self.with(|platform| {
            platform
                .entry(item)
                .and_then(|entry| entry.set_secret(secret))
                .map_err(|error| failure(item, error))
        })
    }

    pub(super) fn delete(&mut self, item: &Item) -> Result<(), KeychainError> {
        self.with(|platform| {
            present(item, platform.entry(item).and_then(|entry| entry.delete_credential())).map(drop)
        })
    }

    pub(super) fn check(&mut self) -> Result<(), KeychainError> {
        self.with(Platform::check)
    }

    pub(super) fn name(&mut self) -> Result<String, KeychainError> {
        self.with(|platform| Ok(platform.name()))
    }

    /// Does `act` with the open keychain. One that was opened earlier may have been restarted since, so it is opened
    /// anew once before its failure counts.
    fn with<T>(
        &mut self,
        mut act: impl FnMut(&Platform) -> Result<T, KeychainError>,
    ) -> Result<T, KeychainError> {
        loop {
            let (platform, fresh) = match self.open.take() {
                Some(platform) => (platform, false),
                None => (Platform::open()?, true),
            };
            let result = act(&platform);
            let broken = matches!(
                result,
                Err(KeychainError::NoBus(_) | KeychainError::NoService(_) | KeychainError::Other(_))
            );
            if !broken {
                self.open = Some(platform);
            }
            if !broken || fresh {
                return result;
            }
        }
    }
}

/// An item that is not there is no failure.
fn present<T>(item: &Item, result: keyring::Result<T>) -> Result<Option<T>, KeychainError> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(Error::NoEntry) => Ok(None),
        Err(error) => Err(failure(item, error)),
    }
}

fn text(item: &Item, bytes: Vec<u8>) -> Result<SecretString, KeychainError> {
    String::from_utf8(bytes).map(SecretString::from).map_err(|error| {
        error.into_bytes().zeroize();
        KeychainError::NotText { label: item.label() }
    })
}

/// Sorts an error, and keeps the bytes of a secret that some of them carry out of it.
fn failure(item: &Item, error: Error) -> KeychainError {
    match error {
        Error::PlatformFailure(cause) | Error::NoStorageAccess(cause) => platform::classify(cause),
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            KeychainError::NotText { label: item.label() }
        }
        Error::Ambiguous(_) => KeychainError::Ambiguous { label: item.label() },
        Error::TooLong(_, limit) => KeychainError::TooLong { limit },
        other => KeychainError::Other(Box::new(other)),
    }
}
