//! The thread that owns the connection to the keychain.

use std::io;
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use super::store::Store;
use crate::secret::Prompt;

/// Something to be done with the keychain.
pub(super) type Task = Box<dyn FnOnce(&mut Store) + Send>;

/// A thread that does tasks one after the other, and ends when it is dropped and they are done.
#[derive(Debug)]
pub(super) struct Worker {
    requests: mpsc::Sender<Request>,
    current: Arc<Mutex<Option<Ticket>>>,
}

struct Request {
    ticket: Ticket,
    task: Task,
}

#[derive(Clone, Copy, Debug)]
struct Ticket {
    asked: Instant,
    prompt: Prompt,
}

impl Worker {
    pub(super) fn start() -> io::Result<Self> {
        let (requests, queue) = mpsc::channel::<Request>();
        let current = Arc::new(Mutex::new(None));
        let shared = Arc::clone(&current);
        let set = move |ticket| *shared.lock().unwrap_or_else(PoisonError::into_inner) = ticket;
        thread::Builder::new().name("keychain".to_owned()).spawn(move || {
            let mut store = Store::default();
            for Request { ticket, task } in queue {
                set(Some(ticket));
                task(&mut store);
                set(None);
            }
        })?;
        Ok(Self { requests, current })
    }

    /// Queues `task`, or gives it back when the thread has died.
    pub(super) fn submit(&self, prompt: Prompt, task: Task) -> Result<(), Task> {
        let ticket = Ticket { asked: Instant::now(), prompt };
        self.requests.send(Request { ticket, task }).map_err(|unsent| unsent.0.task)
    }

    /// The kind of the task that is being done, if that was asked for longer than `patience` ago.
    pub(super) fn stuck(&self, patience: Duration) -> Option<Prompt> {
        let current = *self.current.lock().unwrap_or_else(PoisonError::into_inner);
        current.filter(|ticket| ticket.asked.elapsed() >= patience).map(|ticket| ticket.prompt)
    }
}
