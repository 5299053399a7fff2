//! Texts with `{placeholders}` for the key and for inputs.

use super::error::Fault;

/// The placeholder that stands for the account's key.
pub(super) const KEY: &str = "key";

/// A text with placeholders, as in `Bearer {key}`. Two braces stand for one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Template {
    pieces: Vec<Piece>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    Placeholder(String),
}

impl Template {
    /// Reads a template. The offset of a fault is in bytes of `text`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        let mut pieces = Vec::new();
        let mut literal = String::new();
        let mut characters = text.char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            match character {
                '{' | '}' if characters.next_if(|(_, next)| *next == character).is_some() => {
                    literal.push(character);
                }
                '{' => {
                    let mut name = String::new();
                    loop {
                        match characters.next() {
                            Some((_, '}')) => break,
                            Some((_, c)) if c != '{' => name.push(c),
                            _ => {
                                return Err(Fault::new(
                                    offset,
                                    "this { has no }; write {{ for a brace itself",
                                ));
                            }
                        }
                    }
                    if !literal.is_empty() {
                        pieces.push(Piece::Text(std::mem::take(&mut literal)));
                    }
                    pieces.push(Piece::Placeholder(name));
                }
                '}' => return Err(Fault::new(offset, "this } has no {; write }} for a brace itself")),
                _ => literal.push(character),
            }
        }
        if !literal.is_empty() {
            pieces.push(Piece::Text(literal));
        }
        Ok(Self { pieces })
    }

    /// The names in the placeholders.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.pieces.iter().filter_map(|piece| match piece {
            Piece::Placeholder(name) => Some(name.as_str()),
            Piece::Text(_) => None,
        })
    }

    /// The text with its placeholders filled, or `None` when one of them has an empty value.
    pub fn fill(&self, mut value: impl FnMut(&str) -> String) -> Option<String> {
        let mut filled = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Text(text) => filled.push_str(text),
                Piece::Placeholder(name) => {
                    let value = value(name);
                    if value.is_empty() {
                        return None;
                    }
                    filled.push_str(&value);
                }
            }
        }
        Some(filled)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn fill(template: &str, key: &str) -> Option<String> {
        Template::parse(template).unwrap().fill(|_| key.to_owned())
    }

    #[test]
    fn placeholders_are_filled_and_an_empty_value_omits_the_whole() {
        assert_eq!(fill("Bearer {key}", "sk-1").as_deref(), Some("Bearer sk-1"));
        assert_eq!(fill("{a}-{b}", "x").as_deref(), Some("x-x"));
        assert_eq!(fill("Bearer {key}", ""), None);
        assert_eq!(fill("plain", "").as_deref(), Some("plain"));
        assert_eq!(fill("{{\"a\": \"{key}\"}}", "1").as_deref(), Some("{\"a\": \"1\"}"));
    }

    #[test]
    fn lonely_braces_are_found() {
        assert_eq!(Template::parse("ab{key").unwrap_err().offset, 2);
        assert_eq!(Template::parse("{a{b}}").unwrap_err().offset, 0);
        assert_eq!(Template::parse("abc}").unwrap_err().offset, 3);
    }

    proptest! {
        #[test]
        fn what_a_value_holds_is_never_taken_for_a_placeholder(value in "[{}a-z]{1,20}") {
            prop_assert_eq!(fill("<{key}>", &value), Some(format!("<{value}>")));
        }

        #[test]
        fn a_text_without_braces_is_itself(text in "[^{}]{0,40}") {
            prop_assert_eq!(fill(&text, "x"), Some(text));
        }

        #[test]
        fn any_text_is_a_template_or_a_fault_within_it(text in "\\PC{0,40}") {
            if let Err(fault) = Template::parse(&text) {
                prop_assert!(fault.offset < text.len());
            }
        }
    }
}
