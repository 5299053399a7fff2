//! Notifications on macOS and Windows, through `notify-rust`.

use gauge::account::AccountId;
use gauge::home::IDENTIFIER;
use notify_rust::{Notification, NotificationHandle, NotificationResponse};
use tokio::sync::mpsc::UnboundedSender;

use super::{Note, NoteEvent, NotifyError, Server};

/// Shows notifications, and hears what becomes of them.
pub(crate) struct Notifier {
    events: UnboundedSender<NoteEvent>,
}

const TOP_UP: &str = "top-up";
const SNOOZE: &str = "snooze";

impl Notifier {
    /// A notifier that says to `events` what the user does.
    pub(crate) fn new(events: UnboundedSender<NoteEvent>) -> Self {
        #[cfg(target_os = "macos")]
        if let Err(error) = notify_rust::set_application(IDENTIFIER) {
            // Started outside its bundle, the app borrows another's name for its notifications.
            tracing::debug!(%error, "notifications do not carry the app's own name");
        }
        Self { events }
    }

    /// Hands the note to the system.
    ///
    /// # Errors
    /// When the system refuses it. macOS does not tell.
    pub(crate) async fn show(&self, note: &Note) -> Result<(), NotifyError> {
        let notification = notification(note);
        let (told, answer) = tokio::sync::oneshot::channel();
        let (account, events) = (note.account.clone(), self.events.clone());
        // The thread lives until the user has acted: that is how long the system's answer takes.
        std::thread::spawn(move || match notification.show() {
            Ok(handle) => {
                let _ = told.send(Ok(()));
                wait(handle, account, &events);
            }
            Err(error) => {
                let _ = told.send(Err(error));
            }
        });
        answer
            .await
            .unwrap_or_else(|_| Err("the notification was given up".into()))
            .map_err(NotifyError::Refused)
    }

    /// The accounts whose notifications can be taken back: none, on these systems.
    #[expect(clippy::unused_async, clippy::unused_self, reason = "the same function has a list on Linux")]
    pub(crate) async fn shown(&self) -> Vec<AccountId> {
        Vec::new()
    }

    /// Takes down the account's notification. Neither system lets `notify-rust` do so; they tidy up by themselves.
    #[expect(
        clippy::unused_async,
        clippy::unused_self,
        reason = "the same function waits for a server on Linux"
    )]
    pub(crate) async fn withdraw(&self, _account: &AccountId) {}

    /// Who shows notifications.
    ///
    /// # Errors
    /// None on these systems.
    #[expect(clippy::unused_async, clippy::unused_self, reason = "the same function asks a server on Linux")]
    pub(crate) async fn server(&self) -> Result<Server, NotifyError> {
        let name =
            if cfg!(target_os = "macos") { "macOS Notification Center" } else { "Windows notifications" };
        Ok(Server { name: name.into() })
    }
}

fn notification(note: &Note) -> Notification {
    let mut notification = Notification::new();
    notification.summary(&note.title).body(&note.body);
    if note.top_up {
        notification.action(TOP_UP, "Top up");
    }
    if note.snooze {
        notification.action(SNOOZE, "Snooze");
    }
    // Windows shows nothing for an app id that no installer has registered.
    #[cfg(windows)]
    if !cfg!(debug_assertions) {
        notification.app_id(IDENTIFIER);
    }
    notification
}

fn wait(handle: NotificationHandle, account: Option<AccountId>, events: &UnboundedSender<NoteEvent>) {
    let waited = handle.wait_for_response(|response: &NotificationResponse| {
        let event = match (response, account) {
            (NotificationResponse::Action(action), Some(account)) if action == TOP_UP => {
                NoteEvent::TopUp(account)
            }
            (NotificationResponse::Action(action), Some(account)) if action == SNOOZE => {
                NoteEvent::Snooze(account)
            }
            (NotificationResponse::Closed(_), account) => NoteEvent::Closed(account),
            (_, account) => NoteEvent::Opened(account),
        };
        // Nobody listens any more when the app is ending.
        let _ = events.send(event);
    });
    if let Err(error) = waited {
        tracing::warn!(%error, "nothing is heard of a notification");
    }
}
