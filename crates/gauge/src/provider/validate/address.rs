//! Addresses. Inputs take part in one only when they have choices: so nothing that a user types decides where the key
//! goes, and every address that can come about is checked here.

use reqwest::Url;

use super::{Fault, Source, Template, Text, at};
use crate::origin::Origin;

/// The address that the paths of requests are put behind.
pub(super) fn base(text: &Text, source: &Source<'_>) -> Result<Template, Fault> {
    if text.get_ref().contains(['?', '#']) {
        return Err(at(
            text,
            "a base URL has no ? or #; what comes after ? goes into the `query` of a request",
        ));
    }
    template(text, source)
}

/// The address of a page for people.
pub(super) fn page(text: Option<&Text>, source: &Source<'_>) -> Result<Option<Template>, Fault> {
    text.map(|text| template(text, source)).transpose()
}

/// An address without inputs.
pub(super) fn plain(text: &Text) -> Result<String, Fault> {
    check(text, text.get_ref())?;
    Ok(text.get_ref().clone())
}

fn template(text: &Text, source: &Source<'_>) -> Result<Template, Fault> {
    let template = source.template(text)?;
    let mut most_choices = 1;
    for name in template.names() {
        let input = source.input(name).filter(|input| !input.choices.is_empty() && input.is_never_empty());
        let Some(input) = input else {
            return Err(at(
                text,
                format!(
                    "{{{name}}} cannot be in an address: only inputs with choices can, and they must be required or \
                     have a default"
                ),
            ));
        };
        let plain =
            |value: &str| value.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_'));
        if let Some(choice) = input.choices.iter().find(|choice| !plain(&choice.value)) {
            return Err(at(
                text,
                format!(
                    "the choice “{}” of {name} cannot be in an address: only letters, digits, dashes, dots and _ can",
                    choice.value
                ),
            ));
        }
        most_choices = most_choices.max(input.choices.len());
    }
    for number in 0..most_choices {
        let address = template.fill(|name| {
            let choices = source.input(name).map_or(&[][..], |input| &input.choices);
            let choice = choices.get(number).or(choices.first());
            choice.map_or_else(String::new, |choice| choice.value.clone())
        });
        check(text, &address.unwrap_or_default())?;
    }
    Ok(template)
}

fn check(text: &Text, address: &str) -> Result<(), Fault> {
    let checked = Url::parse(address).map_err(Into::into).and_then(|url| Origin::try_from(&url));
    checked.map(|_| ()).map_err(|error| at(text, error.to_string()))
}
