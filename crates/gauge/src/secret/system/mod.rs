//! The operating system's own keychain.
//!
//! Keychains are slow, blocking, and now and then wait for a person. So one thread owns the connection ([`worker`]);
//! what it does there is [`store`]; what differs between systems is one file each.

mod store;
mod worker;

#[cfg(target_os = "macos")]
#[path = "apple.rs"]
mod platform;
#[cfg(all(unix, not(target_os = "macos")))]
#[path = "secret_service.rs"]
mod platform;
#[cfg(windows)]
#[path = "windows.rs"]
mod platform;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use secrecy::SecretString;
use tokio::sync::oneshot;

use self::store::Store;
use self::worker::{Task, Worker};
use super::{Item, Keychain, KeychainError, Prompt};

/// The service that all items are filed under.
const SERVICE: &str = "credit-gauge";

/// The Secret Service, the login keychain of macOS, or Windows Credential Manager.
///
/// Nothing is opened before the first use, and what failed is opened again at the next, so that a keychain may be
/// missing at first, come later, or be restarted. Needs to be awaited on a tokio runtime with time.
#[derive(Debug)]
pub struct SystemKeychain {
    patience: Duration,
    worker: Mutex<Option<Worker>>,
}

impl SystemKeychain {
    /// One that waits a minute for an answer: long enough to find and type a password.
    #[must_use]
    pub fn new() -> Self {
        Self::with_patience(Duration::from_secs(60))
    }

    /// One that waits as long as `patience` for an answer, then says [`KeychainError::TimedOut`].
    #[must_use]
    pub fn with_patience(patience: Duration) -> Self {
        Self { patience, worker: Mutex::new(None) }
    }

    /// Has the worker do `act` and waits for its result.
    async fn ask<T: Send + 'static>(
        &self,
        prompt: Prompt,
        act: impl FnOnce(&mut Store) -> Result<T, KeychainError> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let (answer, answered) = oneshot::channel();
        self.submit(
            prompt,
            Box::new(move |store| {
                // Whoever asked may have lost patience while an earlier task waited for the user.
                if !answer.is_closed() {
                    drop(answer.send(act(store)));
                }
            }),
        )?;
        match tokio::time::timeout(self.patience, answered).await {
            Ok(Ok(result)) => result,
            Ok(Err(stopped)) => Err(KeychainError::Other(Box::new(stopped))),
            Err(_elapsed) => Err(KeychainError::TimedOut),
        }
    }

    /// Hands `task` to the worker, or to a new one where the old one is stuck or gone.
    ///
    /// A worker is stuck when its task has outlasted everybody's patience, most often because of a question that nobody
    /// answers. It is left to itself and ends when its task does. Only what a user starts can put a question up, so the
    /// number of workers left behind is bounded by the user's patience too: a background task that finds another
    /// background task stuck (the keychain hangs) fails instead.
    fn submit(&self, prompt: Prompt, task: Task) -> Result<(), KeychainError> {
        let mut worker = self.worker.lock().unwrap_or_else(PoisonError::into_inner);
        match worker.as_ref().and_then(|worker| worker.stuck(self.patience)) {
            Some(Prompt::Avoid) if prompt == Prompt::Avoid => return Err(KeychainError::TimedOut),
            Some(_) => *worker = None,
            None => {}
        }
        let task = match worker.as_ref() {
            Some(worker) => match worker.submit(prompt, task) {
                Ok(()) => return Ok(()),
                Err(task) => task,
            },
            None => task,
        };
        let fresh = Worker::start().map_err(|error| KeychainError::Other(Box::new(error)))?;
        // A worker that has just started takes its first task.
        drop(fresh.submit(prompt, task));
        *worker = Some(fresh);
        Ok(())
    }
}

impl Default for SystemKeychain {
    fn default() -> Self {
        Self::new()
    }
}

impl Keychain for SystemKeychain {
    fn read<'a>(
        &'a self,
        item: &'a Item,
        prompt: Prompt,
    ) -> BoxFuture<'a, Result<Option<SecretString>, KeychainError>> {
        let item = item.clone();
        self.ask(prompt, move |store| store.read(&item, prompt)).boxed()
    }

    fn write<'a>(
        &'a self,
        item: &'a Item,
        secret: &'a SecretString,
    ) -> BoxFuture<'a, Result<(), KeychainError>> {
        async move {
            // Unlocking is a step of its own: when the user answers later than we wait, nothing is written any more.
            let (unlocked, written, secret) = (item.clone(), item.clone(), secret.clone());
            self.ask(Prompt::Allowed, move |store| store.unlock(&unlocked)).await?;
            self.ask(Prompt::Allowed, move |store| store.write(&written, &secret)).await
        }
        .boxed()
    }

    fn delete<'a>(&'a self, item: &'a Item) -> BoxFuture<'a, Result<(), KeychainError>> {
        async move {
            let (unlocked, deleted) = (item.clone(), item.clone());
            match self.ask(Prompt::Allowed, move |store| store.unlock(&unlocked)).await {
                Ok(()) => self.ask(Prompt::Allowed, move |store| store.delete(&deleted)).await,
                // Where nothing can be kept, nothing has to be deleted.
                Err(KeychainError::NoCollection) => Ok(()),
                Err(error) => Err(error),
            }
        }
        .boxed()
    }

    fn check(&self) -> BoxFuture<'_, Result<(), KeychainError>> {
        self.ask(Prompt::Avoid, Store::check).boxed()
    }

    fn name(&self) -> BoxFuture<'_, String> {
        self.ask(Prompt::Avoid, Store::name)
            .map(|name| name.unwrap_or_else(|_| platform::NAME.to_owned()))
            .boxed()
    }
}
