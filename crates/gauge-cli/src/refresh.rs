//! Asking the providers of accounts whose stored reading is too old.

use clap::Args;
use futures_util::{StreamExt, stream};
use gauge::account::AccountId;
use gauge::clock;
use gauge::database::{AccountsError, Standing};
use gauge::gauge::Gauge;
use jiff::{SignedDuration, Timestamp};

use crate::attendance;
use crate::duration::duration;
use crate::error::CommandError;

/// How many accounts are asked at the same time.
const AT_ONCE: usize = 8;

/// How old a stored reading may be.
#[derive(Args, Debug)]
pub struct MaxAge {
    /// Ask the provider only where the last reading is older, such as 90s, 10m or 1h; 0s always asks
    #[arg(long, value_name = "DURATION", default_value = "10m", value_parser = duration)]
    pub max_age: SignedDuration,
}

/// Asks those of the accounts whose last good reading is older than `max_age`, keeps what comes, and follows the
/// alerts, so that they are raised where no desktop app runs too. Returns how all accounts stand then.
pub async fn refresh(
    gauge: &Gauge,
    accounts: &[AccountId],
    max_age: SignedDuration,
) -> Result<Vec<Standing>, CommandError> {
    let standings = gauge.database().standings().await?;
    let now = clock::now();
    let due: Vec<_> = standings
        .iter()
        .filter(|standing| accounts.contains(&standing.account.id) && is_due(standing, max_age, now))
        .map(|standing| &standing.account.id)
        .collect();
    if due.is_empty() {
        return Ok(standings);
    }
    let prompt = attendance::prompt();
    let mut checks = stream::iter(due).map(|id| gauge.check(id, prompt)).buffer_unordered(AT_ONCE);
    while let Some(check) = checks.next().await {
        match check {
            // Another program has removed it since.
            Ok(_) | Err(AccountsError::Unknown(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(gauge.follow_alerts(gauge.database().standings().await?, clock::now()).await?)
}

/// Whether the stored reading is older than `max_age`, or from before the account's key or address was changed. One
/// from the future is from before the clock was set back.
fn is_due(standing: &Standing, max_age: SignedDuration, now: Timestamp) -> bool {
    let is_old = |at: Timestamp| {
        let age = now.duration_since(at);
        age >= max_age || age.is_negative()
    };
    standing.wanted || standing.reading.as_ref().is_none_or(|reading| is_old(reading.at))
}
