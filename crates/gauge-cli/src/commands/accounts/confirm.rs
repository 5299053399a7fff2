//! `accounts confirm`: let a key go to where its provider's definition points now.

use std::io::{self, BufRead, IsTerminal, Write};

use clap::Args;
use gauge::account::AccountId;
use gauge::gauge::{AccountError, Gauge};
use gauge::origin::{NeedsConfirmation, Origin, permit};

use crate::commands::providers;
use crate::error::{CommandError, Outcome};
use crate::output;

/// Let an account's key be sent to where its provider's definition points now. A key is bound to the addresses that it
/// was stored for; after a definition or a base URL has changed, it goes nowhere until this is confirmed. Exit code 1
/// when you say no.
#[derive(Args)]
pub struct Confirm {
    /// The account
    #[arg(value_name = "ID")]
    account: AccountId,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Confirm {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let account = gauge.database().account(&self.account).await?;
        let catalogue = gauge.catalogue();
        let definition = &providers::entry(&catalogue, &account.provider)?.definition;
        let target =
            definition.resolve(account.base_url.as_deref(), &account.inputs).map_err(AccountError::from)?;
        let Err(NeedsConfirmation { new }) = permit(&account.origins, &target.origins()) else {
            output::message(format_args!(
                "There is nothing to confirm: the key was stored for {}.",
                list(&account.origins)
            ));
            return Ok(Outcome::Done);
        };
        output::message(format_args!(
            "The key of {} was stored for {}. It would now be sent to {}.",
            account.id,
            list(&account.origins),
            list(&new)
        ));
        if !self.yes && !agreed()? {
            return Ok(Outcome::No);
        }
        gauge.confirm_origins(&account.id).await?;
        Ok(Outcome::Done)
    }
}

fn agreed() -> Result<bool, CommandError> {
    if !io::stdin().is_terminal() {
        return Err(CommandError::usage("there is no terminal to ask at: confirm with --yes"));
    }
    let mut out = io::stderr().lock();
    write!(out, "Allow that? [y/N] ")?;
    out.flush()?;
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes"))
}

fn list(origins: &[Origin]) -> String {
    origins.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}
