//! `accounts key`: replace an account's key.

use std::collections::BTreeMap;

use clap::Args;
use gauge::account::AccountId;
use gauge::gauge::{AccountError, Gauge};
use gauge::secret::environment_variable;

use super::tell_first_reading;
use crate::error::{CommandError, Outcome};
use crate::key_source::KeySource;
use crate::output;

/// Replace an account's key. One that the provider rejects (exit code 1) or that it cannot be asked about (exit code
/// 3) is not kept, and the old one stays.
#[derive(Args)]
pub struct Key {
    /// The account
    #[arg(value_name = "ID")]
    account: AccountId,
    #[command(flatten)]
    source: KeySource,
    /// Do not ask the provider; keep the key as it is
    #[arg(long)]
    no_verify: bool,
}

impl Key {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let id = &self.account;
        gauge.database().account(id).await?;
        let variable = environment_variable(id);
        if gauge.keys().environment_key(id)?.is_some() {
            return Err(AccountError::FromEnvironment(variable).into());
        }
        let key = self.source.read(&format!("the new key of {id}"), None, &variable)?;
        let replaced = gauge.replace_key(id, key, BTreeMap::new(), !self.no_verify).await;
        if replaced.is_err() {
            output::message(format_args!("The key of {id} was not replaced."));
        }
        replaced?;
        if !self.no_verify {
            tell_first_reading(gauge, id).await?;
        }
        Ok(Outcome::Done)
    }
}
