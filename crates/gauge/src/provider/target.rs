//! Targets: where one account is asked, and with which inputs.

use std::collections::BTreeMap;

use reqwest::Url;

use super::definition::{Definition, Input, InputKind};
use super::value;
use crate::failure::{Failure, FailureKind};
use crate::origin::{Origin, OriginError};

/// Where one account is asked, and with which inputs. Made by [`Definition::resolve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    pub(super) base: Url,
    pub(super) origin: Origin,
    pub(super) inputs: BTreeMap<String, String>,
}

/// What an account sets does not fit its provider's definition.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// A required input is empty.
    #[error("{label} is needed: set {id}")]
    Missing {
        /// The input's name.
        id: String,
        /// What a person calls it.
        label: String,
    },
    /// The definition has no such input.
    #[error("{provider} has no setting “{id}”{}", or_known(.known))]
    Unknown {
        /// The provider's name.
        provider: String,
        /// The name that was given.
        id: String,
        /// The names that could be given.
        known: Vec<String>,
    },
    /// The input is a secret, which is kept in the keychain and not with the account.
    #[error("{id} is a secret; enter it where the key is entered")]
    Secret {
        /// The input's name.
        id: String,
    },
    /// The value is none of the choices.
    #[error("{label} cannot be “{value}”; choose one of {}", choices.join(", "))]
    NotAChoice {
        /// What a person calls the input.
        label: String,
        /// The value that was given.
        value: String,
        /// The values that could be given.
        choices: Vec<String>,
    },
    /// The value is no amount above zero.
    #[error("{label} cannot be “{value}”; give an amount above zero, such as 20 or 12.50")]
    NotAnAmount {
        /// What a person calls the input.
        label: String,
        /// The value that was given.
        value: String,
    },
    /// The value has a control character in it.
    #[error("{label} has a line break or another invisible character in it; enter it again")]
    NotText {
        /// What a person calls the input.
        label: String,
    },
    /// The base URL cannot be used.
    #[error("the base URL cannot be used: {0}")]
    BaseUrl(#[from] OriginError),
    /// The base URL has a query or a fragment.
    #[error("the base URL cannot have a ? or # part; leave that out")]
    BaseUrlExtra,
}

fn or_known(names: &[String]) -> String {
    if names.is_empty() { "; it has none".to_owned() } else { format!("; it has {}", names.join(", ")) }
}

impl From<TargetError> for Failure {
    fn from(error: TargetError) -> Self {
        Self::new(FailureKind::Definition, format!("{error}."))
    }
}

impl Target {
    /// The origins that the account's secrets go to.
    #[must_use]
    pub fn origins(&self) -> Vec<Origin> {
        vec![self.origin.clone()]
    }

    /// The address that the paths of the requests are put behind.
    #[must_use]
    pub fn base_url(&self) -> &str {
        self.base.as_str().trim_end_matches('/')
    }
}

impl Definition {
    /// Puts together what the definition says and what an account sets.
    ///
    /// A `base_url` without a path, such as `http://127.0.0.1:9000`, replaces the scheme, host and port and keeps the
    /// definition's path; one with a path replaces the whole. Empty `inputs` count as not given.
    pub fn resolve(
        &self,
        base_url: Option<&str>,
        inputs: &BTreeMap<String, String>,
    ) -> Result<Target, TargetError> {
        let inputs = self.resolve_inputs(inputs)?;
        let base = self
            .base_url
            .fill(|id| inputs.get(id).cloned().unwrap_or_default())
            .ok_or(OriginError::NotAUrl(url::ParseError::EmptyHost))?;
        let mut base = parse(&base)?;
        if let Some(other) = base_url.map(str::trim).filter(|url| !url.is_empty()) {
            let mut other = parse(other)?;
            if other.query().is_some() || other.fragment().is_some() {
                return Err(TargetError::BaseUrlExtra);
            }
            if other.path() == "/" {
                other.set_path(base.path());
            }
            base = other;
        }
        let origin = Origin::try_from(&base)?;
        Ok(Target { base, origin, inputs })
    }

    fn resolve_inputs(
        &self,
        given: &BTreeMap<String, String>,
    ) -> Result<BTreeMap<String, String>, TargetError> {
        for id in given.keys() {
            match self.input(id) {
                Some(input) if input.secret => return Err(TargetError::Secret { id: id.clone() }),
                Some(_) => {}
                None => {
                    let known = self
                        .inputs
                        .iter()
                        .filter(|input| !input.secret)
                        .map(|input| input.id.clone())
                        .collect();
                    return Err(TargetError::Unknown { provider: self.name.clone(), id: id.clone(), known });
                }
            }
        }
        self.inputs
            .iter()
            .filter(|input| !input.secret)
            .map(|input| {
                Ok((input.id.clone(), input.resolve(given.get(&input.id).map_or("", String::as_str))?))
            })
            .collect()
    }
}

impl Input {
    /// The value to use when `given` was entered.
    pub(super) fn resolve(&self, given: &str) -> Result<String, TargetError> {
        let label = || self.label.clone();
        let given = given.trim();
        let given = if given.is_empty() { self.default.as_deref().unwrap_or_default() } else { given };
        if given.is_empty() {
            return if self.required {
                Err(TargetError::Missing { id: self.id.clone(), label: label() })
            } else {
                Ok(String::new())
            };
        }
        if given.chars().any(char::is_control) {
            return Err(TargetError::NotText { label: label() });
        }
        if !self.choices.is_empty() && !self.offers(given) {
            let choices = self.choices.iter().map(|choice| choice.value.clone()).collect();
            return Err(TargetError::NotAChoice { label: label(), value: given.to_owned(), choices });
        }
        match self.kind {
            InputKind::Text => Ok(given.to_owned()),
            InputKind::Amount => value::amount(&cel::Value::from(given.to_owned()))
                .ok()
                .flatten()
                .filter(|amount| amount.is_sign_positive() && !amount.is_zero())
                .map(|amount| amount.to_string())
                .ok_or_else(|| TargetError::NotAnAmount { label: label(), value: given.to_owned() }),
        }
    }
}

fn parse(url: &str) -> Result<Url, OriginError> {
    Ok(Url::parse(url)?)
}
