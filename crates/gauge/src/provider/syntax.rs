//! What an expression may say: known names only, and not too deep.

use std::collections::BTreeSet;

use cel::Program;
use cel::common::ast::{EntryExpr, Expr, IdedExpr};

use super::error::Fault;

/// How deep the tree of an expression may be. Twice this still fits the deep stack with room.
const MAX_DEPTH: usize = 48;
const MAX_MACROS: usize = 4;

/// The functions and how many arguments each takes.
const FUNCTIONS: [(&str, usize); 9] = [
    ("num", 1),
    ("time", 1),
    ("next_reset", 1),
    ("sum", 1),
    ("size", 1),
    ("int", 1),
    ("double", 1),
    ("string", 1),
    ("bool", 1),
];
/// The functions that are called on a value, as in `text.contains("x")`.
const METHODS: [(&str, usize); 7] = [
    ("contains", 1),
    ("startsWith", 1),
    ("endsWith", 1),
    ("size", 0),
    ("orValue", 1),
    ("hasValue", 0),
    ("value", 0),
];

/// The names that an expression may use.
#[derive(Clone, Debug, Default)]
pub(super) struct Scope<'a> {
    /// The requests' answers, by request id.
    pub answers: BTreeSet<&'a str>,
    /// The requests that come later, to tell them from unknown ones.
    pub later: BTreeSet<&'a str>,
    /// The inputs that are no secrets.
    pub inputs: BTreeSet<&'a str>,
    /// Whether it is about one answer: `body`, and `status` as a number.
    pub one_answer: bool,
}

/// Checks a parsed expression, and tells how many macros such as `map` and `exists` it has.
pub(super) fn check(program: &Program, scope: &Scope<'_>) -> Result<usize, Fault> {
    let mut walk = Walk { program, scope, bound: Vec::new(), macros: 0, is_in_macro: false };
    walk.expression(program.expression(), 0)?;
    Ok(walk.macros)
}

struct Walk<'a> {
    program: &'a Program,
    scope: &'a Scope<'a>,
    /// The variables of the macros around.
    bound: Vec<&'a str>,
    macros: usize,
    is_in_macro: bool,
}

impl<'a> Walk<'a> {
    fn expression(&mut self, node: &'a IdedExpr, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(self.fault(node, "the expression is nested too deep; make it simpler".to_owned()));
        }
        match &node.expr {
            Expr::Unspecified | Expr::Literal(_) => Ok(()),
            Expr::Ident(name) => self.variable(node, name),
            Expr::Select(select) => {
                if let Expr::Ident(name) = &select.operand.expr {
                    self.field(node, name, &select.field)?;
                }
                self.expression(&select.operand, depth + 1)
            }
            Expr::Call(call) => {
                self.function(node, &call.func_name, call.target.is_some(), call.args.len())?;
                call.target.iter().try_for_each(|target| self.expression(target, depth + 1))?;
                call.args.iter().try_for_each(|argument| self.expression(argument, depth + 1))
            }
            Expr::List(list) => list.elements.iter().try_for_each(|item| self.expression(item, depth + 1)),
            Expr::Map(map) => map.entries.iter().try_for_each(|entry| match &entry.expr {
                EntryExpr::MapEntry(entry) => {
                    self.expression(&entry.key, depth + 1)?;
                    self.expression(&entry.value, depth + 1)
                }
                EntryExpr::StructField(field) => self.expression(&field.value, depth + 1),
            }),
            Expr::Struct(_) => Err(self.fault(node, "messages cannot be made here".to_owned())),
            Expr::Comprehension(comprehension) => {
                self.expression(&comprehension.iter_range, depth + 1)?;
                self.expression(&comprehension.accu_init, depth + 1)?;
                self.macros += 1;
                if self.macros > MAX_MACROS || self.is_in_macro {
                    return Err(self.fault(
                        node,
                        format!(
                            "at most {MAX_MACROS} of map, filter, all, exists and exists_one fit in one expression, and none inside another"
                        ),
                    ));
                }
                self.is_in_macro = true;
                let outside = self.bound.len();
                self.bound.extend([comprehension.iter_var.as_str(), comprehension.accu_var.as_str()]);
                self.bound.extend(comprehension.iter_var2.as_deref());
                self.expression(&comprehension.loop_cond, depth + 1)?;
                self.expression(&comprehension.loop_step, depth + 1)?;
                self.expression(&comprehension.result, depth + 1)?;
                self.bound.truncate(outside);
                self.is_in_macro = false;
                Ok(())
            }
        }
    }

    fn variable(&self, node: &IdedExpr, name: &str) -> Result<(), Fault> {
        let own: &[&str] = if self.scope.one_answer {
            &["status", "inputs", "now", "body"]
        } else {
            &["status", "inputs", "now"]
        };
        if self.bound.contains(&name) || self.scope.answers.contains(name) || own.contains(&name) {
            return Ok(());
        }
        Err(self.fault(
            node,
            if self.scope.later.contains(name) {
                format!("the request “{name}” is made later; put it before this one")
            } else if self.scope.one_answer {
                format!("there is no “{name}” here; only `status`, `body`, `inputs` and `now` can be used")
            } else {
                format!("there is no request “{name}”")
            },
        ))
    }

    /// Checks a field of `inputs` and `status`, whose fields are known; those of an answer are not.
    fn field(&self, node: &IdedExpr, of: &str, name: &str) -> Result<(), Fault> {
        if self.bound.contains(&of) {
            return Ok(());
        }
        match of {
            "inputs" if !self.scope.inputs.contains(name) => Err(self.fault(
                node,
                format!("there is no input “{name}” (a secret one cannot be used in expressions)"),
            )),
            "status" if self.scope.one_answer => {
                Err(self.fault(node, "`status` is the number of this answer here".to_owned()))
            }
            "status" if !self.scope.answers.contains(name) => {
                Err(self.fault(node, format!("there is no request “{name}” before this")))
            }
            _ => Ok(()),
        }
    }

    fn function(&self, node: &IdedExpr, name: &str, is_method: bool, arguments: usize) -> Result<(), Fault> {
        // Operators have names such as `_+_`, `!_` and `@in`.
        if name.contains(['_', '!', '-', '@']) && !name.contains(|c: char| c.is_ascii_lowercase())
            || name.starts_with('@')
        {
            return Ok(());
        }
        let known: &[(&str, usize)] = if is_method { &METHODS } else { &FUNCTIONS };
        match known.iter().find(|(known, _)| *known == name) {
            Some((_, wanted)) if *wanted == arguments => Ok(()),
            Some((_, wanted)) => {
                Err(self.fault(node, format!("{name}() takes {wanted} value(s) here, and not {arguments}")))
            }
            None => {
                Err(self.fault(node, format!("there is no function “{name}” that can be used like this")))
            }
        }
    }

    fn fault(&self, node: &IdedExpr, reason: String) -> Fault {
        let offset = self.program.source_info().offset_for(node.id).map_or(0, |(start, _)| start);
        Fault::new(usize::try_from(offset).unwrap_or(0), reason)
    }
}
