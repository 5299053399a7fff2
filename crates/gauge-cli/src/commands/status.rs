//! `status`: what is left on the accounts.

use std::collections::HashSet;

use clap::Args;
use gauge::account::AccountId;
use gauge::clock;
use gauge::gauge::Gauge;
use gauge::level::{Freshness, Level};
use gauge::snapshot::{AccountSnapshot, Context, MeterSnapshot, Snapshot};
use jiff::Timestamp;

use super::chosen;
use crate::error::{CommandError, Outcome};
use crate::refresh::{MaxAge, refresh};
use crate::table::{Cell, Table};
use crate::{output, words};

/// What is left on the accounts. Exit code 3 when an account asked about has an error; what was read last is printed
/// all the same.
#[derive(Args)]
pub struct Status {
    /// Only these accounts; paused ones are asked only when named
    #[arg(value_name = "ID")]
    accounts: Vec<AccountId>,
    /// Print one JSON document
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    max_age: MaxAge,
}

impl Status {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let asked = chosen(gauge, &self.accounts).await?;
        let mut standings = refresh(gauge, &asked, self.max_age.max_age).await?;
        if !self.accounts.is_empty() {
            standings.retain(|standing| asked.contains(&standing.account.id));
        }
        let (catalogue, settings, notices) = (gauge.catalogue(), gauge.settings(), gauge.notices());
        let checking = HashSet::new();
        let context =
            Context { catalogue: &catalogue, settings: &settings, checking: &checking, notices: &notices };
        let mut snapshot = Snapshot::of(&standings, &context, clock::now());
        if !self.accounts.is_empty() {
            // An account that is named counts even when it is paused.
            snapshot.level = Level::worst(snapshot.accounts.iter().map(|account| account.level));
        }
        if self.json {
            output::json(&snapshot)?;
        } else if snapshot.accounts.is_empty() {
            output::message(format_args!(
                "There are no accounts yet: `credit-gauge accounts add PROVIDER` adds one."
            ));
        } else {
            output::text(&table(&snapshot).render())?;
            if snapshot.offline {
                output::message(format_args!(
                    "Offline: no account could be reached. Shown is what was read last."
                ));
            }
        }
        let troubled = |account: &AccountSnapshot| asked.contains(&account.id) && account.error.is_some();
        Ok(if snapshot.accounts.iter().any(troubled) { Outcome::Unavailable } else { Outcome::Done })
    }
}

fn table(snapshot: &Snapshot) -> Table<6> {
    let mut table = Table::new(["ACCOUNT", "METER", "LEFT", "OF FULL", "LEVEL", "CHECKED"]);
    let paused = snapshot.accounts.iter().filter(|account| account.paused);
    for account in snapshot.worst_first().into_iter().chain(paused) {
        let mut name = format!("{} ({})", account.label, account.id);
        let mut checked = checked(account, snapshot.generated_at);
        for meter in &account.meters {
            table.row(cells(
                &std::mem::take(&mut name),
                Some(meter),
                meter.level,
                &std::mem::take(&mut checked),
            ));
        }
        if account.meters.is_empty() {
            table.row(cells(&name, None, account.level, &checked));
        }
        if let Some(error) = account.error.as_ref().filter(|_| !snapshot.offline) {
            table.remark(&format!("error: {}", error.message));
        }
        for notice in &account.notices {
            table.remark(&format!("note: {notice}"));
        }
    }
    table
}

fn cells(name: &str, meter: Option<&MeterSnapshot>, level: Level, checked: &str) -> [Cell; 6] {
    let left = meter.map_or_else(|| "–".to_owned(), words::left);
    let percent = meter.and_then(|meter| meter.percent_left).map(|percent| format!("{percent:.1} %"));
    [
        name.into(),
        meter.map_or("", |meter| meter.label.as_str()).into(),
        Cell::from(left).right(),
        Cell::from(percent.unwrap_or_default()).right(),
        Cell::from(words::level(level)).styled(words::level_style(level)),
        checked.into(),
    ]
}

fn checked(account: &AccountSnapshot, now: Timestamp) -> String {
    let age = account.checked_at.map_or_else(|| "never".to_owned(), |at| words::ago(at, now));
    match (account.paused, account.freshness) {
        (true, _) => format!("{age}, paused"),
        (false, Freshness::Stale) => format!("{age}, stale"),
        (false, Freshness::Fresh | Freshness::Never) => age,
    }
}
