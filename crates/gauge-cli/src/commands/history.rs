//! `history`: take readings elsewhere, or bring them in.

use std::fs;
use std::io::{self, Read};
use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use gauge::account::AccountId;
use gauge::clock;
use gauge::gauge::Gauge;
use gauge::history::{self, Imported, table};
use jiff::{SignedDuration, Timestamp};

use super::{Kept, kept};
use crate::duration::duration;
use crate::error::{CommandError, Outcome};
use crate::output;

/// What to do with the history.
#[derive(Subcommand)]
pub enum History {
    /// Print the readings of accounts
    Export(Export),
    /// Bring in readings from a CSV file; exit code 1, and nothing brought in, when a line is wrong
    Import(Import),
}

/// Print the readings of accounts, also of ones that are gone.
#[derive(Args)]
pub struct Export {
    /// The accounts
    #[arg(value_name = "ID", required = true)]
    accounts: Vec<AccountId>,
    /// Only what was read in the last, such as 24h or 30d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    since: Option<SignedDuration>,
    /// A table that can be imported again, or a document
    #[arg(long, value_enum, default_value_t = Format::Csv)]
    format: Format,
}

/// How history is written.
#[derive(Clone, Copy, ValueEnum)]
enum Format {
    /// A row a reading
    Csv,
    /// A document of the times in which all readings were the same
    Json,
}

/// Bring in readings from elsewhere, such as another computer's `history export`. What was measured here holds, and the
/// accounts need not be here. Exit code 1 when a line of the file is wrong; nothing is brought in then.
#[derive(Args)]
pub struct Import {
    /// The CSV file; - for standard input
    file: PathBuf,
}

impl History {
    pub async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        match self {
            Self::Export(export) => export.run(gauge).await,
            Self::Import(import) => import.run(gauge).await,
        }
    }
}

impl Export {
    async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let accounts = kept(gauge, &self.accounts).await?;
        for Kept { name, .. } in accounts.iter().filter(|account| account.series.is_empty()) {
            output::message(format_args!("{name} was never read."));
        }
        let series: Vec<_> =
            accounts.into_iter().flat_map(|account| account.series).map(|series| series.key).collect();
        let since = self.since.and_then(|since| clock::now().checked_sub(since).ok());
        let format = match self.format {
            Format::Csv => history::Format::Csv,
            Format::Json => history::Format::Json,
        };
        output::data(&gauge.export(&series, since.unwrap_or(Timestamp::MIN), format).await?)?;
        Ok(Outcome::Done)
    }
}

impl Import {
    async fn run(self, gauge: &Gauge) -> Result<Outcome, CommandError> {
        let (name, text) = self.read()?;
        let series = match table::read(&text, clock::now()) {
            Ok(series) => series,
            Err(error) => {
                output::message(format_args!("{name}:{}: {}", error.line, error.reason));
                output::message(format_args!("Nothing was imported."));
                return Ok(Outcome::No);
            }
        };
        let Imported { added, known, contradicting } = gauge.import(series).await?;
        output::message(format_args!(
            "{} added, {known} known already, {contradicting} left out because they contradict what is known.",
            readings(added)
        ));
        Ok(Outcome::Done)
    }

    /// What the file is called, and what is in it.
    fn read(&self) -> Result<(String, Vec<u8>), CommandError> {
        let (name, read) = if self.file.as_os_str() == "-" {
            let mut text = Vec::new();
            ("standard input".to_owned(), io::stdin().lock().read_to_end(&mut text).map(|_| text))
        } else {
            (self.file.display().to_string(), fs::read(&self.file))
        };
        match read {
            Ok(text) => Ok((name, text)),
            Err(source) => Err(CommandError::Unreadable { file: name, source }),
        }
    }
}

fn readings(count: usize) -> String {
    if count == 1 { "1 reading".to_owned() } else { format!("{count} readings") }
}
