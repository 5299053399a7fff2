//! What is asked of the user besides the key.

use std::collections::BTreeSet;

use super::{Fault, at, id};
use crate::provider::definition::{Choice, Input};
use crate::provider::document::{ChoiceDocument, InputDocument};

pub(super) fn inputs(documents: Vec<InputDocument>) -> Result<Vec<Input>, Fault> {
    let mut seen = BTreeSet::new();
    documents
        .into_iter()
        .map(|document| {
            id::input(&document.id, &mut seen)?;
            input(document)
        })
        .collect()
}

fn input(document: InputDocument) -> Result<Input, Fault> {
    if document.secret && (document.default.is_some() || !document.choices.is_empty()) {
        return Err(at(&document.id, "a secret input cannot have a default or choices"));
    }
    let mut values = BTreeSet::new();
    for choice in &document.choices {
        let value = choice.value.get_ref().as_str();
        if value.trim() != value || value.is_empty() || value.chars().any(char::is_control) {
            return Err(at(&choice.value, "a choice cannot be empty, nor begin or end with a space"));
        }
        if !values.insert(value) {
            return Err(at(&choice.value, format!("the choice “{value}” is there twice")));
        }
    }
    let choice = |ChoiceDocument { value, label }| Choice { value: value.into_inner(), label };
    let input = Input {
        id: document.id.into_inner(),
        label: document.label,
        help: document.help,
        kind: document.kind,
        required: document.required,
        default: None,
        secret: document.secret,
        choices: document.choices.into_iter().map(choice).collect(),
    };
    match document.default {
        None => Ok(input),
        Some(default) => {
            let value = input.resolve(default.get_ref()).map_err(|error| at(&default, error.to_string()))?;
            Ok(Input { default: Some(value), ..input })
        }
    }
}
