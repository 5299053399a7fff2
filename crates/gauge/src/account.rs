//! Accounts: one credential of one provider each, without the credential.

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::alert::Rule;
use crate::origin::Origin;

/// The short name of an account on the command line and in files: lower-case letters, digits and dashes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(try_from = "String", into = "String")]
#[ts(export, as = "String")]
pub struct AccountId(String);

/// A text that cannot be an account id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” cannot be an account id: use up to 64 lower-case letters, digits and single dashes, starting with a letter or digit, such as openrouter-work"
)]
pub struct AccountIdError(String);

impl AccountId {
    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountId {
    type Err = AccountIdError;

    fn from_str(text: &str) -> Result<Self, AccountIdError> {
        let good = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && !text.starts_with('-')
            && !text.ends_with('-')
            && !text.contains("--");
        if good { Ok(Self(text.to_owned())) } else { Err(AccountIdError(text.to_owned())) }
    }
}

impl TryFrom<String> for AccountId {
    type Error = AccountIdError;

    fn try_from(text: String) -> Result<Self, AccountIdError> {
        text.parse()
    }
}

impl From<AccountId> for String {
    fn from(id: AccountId) -> Self {
        id.0
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// How many characters of an account's title are shown; the user may have typed any number.
const TITLE: usize = 48;

/// An account as a person knows it: its provider and its label, or the label alone where it says as much.
#[must_use]
pub fn title(provider: &str, label: &str) -> String {
    let (provider, label) = (one_line(provider), one_line(label));
    let title = if label.is_empty() {
        provider
    } else if label.to_lowercase().contains(&provider.to_lowercase()) {
        label
    } else {
        format!("{provider} · {label}")
    };
    if title.chars().count() > TITLE { title.chars().take(TITLE - 1).chain(['…']).collect() } else { title }
}

/// One line of text: no control characters, no doubled spaces.
fn one_line(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One credential of one provider. The secret itself is in the keychain only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its short name, fixed for its life.
    pub id: AccountId,
    /// The id of the provider's definition.
    pub provider: String,
    /// The name the user gave it.
    pub label: String,
    /// A base URL that replaces the definition's.
    pub base_url: Option<String>,
    /// What the user gave for the definition's inputs that are no secrets.
    pub inputs: BTreeMap<String, String>,
    /// The origins that may be sent the secret: those the definition named when it was stored.
    pub origins: Vec<Origin>,
    /// The last four characters of the key, as `…a1b2`; empty when the key comes from the environment.
    pub key_tail: String,
    /// Whether the account is left alone: not asked, not counted, not alerted about.
    pub paused: bool,
    /// What 100 % means for a meter, where the user said so.
    pub full: BTreeMap<String, Decimal>,
    /// The account's own alert rules a meter; a meter without an entry follows the defaults.
    pub rules: BTreeMap<String, Vec<Rule>>,
    /// Whether unusual spend is told.
    pub unusual: bool,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_label_that_names_the_provider_stands_alone() {
        assert_eq!(title("OpenRouter", "Personal"), "OpenRouter · Personal");
        assert_eq!(title("OpenRouter", "my openrouter key"), "my openrouter key");
        assert_eq!(title("OpenRouter", " "), "OpenRouter");
        assert_eq!(title("OpenRouter", "two\nlines"), "OpenRouter · two lines");
    }

    proptest! {
        #[test]
        fn titles_are_one_line_of_bounded_length(provider in "\\PC{1,80}", label in any::<String>()) {
            let title = title(&provider, &label);
            prop_assert!(title.chars().count() <= TITLE && !title.contains(char::is_control));
        }
    }
}
