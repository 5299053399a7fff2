//! `providers`: the services that can be asked how much is left.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use gauge::home::Home;
use gauge::provider::{Catalogue, Definition, Entry, Input, Provenance};
use serde::Serialize;

use super::SCHEMA;
use crate::error::{CommandError, Outcome};
use crate::output::{self, clean};
use crate::table::Table;

/// The services that can be asked how much is left.
#[derive(Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct Providers {
    #[command(subcommand)]
    action: Option<Action>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Subcommand)]
enum Action {
    /// What one provider's definition says
    Show {
        /// The provider
        #[arg(value_name = "ID")]
        provider: String,
        /// Print one JSON document
        #[arg(long)]
        json: bool,
    },
    /// Whether a definition of your own is valid; if not, exit code 1 and the line and the reason
    Check {
        /// The TOML file
        file: PathBuf,
    },
}

#[derive(Serialize)]
struct Document<'a> {
    schema: u32,
    providers: Vec<Description<'a>>,
}

#[derive(Serialize)]
struct OneDocument<'a> {
    schema: u32,
    provider: Description<'a>,
}

#[derive(Serialize)]
struct Description<'a> {
    id: &'a str,
    name: &'a str,
    /// The user's file; `null` for a built-in definition.
    file: Option<&'a Path>,
    replaces_built_in: bool,
    keys_url: Option<String>,
    top_up_url: Option<String>,
    docs_url: Option<&'a str>,
    key_env: &'a [String],
    key_help: Option<&'a str>,
    note: Option<&'a str>,
    min_interval_seconds: i64,
    inputs: &'a [Input],
}

impl Providers {
    pub fn run(self, home: &Home) -> Result<Outcome, CommandError> {
        match self.action {
            None => list(&load(home), self.json),
            Some(Action::Show { provider, json }) => show(&load(home), &provider, json),
            Some(Action::Check { file }) => check(&file),
        }
    }
}

fn load(home: &Home) -> Catalogue {
    let (catalogue, problems) = Catalogue::load(&home.providers_folder());
    for problem in problems {
        output::message(format_args!("{problem}"));
    }
    catalogue
}

fn list(catalogue: &Catalogue, json: bool) -> Result<Outcome, CommandError> {
    if json {
        output::json(&Document { schema: SCHEMA, providers: catalogue.iter().map(description).collect() })?;
    } else {
        let mut table = Table::new(["ID", "NAME", "DEFINITION"]);
        for entry in catalogue.iter() {
            table.row([
                entry.definition.id.as_str().into(),
                entry.definition.name.as_str().into(),
                source(entry).into(),
            ]);
        }
        output::text(&table.render())?;
    }
    Ok(Outcome::Done)
}

fn show(catalogue: &Catalogue, id: &str, json: bool) -> Result<Outcome, CommandError> {
    let entry = entry(catalogue, id)?;
    if json {
        output::json(&OneDocument { schema: SCHEMA, provider: description(entry) })?;
    } else {
        output::text(&clean(&summary(entry)))?;
    }
    Ok(Outcome::Done)
}

fn check(file: &Path) -> Result<Outcome, CommandError> {
    let name = file.display().to_string();
    let bytes =
        fs::read(file).map_err(|error| CommandError::Usage(format!("{name} cannot be read: {error}")))?;
    let checked = match str::from_utf8(&bytes) {
        Ok(text) => Definition::parse(text, &name).map_err(|error| error.to_string()),
        Err(error) => {
            let line = bytes[..error.valid_up_to()].split(|byte| *byte == b'\n').count();
            Err(format!("{name}:{line}: the file is not in UTF-8; save it in that encoding"))
        }
    };
    match checked {
        Ok(definition) => {
            output::text(&clean(&format!("{name}: OK, provider {} ({})\n", definition.id, definition.name)))?;
            Ok(Outcome::Done)
        }
        Err(fault) => {
            output::message(format_args!("{fault}"));
            Ok(Outcome::No)
        }
    }
}

/// The catalogue's entry of this id, or a usage error that names those there are.
pub(super) fn entry<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Entry, CommandError> {
    catalogue.get(id).ok_or_else(|| {
        let known: Vec<_> = catalogue.iter().map(|entry| entry.definition.id.as_str()).collect();
        CommandError::Usage(format!("there is no provider “{id}”; there are {}", known.join(", ")))
    })
}

fn source(entry: &Entry) -> String {
    match &entry.provenance {
        Provenance::BuiltIn => "built in".to_owned(),
        Provenance::User { path, replaces_built_in: false } => path.display().to_string(),
        Provenance::User { path, replaces_built_in: true } => {
            format!("{}, in place of the built-in one", path.display())
        }
    }
}

fn description(entry: &Entry) -> Description<'_> {
    let definition = &entry.definition;
    let (file, replaces_built_in) = match &entry.provenance {
        Provenance::BuiltIn => (None, false),
        Provenance::User { path, replaces_built_in } => (Some(path.as_path()), *replaces_built_in),
    };
    let no_inputs = BTreeMap::new();
    Description {
        id: &definition.id,
        name: &definition.name,
        file,
        replaces_built_in,
        keys_url: definition.keys_url(&no_inputs),
        top_up_url: definition.top_up_url(&no_inputs),
        docs_url: definition.docs_url.as_deref(),
        key_env: &definition.key_env,
        key_help: definition.key_help.as_deref(),
        note: definition.note.as_deref(),
        min_interval_seconds: definition.min_interval.as_secs(),
        inputs: &definition.inputs,
    }
}

fn summary(entry: &Entry) -> String {
    let about = description(entry);
    let mut text = format!("{} ({})\n", about.name, about.id);
    let facts = [
        ("Definition", Some(source(entry))),
        ("Key", about.key_help.map(str::to_owned)),
        ("Keys are made at", about.keys_url),
        ("Credit is bought at", about.top_up_url),
        ("Documented at", about.docs_url.map(str::to_owned)),
        ("Asked at most every", Some(format!("{} s", about.min_interval_seconds))),
        ("Note", about.note.map(str::to_owned)),
    ];
    for (name, fact) in facts {
        if let Some(fact) = fact {
            line(&mut text, name, &fact);
        }
    }
    for input in about.inputs {
        line(&mut text, "Setting", &describe(input));
    }
    text
}

fn line(text: &mut String, name: &str, fact: &str) {
    // Writing to a string cannot fail.
    let _ = writeln!(text, "  {name}: {fact}");
}

fn describe(input: &Input) -> String {
    let mut text = format!("{} ({})", input.id, input.label);
    if !input.choices.is_empty() {
        let choices: Vec<_> = input.choices.iter().map(|choice| choice.value.as_str()).collect();
        let _ = write!(text, ", one of {}", choices.join(", "));
    }
    if input.secret {
        text.push_str(", secret");
    }
    match &input.default {
        Some(default) => {
            let _ = write!(text, ", {default} unless set");
        }
        None if input.required => text.push_str(", needed"),
        None => {}
    }
    if let Some(help) = &input.help {
        let _ = write!(text, ": {help}");
    }
    text
}
