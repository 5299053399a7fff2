//! `accounts add`: store a key and read its balance once.

use std::collections::BTreeMap;

use clap::Args;
use gauge::account::AccountId;
use gauge::database::AccountsError;
use gauge::gauge::{Draft, Gauge};
use gauge::provider::Definition;
use gauge::secret::environment_variable;
use secrecy::SecretString;

use super::tell_first_reading;
use crate::commands::providers;
use crate::error::{CommandError, Outcome};
use crate::key_source::{KeySource, from_prompt, from_variable};
use crate::output;

/// Store a key and read its balance once. A key that the provider rejects (exit code 1) or that it cannot be asked
/// about (exit code 3) is not kept, nor is the account.
///
/// The key is asked for on the terminal, or read as --key-stdin or --key-env say. On a machine without a keychain,
/// set `CREDIT_GAUGE_KEY_<ID>` instead, with the account's id in capitals and - as _; no key is stored then.
#[derive(Args)]
pub struct Add {
    /// The provider's id, as in `credit-gauge providers`
    provider: String,
    /// The account's id; by default the provider's, then with -2, -3
    #[arg(long, value_name = "ID")]
    id: Option<AccountId>,
    /// The name to show
    #[arg(long, value_name = "TEXT")]
    label: Option<String>,
    #[command(flatten)]
    source: KeySource,
    /// Ask here instead of at the provider's own address
    #[arg(long, value_name = "URL")]
    base_url: Option<String>,
    /// One of the provider's further settings, such as region=eu
    #[arg(long = "set", value_name = "NAME=VALUE", value_parser = pair)]
    settings: Vec<(String, String)>,
    /// One of the provider's further secrets, from the environment variable VARIABLE
    #[arg(long = "set-env", value_name = "NAME=VARIABLE", value_parser = pair)]
    secrets: Vec<(String, String)>,
    /// Do not ask the provider; keep the key as it is
    #[arg(long)]
    no_verify: bool,
}

fn pair(text: &str) -> Result<(String, String), String> {
    let (name, value) =
        text.split_once('=').filter(|(name, _)| !name.is_empty()).ok_or("write NAME=VALUE")?;
    Ok((name.to_owned(), value.to_owned()))
}

impl Add {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let catalogue = gauge.catalogue();
        let definition = &providers::entry(&catalogue, &self.provider)?.definition;
        let inputs = settings(definition, self.settings)?;
        // What is wrong with the rest is said before the key is asked for.
        definition.resolve(self.base_url.as_deref(), &inputs).map_err(|error| {
            CommandError::Usage(format!(
                "{error} (`--set NAME=VALUE`, `credit-gauge providers show {}`)",
                self.provider
            ))
        })?;
        let mut draft = Draft {
            provider: self.provider,
            id: self.id,
            label: self.label,
            base_url: self.base_url,
            inputs,
            ..Draft::default()
        };
        let id = gauge.free_id(&draft).await?;
        if draft.id.is_some() && gauge.database().account(&id).await.is_ok() {
            return Err(AccountsError::Taken(id).into());
        }
        if gauge.keys().environment_key(&id)?.is_none() {
            let what = format!("the {} key", definition.name);
            draft.key =
                Some(self.source.read(&what, definition.key_help.as_deref(), &environment_variable(&id))?);
        }
        draft.secret_inputs = secrets(definition, self.secrets)?;
        let added = gauge.add(draft, !self.no_verify).await;
        if added.is_err() {
            output::message(format_args!("{id} was not added."));
        }
        let id = added?;
        output::text(&format!("{id}\n"))?;
        if !self.no_verify {
            tell_first_reading(gauge, &id).await?;
        }
        Ok(Outcome::Done)
    }
}

/// What `--set` gave, none of it secret.
fn settings(
    definition: &Definition,
    given: Vec<(String, String)>,
) -> Result<BTreeMap<String, String>, CommandError> {
    let mut settings = BTreeMap::new();
    for (name, value) in given {
        if definition.input(&name).is_some_and(|input| input.secret) {
            return Err(CommandError::Usage(format!(
                "{name} is a secret, and other programs can see arguments: put it into an environment variable and name that with --set-env {name}=VARIABLE"
            )));
        }
        if settings.insert(name.clone(), value).is_some() {
            return Err(CommandError::Usage(format!("{name} is set twice: leave one out")));
        }
    }
    Ok(settings)
}

/// The secrets besides the key: what `--set-env` gave, and those that are needed asked for.
fn secrets(
    definition: &Definition,
    given: Vec<(String, String)>,
) -> Result<BTreeMap<String, SecretString>, CommandError> {
    let mut secrets = BTreeMap::new();
    for (name, variable) in given {
        if !definition.input(&name).is_some_and(|input| input.secret) {
            return Err(CommandError::Usage(format!("{} has no secret “{name}”", definition.name)));
        }
        secrets.insert(name, from_variable(&variable, "--set-env")?);
    }
    for input in definition.inputs.iter().filter(|input| input.secret && input.required) {
        if !secrets.contains_key(&input.id) {
            let absent = || {
                format!(
                    "{} is needed and there is no terminal to ask for it: name an environment variable that holds it with --set-env {}=VARIABLE",
                    input.label, input.id
                )
            };
            secrets.insert(input.id.clone(), from_prompt(&input.label, input.help.as_deref(), absent)?);
        }
    }
    Ok(secrets)
}
