use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use zbus::blocking::Connection;
use zbus::interface;
use zbus::zvariant::OwnedValue;

use crate::{Desktop, Error, PATIENCE, Program};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// The real dunst, which draws notifications on the screen. Dropping it is its crash.
#[derive(Debug)]
pub struct NotificationDaemon {
    _program: Program,
}

impl NotificationDaemon {
    /// Starts it.
    pub fn start(desktop: &Desktop) -> Result<Self, Error> {
        let program = desktop.spawn(&mut desktop.command("dunst"))?;
        desktop.wait_for_bus_name(NAME, PATIENCE)?;
        Ok(Self { _program: program })
    }
}

/// One call of `Notify`, as the [Desktop Notifications Specification] names its parts.
///
/// [Desktop Notifications Specification]: https://specifications.freedesktop.org/notification-spec/latest/
#[derive(Debug)]
pub struct Notification {
    /// The id that it was given: that of the notification it replaces, else a new one.
    pub id: u32,
    /// The program's name for itself.
    pub app_name: String,
    /// The id of the notification it asked to replace, or 0.
    pub replaces_id: u32,
    /// An icon's name or path, or empty.
    pub app_icon: String,
    /// The title.
    pub summary: String,
    /// The text.
    pub body: String,
    /// Its buttons: key and label of each.
    pub actions: Vec<(String, String)>,
    /// Its hints, such as `urgency` and `desktop-entry`.
    pub hints: HashMap<String, OwnedValue>,
    /// In milliseconds; -1 leaves it to the server, 0 is never.
    pub expire_timeout: i32,
    /// Whether its program has taken it back since.
    pub closed: bool,
}

/// Why a notification is gone, in the specification's numbers.
#[derive(Debug, Clone, Copy)]
pub enum CloseReason {
    /// Its time was up.
    Expired = 1,
    /// The user dismissed it.
    Dismissed = 2,
    /// Its program took it back.
    Closed = 3,
}

/// A notification server that draws nothing and remembers everything. Dropping it is its crash.
#[derive(Debug)]
pub struct NotificationServer {
    connection: Connection,
    state: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    received: Vec<Notification>,
    delay: Duration,
}

impl NotificationServer {
    /// Starts a server that has received nothing yet.
    pub fn start(desktop: &Desktop) -> Result<Self, Error> {
        let state = Arc::new(Mutex::new(State::default()));
        let interface = Interface { state: Arc::clone(&state) };
        let connection = desktop.connection()?.serve_at(PATH, interface)?.name(NAME)?.build()?;
        Ok(Self { connection, state })
    }

    /// Looks at every notification so far, in the order of their coming.
    pub fn received<T>(&self, look: impl FnOnce(&[Notification]) -> T) -> T {
        look(&lock(&self.state).received)
    }

    /// Lets every later `Notify` wait before it is answered.
    pub fn set_delay(&self, delay: Duration) {
        lock(&self.state).delay = delay;
    }

    /// Presses a button of a notification; `default` is a click on the notification itself.
    pub fn press(&self, id: u32, action: &str) -> Result<(), Error> {
        self.emit("ActionInvoked", &(id, action))
    }

    /// Makes a notification go.
    pub fn close(&self, id: u32, reason: CloseReason) -> Result<(), Error> {
        self.emit("NotificationClosed", &(id, reason as u32))
    }

    fn emit(
        &self,
        signal: &str,
        body: &(impl serde::Serialize + zbus::zvariant::DynamicType),
    ) -> Result<(), Error> {
        Ok(self.connection.emit_signal(None::<&str>, PATH, NAME, signal, body)?)
    }
}

impl Drop for NotificationServer {
    fn drop(&mut self) {
        let _already_closed = self.connection.clone().close();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Interface {
    state: Arc<Mutex<State>>,
}

#[expect(clippy::unused_self, reason = "the interface says what is passed")]
#[interface(name = "org.freedesktop.Notifications")]
impl Interface {
    #[expect(clippy::too_many_arguments, reason = "the specification has as many")]
    #[expect(clippy::needless_pass_by_value, reason = "an argument from the bus is owned")]
    fn notify(
        &self,
        app_name: String,
        replaces_id: u32,
        app_icon: String,
        summary: String,
        body: String,
        actions: Vec<String>,
        hints: HashMap<String, OwnedValue>,
        expire_timeout: i32,
    ) -> u32 {
        let mut state = lock(&self.state);
        let (delay, received) = (state.delay, &mut state.received);
        let newest = received.iter().map(|notification| notification.id).max().unwrap_or(0);
        let id = if replaces_id == 0 { newest + 1 } else { replaces_id };
        received.push(Notification {
            id,
            app_name,
            replaces_id,
            app_icon,
            summary,
            body,
            actions: actions.chunks_exact(2).map(|action| (action[0].clone(), action[1].clone())).collect(),
            hints,
            expire_timeout,
            closed: false,
        });
        drop(state);
        thread::sleep(delay);
        id
    }

    async fn close_notification(
        &self,
        id: u32,
        #[zbus(signal_emitter)] emitter: zbus::object_server::SignalEmitter<'_>,
    ) -> zbus::fdo::Result<()> {
        for notification in &mut lock(&self.state).received {
            notification.closed |= notification.id == id;
        }
        emitter.notification_closed(id, CloseReason::Closed as u32).await?;
        Ok(())
    }

    fn get_capabilities(&self) -> Vec<&str> {
        vec!["actions", "body", "persistence"]
    }

    fn get_server_information(&self) -> (&str, &str, &str, &str) {
        ("desktop", "credit-gauge", env!("CARGO_PKG_VERSION"), "1.2")
    }

    #[zbus(signal)]
    async fn notification_closed(
        emitter: &zbus::object_server::SignalEmitter<'_>,
        id: u32,
        reason: u32,
    ) -> zbus::Result<()>;
}
