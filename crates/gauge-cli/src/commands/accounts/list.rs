//! `accounts list`: the accounts there are.

use clap::Args;
use gauge::account::{Account, AccountId};
use gauge::gauge::Gauge;
use gauge::origin::Origin;
use gauge::provider::Catalogue;
use serde::Serialize;

use crate::commands::SCHEMA;
use crate::error::{CommandError, Outcome};
use crate::output;
use crate::table::Table;

/// The accounts there are, in your order.
#[derive(Args)]
pub struct List {
    /// Print one JSON document
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct Document {
    schema: u32,
    accounts: Vec<Entry>,
}

#[derive(Serialize)]
struct Entry {
    id: AccountId,
    provider: String,
    label: String,
    /// Where it is asked; `null` when its provider's definition is gone or no longer fits.
    base_url: Option<String>,
    /// Where its key may be sent.
    origins: Vec<Origin>,
    paused: bool,
    /// The end of the key, `environment`, or `null` when there is none.
    key: Option<String>,
}

impl List {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let catalogue = gauge.catalogue();
        let accounts = gauge.database().accounts().await?;
        let accounts: Vec<_> =
            accounts.into_iter().map(|account| entry(gauge, &catalogue, account)).collect();
        if self.json {
            output::json(&Document { schema: SCHEMA, accounts })?;
        } else if accounts.is_empty() {
            output::message(format_args!(
                "There are no accounts yet: `credit-gauge accounts add PROVIDER` adds one."
            ));
        } else {
            output::text(&table(&accounts).render())?;
        }
        Ok(Outcome::Done)
    }
}

fn entry(gauge: &Gauge, catalogue: &Catalogue, account: Account) -> Entry {
    let target = catalogue
        .get(&account.provider)
        .and_then(|entry| entry.definition.resolve(account.base_url.as_deref(), &account.inputs).ok());
    let key = match gauge.keys().environment_key(&account.id) {
        Ok(None) => Some(account.key_tail).filter(|tail| !tail.is_empty()),
        // One that is not UTF-8 text comes from there too, and fails when it is used.
        Ok(Some(_)) | Err(_) => Some("environment".to_owned()),
    };
    Entry {
        base_url: target.map(|target| target.base_url().to_owned()).or(account.base_url),
        id: account.id,
        provider: account.provider,
        label: account.label,
        origins: account.origins,
        paused: account.paused,
        key,
    }
}

fn table(accounts: &[Entry]) -> Table<5> {
    let mut table = Table::new(["ID", "PROVIDER", "LABEL", "KEY", "ASKED AT"]);
    for account in accounts {
        let base_url = account.base_url.as_deref().unwrap_or("–");
        let place = if account.paused { format!("{base_url}, paused") } else { base_url.to_owned() };
        table.row([
            account.id.as_str().into(),
            account.provider.as_str().into(),
            account.label.as_str().into(),
            account.key.as_deref().unwrap_or("none").into(),
            place.into(),
        ]);
    }
    table
}
