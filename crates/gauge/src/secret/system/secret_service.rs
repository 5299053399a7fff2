//! The Secret Service of Linux and BSD desktops: gnome-keyring, KWallet, KeePassXC.
//!
//! The keyring store asks the user to unlock whatever it touches. A second connection looks first whether it would.
//! That one asks for the lock of the *collection*: KeePassXC tells each connection apart and calls an item locked until
//! the user has let that connection read it, which says nothing about the store's.

use std::collections::HashMap;
use std::sync::Arc;

use keyring::Entry;
use keyring_core::api::CredentialStoreApi;
use secret_service::EncryptionType;
use secret_service::blocking::{Collection, SecretService};
use zbus::blocking::fdo::DBusProxy;
use zbus::names::BusName;
use zbus::zvariant::OwnedObjectPath;
use zbus::{DBusError, fdo};
use zbus_secret_service_keyring_store::Store;

use super::SERVICE;
use crate::secret::{Cause, Item, KeychainError, Prompt};

/// What it is called when nobody is there to say more.
pub(super) const NAME: &str = "Secret Service";

pub(super) struct Platform {
    bus: zbus::blocking::Connection,
    service: SecretService<'static>,
    store: Arc<Store>,
}

/// The state that an item can be worked with in.
pub(super) struct Ready;

impl Platform {
    pub(super) fn open() -> Result<Self, KeychainError> {
        let bus =
            zbus::blocking::Connection::session().map_err(|error| KeychainError::NoBus(Box::new(error)))?;
        // No secret goes over this connection, so nothing needs to be encrypted.
        let service =
            SecretService::connect_with_existing(EncryptionType::Plain, bus.clone()).map_err(sort)?;
        let store = Store::new().map_err(|error| match error {
            keyring::Error::PlatformFailure(cause) | keyring::Error::NoStorageAccess(cause) => {
                classify(cause)
            }
            other => KeychainError::Other(Box::new(other)),
        })?;
        Ok(Self { bus, service, store })
    }

    pub(super) fn entry(&self, item: &Item) -> keyring::Result<Entry> {
        let label = item.label();
        let inner =
            self.store.build(SERVICE, &item.user(), Some(&HashMap::from([("label", label.as_str())])))?;
        Ok(Entry { inner })
    }

    /// Unlocks what holds the item of `user`, or would hold it, as far as `prompt` lets it.
    pub(super) fn prepare(&self, user: &str, prompt: Prompt) -> Result<Ready, KeychainError> {
        let found = self
            .service
            .search_items(HashMap::from([("service", SERVICE), ("username", user)]))
            .map_err(sort)?;
        if found.unlocked.is_empty() && found.locked.is_empty() {
            // A locked KWallet does not tell what is in it.
            unlock(&self.service.get_default_collection().map_err(sort)?, prompt)?;
        }
        for item in found.locked {
            // An item's path is that of its collection and one part more.
            let Some((collection, _)) = item.item_path.rsplit_once('/') else { continue };
            let path = OwnedObjectPath::try_from(collection)
                .map_err(|error| KeychainError::Other(Box::new(error)))?;
            unlock(&self.service.get_collection_by_path(path).map_err(sort)?, prompt)?;
        }
        Ok(Ready)
    }

    pub(super) fn check(&self) -> Result<(), KeychainError> {
        unlock(&self.service.get_default_collection().map_err(sort)?, Prompt::Avoid)
    }

    pub(super) fn name(&self) -> String {
        self.program().map_or_else(|| NAME.to_owned(), |program| format!("{NAME} ({program})"))
    }

    /// The program that provides the service.
    fn program(&self) -> Option<String> {
        let owner = BusName::try_from("org.freedesktop.secrets").ok()?;
        let process = DBusProxy::new(&self.bus).ok()?.get_connection_unix_process_id(owner).ok()?;
        let command = std::fs::read_to_string(format!("/proc/{process}/comm")).ok()?;
        Some(match command.trim() {
            // Linux cuts the name of a process off after 15 bytes.
            "gnome-keyring-d" => "gnome-keyring".to_owned(),
            "kwalletd5" | "kwalletd6" | "ksecretd" => "KWallet".to_owned(),
            "keepassxc" => "KeePassXC".to_owned(),
            other => other.to_owned(),
        })
    }
}

fn unlock(collection: &Collection<'_>, prompt: Prompt) -> Result<(), KeychainError> {
    if !collection.is_locked().map_err(sort)? {
        return Ok(());
    }
    if prompt == Prompt::Avoid {
        return Err(KeychainError::Locked);
    }
    collection.unlock().map_err(sort)?;
    if collection.is_locked().map_err(sort)? { Err(KeychainError::Locked) } else { Ok(()) }
}

/// Sorts what the keyring store says is the cause of a failure.
pub(super) fn classify(cause: Cause) -> KeychainError {
    match cause.downcast::<secret_service::Error>() {
        Ok(error) => sort(*error),
        Err(cause) => KeychainError::Other(cause),
    }
}

fn sort(error: secret_service::Error) -> KeychainError {
    use secret_service::Error;
    match &error {
        Error::Locked => KeychainError::Locked,
        Error::Prompt => KeychainError::Dismissed,
        // The name of a collection that does not exist.
        Error::NoResult => KeychainError::NoCollection,
        Error::Unavailable => KeychainError::NoBus(Box::new(error)),
        Error::PromptDisconnected => KeychainError::NoService(Box::new(error)),
        Error::Zbus(cause) | Error::ZbusFdo(fdo::Error::ZBus(cause)) => sort_bus(cause)(Box::new(error)),
        Error::ZbusFdo(cause) => sort_name(cause.name().as_str())(Box::new(error)),
        _ => KeychainError::Other(Box::new(error)),
    }
}

fn sort_bus(error: &zbus::Error) -> fn(Cause) -> KeychainError {
    match error {
        zbus::Error::MethodError(name, ..) => sort_name(name.as_str()),
        zbus::Error::FDO(error) => sort_name(error.name().as_str()),
        zbus::Error::Address(_)
        | zbus::Error::InputOutput(_)
        | zbus::Error::Handshake(_)
        | zbus::Error::Connection(..) => KeychainError::NoBus,
        _ => KeychainError::Other,
    }
}

/// Sorts the D-Bus name of an error. See the D-Bus specification, “Message Bus Messages”, and the Secret Service
/// specification, “Errors”.
fn sort_name(name: &str) -> fn(Cause) -> KeychainError {
    match name {
        "org.freedesktop.Secret.Error.IsLocked" => |_| KeychainError::Locked,
        "org.freedesktop.DBus.Error.Disconnected" => KeychainError::NoBus,
        "org.freedesktop.DBus.Error.ServiceUnknown"
        | "org.freedesktop.DBus.Error.NameHasNoOwner"
        | "org.freedesktop.DBus.Error.NoReply" => KeychainError::NoService,
        name if name.starts_with("org.freedesktop.DBus.Error.Spawn.") => KeychainError::NoService,
        _ => KeychainError::Other,
    }
}
