//! What is wrong with a definition, and where.

use std::fmt;

/// A definition that cannot be used, with the place of the fault.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct DefinitionError {
    /// The file, as it was named to the reader of definitions.
    pub file: String,
    /// The line of the fault, from 1; 0 when the file could not be read at all.
    pub line: usize,
    /// The column of the fault in characters, from 1; 0 when the file could not be read at all.
    pub column: usize,
    /// What is wrong and how to put it right.
    pub reason: String,
}

impl fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(f, "{}: {}", self.file, self.reason)
        } else {
            write!(f, "{}:{}: {}", self.file, self.line, self.reason)
        }
    }
}

impl DefinitionError {
    /// A file that could not be read at all.
    pub(super) fn unreadable(file: &str, reason: impl Into<String>) -> Self {
        Self { file: file.to_owned(), line: 0, column: 0, reason: reason.into() }
    }

    /// A fault at a byte of the file's text.
    pub(super) fn at(file: &str, text: &str, fault: Fault) -> Self {
        let before = text.get(..fault.offset.min(text.len())).unwrap_or(text);
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            reason: fault.reason,
        }
    }
}

/// What is wrong at which byte of a text.
#[derive(Debug)]
pub(super) struct Fault {
    pub offset: usize,
    pub reason: String,
}

impl Fault {
    pub fn new(offset: usize, reason: impl Into<String>) -> Self {
        Self { offset, reason: reason.into() }
    }
}
