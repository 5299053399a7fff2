//! Notifications on Linux, through the server that owns `org.freedesktop.Notifications`
//! (<https://specifications.freedesktop.org/notification-spec/latest/>).

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use futures_util::StreamExt;
use gauge::alert::Severity;
use gauge::home::IDENTIFIER;
use tokio::sync::mpsc::UnboundedSender;
use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use zbus::fdo::DBusProxy;
use zbus::message::{Message, Type as MessageType};
use zbus::proxy::CacheProperties;
use zbus::zvariant::Value;
use zbus::{Connection, MessageStream};

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
    handing_over: HandingOver,
    events: UnboundedSender<NoteEvent>,
}

/// The notifications on the screen by the server's numbers.
type Shown = Arc<Mutex<HashMap<u32, Note>>>;
/// Held while a note is handed over, so that a click on it is not heard before its number is known.
type HandingOver = Arc<Mutex<()>>;

struct Connected {
    server: NotificationsProxy<'static>,
    listener: JoinHandle<()>,
}

impl Notifier {
    /// A notifier that says to `events` what the user does.
    pub(crate) fn new(events: UnboundedSender<NoteEvent>) -> Self {
        Self {
            connected: Mutex::default(),
            shown: Shown::default(),
            handing_over: HandingOver::default(),
            events,
        }
    }

    /// Makes all ready to hand a note over.
    ///
    /// # Errors
    /// When there is no bus or no server. The next note tries again.
    pub(crate) async fn prepare(&self, note: &Note) -> Result<Prepared, NotifyError> {
        let handing_over = timeout(PATIENCE, Arc::clone(&self.handing_over).lock_owned()).await;
        let handing_over = handing_over.map_err(|_| NotifyError::Silent)?;
        let server = within_patience(self.server_proxy()).await?;
        let can = match within_patience(async { server.get_capabilities().await.map_err(refusal) }).await {
            // It takes its time. Buttons that it does not know do no harm.
            Err(NotifyError::Silent) => vec!["actions".to_owned()],
            can => can?,
        };
        let owner = within_patience(self.owner(&server)).await?;
        let mut old: Vec<_> = {
            let shown = self.shown.lock().await;
            shown.iter().filter(|(_, older)| note.replaces(older)).map(|(id, _)| *id).collect()
        };
        old.sort_unstable();
        let body = if has(&can, "body-markup") { words::escape(&note.body) } else { note.body.clone() };
        let buttons = if has(&can, "actions") { buttons(note) } else { Vec::new() };
        let replaces = old.first().copied().unwrap_or(0);
        let content = ("Credit Gauge", replaces, "", &note.title, &body, &buttons, hints(note), -1_i32);
        let destination = server.inner().destination().to_owned();
        let message = Message::method_call(server.inner().path(), "Notify")
            .and_then(|message| message.destination(destination))
            .and_then(|message| message.interface(server.inner().interface().clone()))
            .and_then(|message| message.build(&content))
            .map_err(NotifyError::Refused)?;
        let shown = Arc::clone(&self.shown);
        Ok(Prepared { message, note: note.clone(), replaced: old, server, owner, shown, handing_over })
    }

    /// Which server it is: the bus, and the server's own name on it. Another one was never told what this one was.
    async fn owner(&self, server: &NotificationsProxy<'static>) -> Result<String, NotifyError> {
        let bus = DBusProxy::new(server.inner().connection()).await.map_err(NotifyError::NoBus)?;
        let id = bus.get_id().await.map_err(|error| refusal(error.into()))?;
        let name = server.inner().destination().to_owned();
        let owner = bus.get_name_owner(name).await.map_err(|error| refusal(error.into()))?;
        Ok(format!("{id}{owner}"))
    }

    /// Which server would be told now; `None` when there is none.
    pub(crate) async fn present_owner(&self) -> Option<String> {
        let server = within_patience(self.server_proxy()).await.ok()?;
        within_patience(self.owner(&server)).await.ok()
    }

    /// What is on the screen.
    pub(crate) async fn shown(&self) -> Vec<(u32, Note)> {
        self.shown.lock().await.iter().map(|(id, note)| (*id, note.clone())).collect()
    }

    /// Takes a notification down.
    pub(crate) async fn withdraw(&self, id: u32) {
        let withdrawn = within_patience(async {
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
        let (shown, handing_over) = (Arc::clone(&self.shown), Arc::clone(&self.handing_over));
        let listener = Listener::new(&server, shown, handing_over, self.events.clone());
        let listener = tokio::spawn(listener.await.map_err(NotifyError::NoBus)?.listen());
        *connected = Some(Connected { server: server.clone(), listener });
        Ok(server)
    }
}

/// A note that can be handed over.
pub(crate) struct Prepared {
    message: Message,
    note: Note,
    replaced: Vec<u32>,
    server: NotificationsProxy<'static>,
    owner: String,
    shown: Shown,
    handing_over: OwnedMutexGuard<()>,
}

impl Prepared {
    /// Which server it is for.
    pub(crate) fn owner(&self) -> &str {
        &self.owner
    }

    /// Hands the note to the bus, which brings it to the server even if this program ends now.
    ///
    /// # Errors
    /// When the bus is gone.
    pub(crate) async fn send(self) -> Result<Sent, NotifyError> {
        let Self { message, note, replaced, server, shown, handing_over, .. } = self;
        let connection = server.inner().connection();
        let replies = MessageStream::from(connection);
        connection.send(&message).await.map_err(NotifyError::NoBus)?;
        let serial = message.primary_header().serial_num();
        Ok(Sent { serial, replies, note, replaced, server, shown, _handing_over: handing_over })
    }
}

/// A note on its way to the server.
pub(crate) struct Sent {
    serial: NonZeroU32,
    replies: MessageStream,
    note: Note,
    replaced: Vec<u32>,
    server: NotificationsProxy<'static>,
    shown: Shown,
    _handing_over: OwnedMutexGuard<()>,
}

impl Sent {
    /// Waits until the server has taken the note: as long as it takes, since a note that is on its way cannot be called
    /// back, and another one would be told twice. The bus tells when the server ends.
    ///
    /// # Errors
    /// When the server refuses, or ends before it has answered.
    pub(crate) async fn answered(mut self) -> Result<(), NotifyError> {
        let id: u32 = loop {
            let reply = match self.replies.next().await {
                Some(Ok(reply)) => reply,
                Some(Err(error)) => return Err(NotifyError::NoBus(error)),
                None => return Err(NotifyError::Gone),
            };
            if reply.header().reply_serial() != Some(self.serial) {
                continue;
            }
            match reply.message_type() {
                MessageType::Error => return Err(refusal(zbus::Error::from(reply))),
                _ => break reply.body().deserialize().map_err(NotifyError::Refused)?,
            }
        };
        let mut shown = self.shown.lock().await;
        shown.retain(|old, _| !self.replaced.contains(old));
        shown.insert(id, self.note);
        drop(shown);
        for old in self.replaced.into_iter().filter(|old| *old != id) {
            if let Err(error) =
                within_patience(async { self.server.close_notification(old).await.map_err(refusal) }).await
            {
                tracing::debug!(%error, "a notification could not be replaced");
            }
        }
        Ok(())
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
    handing_over: HandingOver,
    events: UnboundedSender<NoteEvent>,
}

impl Listener {
    async fn new(
        server: &NotificationsProxy<'static>,
        shown: Shown,
        handing_over: HandingOver,
        events: UnboundedSender<NoteEvent>,
    ) -> zbus::Result<Self> {
        let actions = server.receive_action_invoked().await?;
        let closed = server.receive_notification_closed().await?;
        let owners = server.inner().receive_owner_changed().await?;
        Ok(Self { actions, closed, owners, shown, handing_over, events })
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
                        self.gone(closed.id).await;
                    },
                    None => break,
                },
                owner = self.owners.next() => match owner {
                    // A server that starts begins to count anew.
                    Some(_) => self.shown.lock().await.clear(),
                    None => break,
                },
            }
        }
        self.shown.lock().await.clear();
    }

    async fn acted(&self, id: u32, action: &str) {
        let event = async || self.shown.lock().await.get(&id).map(|note| note.pressed(action));
        let event = match event().await {
            None => {
                // It may be one that is just being handed over.
                drop(self.handing_over.lock().await);
                event().await
            }
            known => known,
        };
        // Nobody listens any more when the app is ending.
        let _ = event.map(|event| self.events.send(event));
    }

    async fn gone(&self, id: u32) {
        if self.shown.lock().await.remove(&id).is_none() {
            drop(self.handing_over.lock().await);
            self.shown.lock().await.remove(&id);
        }
    }
}

fn buttons(note: &Note) -> Vec<&'static str> {
    let actions = note.actions().into_iter().flat_map(|(key, words)| [key, words]);
    ["default", "Show details"].into_iter().chain(actions).collect()
}

fn hints(note: &Note) -> HashMap<&'static str, Value<'static>> {
    const NORMAL: u8 = 1;
    const CRITICAL: u8 = 2;
    const LOW: u8 = 0;
    let urgency = match note.severity {
        Severity::Critical | Severity::Empty => CRITICAL,
        Severity::Warning => NORMAL,
        Severity::Info => LOW,
    };
    HashMap::from([
        ("urgency", Value::from(urgency)),
        ("desktop-entry", Value::from(IDENTIFIER)),
        ("image-data", picture(note)),
    ])
}

/// The level's icon, as width, height, bytes a row, alpha, bits a channel, channels and the bytes.
fn picture(note: &Note) -> Value<'static> {
    let level = note.level;
    let face = Face { level, fill: None, stale: false, paused: false, offline: false, style: Style::Colour };
    let picture = icon::draw(&face, PICTURE);
    let side = i32::try_from(picture.size).unwrap_or_default();
    Value::from((side, side, side * 4, true, 8_i32, 4_i32, picture.rgba))
}

fn has(capabilities: &[String], name: &str) -> bool {
    capabilities.iter().any(|capability| capability == name)
}

async fn within_patience<T>(answer: impl Future<Output = Result<T, NotifyError>>) -> Result<T, NotifyError> {
    timeout(PATIENCE, answer).await.unwrap_or(Err(NotifyError::Silent))
}

/// Tells a server that is not there, or cannot be started, from one that does not want to.
fn refusal(error: zbus::Error) -> NotifyError {
    let missing = match &error {
        zbus::Error::MethodError(name, ..) => {
            let name = name.as_str();
            if name == "org.freedesktop.DBus.Error.NoReply" {
                return NotifyError::Gone;
            }
            name == "org.freedesktop.DBus.Error.ServiceUnknown"
                || name == "org.freedesktop.DBus.Error.NameHasNoOwner"
                || name.starts_with("org.freedesktop.DBus.Error.Spawn.")
        }
        _ => false,
    };
    if missing { NotifyError::NoServer(error) } else { NotifyError::Refused(error) }
}
