//! The gauge put together: files, database, keys and providers behind one value that both programs use.

mod accounts;
mod export;
mod files;
mod future;
mod hooks;
mod summary;

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use secrecy::SecretString;
use tokio::sync::watch;

use crate::account::{Account, AccountId};
use crate::alert::{self, Alert};
use crate::clock;
use crate::database::{AccountsError, AlertContext, Database, DatabaseError, Standing};
use crate::doubt::doubt;
use crate::failure::{Failure, FailureKind};
use crate::fetch::Client;
use crate::home::{Home, HomeError};
use crate::hook::Caller;
use crate::level::Freshness;
use crate::origin::permit;
use crate::poll::Bounds;
use crate::provider::{self, Catalogue, Credentials, Definition, Target};
use crate::reading::{MeterKind, Reading};
use crate::secret::{Environment, KeyError, Keychain, Keys, Prompt};
use crate::settings::{Settings, SettingsError};
use crate::snapshot::{self, Context, Snapshot};

pub use accounts::{AccountChange, AccountError, Draft};
use files::Files;

/// Everything that is needed to ask, keep and tell what is left.
#[derive(Debug)]
pub struct Gauge {
    home: Home,
    database: Database,
    keys: Keys,
    client: Client,
    caller: Caller,
    files: Mutex<Files>,
    notices: Vec<String>,
}

/// Why the gauge cannot start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no place for its files.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The settings cannot be read or set aside.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// The database cannot be opened.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Gauge {
    /// Opens everything in a home. What was damaged is set aside, and the notices of the snapshot say so.
    ///
    /// # Errors
    /// When the settings or the database can neither be used nor set aside.
    pub fn open(
        home: Home,
        keychain: Arc<dyn Keychain>,
        environment: Environment,
    ) -> Result<Self, OpenError> {
        let now = clock::now();
        let (files, settings_notice) = Files::load(&home, now)?;
        let (database, database_notice) = Database::open(&home.database_file(), now)?;
        let keys = Keys::new(keychain, environment, database.identity());
        let client = Client::new();
        let notices = settings_notice.into_iter().chain(database_notice).collect();
        Ok(Self {
            home,
            database,
            keys,
            client,
            caller: Caller::default(),
            files: Mutex::new(files),
            notices,
        })
    }

    /// Where the files lie.
    #[must_use]
    pub fn home(&self) -> &Home {
        &self.home
    }

    /// The database.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// The keys of the accounts.
    #[must_use]
    pub fn keys(&self) -> &Keys {
        &self.keys
    }

    /// The user's preferences as last read.
    #[must_use]
    pub fn settings(&self) -> Arc<Settings> {
        Arc::clone(&self.files().settings.borrow())
    }

    /// A notice of every change of the preferences, by whichever hand or program.
    #[must_use]
    pub fn settings_changes(&self) -> watch::Receiver<Arc<Settings>> {
        self.files().settings.subscribe()
    }

    /// The providers' definitions as last read.
    #[must_use]
    pub fn catalogue(&self) -> Arc<Catalogue> {
        Arc::clone(&self.files().catalogue)
    }

    /// Reads the settings and the user's definitions again where their files have changed; tells whether they had.
    pub fn reload(&self) -> bool {
        self.files().reload(&self.home)
    }

    fn files(&self) -> std::sync::MutexGuard<'_, Files> {
        // What the lock guards is replaced whole, so a panic elsewhere leaves nothing half done.
        self.files.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes note of settings that are new: hooks hear of what comes from now on, and a summary comes at its next time.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn meet_settings(&self) -> Result<(), DatabaseError> {
        self.meet_hooks().await?;
        self.meet_schedule().await
    }

    /// What the user should know about the app itself.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        self.notices.iter().cloned().chain(self.files().notices()).collect()
    }

    /// Asks the provider of an account what is left, and keeps the answer, good or bad.
    ///
    /// # Errors
    /// When there is no such account or the database refuses. That the provider could not be read is no such error.
    pub async fn check(
        &self,
        id: &AccountId,
        prompt: Prompt,
    ) -> Result<Result<Reading, Failure>, AccountsError> {
        let account = self.database.account(id).await?;
        let outcome = self.ask(&account, prompt).await;
        if let Ok(reading) = &outcome
            && let Some(failure) = self.doubt(id, reading).await?
        {
            tracing::warn!(account = %id, "not believed: {failure}");
            self.database.keep_doubt(id, failure.clone(), clock::now()).await?;
            return Ok(Err(failure));
        }
        match &outcome {
            Ok(reading) => {
                tracing::info!(account = %id, meters = reading.meters.len(), "read");
                self.keep(id, reading.clone()).await?;
            }
            Err(failure) => {
                tracing::warn!(account = %id, kind = ?failure.kind, "not read: {failure}");
                self.database.keep_failure(id, failure.clone(), clock::now()).await?;
            }
        }
        Ok(outcome)
    }

    async fn doubt(&self, id: &AccountId, reading: &Reading) -> Result<Option<Failure>, DatabaseError> {
        let standing = self.database.standing(id).await?;
        Ok(standing.and_then(|standing| doubt(&standing, reading, self.bounds(&standing.account))))
    }

    /// Asks the provider of an account with the key that is kept for it.
    async fn ask(&self, account: &Account, prompt: Prompt) -> Result<Reading, Failure> {
        let catalogue = self.catalogue();
        let definition = definition(&catalogue, &account.provider)?;
        let target = definition.resolve(account.base_url.as_deref(), &account.inputs)?;
        permit(&account.origins, &target.origins())
            .map_err(|error| Failure::new(FailureKind::NeedsConfirmation, error.to_string()))?;
        let keychain = |error: KeyError| Failure::new(FailureKind::Keychain, error.to_string());
        let key = self.keys.key(&account.id, None, prompt).await.map_err(keychain)?.secret;
        let inputs = self.secret_inputs(&account.id, definition, prompt).await.map_err(keychain)?;
        let credentials = Credentials { key, inputs };
        self.read(definition, &target, &credentials).await
    }

    /// The secret inputs that are kept for an account.
    async fn secret_inputs(
        &self,
        id: &AccountId,
        definition: &Definition,
        prompt: Prompt,
    ) -> Result<BTreeMap<String, SecretString>, KeyError> {
        let mut secrets = BTreeMap::new();
        for input in definition.inputs.iter().filter(|input| input.secret) {
            match self.keys.key(id, Some(&input.id), prompt).await {
                Ok(key) => secrets.insert(input.id.clone(), key.secret),
                Err(KeyError::Missing { .. }) if !input.required => None,
                Err(error) => return Err(error),
            };
        }
        Ok(secrets)
    }

    async fn read(
        &self,
        definition: &Definition,
        target: &Target,
        credentials: &Credentials,
    ) -> Result<Reading, Failure> {
        provider::check(&self.client, definition, target, credentials, clock::now()).await
    }

    /// How everything stands now.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn snapshot(&self, checking: &HashSet<AccountId>) -> Result<Snapshot, DatabaseError> {
        let standings = self.database.standings().await?;
        Ok(self.snapshot_of(&standings, checking, clock::now()))
    }

    pub(crate) fn snapshot_of(
        &self,
        standings: &[Standing],
        checking: &HashSet<AccountId>,
        now: Timestamp,
    ) -> Snapshot {
        let (catalogue, settings, notices) = (self.catalogue(), self.settings(), self.notices());
        let context = Context { catalogue: &catalogue, settings: &settings, checking, notices: &notices };
        Snapshot::of(standings, &context, now)
    }

    /// How often an account may be asked, and how often it usually is.
    pub(crate) fn bounds(&self, account: &Account) -> Bounds {
        Bounds::new(self.settings().poll_interval_seconds, self.catalogue().min_interval(&account.provider))
    }

    /// Holds the fresh readings among `standings` against their rules, keeping which alerts are new and which are over.
    /// Gives how every account stands then.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn follow_alerts(
        &self,
        standings: Vec<Standing>,
        now: Timestamp,
    ) -> Result<Vec<Standing>, DatabaseError> {
        let meters = self.alert_contexts(&standings, now);
        if self.database.follow_alerts(meters, now).await? {
            return self.database.standings().await;
        }
        Ok(standings)
    }

    /// The meters to look at for alerts: none while everything is paused.
    fn alert_contexts(&self, standings: &[Standing], now: Timestamp) -> Vec<AlertContext> {
        let settings = self.settings();
        let mut meters = Vec::new();
        if settings.paused {
            return meters;
        }
        for standing in standings.iter().filter(|standing| !standing.account.paused) {
            let fresh =
                snapshot::freshness(standing, self.bounds(&standing.account), now) == Freshness::Fresh;
            let Some(reading) = standing.reading.as_ref().filter(|_| fresh) else { continue };
            for meter in reading.meters.iter().filter(|meter| !meter.unlimited) {
                let (Some(balance), Some(course)) =
                    (standing.balance(meter), standing.courses.get(&meter.id))
                else {
                    continue;
                };
                meters.push(AlertContext {
                    account: standing.account.id.clone(),
                    meter: meter.id.clone(),
                    unit: meter.unit.clone(),
                    standing: alert::Standing {
                        at: reading.at,
                        balance,
                        topped_up_at: course.topped_up_at,
                        reset_at: course.reset_at,
                    },
                    topped_up: course.topped_up,
                    rules: snapshot::rules(&standing.account, &meter.id, &settings).to_vec(),
                    unusual: if standing.account.unusual {
                        standing.unusual.get(&meter.id).cloned()
                    } else {
                        Some(Vec::new())
                    },
                    // Of a budget, more is left when its owner raises it.
                    good_news: settings.good_news && meter.kind != MeterKind::Spend,
                });
            }
        }
        meters
    }

    /// The alerts to tell now: of each meter the worst that holds, unusual spend and good news, if they were not told yet and
    /// no quiet hours hold them back.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn due_alerts(&self, now: Timestamp) -> Result<Vec<Alert>, DatabaseError> {
        let settings = self.settings();
        if settings.paused {
            return Ok(Vec::new());
        }
        let local = now.to_zoned(TimeZone::system());
        let is_held =
            |alert: &&Alert| settings.quiet_hours.is_some_and(|quiet| quiet.hold(alert.severity, &local));
        let standings = self.database.standings().await?;
        let active = standings.iter().filter(|standing| !standing.account.paused);
        let due = active.flat_map(|standing| alert::due(&standing.alerts, now));
        Ok(due.filter(|alert| !is_held(alert)).cloned().collect())
    }
}

fn definition<'a>(catalogue: &'a Catalogue, id: &str) -> Result<&'a Definition, Failure> {
    catalogue.get(id).map(|entry| entry.definition.as_ref()).ok_or_else(|| {
        Failure::new(
            FailureKind::Definition,
            format!("there is no provider “{id}”: put its definition back into the providers folder, or remove the account"),
        )
    })
}
