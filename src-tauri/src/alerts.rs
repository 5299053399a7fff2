//! Tells the alerts that are due, and does what the user answers.

use std::sync::Arc;
use std::time::Duration;

use gauge::account::AccountId;
use gauge::clock;
use gauge::database::DatabaseError;
use gauge::gauge::Gauge;
use gauge::poll::Polling;
use jiff::SignedDuration;
use tauri::AppHandle;
use tokio::sync::{Mutex, mpsc};

use crate::browser;
use crate::notify::{Note, NoteEvent, Notifier, NotifyError};
use crate::windows::{self, WindowName};

/// How long Snooze on a notification puts alerts off.
const SNOOZE: SignedDuration = SignedDuration::from_hours(24);
/// How often snoozes that end and notifications that could not be delivered are looked at.
const AGAIN: Duration = Duration::from_secs(30);

/// The teller of alerts.
pub(crate) struct Alerts {
    gauge: Arc<Gauge>,
    polling: Polling,
    handle: AppHandle,
    notifier: Notifier,
    answers: Mutex<mpsc::UnboundedReceiver<NoteEvent>>,
}

impl Alerts {
    pub(crate) fn new(gauge: Arc<Gauge>, polling: Polling, handle: AppHandle) -> Self {
        let (events, answers) = mpsc::unbounded_channel();
        Self { gauge, polling, handle, notifier: Notifier::new(events), answers: Mutex::new(answers) }
    }

    /// Tells alerts as they come, for as long as the app runs.
    pub(crate) async fn run(self: Arc<Self>) {
        let mut snapshots = self.polling.snapshots();
        let mut answers = self.answers.lock().await;
        let mut again = tokio::time::interval(AGAIN);
        loop {
            let done = tokio::select! {
                changed = snapshots.changed() => match changed {
                    Ok(()) => {
                        self.withdraw_ended().await;
                        self.tell_due().await
                    }
                    Err(_) => return,
                },
                _ = again.tick() => self.tell_due().await,
                Some(answer) = answers.recv() => self.answer(answer).await,
            };
            if let Err(error) = done {
                tracing::error!("alerts: {error}");
            }
        }
    }

    async fn tell_due(&self) -> Result<(), DatabaseError> {
        for alert in self.gauge.due_alerts(clock::now()).await? {
            let snapshot = self.polling.snapshots().borrow().clone();
            let Some(account) = snapshot.accounts.iter().find(|account| account.id == alert.account) else {
                continue;
            };
            match self.notifier.show(&Note::alert(&alert, account, clock::now())).await {
                Ok(()) => self.gauge.database().delivered(alert.id, clock::now()).await?,
                Err(error) => {
                    // Nobody is there to show the others either. All are tried again.
                    tracing::warn!(account = %alert.account, "an alert could not be shown: {error}");
                    break;
                }
            }
        }
        Ok(())
    }

    /// Takes back what is shown about accounts that are out of trouble, or gone.
    async fn withdraw_ended(&self) {
        let snapshot = self.polling.snapshots().borrow().clone();
        for id in self.notifier.shown().await {
            let account = snapshot.accounts.iter().find(|account| account.id == id);
            let holds = account.is_some_and(|account| account.meters.iter().any(|meter| meter.alerting));
            if !holds {
                self.notifier.withdraw(&id).await;
            }
        }
    }

    async fn answer(&self, answer: NoteEvent) -> Result<(), DatabaseError> {
        match answer {
            NoteEvent::TopUp(account) => self.top_up(&account),
            NoteEvent::Snooze(account) => {
                let until = clock::now().saturating_add(SNOOZE).ok();
                self.gauge.database().snooze(&account, None, until).await?;
                self.polling.look();
            }
            NoteEvent::Opened(account) => {
                let page = account.as_ref().map(AccountId::as_str);
                if let Err(error) = windows::open(&self.handle, WindowName::Popover, page) {
                    tracing::error!("the details could not be opened: {error}");
                }
            }
            NoteEvent::Closed(_) => {}
        }
        Ok(())
    }

    fn top_up(&self, account: &AccountId) {
        let snapshot = self.polling.snapshots().borrow().clone();
        let url = snapshot
            .accounts
            .iter()
            .find(|found| found.id == *account)
            .and_then(|found| found.top_up_url.clone());
        if let Some(Err(problem)) = url.map(|url| browser::open(&self.handle, &url)) {
            tracing::error!("{}", problem.message);
        }
    }

    /// Shows a notification that is no alert.
    pub(crate) async fn test(&self) -> Result<(), NotifyError> {
        self.notifier.show(&Note::test()).await
    }

    /// Takes back what is still shown about an account.
    pub(crate) async fn withdraw(&self, account: &AccountId) {
        self.notifier.withdraw(account).await;
    }

    /// Who shows notifications, or why nobody does.
    pub(crate) async fn server(&self) -> String {
        match self.notifier.server().await {
            Ok(server) => server.name,
            Err(error) => error.to_string(),
        }
    }
}
