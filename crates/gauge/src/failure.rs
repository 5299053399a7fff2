//! What went wrong when an account was asked for its balance, in the words of the public contract.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Why the answer could not be had. The names are part of `status --json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum FailureKind {
    /// No connection could be made: no network, no name resolution, or nobody listens there.
    Offline,
    /// The server did not answer, or did not finish, within the time limit.
    Timeout,
    /// The connection could not be secured (certificate, protocol, or an intercepting proxy).
    Tls,
    /// The key is missing, wrong, expired or revoked.
    Unauthorized,
    /// The key is right but of the wrong kind, or lacks a scope.
    Forbidden,
    /// Something in front of the provider refused the request: a firewall, a bot challenge, a country block.
    Blocked,
    /// Too many requests.
    RateLimited,
    /// The provider has nothing at this address, or does not know the account.
    NotFound,
    /// The provider failed on its side.
    ServerError,
    /// An answer came, but not in the documented shape.
    UnexpectedResponse,
    /// A well-formed answer that says it is an error.
    ProviderError,
    /// The key could not be read from the keychain.
    Keychain,
    /// The key is bound to other origins than the definition names now; the user has to confirm.
    NeedsConfirmation,
    /// The provider's definition is missing or wrong.
    Definition,
}

impl FailureKind {
    /// Whether asking again soon, unchanged, may well succeed.
    #[must_use]
    pub fn is_transient(self) -> bool {
        matches!(self, Self::Offline | Self::Timeout | Self::Tls | Self::RateLimited | Self::ServerError)
    }

    /// Whether a provider has looked at the key and turned it down.
    #[must_use]
    pub fn is_refusal(self) -> bool {
        matches!(self, Self::Unauthorized | Self::Forbidden)
    }
}

/// A failed attempt to read an account's balance.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// What class of trouble.
    pub kind: FailureKind,
    /// What happened and what to do about it, for a person. Never holds a secret.
    pub message: String,
    /// The provider's own wish when to be asked again (Retry-After and the like).
    pub retry_at: Option<Timestamp>,
}

impl Failure {
    /// A failure without a time to try again.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), retry_at: None }
    }
}

/// The trouble an account is in now, as `status --json` prints it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Trouble {
    /// What class of trouble.
    pub kind: FailureKind,
    /// What happened and what to do about it.
    pub message: String,
    /// When trouble of this kind began.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// When the account is asked again by itself.
    #[ts(type = "string | null")]
    pub retry_at: Option<Timestamp>,
}
