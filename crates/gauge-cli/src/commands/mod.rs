//! The commands, a module each.

mod accounts;
mod alerts;
mod check;
mod forecast;
mod history;
mod providers;
mod report;
mod status;

use std::sync::Arc;

use clap::Subcommand;
use gauge::account::AccountId;
use gauge::gauge::Gauge;
use gauge::history::SeriesInfo;
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
    /// What was spent, topped up and unknown, and when credit runs out
    Report(report::Report),
    /// When an account's credit runs out, as far as its history tells
    Forecast(forecast::Forecast),
    /// The readings that were kept, to take elsewhere or bring in
    #[command(subcommand)]
    History(history::History),
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
            Self::Report(report) => report.run(&open(home)?).await,
            Self::Forecast(forecast) => forecast.run(&open(home)?).await,
            Self::History(history) => history.run(&open(home)?).await,
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

/// An account and what is kept of its readings. The account may be gone, or may never have been here, as with an imported
/// history.
struct Kept {
    id: AccountId,
    /// What a person knows it by.
    name: String,
    series: Vec<SeriesInfo>,
}

/// What is kept of these accounts, of which each must exist or have a history; of all that have one when none is named.
async fn kept(gauge: &Gauge, named: &[AccountId]) -> Result<Vec<Kept>, CommandError> {
    let accounts = gauge.database().accounts().await?.into_iter();
    let mut all: Vec<_> = accounts
        .map(|account| Kept {
            name: format!("{} ({})", account.label, account.id),
            id: account.id,
            series: Vec::new(),
        })
        .collect();
    for info in gauge.database().series().await? {
        let id = &info.key.account;
        match all.iter_mut().find(|kept| kept.id == *id) {
            Some(kept) => kept.series.push(info),
            None => all.push(Kept { id: id.clone(), name: id.to_string(), series: vec![info] }),
        }
    }
    if named.is_empty() {
        all.retain(|kept| !kept.series.is_empty());
        return Ok(all);
    }
    let mut chosen = Vec::new();
    for id in named {
        match all.iter().position(|kept| kept.id == *id) {
            Some(place) => chosen.push(all.swap_remove(place)),
            // Named twice.
            None if chosen.iter().any(|kept: &Kept| kept.id == *id) => {}
            None => {
                return Err(CommandError::Usage(format!(
                    "there is no account “{id}”, and no history of one: `credit-gauge accounts list` and `credit-gauge report` show those there are"
                )));
            }
        }
    }
    Ok(chosen)
}
