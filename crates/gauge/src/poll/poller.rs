//! The loop that keeps the snapshot true while a program runs.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::network::Route;
use super::schedule;
use crate::account::AccountId;
use crate::clock;
use crate::database::{DatabaseError, Standing};
use crate::failure::FailureKind;
use crate::gauge::Gauge;
use crate::secret::Prompt;
use crate::snapshot::Snapshot;

/// How often the loop looks up. What another program or an editor has written shows within this time, and a wake-up
/// from sleep is seen within it; looking up costs a few system calls.
const TICK: Duration = Duration::from_secs(3);
/// A tick that comes this late means that the machine slept, or that its clock was set.
const SLEPT: SignedDuration = SignedDuration::from_secs(30);
/// How many accounts are asked at the same time.
const AT_ONCE: usize = 8;

/// What a running loop is asked to do.
enum Wish {
    /// Ask these accounts now; all that are not paused if none is named. The sender is dropped when they have answered.
    Refresh(Option<AccountId>, oneshot::Sender<()>),
    /// Something was changed through the same [`Gauge`]: look again.
    Look,
}

/// The way to a running loop.
#[derive(Clone, Debug)]
pub struct Polling {
    wishes: mpsc::UnboundedSender<Wish>,
    snapshots: watch::Receiver<Arc<Snapshot>>,
}

impl Polling {
    /// Starts the loop as a task of the present runtime. It ends when the last `Polling` is dropped.
    ///
    /// # Errors
    /// When the first snapshot cannot be made because the database refuses.
    pub async fn start(gauge: Arc<Gauge>) -> Result<Self, DatabaseError> {
        let first = Arc::new(gauge.snapshot(&HashSet::new()).await?);
        let (published, snapshots) = watch::channel(first);
        let (wishes, inbox) = mpsc::unbounded_channel();
        let poller = Poller {
            seen: gauge.database().foreign_version().await?,
            gauge,
            published,
            running: JoinSet::new(),
            checking: HashSet::new(),
            waiting: HashMap::new(),
            queue: Vec::new(),
            ticked: clock::now(),
            route: Route::now(),
            look_at: Timestamp::MIN,
        };
        tokio::spawn(poller.run(inbox));
        Ok(Self { wishes, snapshots })
    }

    /// The snapshots: always the newest, and a notice when it changes.
    #[must_use]
    pub fn snapshots(&self) -> watch::Receiver<Arc<Snapshot>> {
        self.snapshots.clone()
    }

    /// Asks an account, or all that are not paused, now. Returns when they have answered.
    pub async fn refresh(&self, account: Option<AccountId>) {
        let (done, answered) = oneshot::channel();
        // Either end closing means the same: there is nothing to wait for any more.
        let _ = self.wishes.send(Wish::Refresh(account, done));
        let _ = answered.await;
    }

    /// Makes the loop look again at once, after a change through the same [`Gauge`].
    pub fn look(&self) {
        let _ = self.wishes.send(Wish::Look);
    }
}

struct Poller {
    gauge: Arc<Gauge>,
    published: watch::Sender<Arc<Snapshot>>,
    running: JoinSet<AccountId>,
    checking: HashSet<AccountId>,
    /// Who waits for an account's answer.
    waiting: HashMap<AccountId, Vec<Arc<oneshot::Sender<()>>>>,
    /// Accounts that the user wants asked, until there is room for them.
    queue: Vec<AccountId>,
    ticked: Timestamp,
    route: Route,
    seen: i64,
    /// When something is due next without anything happening before.
    look_at: Timestamp,
}

impl Poller {
    async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Wish>) {
        let mut tick = tokio::time::interval(TICK);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // What happened while no program ran is to show at once.
        self.ask_again(true).await;
        loop {
            let look = tokio::select! {
                _ = tick.tick() => self.notice_the_world().await,
                wish = inbox.recv() => match wish {
                    Some(wish) => { self.take(wish).await; true }
                    None => return,
                },
                Some(ended) = self.running.join_next() => { self.finish(ended); true }
            };
            if look && let Err(error) = self.look().await {
                tracing::error!("the accounts could not be looked at: {error}");
            }
        }
    }

    /// What has happened since the last tick: whether it is worth looking at the accounts.
    async fn notice_the_world(&mut self) -> bool {
        let now = clock::now();
        let since = now.duration_since(std::mem::replace(&mut self.ticked, now));
        let route = Route::now();
        let reconnected = route.is_better_chance_than(std::mem::replace(&mut self.route, route));
        let slept = since > SLEPT || since.is_negative();
        if slept || reconnected {
            tracing::info!(slept, reconnected, "asking again");
            self.ask_again(slept).await;
        }
        let foreign = self.gauge.database().foreign_version().await.unwrap_or(self.seen);
        let written = std::mem::replace(&mut self.seen, foreign) != foreign;
        self.gauge.reload() || written || slept || reconnected || now >= self.look_at
    }

    /// After a sleep, or a start, every account that has not been asked for its provider's least interval is asked; after
    /// the network came back, those that could not be reached.
    async fn ask_again(&mut self, slept: bool) {
        let Ok(standings) = self.gauge.database().standings().await else { return };
        let now = clock::now();
        for standing in standings.iter().filter(|standing| !standing.account.paused) {
            let again = match (&standing.trouble, &standing.reading) {
                (Some(trouble), _) => {
                    matches!(
                        trouble.kind,
                        FailureKind::Offline
                            | FailureKind::Timeout
                            | FailureKind::Tls
                            | FailureKind::Keychain
                    )
                }
                (None, Some(reading)) => {
                    slept && now.duration_since(reading.at) >= self.gauge.bounds(&standing.account).least
                }
                (None, None) => true,
            };
            if again && !self.gauge.settings().paused {
                self.want(&standing.account.id);
            }
        }
    }

    async fn take(&mut self, wish: Wish) {
        let Wish::Refresh(account, done) = wish else { return };
        let wanted = match account {
            Some(id) => vec![id],
            None => self.active_accounts().await,
        };
        let done = Arc::new(done);
        for id in wanted {
            self.waiting.entry(id.clone()).or_default().push(Arc::clone(&done));
            self.want(&id);
        }
    }

    async fn active_accounts(&self) -> Vec<AccountId> {
        let accounts = self.gauge.database().accounts().await.unwrap_or_default();
        accounts.into_iter().filter(|account| !account.paused).map(|account| account.id).collect()
    }

    fn want(&mut self, id: &AccountId) {
        if !self.queue.contains(id) {
            self.queue.push(id.clone());
        }
    }

    fn finish(&mut self, ended: Result<AccountId, tokio::task::JoinError>) {
        match ended {
            Ok(id) => {
                self.checking.remove(&id);
                // Whoever asked while the answer was already on its way gets the next one.
                if !self.queue.contains(&id) {
                    self.waiting.remove(&id);
                }
            }
            Err(error) => {
                tracing::error!("a check ended abnormally: {error}");
                self.checking.clear();
                self.waiting.clear();
            }
        }
    }

    /// Starts what is due, follows the alerts and publishes the snapshot.
    async fn look(&mut self) -> Result<(), DatabaseError> {
        let now = clock::now();
        let standings = self.gauge.database().standings().await?;
        self.start_checks(&standings, now);
        let standings = self.gauge.follow_alerts(standings, now).await?;
        self.look_at = self.next_look(&standings, now);
        let snapshot = self.gauge.snapshot_of(&standings, &self.checking, now);
        self.published.send_if_modified(|last| {
            let news = !last.says_the_same_as(&snapshot);
            if news {
                *last = Arc::new(snapshot);
            }
            news
        });
        Ok(())
    }

    fn start_checks(&mut self, standings: &[Standing], now: Timestamp) {
        if !self.gauge.settings().paused {
            for standing in standings {
                let due = schedule::due_at(standing, self.gauge.bounds(&standing.account), now);
                if due.is_some_and(|due| due <= now) && !self.checking.contains(&standing.account.id) {
                    self.want(&standing.account.id);
                }
            }
        }
        let room = AT_ONCE.saturating_sub(self.running.len());
        let (start, keep): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.queue).into_iter().partition(|id| !self.checking.contains(id));
        let mut start = start.into_iter();
        for id in start.by_ref().take(room) {
            // Someone waits for it, so a prompt of the keychain comes as no surprise.
            let prompt = if self.waiting.contains_key(&id) { Prompt::Allowed } else { Prompt::Avoid };
            self.checking.insert(id.clone());
            let gauge = Arc::clone(&self.gauge);
            self.running.spawn(async move {
                if let Err(error) = gauge.check(&id, prompt).await {
                    tracing::error!(account = %id, "{error}");
                }
                id
            });
        }
        self.queue = start.chain(keep).collect();
    }

    /// When something changes by itself: an account is due, or a reading grows stale.
    fn next_look(&self, standings: &[Standing], now: Timestamp) -> Timestamp {
        let paused = self.gauge.settings().paused;
        let times = standings.iter().flat_map(|standing| {
            let bounds = self.gauge.bounds(&standing.account);
            let due = if paused { None } else { schedule::due_at(standing, bounds, now) };
            let fresh_for = schedule::fresh_for(standing, bounds);
            let stale = standing.reading.as_ref().and_then(|reading| reading.at.checked_add(fresh_for).ok());
            [due, stale.filter(|at| *at > now)]
        });
        times.flatten().min().unwrap_or(Timestamp::MAX)
    }
}
