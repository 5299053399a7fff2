//! `accounts`: the keys whose credit is watched.

mod add;
mod confirm;
mod key;
mod list;

use std::collections::HashSet;

use clap::Subcommand;
use gauge::account::AccountId;
use gauge::clock;
use gauge::gauge::{AccountChange, Gauge};
use gauge::snapshot::MeterSnapshot;

use crate::error::{CommandError, Outcome};
use crate::{output, words};

/// What to do with accounts.
#[derive(Subcommand)]
pub enum Accounts {
    /// Store a key and read its balance once; exit code 1 when the provider rejects the key
    Add(add::Add),
    /// The accounts there are
    List(list::List),
    /// Remove an account with its key; its history stays
    Remove {
        /// The account
        #[arg(value_name = "ID")]
        account: AccountId,
        /// Delete its history and its alerts too
        #[arg(long)]
        forget: bool,
    },
    /// Give an account another name to show; its id stays
    Rename {
        /// The account
        #[arg(value_name = "ID")]
        account: AccountId,
        /// The new name
        label: String,
    },
    /// Replace an account's key; exit code 1 when the provider rejects the new one, and the old one stays
    Key(key::Key),
    /// Let an account's key be sent to where its provider's definition points now
    Confirm(confirm::Confirm),
    /// Leave an account alone: not asked, not counted, not alerted about
    Pause {
        /// The account
        #[arg(value_name = "ID")]
        account: AccountId,
    },
    /// Watch a paused account again
    Resume {
        /// The account
        #[arg(value_name = "ID")]
        account: AccountId,
    },
}

impl Accounts {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        match self {
            Self::Add(add) => return add.run(gauge).await,
            Self::List(list) => return list.run(gauge).await,
            Self::Key(key) => return key.run(gauge).await,
            Self::Confirm(confirm) => return confirm.run(gauge).await,
            Self::Remove { account, forget } => gauge.remove(&account, forget).await?,
            Self::Rename { account, label } => {
                gauge
                    .change(&account, AccountChange { label: Some(label), ..AccountChange::default() })
                    .await?;
            }
            Self::Pause { account } => pause(gauge, &account, true).await?,
            Self::Resume { account } => pause(gauge, &account, false).await?,
        }
        Ok(Outcome::Done)
    }
}

async fn pause(gauge: &Gauge, account: &AccountId, paused: bool) -> Result<(), CommandError> {
    Ok(gauge.change(account, AccountChange { paused: Some(paused), ..AccountChange::default() }).await?)
}

/// Says what was just read with a new key, and lets the alerts begin from there.
async fn tell_first_reading(gauge: &Gauge, id: &AccountId) -> Result<(), CommandError> {
    gauge.follow_alerts(gauge.database().standings().await?, clock::now()).await?;
    let snapshot = gauge.snapshot(&HashSet::new()).await?;
    let account = snapshot.accounts.iter().find(|account| account.id == *id);
    let meter = |meter: &MeterSnapshot| format!("{}: {}", meter.label, words::left(meter));
    let meters: Vec<_> = account.iter().flat_map(|account| &account.meters).map(meter).collect();
    output::message(format_args!("{}", meters.join(", ")));
    Ok(())
}
