//! What the windows are told when something could not be done.

use gauge::database::{AccountsError, DatabaseError};
use gauge::failure::Failure;
use gauge::gauge::AccountError;
use gauge::settings::SettingsError;
use serde::Serialize;
use ts_rs::TS;

/// One error as it crosses to the UI: a kind to choose the next step by, and a sentence for the person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
#[ts(export)]
pub struct Problem {
    /// A failure kind of the public contract, or `account`, `invalid`, `settings`, `notification` or `internal`.
    pub kind: String,
    /// What happened and what to do about it.
    pub message: String,
}

impl Problem {
    #[expect(clippy::needless_pass_by_value, reason = "errors are handed over by `map_err`")]
    pub(crate) fn new(kind: &str, message: impl ToString) -> Self {
        Self { kind: kind.to_owned(), message: message.to_string() }
    }

    pub(crate) fn internal(error: impl ToString) -> Self {
        Self::new("internal", error)
    }
}

impl From<&Failure> for Problem {
    fn from(failure: &Failure) -> Self {
        let kind = serde_json::to_value(failure.kind).ok();
        Self::new(kind.as_ref().and_then(|kind| kind.as_str()).unwrap_or("internal"), failure)
    }
}

impl From<AccountError> for Problem {
    fn from(error: AccountError) -> Self {
        match &error {
            AccountError::Provider(failure) => failure.into(),
            AccountError::Key(_) => Self::new("keychain", error),
            AccountError::Accounts(AccountsError::Database(_)) => Self::internal(error),
            AccountError::Accounts(_) => Self::new("account", error),
            _ => Self::new("invalid", error),
        }
    }
}

impl From<AccountsError> for Problem {
    fn from(error: AccountsError) -> Self {
        AccountError::from(error).into()
    }
}

impl From<DatabaseError> for Problem {
    fn from(error: DatabaseError) -> Self {
        Self::internal(error)
    }
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        Self::new("settings", error)
    }
}

impl From<tauri::Error> for Problem {
    fn from(error: tauri::Error) -> Self {
        Self::internal(error)
    }
}
