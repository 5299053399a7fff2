//! The summary of a day or a week, from the history.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::Gauge;
use crate::alert::{Message, Occasion};
use crate::amount::Unit;
use crate::clock;
use crate::database::DatabaseError;
use crate::history::SeriesKey;
use crate::reading::MeterKind;
use crate::snapshot::{AccountSnapshot, Snapshot};
use crate::summary::{self, Every, Line, Period};

/// How the marks of summaries are named.
const MARK: &str = "summary";

impl Gauge {
    /// Gets to know a new schedule, which begins with its next time, and forgets others.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn meet_schedule(&self) -> Result<(), DatabaseError> {
        let name = self.settings().summary.name();
        self.database.mark(&name, clock::now()).await?;
        self.database.keep_marks(MARK, vec![name]).await
    }

    /// The period to sum up now: the last that ended, if it was not summed up yet and no quiet hours hold it back. With a
    /// new schedule, it begins with the next.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn due_summary(&self, now: Timestamp) -> Result<Option<Period>, DatabaseError> {
        let settings = self.settings();
        let local = now.to_zoned(TimeZone::system());
        let Some(period) = settings.summary.last_period(&local) else { return Ok(None) };
        let name = settings.summary.name();
        let told = self.database.mark(&name, now).await?;
        if told > now {
            // The clock was set back since: nobody waits until it has caught up.
            self.database.set_mark(&name, now).await?;
            return Ok(None);
        }
        let is_quiet = settings.quiet_hours.is_some_and(|quiet| quiet.cover(&local));
        Ok((period.until > told && !is_quiet && !settings.paused).then_some(period))
    }

    /// Keeps that a period was summed up, or with an earlier time that it was not.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn summed_up(&self, until: Timestamp) -> Result<(), DatabaseError> {
        self.database.set_mark(&self.settings().summary.name(), until).await
    }

    /// The period that ends now, to show what a summary looks like.
    #[must_use]
    pub fn summary_until_now(&self) -> Period {
        let schedule = self.settings().summary;
        let now = clock::now();
        let every = if schedule.every == Every::Weekly { Every::Weekly } else { Every::Daily };
        Period::until(now, every, &TimeZone::system())
    }

    /// Sums up a period.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn summary(&self, period: &Period, snapshot: &Snapshot) -> Result<Message, DatabaseError> {
        let raised = self.database.alerts_since(period.from).await?;
        let mut lines = Vec::new();
        for account in snapshot.accounts.iter().filter(|account| !account.paused) {
            let ran_low = raised.iter().any(|alert| {
                alert.account == account.id
                    && alert.raised_at < period.until
                    && matches!(alert.rule, Occasion::Below(_))
            });
            lines.push(Line { account, spent: self.spent(account, period).await?, ran_low });
        }
        Ok(summary::message(&lines, period.every, clock::now()))
    }

    /// What was spent of each of an account's units in a period, as far as anybody looked. Several meters of one unit, such
    /// as a wallet, a limit and a count, tell of the same spend: the first of the most telling kind counts.
    async fn spent(
        &self,
        account: &AccountSnapshot,
        period: &Period,
    ) -> Result<Vec<(Unit, Decimal)>, DatabaseError> {
        let mut spent: Vec<(Unit, Decimal)> = Vec::new();
        let mut meters: Vec<_> = account.meters.iter().collect();
        meters.sort_by_key(|meter| telling(meter.kind));
        for meter in meters {
            if spent.iter().any(|(unit, _)| *unit == meter.unit) {
                continue;
            }
            let key =
                SeriesKey { account: account.id.clone(), meter: meter.id.clone(), unit: meter.unit.clone() };
            let ledger = self.database.ledger(&key, period.from, period.until).await?;
            spent.push((meter.unit.clone(), ledger.spent(period.from, period.until)));
        }
        Ok(spent)
    }
}

/// In which order a meter's kind tells what was spent.
fn telling(kind: MeterKind) -> u8 {
    match kind {
        MeterKind::Wallet => 0,
        MeterKind::Grant => 1,
        MeterKind::Quota => 2,
        MeterKind::KeyLimit => 3,
        MeterKind::Spend => 4,
    }
}
