//! Notifications on macOS and Windows, through `notify-rust`.

use gauge::home::IDENTIFIER;
use notify_rust::{Notification, NotificationHandle, NotificationResponse};
use tokio::sync::mpsc::UnboundedSender;

use super::{Note, NoteEvent, NotifyError, Server};

/// Shows notifications, and hears what becomes of them.
pub(crate) struct Notifier {
    events: UnboundedSender<NoteEvent>,
}

/// How the one service of these systems is called.
const SYSTEM: &str = "system";

/// A note that can be handed over.
pub(crate) struct Prepared {
    note: Note,
    events: UnboundedSender<NoteEvent>,
}

impl Prepared {
    /// Which service it is for.
    #[expect(clippy::unused_self, reason = "the same function names a server on Linux")]
    pub(crate) fn owner(&self) -> &str {
        SYSTEM
    }

    /// Hands the note to the system.
    ///
    /// # Errors
    /// When the system refuses it. macOS does not tell.
    pub(crate) async fn send(self) -> Result<Sent, NotifyError> {
        let Self { note, events } = self;
        let notification = notification(&note);
        let (told, answer) = tokio::sync::oneshot::channel();
        // The thread lives until the user has acted: that is how long the system's answer takes.
        std::thread::spawn(move || match notification.show() {
            Ok(handle) => {
                let _ = told.send(Ok(()));
                wait(handle, &note, &events);
            }
            Err(error) => {
                let _ = told.send(Err(error));
            }
        });
        answer
            .await
            .unwrap_or_else(|_| Err("the notification was given up".into()))
            .map_err(NotifyError::Refused)?;
        Ok(Sent)
    }
}

/// A note that the system has.
pub(crate) struct Sent;

impl Sent {
    /// The system has answered already.
    ///
    /// # Errors
    /// None on these systems.
    #[expect(
        clippy::unused_async,
        clippy::unused_self,
        reason = "the same function waits for a server on Linux"
    )]
    pub(crate) async fn answered(self) -> Result<(), NotifyError> {
        Ok(())
    }
}

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

    /// Makes all ready to hand a note over.
    ///
    /// # Errors
    /// None on these systems.
    #[expect(clippy::unused_async, reason = "the same function asks a server on Linux")]
    pub(crate) async fn prepare(&self, note: &Note) -> Result<Prepared, NotifyError> {
        Ok(Prepared { note: note.clone(), events: self.events.clone() })
    }

    /// Which service would be told now: there is but one.
    #[expect(clippy::unused_async, clippy::unused_self, reason = "the same function asks a server on Linux")]
    pub(crate) async fn present_owner(&self) -> Option<String> {
        Some(SYSTEM.to_owned())
    }

    /// What is on the screen and can be taken back: nothing, on these systems.
    #[expect(clippy::unused_async, clippy::unused_self, reason = "the same function has a list on Linux")]
    pub(crate) async fn shown(&self) -> Vec<(u32, Note)> {
        Vec::new()
    }

    /// Takes a notification down. Neither system lets `notify-rust` do so; they tidy up by themselves.
    #[expect(
        clippy::unused_async,
        clippy::unused_self,
        reason = "the same function waits for a server on Linux"
    )]
    pub(crate) async fn withdraw(&self, _id: u32) {}

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
    for (key, words) in note.actions() {
        notification.action(key, words);
    }
    // Windows shows nothing for an app id that no installer has registered.
    #[cfg(windows)]
    if !cfg!(debug_assertions) {
        notification.app_id(IDENTIFIER);
    }
    notification
}

fn wait(handle: NotificationHandle, note: &Note, events: &UnboundedSender<NoteEvent>) {
    let waited = handle.wait_for_response(|response: &NotificationResponse| {
        let event = match response {
            NotificationResponse::Action(action) => note.pressed(action),
            NotificationResponse::Closed(_) => return,
            _ => note.pressed("default"),
        };
        // Nobody listens any more when the app is ending.
        let _ = events.send(event);
    });
    if let Err(error) = waited {
        tracing::warn!(%error, "nothing is heard of a notification");
    }
}
