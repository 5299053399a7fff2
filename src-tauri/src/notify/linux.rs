//! Notifications on Linux, through the server that owns `org.freedesktop.Notifications`
//! (<https://specifications.freedesktop.org/notification-spec/latest/>).

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use gauge::account::AccountId;
use gauge::alert::Severity;
use gauge::home::IDENTIFIER;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, MutexGuard};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use zbus::Connection;
use zbus::proxy::CacheProperties;
use zbus::zvariant::Value;

use super::{Note, NoteEvent, NotifyError, Server};
use crate::tray::icon::{self, Face, Style};
use crate::tray::words;

/// How long a server may take to answer.
pub(super) const PATIENCE: Duration = Duration::from_secs(10);

/// The picture's size. Servers scale it down where they show it smaller.
const PICTURE: u32 = 64;

#[zbus::proxy(
    interface = "org.freedesktop.Notifications",
    default_service = "org.freedesktop.Notifications",
    default_path = "/org/freedesktop/Notifications",
    gen_blocking = false
)]
trait Notifications {
    #[expect(clippy::too_many_arguments, reason = "the specification's method")]
    fn notify(
        &self,
        app_name: &str,
        replaces_id: u32,
        app_icon: &str,
        summary: &str,
        body: &str,
        actions: &[&str],
        hints: HashMap<&str, Value<'_>>,
        expire_timeout: i32,
    ) -> zbus::Result<u32>;
    fn close_notification(&self, id: u32) -> zbus::Result<()>;
    fn get_capabilities(&self) -> zbus::Result<Vec<String>>;
    fn get_server_information(&self) -> zbus::Result<(String, String, String, String)>;
    #[zbus(signal)]
    fn notification_closed(&self, id: u32, reason: u32) -> zbus::Result<()>;
    #[zbus(signal)]
    fn action_invoked(&self, id: u32, action_key: &str) -> zbus::Result<()>;
}

/// Shows notifications, and hears what becomes of them.
pub(crate) struct Notifier {
    connected: Mutex<Option<Connected>>,
    shown: Shown,
    events: UnboundedSender<NoteEvent>,
}

/// The notifications on the screen: the server's number and the account. Held while a new one is handed over, so that
/// a click on it is not heard before its number is known.
type Shown = Arc<Mutex<HashMap<u32, Option<AccountId>>>>;

struct Connected {
    server: NotificationsProxy<'static>,
    listener: JoinHandle<()>,
}

impl Notifier {
    /// A notifier that says to `events` what the user does.
    pub(crate) fn new(events: UnboundedSender<NoteEvent>) -> Self {
        Self { connected: Mutex::default(), shown: Shown::default(), events }
    }

    /// Hands the note to the server; it counts as delivered when this returns without an error.
    ///
    /// # Errors
    /// When there is no bus or no server, or it refuses or does not answer. The next note tries again.
    pub(crate) async fn show(&self, note: &Note) -> Result<(), NotifyError> {
        within_patience(async {
            let server = self.server_proxy().await?;
            let can = server.get_capabilities().await.map_err(refusal)?;
            let mut shown = self.shown.lock().await;
            let replaces = shown_id(&shown, note.account.as_ref()).unwrap_or(0);
            let body = if has(&can, "body-markup") { words::escape(&note.body) } else { note.body.clone() };
            let buttons = if has(&can, "actions") { buttons(note) } else { Vec::new() };
            let sent =
                server.notify("Credit Gauge", replaces, "", &note.title, &body, &buttons, hints(note), -1);
            let id = sent.await.map_err(refusal)?;
            shown.retain(|_, account| *account != note.account);
            shown.insert(id, note.account.clone());
            Ok(())
        })
        .await
    }

    /// The accounts whose notifications are on the screen.
    pub(crate) async fn shown(&self) -> Vec<AccountId> {
        self.shown.lock().await.values().flatten().cloned().collect()
    }

    /// Takes down the account's notification, if one is shown.
    pub(crate) async fn withdraw(&self, account: &AccountId) {
        let withdrawn = within_patience(async {
            let Some(id) = shown_id(&self.shown.lock().await, Some(account)) else { return Ok(()) };
            // The server's answer that it is closed takes it off the list.
            self.server_proxy().await?.close_notification(id).await.map_err(refusal)
        });
        if let Err(error) = withdrawn.await {
            tracing::debug!(%error, "a notification could not be withdrawn");
        }
    }

    /// Who shows notifications.
    ///
    /// # Errors
    /// When there is no bus or no server, or it refuses or does not answer.
    pub(crate) async fn server(&self) -> Result<Server, NotifyError> {
        within_patience(async {
            let server = self.server_proxy().await?;
            let (name, _, version, _) = server.get_server_information().await.map_err(refusal)?;
            let can = server.get_capabilities().await.map_err(refusal)?;
            let lack = if has(&can, "actions") { "" } else { ", without buttons" };
            Ok(Server { name: format!("{} {version}{lack}", name.trim()) })
        })
        .await
    }

    /// The server, over the connection that is kept for the life of the app.
    async fn server_proxy(&self) -> Result<NotificationsProxy<'static>, NotifyError> {
        let mut connected = self.connected.lock().await;
        if let Some(Connected { server, listener }) = &*connected
            && !listener.is_finished()
        {
            return Ok(server.clone());
        }
        let connection = Connection::session().await.map_err(NotifyError::NoBus)?;
        let builder = NotificationsProxy::builder(&connection).cache_properties(CacheProperties::No);
        let server = builder.build().await.map_err(NotifyError::NoBus)?;
        let listener = Listener::new(&server, Arc::clone(&self.shown), self.events.clone());
        let listener = tokio::spawn(listener.await.map_err(NotifyError::NoBus)?.listen());
        *connected = Some(Connected { server: server.clone(), listener });
        Ok(server)
    }
}

impl Drop for Notifier {
    fn drop(&mut self) {
        if let Some(connected) = self.connected.get_mut() {
            connected.listener.abort();
        }
    }
}

/// Hears what becomes of the notifications.
struct Listener {
    actions: ActionInvokedStream,
    closed: NotificationClosedStream,
    owners: zbus::proxy::OwnerChangedStream<'static>,
    shown: Shown,
    events: UnboundedSender<NoteEvent>,
}

impl Listener {
    async fn new(
        server: &NotificationsProxy<'static>,
        shown: Shown,
        events: UnboundedSender<NoteEvent>,
    ) -> zbus::Result<Self> {
        let actions = server.receive_action_invoked().await?;
        let closed = server.receive_notification_closed().await?;
        let owners = server.inner().receive_owner_changed().await?;
        Ok(Self { actions, closed, owners, shown, events })
    }

    /// Ends with the connection.
    async fn listen(mut self) {
        loop {
            tokio::select! {
                biased;
                action = self.actions.next() => match action {
                    Some(action) => if let Ok(action) = action.args() {
                        self.acted(action.id, action.action_key).await;
                    },
                    None => break,
                },
                closed = self.closed.next() => match closed {
                    Some(closed) => if let Ok(closed) = closed.args() {
                        self.gone(|id| id == closed.id).await;
                    },
                    None => break,
                },
                owner = self.owners.next() => match owner {
                    // A server that starts begins to count anew.
                    Some(_) => self.gone(|_| true).await,
                    None => break,
                },
            }
        }
        self.gone(|_| true).await;
    }

    async fn acted(&self, id: u32, action: &str) {
        let Some(account) = self.shown.lock().await.get(&id).cloned() else { return };
        let event = match (action, account) {
            (TOP_UP, Some(account)) => NoteEvent::TopUp(account),
            (SNOOZE, Some(account)) => NoteEvent::Snooze(account),
            (_, account) => NoteEvent::Opened(account),
        };
        self.send(event);
    }

    async fn gone(&self, which: impl Fn(u32) -> bool) {
        let mut shown = self.shown.lock().await;
        for (_, account) in shown.extract_if(|id, _| which(*id)) {
            self.send(NoteEvent::Closed(account));
        }
    }

    fn send(&self, event: NoteEvent) {
        // Nobody listens any more when the app is ending.
        let _ = self.events.send(event);
    }
}

const TOP_UP: &str = "top-up";
const SNOOZE: &str = "snooze";

fn buttons(note: &Note) -> Vec<&'static str> {
    let mut buttons = vec!["default", "Show details"];
    if note.top_up {
        buttons.extend([TOP_UP, "Top up"]);
    }
    if note.snooze {
        buttons.extend([SNOOZE, "Snooze"]);
    }
    buttons
}

fn hints(note: &Note) -> HashMap<&'static str, Value<'static>> {
    const NORMAL: u8 = 1;
    const CRITICAL: u8 = 2;
    let urgency = match note.severity {
        Some(Severity::Critical | Severity::Empty) => CRITICAL,
        Some(Severity::Warning) | None => NORMAL,
    };
    HashMap::from([
        ("urgency", Value::from(urgency)),
        ("desktop-entry", Value::from(IDENTIFIER)),
        ("image-data", picture(note)),
    ])
}

/// The level's icon, as width, height, bytes a row, alpha, bits a channel, channels and the bytes.
fn picture(note: &Note) -> Value<'static> {
    let level = note.severity.map_or(gauge::level::Level::Ok, Severity::level);
    let face = Face { level, fill: None, stale: false, paused: false, offline: false, style: Style::Colour };
    let picture = icon::draw(&face, PICTURE);
    let side = i32::try_from(picture.size).unwrap_or_default();
    Value::from((side, side, side * 4, true, 8_i32, 4_i32, picture.rgba))
}

fn has(capabilities: &[String], name: &str) -> bool {
    capabilities.iter().any(|capability| capability == name)
}

fn shown_id(
    shown: &MutexGuard<'_, HashMap<u32, Option<AccountId>>>,
    account: Option<&AccountId>,
) -> Option<u32> {
    shown.iter().find(|(_, shown)| shown.as_ref() == account).map(|(id, _)| *id)
}

async fn within_patience<T>(answer: impl Future<Output = Result<T, NotifyError>>) -> Result<T, NotifyError> {
    timeout(PATIENCE, answer).await.unwrap_or(Err(NotifyError::Silent))
}

/// Tells a server that is not there, or cannot be started, from one that does not want to.
fn refusal(error: zbus::Error) -> NotifyError {
    let missing = match &error {
        zbus::Error::MethodError(name, ..) => {
            let name = name.as_str();
            name == "org.freedesktop.DBus.Error.ServiceUnknown"
                || name == "org.freedesktop.DBus.Error.NameHasNoOwner"
                || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
        }
        _ => false,
    };
    if missing { NotifyError::NoServer(error) } else { NotifyError::Refused(error) }
}
