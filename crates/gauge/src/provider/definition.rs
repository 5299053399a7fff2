//! Definitions: what to ask one provider and how to read the answers.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use reqwest::Method;
use reqwest::header::HeaderName;
use serde::{Deserialize, Serialize};

use super::document::{Optional, Statuses};
use super::error::DefinitionError;
use super::expression::Expression;
use super::stack::on_deep_stack;
use super::template::Template;
use super::validate;
use crate::amount::Unit;
use crate::failure::FailureKind;
use crate::reading::MeterKind;

/// What to ask one provider and how to read the answers: one TOML file, checked and compiled.
#[derive(Debug)]
pub struct Definition {
    /// The short name of the provider: lower-case letters, digits and dashes.
    pub id: String,
    /// The name a person knows it by.
    pub name: String,
    /// Which key is needed and what it must be allowed to do.
    pub key_help: Option<String>,
    /// What else a person should know about this provider's figures.
    pub note: Option<String>,
    /// The environment variables in which people usually keep the key.
    pub key_env: Vec<String>,
    /// The page that documents the provider's API.
    pub docs_url: Option<String>,
    /// How far apart two checks of one account are at least.
    pub min_interval: SignedDuration,
    /// What is asked of the user besides the key.
    pub inputs: Vec<Input>,
    pub(super) keys_url: Option<Template>,
    pub(super) top_up_url: Option<Template>,
    pub(super) base_url: Template,
    pub(super) requests: Vec<RequestRule>,
    pub(super) errors: Vec<ErrorRule>,
    pub(super) meters: Vec<MeterRule>,
    pub(super) notices: Vec<NoticeRule>,
}

/// Something asked of the user besides the key: an organisation, a region, a budget.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Input {
    /// Its name in the definition and for `--set`.
    pub id: String,
    /// What a person calls it.
    pub label: String,
    /// What to enter and where to find it.
    pub help: Option<String>,
    /// What sort of value it takes.
    pub kind: InputKind,
    /// Whether it cannot be left empty.
    pub required: bool,
    /// What is used when it is left empty.
    pub default: Option<String>,
    /// Whether it is kept in the keychain and never shown.
    pub secret: bool,
    /// The values it can have; any when there are none here.
    pub choices: Vec<Choice>,
}

/// What sort of value an input takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InputKind {
    /// Any text.
    #[default]
    Text,
    /// An amount above zero.
    Amount,
}

/// One value that an input can have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// The value.
    pub value: String,
    /// What a person calls it.
    pub label: String,
}

#[derive(Debug)]
pub(super) struct RequestRule {
    pub id: String,
    pub method: Method,
    pub path: Template,
    pub query: Vec<(String, Template)>,
    pub headers: Vec<(HeaderName, Template)>,
    pub body: Option<Body>,
    pub optional: Optional,
    pub when: Option<Expression>,
}

/// JSON whose texts are templates.
#[derive(Debug)]
pub(super) enum Body {
    Text(Template),
    List(Vec<Body>),
    Object(Vec<(String, Body)>),
    Other(serde_json::Value),
}

#[derive(Debug)]
pub(super) struct ErrorRule {
    pub request: Option<String>,
    pub status: Statuses,
    pub when: Option<Expression>,
    pub kind: FailureKind,
    pub message: Option<String>,
}

#[derive(Debug)]
pub(super) struct MeterRule {
    pub id: String,
    pub label: String,
    pub kind: MeterKind,
    pub unit: Unit,
    pub when: Option<Expression>,
    pub remaining: Option<Expression>,
    pub total: Option<Expression>,
    pub used: Option<Expression>,
    pub unlimited: Option<Expression>,
    pub resets_at: Option<Expression>,
    pub expires_at: Option<Expression>,
    pub total_is_full: bool,
    pub refunds: bool,
    pub optional: bool,
    pub note: Option<String>,
}

#[derive(Debug)]
pub(super) struct NoticeRule {
    pub when: Option<Expression>,
    pub text: String,
}

impl Definition {
    /// Reads a definition. `file` is only for naming the place of a fault.
    ///
    /// ```
    /// use gauge::provider::Definition;
    ///
    /// let error = Definition::parse("id = 'acme'\nnmae = 'Acme'", "acme.toml").unwrap_err();
    /// assert_eq!(error.line, 2);
    /// assert!(error.to_string().starts_with("acme.toml:2: unknown field `nmae`"));
    /// ```
    pub fn parse(text: &str, file: &str) -> Result<Self, DefinitionError> {
        match on_deep_stack(|| validate::definition(text)) {
            Ok(Ok(definition)) => Ok(definition),
            Ok(Err(fault)) => Err(DefinitionError::at(file, text, fault)),
            Err(error) => Err(DefinitionError::unreadable(file, error.to_string())),
        }
    }

    /// The page where keys are made, for what the account sets.
    #[must_use]
    pub fn keys_url(&self, inputs: &BTreeMap<String, String>) -> Option<String> {
        page(self.keys_url.as_ref()?, &self.inputs, inputs)
    }

    /// The page where credit is bought, for what the account sets.
    #[must_use]
    pub fn top_up_url(&self, inputs: &BTreeMap<String, String>) -> Option<String> {
        page(self.top_up_url.as_ref()?, &self.inputs, inputs)
    }

    /// The names of the inputs that are kept in the keychain.
    pub fn secret_inputs(&self) -> impl Iterator<Item = &str> {
        self.inputs.iter().filter(|input| input.secret).map(|input| input.id.as_str())
    }

    /// The input with this name.
    #[must_use]
    pub fn input(&self, id: &str) -> Option<&Input> {
        self.inputs.iter().find(|input| input.id == id)
    }
}

/// A page's address. Only inputs with choices occur in one; what is none of the choices counts as not given, and without
/// a default the first choice is as good as any.
fn page(url: &Template, inputs: &[Input], given: &BTreeMap<String, String>) -> Option<String> {
    url.fill(|id| {
        let input = inputs.iter().find(|input| input.id == id);
        let given = given.get(id).filter(|value| input.is_some_and(|input| input.offers(value)));
        given
            .cloned()
            .or_else(|| input?.default.clone())
            .or_else(|| Some(input?.choices.first()?.value.clone()))
            .unwrap_or_default()
    })
}

impl Input {
    /// Whether it always has a value.
    pub(super) fn is_never_empty(&self) -> bool {
        self.required || self.default.is_some()
    }

    /// Whether `value` is one of the choices.
    pub(super) fn offers(&self, value: &str) -> bool {
        self.choices.iter().any(|choice| choice.value == value)
    }
}
