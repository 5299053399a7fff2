//! What comes of a command, and its exit code.

use std::error::Error;
use std::io;

use gauge::database::{AccountsError, DatabaseError};
use gauge::failure::{Failure, FailureKind};
use gauge::gauge::{AccountError, OpenError};
use gauge::home::HomeError;
use gauge::secret::KeyError;

/// What comes of a command that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It is done; the answer is yes.
    Done,
    /// The answer is no.
    No,
    /// The answer, or part of it, could not be had. Why was said.
    Unavailable,
}

impl Outcome {
    const DONE: u8 = 0;
    const NO: u8 = 1;
    pub const USAGE: u8 = 2;
    const UNAVAILABLE: u8 = 3;

    pub fn code(self) -> u8 {
        match self {
            Self::Done => Self::DONE,
            Self::No => Self::NO,
            Self::Unavailable => Self::UNAVAILABLE,
        }
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    /// The arguments make no sense together, or name something that is not there.
    #[error("{0}")]
    Usage(String),
    /// There is no place for the app's files.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The app's files cannot be used.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// Something could not be done with an account.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The answer could not be written, or the key not be read.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
    /// A file that was named cannot be read.
    #[error("{file} cannot be read: {source}. Check its name and its permissions")]
    Unreadable {
        /// The file as it was named.
        file: String,
        /// What the system said.
        source: io::Error,
    },
    /// The answer could not be put into JSON.
    #[error("the answer could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl CommandError {
    /// A usage error that says this.
    pub fn usage(message: impl Into<String>) -> Self {
        Self::Usage(message.into())
    }

    pub fn code(&self) -> u8 {
        match self {
            Self::Usage(_) => Outcome::USAGE,
            Self::Home(_) | Self::Open(_) | Self::Io(_) | Self::Unreadable { .. } | Self::Json(_) => {
                Outcome::UNAVAILABLE
            }
            Self::Account(error) => account_code(error),
        }
    }
}

impl From<AccountsError> for CommandError {
    fn from(error: AccountsError) -> Self {
        Self::Account(error.into())
    }
}

impl From<DatabaseError> for CommandError {
    fn from(error: DatabaseError) -> Self {
        Self::Account(error.into())
    }
}

impl From<KeyError> for CommandError {
    fn from(error: KeyError) -> Self {
        Self::Account(error.into())
    }
}

fn account_code(error: &AccountError) -> u8 {
    match error {
        AccountError::Provider(Failure {
            kind: FailureKind::Unauthorized | FailureKind::Forbidden, ..
        }) => Outcome::NO,
        AccountError::Provider(_) | AccountError::Accounts(AccountsError::Database(_)) => {
            Outcome::UNAVAILABLE
        }
        AccountError::Key(KeyError::Empty { .. }) => Outcome::USAGE,
        AccountError::Key(_) => Outcome::UNAVAILABLE,
        _ => Outcome::USAGE,
    }
}

/// The error and those that it came from, as far as its own words do not say them.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let words = inner.to_string();
        if !text.contains(&words) {
            text = format!("{text} ({words})");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(kind: FailureKind) -> u8 {
        CommandError::Account(Failure::new(kind, "").into()).code()
    }

    #[test]
    fn a_rejected_key_is_told_from_one_that_could_not_be_asked_about() {
        assert_eq!(refused(FailureKind::Unauthorized), 1);
        assert_eq!(refused(FailureKind::Forbidden), 1);
        assert_eq!(refused(FailureKind::Blocked), 3);
        assert_eq!(refused(FailureKind::Offline), 3);
    }

    #[test]
    fn causes_are_said_once() {
        let home = HomeError::Unusable { path: "/x".into(), source: io::Error::other("disk full") };
        assert!(with_causes(&home).ends_with("(disk full)"));
        let said = CommandError::Io(io::Error::other("disk full"));
        assert_eq!(with_causes(&said).matches("disk full").count(), 1);
    }
}
