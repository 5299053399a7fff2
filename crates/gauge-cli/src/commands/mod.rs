//! The commands, a module each.

mod accounts;
mod alerts;
mod check;
mod providers;
mod status;

use std::sync::Arc;

use clap::Subcommand;
use gauge::account::AccountId;
use gauge::gauge::Gauge;
use gauge::home::Home;
use gauge::secret::{Environment, SystemKeychain};

use crate::error::{CommandError, Outcome};
use crate::output;

/// The version of the meaning of the JSON documents that are not the library's.
const SCHEMA: u32 = 1;

/// What to do.
#[derive(Subcommand)]
pub enum Command {
    /// The services that can be asked how much is left
    Providers(providers::Providers),
    /// The keys whose credit is watched
    #[command(subcommand)]
    Accounts(accounts::Accounts),
    /// What is left on the accounts
    Status(status::Status),
    /// Whether an account has enough left, for scripts: exit code 0 enough, 1 not enough, 3 unknown
    Check(check::Check),
    /// The low-balance alerts that were raised
    Alerts(alerts::Alerts),
}

impl Command {
    pub async fn run(self) -> Result<Outcome, CommandError> {
        let home = Home::of_user()?;
        gauge::logs::start(&home, "credit-gauge");
        match self {
            Self::Providers(providers) => providers.run(&home),
            Self::Accounts(accounts) => accounts.run(&open(home)?).await,
            Self::Status(status) => status.run(&open(home)?).await,
            Self::Check(check) => check.run(&open(home)?).await,
            Self::Alerts(alerts) => alerts.run(&open(home)?).await,
        }
    }
}

/// Opens the user's files and says what was found wrong with them.
fn open(home: Home) -> Result<Gauge, CommandError> {
    let gauge = Gauge::open(home, Arc::new(SystemKeychain::new()), Environment::of_process())?;
    for notice in gauge.notices() {
        output::message(format_args!("{notice}"));
    }
    Ok(gauge)
}

/// The ids of these accounts, of which each must exist; of all accounts that are not paused when none is named.
async fn chosen(gauge: &Gauge, named: &[AccountId]) -> Result<Vec<AccountId>, CommandError> {
    for id in named {
        gauge.database().account(id).await?;
    }
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let accounts = gauge.database().accounts().await?;
    Ok(accounts.into_iter().filter(|account| !account.paused).map(|account| account.id).collect())
}
