//! Names within a definition.

use std::collections::BTreeSet;

use super::{AccountId, Fault, KEY, Text, at};

/// Names that expressions use for something else, or that CEL keeps for itself.
const RESERVED: [&str; 35] = [
    "status",
    "inputs",
    "now",
    "body",
    "true",
    "false",
    "null",
    "in",
    "as",
    "break",
    "const",
    "continue",
    "else",
    "for",
    "function",
    "if",
    "import",
    "let",
    "loop",
    "package",
    "namespace",
    "return",
    "var",
    "void",
    "while",
    "int",
    "uint",
    "double",
    "bool",
    "string",
    "bytes",
    "list",
    "map",
    "null_type",
    "type",
];

/// A provider's id, from which the ids of its accounts are made.
pub(super) fn provider(id: &Text) -> Result<String, Fault> {
    match id.get_ref().parse::<AccountId>() {
        Ok(_) => Ok(id.get_ref().clone()),
        Err(_) => Err(at(
            id,
            "an id is up to 64 lower-case letters, digits and single dashes between them, such as my-provider",
        )),
    }
}

/// A meter's id, which is in the history.
pub(super) fn meter(id: &Text, seen: &mut BTreeSet<String>) -> Result<(), Fault> {
    provider(id)?;
    unique(id, "meter", seen)
}

/// The id of a request, which expressions use.
pub(super) fn request(id: &Text, seen: &mut BTreeSet<String>) -> Result<(), Fault> {
    identifier(id)?;
    unique(id, "request", seen)
}

/// The id of an input, which expressions and templates use.
pub(super) fn input(id: &Text, seen: &mut BTreeSet<String>) -> Result<(), Fault> {
    identifier(id)?;
    if id.get_ref() == KEY {
        return Err(at(id, "the key is asked for by itself; take another id"));
    }
    unique(id, "input", seen)
}

pub(super) fn environment_variable(name: &Text) -> Result<String, Fault> {
    let text = name.get_ref();
    let good = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if good {
        Ok(text.clone())
    } else {
        Err(at(name, format!("“{text}” cannot be the name of an environment variable")))
    }
}

fn identifier(id: &Text) -> Result<(), Fault> {
    let name = id.get_ref().as_str();
    let good = name.len() <= 40
        && name.starts_with(|c: char| c.is_ascii_lowercase())
        && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    if !good {
        return Err(at(
            id,
            format!(
                "“{name}” cannot be an id here: use up to 40 lower-case letters, digits and _, a letter first"
            ),
        ));
    }
    if RESERVED.contains(&name) {
        return Err(at(id, format!("“{name}” has another meaning in expressions; take another id")));
    }
    Ok(())
}

fn unique(id: &Text, of: &str, seen: &mut BTreeSet<String>) -> Result<(), Fault> {
    if seen.insert(id.get_ref().clone()) {
        Ok(())
    } else {
        Err(at(id, format!("there is another {of} “{}”", id.get_ref())))
    }
}
