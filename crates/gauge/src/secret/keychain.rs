//! The port to whatever keeps the keys, and what can go wrong with it.

use std::error::Error;
use std::fmt;

use futures_util::future::BoxFuture;
use secrecy::SecretString;

use crate::account::AccountId;

/// A place that keeps secrets: the system's own, or the memory of this process for demonstrations.
///
/// No method blocks the thread that awaits it.
pub trait Keychain: fmt::Debug + Send + Sync {
    /// The secret of `item`, or `None` when the keychain works and has none.
    fn read<'a>(
        &'a self,
        item: &'a Item,
        prompt: Prompt,
    ) -> BoxFuture<'a, Result<Option<SecretString>, KeychainError>>;

    /// Keeps `secret` as that of `item`, in place of any it had. May ask the user to unlock the keychain.
    fn write<'a>(
        &'a self,
        item: &'a Item,
        secret: &'a SecretString,
    ) -> BoxFuture<'a, Result<(), KeychainError>>;

    /// Forgets the secret of `item`; none there is as good. May ask the user to unlock the keychain.
    fn delete<'a>(&'a self, item: &'a Item) -> BoxFuture<'a, Result<(), KeychainError>>;

    /// Whether keys could be read and written now, without asking the user anything.
    fn check(&self) -> BoxFuture<'_, Result<(), KeychainError>>;

    /// What is in use, for people: `Secret Service (gnome-keyring)`.
    fn name(&self) -> BoxFuture<'_, String>;
}

/// Which secret: that of an account, or a further secret input of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// The account it belongs to.
    pub account: AccountId,
    /// The name of the input it answers; `None` is the key itself.
    pub input: Option<String>,
    /// The random id of the `gauge.db` that the account is in, so that two of them never share or overwrite a key.
    pub database: String,
}

impl Item {
    /// The user name it is filed under: `openrouter@7f3a…`, or `openrouter/org-token@7f3a…` for an input.
    #[must_use]
    pub fn user(&self) -> String {
        format!("{}@{}", self.subject(), self.database)
    }

    /// What a person sees in the keychain: `Credit Gauge: openrouter`.
    #[must_use]
    pub fn label(&self) -> String {
        format!("Credit Gauge: {}", self.subject())
    }

    fn subject(&self) -> String {
        match &self.input {
            Some(input) => format!("{}/{input}", self.account),
            None => self.account.to_string(),
        }
    }
}

/// Whether the user may be asked to unlock the keychain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Prompt {
    /// The user is there and has just asked for something.
    Allowed,
    /// Nobody asked: a locked keychain is an error, and no window pops up.
    Avoid,
}

/// What the system says is the cause. Never holds a secret.
pub type Cause = Box<dyn Error + Send + Sync>;

/// Why the keychain could not do what it was asked. The messages say what to do about it on this system.
#[derive(Debug, thiserror::Error)]
pub enum KeychainError {
    /// There is no session bus to reach a keychain on (Linux and BSD).
    #[error(
        "there is no D-Bus session bus, so the keychain cannot be reached. Start the app from a desktop session (or under dbus-run-session). {HEADLESS}"
    )]
    NoBus(#[source] Cause),
    /// Nothing on this system keeps secrets.
    #[error("no keychain is running. {INSTALL} {HEADLESS}")]
    NoService(#[source] Cause),
    /// The keychain runs, but has no place for new items.
    #[error("the keychain has no default keyring to keep keys in. {CREATE} {HEADLESS}")]
    NoCollection,
    /// The keychain is locked, and nobody was asked to unlock it or it would not open.
    #[error("the keychain is locked. {UNLOCK}")]
    Locked,
    /// The user closed the question for the password or refused access.
    #[error("the keychain's question was dismissed or refused, so the key was not opened. {UNLOCK}")]
    Dismissed,
    /// No answer within the time limit; most often a question for the password that nobody has answered.
    #[error(
        "the keychain does not answer. If it shows a question, perhaps behind other windows, answer that and try again"
    )]
    TimedOut,
    /// Several items are filed under the same name.
    #[error(
        "the keychain has several items named “{label}”; delete all of them in {EDITOR} and enter the key again"
    )]
    Ambiguous {
        /// The label the items have in the keychain.
        label: String,
    },
    /// The secret is longer than this keychain can keep.
    #[error("the key is longer than the keychain can keep ({limit} bytes); check that it was copied alone")]
    TooLong {
        /// How many bytes it can keep.
        limit: u32,
    },
    /// The item holds something that is no text.
    #[error("the keychain's item “{label}” holds no text; enter the key again")]
    NotText {
        /// The label the item has in the keychain.
        label: String,
    },
    /// Anything else.
    #[error("the keychain failed: {0}. Try again; if that does not help, restart the keychain. {HEADLESS}")]
    Other(#[source] Cause),
}

const HEADLESS: &str = "On a machine without a desktop, set CREDIT_GAUGE_KEY_<ACCOUNT> instead";

#[cfg(all(unix, not(target_os = "macos")))]
mod advice {
    pub const INSTALL: &str = "Install and start one that speaks the Secret Service: gnome-keyring, KWallet 5.97 or newer (the package kwalletmanager), or KeePassXC with “Secret Service Integration” turned on.";
    pub const CREATE: &str = "Create one in Passwords and Keys (the package seahorse), KWalletManager or KeePassXC and make it the default.";
    pub const UNLOCK: &str = "Try again and enter the password when asked, or unlock the login keyring in Passwords and Keys (seahorse), KWalletManager or KeePassXC";
    pub const EDITOR: &str = "Passwords and Keys (seahorse), KWalletManager or KeePassXC";
}

#[cfg(target_os = "macos")]
mod advice {
    pub const INSTALL: &str = "Log in to a session of your own, where the login keychain is available.";
    pub const CREATE: &str =
        "Create or reset the login keychain in Keychain Access (Settings > Reset Default Keychains).";
    pub const UNLOCK: &str =
        "Try again and allow the access when asked, or unlock the login keychain in Keychain Access";
    pub const EDITOR: &str = "Keychain Access";
}

#[cfg(windows)]
mod advice {
    pub const INSTALL: &str = "Credential Manager needs a log-on session of yours: log on normally, and check that the service VaultSvc runs.";
    pub const CREATE: &str = "Check that the service VaultSvc (Credential Manager) runs.";
    pub const UNLOCK: &str = "Log on to Windows and try again";
    pub const EDITOR: &str = "Credential Manager";
}

use advice::{CREATE, EDITOR, INSTALL, UNLOCK};
