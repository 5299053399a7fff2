//! Tells what is due, and does what the user answers.

mod delivery;

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use gauge::account::AccountId;
use gauge::alert::{Alert, Telling};
use gauge::clock;
use gauge::database::DatabaseError;
use gauge::gauge::Gauge;
use gauge::poll::Polling;
use gauge::snapshot::{AccountSnapshot, Snapshot};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use tauri::AppHandle;
use tokio::sync::{Mutex, mpsc, watch};

use delivery::{Content, Delivery, DeliveryError};

use crate::browser;
use crate::notify::{Note, NoteEvent, Notifier, NotifyError, Subject};
use crate::windows::{self, WindowName};

/// How often snoozes that end, quiet hours that are over and notifications that could not be delivered are looked at.
const AGAIN: Duration = Duration::from_secs(30);
/// How long an alert waits for the answers that are still to come, so that several are told in one.
const TOGETHER: SignedDuration = SignedDuration::from_secs(5);
/// How often it is looked whether they have come.
const STILL: Duration = Duration::from_secs(1);
/// How long someone who tries a notification waits for it.
const TRIED: Duration = Duration::from_secs(15);
/// How long a notification server may take before the windows say so.
const SLOW: SignedDuration = SignedDuration::from_secs(20);

/// How telling goes.
#[derive(Debug, Default)]
pub(crate) struct TellingState {
    /// Why alerts are not shown at the moment.
    pub(crate) problem: Option<String>,
    /// How many notifications were tried: what is known of an alert changes with each.
    deliveries: u32,
}

/// The teller of alerts.
pub(crate) struct Alerts {
    gauge: Arc<Gauge>,
    polling: Polling,
    handle: AppHandle,
    notifier: Arc<Notifier>,
    answers: Mutex<mpsc::UnboundedReceiver<NoteEvent>>,
    state: watch::Sender<TellingState>,
    /// What was told and could not be kept as told: it is not told again while the app runs.
    unrecorded: Mutex<Vec<i64>>,
}

impl Alerts {
    pub(crate) fn new(gauge: Arc<Gauge>, polling: Polling, handle: AppHandle) -> Self {
        let (events, answers) = mpsc::unbounded_channel();
        let (notifier, answers) = (Arc::new(Notifier::new(events)), Mutex::new(answers));
        Self {
            gauge,
            polling,
            handle,
            notifier,
            answers,
            state: watch::Sender::default(),
            unrecorded: Mutex::default(),
        }
    }

    /// Tells alerts as they come, for as long as the app runs.
    pub(crate) async fn run(self: Arc<Self>) {
        let server = self.notifier.present_owner().await;
        if let Err(error) = self.gauge.database().settle_claims(server).await {
            tracing::error!("alerts: {error}");
        }
        let mut snapshots = self.polling.snapshots();
        let mut answers = self.answers.lock().await;
        let mut again = tokio::time::interval(AGAIN);
        let mut delivery: Option<Delivery> = None;
        let mut is_waiting = false;
        loop {
            let done = tokio::select! {
                changed = snapshots.changed() => match changed {
                    Ok(()) => self.withdraw_ended().await,
                    Err(_) => return,
                },
                _ = again.tick() => Ok(()),
                () = tokio::time::sleep(STILL), if is_waiting => Ok(()),
                ended = Delivery::end(&mut delivery) => {
                    delivery = None;
                    self.delivered(ended).await;
                    // What came meanwhile is told next; after a failure, all is tried again later.
                    if self.state.borrow().problem.is_some() { continue }
                    self.withdraw_ended().await
                }
                Some(answer) = answers.recv() => self.answer(answer).await,
            };
            if let Some(Delivery { since, .. }) = &delivery {
                if clock::now().duration_since(*since) > SLOW {
                    self.set_problem(Some(
                        "The notification server does not answer, so alerts wait. Restart it, or log out and in.".into(),
                    ));
                }
                continue;
            }
            let told = match done {
                Ok(()) => self.tell_due(&mut is_waiting).await,
                Err(error) => Err(error),
            };
            match told {
                Ok(next) => delivery = next,
                Err(error) => tracing::error!("alerts: {error}"),
            }
        }
    }

    /// Starts to tell what is due, in one notification. While other accounts are still being asked it waits a little.
    async fn tell_due(&self, is_waiting: &mut bool) -> Result<Option<Delivery>, DatabaseError> {
        let now = clock::now();
        self.record().await?;
        *is_waiting = false;
        let due = self.gauge.due_alerts(now).await?;
        if due.is_empty() {
            return self.tell_summary(now).await;
        }
        let is_new = due.iter().all(|alert| now.duration_since(alert.raised_at).abs() < TOGETHER);
        let is_checking =
            || self.polling.snapshots().borrow().accounts.iter().any(|account| account.checking);
        if is_new && is_checking() {
            *is_waiting = true;
            return Ok(None);
        }
        // Not the one that was published last: an alert must not be told with the balance from before it.
        let snapshot = self.gauge.snapshot(&HashSet::new()).await?;
        let tellings = tellings(&due, &snapshot);
        let alerts = tellings.iter().map(|telling| telling.alert.id).collect();
        let note = Note::of(&tellings, self.have_waited(&due, now), now);
        Ok(note.map(|note| self.deliver(note, Content::Alerts(alerts))))
    }

    /// Starts to tell the summary, if one is due.
    async fn tell_summary(&self, now: Timestamp) -> Result<Option<Delivery>, DatabaseError> {
        let Some(period) = self.gauge.due_summary(now).await? else {
            // Nothing waits to be told.
            self.set_problem(None);
            return Ok(None);
        };
        let snapshot = self.gauge.snapshot(&HashSet::new()).await?;
        let note = Note::summary(self.gauge.summary(&period, &snapshot).await?, snapshot.level);
        Ok(Some(self.deliver(note, Content::Summary(period))))
    }

    /// Whether all of these came in quiet hours, which are over.
    fn have_waited(&self, alerts: &[Alert], now: Timestamp) -> bool {
        let now = now.to_zoned(TimeZone::system());
        self.gauge.settings().quiet_hours.is_some_and(|quiet| {
            !quiet.cover(&now) && alerts.iter().all(|alert| quiet.covered(alert.raised_at, &now))
        })
    }

    fn deliver(&self, note: Note, content: Content) -> Delivery {
        Delivery::start(Arc::clone(&self.gauge), Arc::clone(&self.notifier), note, content)
    }

    /// Keeps what was told as told, where that did not work at once.
    async fn record(&self) -> Result<(), DatabaseError> {
        let mut unrecorded = self.unrecorded.lock().await;
        if !unrecorded.is_empty() {
            self.gauge.database().delivered(unrecorded.clone(), clock::now()).await?;
            unrecorded.clear();
        }
        Ok(())
    }

    async fn delivered(&self, ended: Result<(), DeliveryError>) {
        self.state.send_modify(|state| state.deliveries += 1);
        if let Err(DeliveryError::Told(alerts, _)) = &ended {
            self.unrecorded.lock().await.extend(alerts);
        }
        let problem = ended.err().map(|error| {
            tracing::warn!("an alert could not be shown or kept: {error}");
            match error {
                DeliveryError::Notify(error) => {
                    format!("An alert could not be shown: {error}. It is tried again.")
                }
                error => format!("An alert could not be kept: {error}."),
            }
        });
        self.set_problem(problem);
    }

    /// Takes back what is shown about alerts that are all over.
    async fn withdraw_ended(&self) -> Result<(), DatabaseError> {
        let mut shown = self.notifier.shown().await;
        shown.retain(|(_, note)| matches!(note.subject, Subject::Alert(_)));
        if shown.is_empty() {
            return Ok(());
        }
        let open = self.gauge.database().open_alerts().await?;
        for (id, note) in shown {
            if !note.alerts.iter().any(|alert| open.contains(alert)) {
                self.notifier.withdraw(id).await;
            }
        }
        Ok(())
    }

    /// Takes back everything, since nobody is there any more to hear of its buttons.
    pub(crate) async fn withdraw_all(&self) {
        for (id, _) in self.notifier.shown().await {
            self.notifier.withdraw(id).await;
        }
    }

    async fn answer(&self, answer: NoteEvent) -> Result<(), DatabaseError> {
        match answer {
            NoteEvent::TopUp(account) => self.open_page(&account, |account| account.top_up_url.clone()),
            NoteEvent::CheckKeys(account) => self.open_page(&account, |account| account.keys_url.clone()),
            NoteEvent::Snooze(accounts, snooze) => {
                let now = clock::now();
                for account in &accounts {
                    self.gauge.database().snooze(account, None, Some(snooze.until(now)), now).await?;
                }
                // Servers may leave a notification whose button was pressed.
                self.withdraw_about(&accounts).await;
                self.polling.look();
            }
            NoteEvent::Opened(account) => {
                let page = account.as_ref().map(AccountId::as_str);
                if let Err(error) = windows::open(&self.handle, WindowName::Popover, page) {
                    tracing::error!("the details could not be opened: {error}");
                }
            }
        }
        Ok(())
    }

    fn open_page(&self, account: &AccountId, page: fn(&AccountSnapshot) -> Option<String>) {
        let snapshot = self.polling.snapshots().borrow().clone();
        let url = snapshot.accounts.iter().find(|found| found.id == *account).and_then(page);
        if let Some(Err(problem)) = url.map(|url| browser::open(&self.handle, &url)) {
            tracing::error!("{}", problem.message);
        }
    }

    /// How telling goes, and a notice of every change.
    pub(crate) fn state(&self) -> watch::Receiver<TellingState> {
        self.state.subscribe()
    }

    fn set_problem(&self, problem: Option<String>) {
        self.state.send_if_modified(|state| {
            let news = state.problem != problem;
            state.problem = problem;
            news
        });
    }

    /// Shows a notification that is no alert.
    pub(crate) async fn test(&self) -> Result<(), NotifyError> {
        self.show(&Note::test()).await
    }

    /// Shows the summary that would come now.
    pub(crate) async fn show_summary(&self) -> Result<Result<(), NotifyError>, DatabaseError> {
        let snapshot = self.polling.snapshots().borrow().clone();
        let summary = self.gauge.summary(&self.gauge.summary_until_now(), &snapshot).await?;
        Ok(self.show(&Note::summary(summary, snapshot.level)).await)
    }

    async fn show(&self, note: &Note) -> Result<(), NotifyError> {
        let told = async { self.notifier.prepare(note).await?.send().await?.answered().await };
        match tokio::time::timeout(TRIED, told).await {
            Ok(told) => told,
            Err(_) => Err(NotifyError::Silent),
        }
    }

    /// Takes back the alerts that are still shown about these accounts and no others.
    pub(crate) async fn withdraw_about(&self, accounts: &[AccountId]) {
        for (id, note) in self.notifier.shown().await {
            if let Subject::Alert(about) = &note.subject
                && about.iter().all(|account| accounts.contains(account))
            {
                self.notifier.withdraw(id).await;
            }
        }
    }

    /// Who shows notifications, or why nobody does.
    pub(crate) async fn server(&self) -> String {
        match self.notifier.server().await {
            Ok(server) => server.name,
            Err(error) => error.to_string(),
        }
    }
}

/// The alerts whose accounts are still there.
fn tellings<'a>(alerts: &'a [Alert], snapshot: &'a Snapshot) -> Vec<Telling<'a>> {
    let account = |alert: &Alert| snapshot.accounts.iter().find(|account| account.id == alert.account);
    alerts.iter().filter_map(|alert| Some(Telling { alert, account: account(alert)? })).collect()
}
