//! CEL expressions: compiled once, within limits, and evaluated over the answers of one check.
//!
//! CEL always ends and has no side effects, but its interpreter recurses, and a macro multiplies. So the length, the
//! brackets, the depth and the macros of an expression are limited when it is compiled, the lists that macros run over
//! when it is evaluated, and both happen on a deep stack.

use cel::parser::ParseErrors;
use cel::{Context, ExecutionError, Program, Value};
use jiff::Timestamp;

use super::error::Fault;
use super::functions;
use super::stack::{StackError, on_deep_stack};
use super::syntax::{self, Scope};
use super::value::{self, Mismatch};

const MAX_LENGTH: usize = 1000;
const MAX_BRACKETS: usize = 32;
/// How long the lists of an answer may be for an expression with macros, which can make a list of them for each item.
const MAX_LIST: usize = 1000;

/// A compiled expression.
#[derive(Debug)]
pub(super) struct Expression {
    program: Program,
    text: String,
    has_macros: bool,
}

/// Why an expression gave no value, in words that repeat nothing of the answer.
#[derive(Debug, thiserror::Error)]
pub(super) enum EvaluationError {
    /// A field that the expression names is not there.
    #[error("the answer has no field “{0}”")]
    NoField(String),
    /// Something has another type than the expression expects.
    #[error(
        "a value in the answer has another type than expected (beside an answer's number, write 100.0, not 100)"
    )]
    Type,
    /// A list has fewer items than the expression expects.
    #[error("a list in the answer is shorter than expected")]
    ShortList,
    /// One of our functions did not like its argument, or the result has the wrong type.
    #[error("{0}")]
    Mismatch(String),
    /// The answer is too large for this expression.
    #[error("the answer has a list of more than {MAX_LIST} items")]
    LongList,
    /// No deep stack was to be had.
    #[error(transparent)]
    Stack(#[from] StackError),
}

impl From<Mismatch> for EvaluationError {
    fn from(mismatch: Mismatch) -> Self {
        Self::Mismatch(mismatch.to_string())
    }
}

impl Expression {
    /// Compiles an expression; every name in it must be in `scope`. Needs a deep stack.
    pub fn compile(text: &str, scope: &Scope<'_>) -> Result<Self, Fault> {
        check_size(text)?;
        let program = functions::ENV.compile(text).map_err(|errors| syntax_fault(text, &errors))?;
        let macros = syntax::check(&program, scope)?;
        Ok(Self { program, text: text.to_owned(), has_macros: macros > 0 })
    }
}

/// What expressions are evaluated over.
#[derive(Clone, Debug)]
pub(super) struct Facts {
    /// The moment that `now` and `next_reset` go by.
    pub now: Timestamp,
    /// The variables and their values.
    pub variables: Vec<(String, Value)>,
}

impl Facts {
    /// Runs `work`, which may evaluate expressions over the facts, on a deep stack.
    pub fn evaluate<T: Send>(
        &self,
        work: impl FnOnce(&Evaluation<'_>) -> T + Send,
    ) -> Result<T, EvaluationError> {
        on_deep_stack(|| {
            let mut context = functions::context(self.now).map_err(|_| EvaluationError::Type)?;
            for (name, value) in &self.variables {
                context.add_variable_from_value(name.as_str(), value.clone());
            }
            context.add_variable_from_value("now", functions::seconds(Some(self.now)));
            Ok(work(&Evaluation { context, facts: self }))
        })?
    }

    fn longest_list(&self) -> usize {
        fn longest(value: &Value) -> usize {
            match value {
                Value::List(items) => items.iter().map(longest).max().unwrap_or(0).max(items.len()),
                Value::Map(map) => map.map.values().map(longest).max().unwrap_or(0).max(map.map.len()),
                _ => 0,
            }
        }
        self.variables.iter().map(|(_, value)| longest(value)).max().unwrap_or(0)
    }
}

/// Facts, ready for expressions.
pub(super) struct Evaluation<'a> {
    context: Context<'a, 'a>,
    facts: &'a Facts,
}

impl Evaluation<'_> {
    /// The value of an expression.
    pub fn value(&self, expression: &Expression) -> Result<Value, EvaluationError> {
        if expression.has_macros && self.facts.longest_list() > MAX_LIST {
            return Err(EvaluationError::LongList);
        }
        expression.program.execute(&self.context).map_err(|error| plain(error, &expression.text))
    }

    /// The value of a condition; a condition that is not there is true.
    pub fn holds(&self, condition: Option<&Expression>) -> Result<bool, EvaluationError> {
        condition.map_or(Ok(true), |condition| Ok(value::truth(&self.value(condition)?)?))
    }
}

/// CEL's errors show the values at hand, which may be anything that a provider sent; ours do not.
fn plain(error: ExecutionError, expression: &str) -> EvaluationError {
    match error {
        ExecutionError::NoSuchKey(key) if expression.contains(key.as_str()) => {
            EvaluationError::NoField(key.as_ref().clone())
        }
        ExecutionError::IndexOutOfBounds(_) => EvaluationError::ShortList,
        ExecutionError::FunctionError { function, message }
            if functions::NAMES.contains(&function.as_str()) =>
        {
            EvaluationError::Mismatch(format!("{function}(): {message}"))
        }
        _ => EvaluationError::Type,
    }
}

fn check_size(text: &str) -> Result<(), Fault> {
    if text.trim().is_empty() {
        return Err(Fault::new(0, "the expression is empty; leave the field out instead"));
    }
    if text.len() > MAX_LENGTH {
        return Err(Fault::new(
            0,
            format!("the expression is longer than {MAX_LENGTH} characters; make it simpler"),
        ));
    }
    let mut open = 0_usize;
    for (offset, character) in text.char_indices() {
        match character {
            '(' | '[' | '{' => open += 1,
            ')' | ']' | '}' => open = open.saturating_sub(1),
            _ => {}
        }
        if open > MAX_BRACKETS {
            return Err(Fault::new(offset, format!("more than {MAX_BRACKETS} brackets inside each other")));
        }
    }
    Ok(())
}

/// The parser's first complaint, without its list of forty tokens that would have been right.
fn syntax_fault(text: &str, errors: &ParseErrors) -> Fault {
    let Some(error) =
        errors.errors.iter().find(|error| error.msg.starts_with("Syntax error")).or(errors.errors.first())
    else {
        return Fault::new(0, "this is no CEL expression");
    };
    let said = error.msg.trim_start_matches("Syntax error: ");
    let quoted =
        || said.split_once('\'').map_or("", |(_, rest)| rest.rsplit_once('\'').map_or(rest, |(q, _)| q));
    let reason = if said.contains("'<EOF>'") {
        "the expression ends too early".to_owned()
    } else if said.starts_with("token recognition error") {
        format!("“{}” cannot be read here", quoted())
    } else if said.starts_with("mismatched input") || said.starts_with("extraneous input") {
        let input = said.split('\'').nth(1).unwrap_or_default();
        format!("“{input}” is not expected here")
    } else {
        said.chars().take(120).collect()
    };
    let (line, column) = error.pos;
    let line_start: usize =
        text.split_inclusive('\n').take(usize::try_from(line - 1).unwrap_or(0)).map(str::len).sum();
    Fault::new(
        line_start + usize::try_from(column - 1).unwrap_or(0),
        format!("this is no CEL expression: {reason}"),
    )
}

#[cfg(test)]
mod tests;
