//! Secrets: the keys of accounts, in the keychain of the operating system and nowhere else.
//!
//! [`Keys`] is what the rest of the library asks. It looks in the [`Environment`] first, then in the [`Keychain`]:
//! [`SystemKeychain`] is the Secret Service on Linux, the login keychain on macOS and Credential Manager on Windows.
//! There is no fallback to a file; a keychain that is missing or locked is a [`KeychainError`] that says what to do.
//! Where a secret may be sent is the business of [`origin`](crate::origin).

mod environment;
mod keychain;
mod keys;
mod memory;
mod system;

pub(crate) use environment::is_secret_variable;
pub use environment::{Environment, EnvironmentError, environment_variable};
pub use keychain::{Cause, Item, Keychain, KeychainError, Prompt};
pub use keys::{Key, KeyError, Keys, Place, tail};
pub use memory::MemoryKeychain;
pub use system::SystemKeychain;
