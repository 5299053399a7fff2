//! The user's hooks are told.

use std::collections::HashSet;

use futures_util::{StreamExt as _, stream};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::Gauge;
use crate::alert::{Alert, NEWS, Telling};
use crate::clock;
use crate::database::{DatabaseError, Ended};
use crate::hook::{Hook, HookError, Payload};

/// How many calls are made at the same time.
const AT_ONCE: usize = 8;
/// How long to wait before each further try of what surely did not get there.
const WAITS: [SignedDuration; 3] =
    [SignedDuration::from_mins(1), SignedDuration::from_mins(5), SignedDuration::from_mins(30)];
/// How the marks of hooks are named.
const MARK: &str = "hook ";

impl Gauge {
    /// Tells the hooks of the alerts they have not heard of yet: each once, unless it surely did not get there. A new hook
    /// hears of what comes after it. Quiet hours and snoozes hold for hooks as well.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn call_hooks(&self) -> Result<(), DatabaseError> {
        let settings = self.settings();
        if settings.paused || settings.hooks.is_empty() {
            return Ok(());
        }
        let now = clock::now();
        let local = now.to_zoned(TimeZone::system());
        let is_held = |alert: &Alert| {
            settings.quiet_hours.is_some_and(|quiet| quiet.hold(alert.severity, &local))
                || alert.snoozed_until.is_some_and(|until| until > now)
        };
        let since = now.saturating_sub(NEWS).unwrap_or(Timestamp::MIN);
        let recent = self.database.alerts_since(since).await?;
        let done = self.database.done_calls(since, now).await?;
        let mut wanted = Vec::new();
        for hook in &settings.hooks {
            let met = self.database.mark(&format!("{MARK}{}", hook.name), now).await?;
            // One from the future is from before the clock was set back.
            let since = if met > now { since } else { met };
            wanted.extend(recent.iter().map(|alert| (hook, alert)).filter(|(_, alert)| {
                let is_over = alert.cleared_at.is_some() && !alert.rule.is_momentary();
                let is_done = done.contains(&(hook.name.clone(), alert.id));
                !is_done
                    && alert.severity >= hook.least
                    && alert.raised_at >= since
                    && !is_over
                    && !is_held(alert)
            }));
        }
        if wanted.is_empty() {
            return Ok(());
        }
        let snapshot = self.snapshot(&HashSet::new()).await?;
        let account = |alert: &Alert| {
            snapshot.accounts.iter().find(|account| account.id == alert.account && !account.paused)
        };
        let calls: Vec<_> = wanted
            .into_iter()
            .filter_map(|(hook, alert)| Some(self.call(hook, Telling { alert, account: account(alert)? })))
            .collect();
        let ended = stream::iter(calls).buffer_unordered(AT_ONCE).collect::<Vec<_>>().await;
        ended.into_iter().collect()
    }

    /// Gets to know new hooks, which hear of what comes from now on, and forgets those that are gone.
    ///
    /// # Errors
    /// When the database refuses.
    pub(super) async fn meet_hooks(&self) -> Result<(), DatabaseError> {
        let settings = self.settings();
        let names: Vec<_> = settings.hooks.iter().map(|hook| format!("{MARK}{}", hook.name)).collect();
        for name in &names {
            self.database.mark(name, clock::now()).await?;
        }
        self.database.keep_marks(MARK, names).await
    }

    async fn call(&self, hook: &Hook, telling: Telling<'_>) -> Result<(), DatabaseError> {
        let (alert, now) = (telling.alert.id, clock::now());
        let Some(try_number) = self.database.begin_call(&hook.name, alert, now).await? else { return Ok(()) };
        let error = self.caller.call(hook, &Payload::of(telling, now), &self.key_variables()).await.err();
        if let Some(error) = &error {
            tracing::warn!(hook = hook.name, alert, "a hook did not work: {}", brief(error));
        }
        let now = clock::now();
        let place = usize::try_from(try_number).unwrap_or(usize::MAX).saturating_sub(1);
        let wait = WAITS.get(place).filter(|_| error.as_ref().is_some_and(HookError::is_passing));
        let then = if wait.is_some() { "it is tried again" } else { "this alert is not sent again" };
        let ended = Ended {
            error: error.map(|error| format!("{error}; {then}")),
            again_at: wait.and_then(|wait| now.checked_add(*wait).ok()),
        };
        self.database.end_call(&hook.name, alert, ended, now).await
    }

    /// Calls a hook with a test.
    ///
    /// # Errors
    /// When it does not work.
    pub async fn test_hook(&self, hook: &Hook) -> Result<(), HookError> {
        self.caller.call(hook, &Payload::sample(clock::now()), &self.key_variables()).await
    }

    /// The environment variables in which the providers' keys usually lie.
    fn key_variables(&self) -> Vec<String> {
        let catalogue = self.catalogue();
        catalogue.iter().flat_map(|entry| entry.definition.key_env.iter().cloned()).collect()
    }
}

/// What goes into the log: without what the user's command says, which may be anything.
fn brief(error: &HookError) -> String {
    match error {
        HookError::Failed { status, .. } => format!("the command failed ({status})"),
        error => error.to_string(),
    }
}
