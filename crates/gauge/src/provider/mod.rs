//! Providers: what to ask a service that sells credit, and how to read its answer, as data.
//!
//! A [`Definition`] is one TOML file (`docs/providers.md` teaches the format) and the [`Catalogue`] is all of them: the
//! built-in ones and the user's own. A definition and what an account sets make a [`Target`]; [`check`] asks a target
//! and gives a [`Reading`](crate::reading::Reading).

mod catalogue;
mod check;
mod definition;
mod document;
mod error;
mod expression;
mod functions;
mod meter;
mod request;
mod stack;
mod syntax;
mod target;
mod template;
mod validate;
mod value;

pub use catalogue::{Catalogue, Entry, Provenance};
pub use check::{Credentials, check};
pub use definition::{Choice, Definition, Input, InputKind};
pub use error::DefinitionError;
pub use target::{Target, TargetError};
