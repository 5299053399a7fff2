//! Calling a hook, within a time.

use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::process::{ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use reqwest::Url;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, Command};
use tokio::time::timeout;

use super::{Hook, HookMistake, HookTarget, Payload};
use crate::fetch::{Client, Limits};
use crate::origin::Origin;
use crate::secret::is_secret_variable;

/// How long a command may run.
const COMMAND_TIME: Duration = Duration::from_secs(30);
/// How long an address may take to answer.
const ANSWER_TIME: Duration = Duration::from_secs(15);
/// How much of a command's complaint is kept, in bytes.
const COMPLAINT: usize = 4096;
/// How long a command that has ended may still have something to say.
const LAST_WORDS: Duration = Duration::from_millis(500);
/// <https://learn.microsoft.com/windows/win32/procthread/process-creation-flags>
#[cfg(windows)]
const CREATE_NO_WINDOW: u32 = 0x0800_0000;
/// How much of it is shown, in characters.
const SHOWN: usize = 200;

/// Why a hook did not work.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// It cannot be called at all.
    #[error(transparent)]
    Mistake(#[from] HookMistake),
    /// The program could not be started.
    #[error("“{program}” could not be started: {source}")]
    Start {
        /// The program.
        program: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The program said that it failed.
    #[error("the command failed ({status}){said}")]
    Failed {
        /// How it ended.
        status: ExitStatus,
        /// The last line it wrote on standard error, after a colon; or nothing.
        said: String,
    },
    /// The program ran too long, and was ended.
    #[error("the command was ended after {} seconds", COMMAND_TIME.as_secs())]
    TooLong,
    /// The address could not be reached.
    #[error("the address could not be reached")]
    Unreached,
    /// The address did not answer in time.
    #[error("the address did not answer within {} seconds", ANSWER_TIME.as_secs())]
    Silent,
    /// The connection could not be secured, or what answered is no web server.
    #[error("there was no proper answer: {0}")]
    Answer(&'static str),
    /// The address answered with an error.
    #[error("the address answered with status {0}")]
    Status(u16),
    /// What is to be told could not be written.
    #[error("the alert could not be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

impl HookError {
    /// Whether the alert surely did not get there and may another time. What may have got there is not sent twice.
    #[must_use]
    pub fn is_passing(&self) -> bool {
        match self {
            Self::Unreached | Self::Status(429 | 503) => true,
            // There are too many programs or files for now.
            Self::Start { source, .. } => {
                !matches!(source.kind(), ErrorKind::NotFound | ErrorKind::PermissionDenied)
            }
            _ => false,
        }
    }
}

/// Calls hooks.
#[derive(Debug)]
pub struct Caller {
    client: Client,
}

impl Default for Caller {
    fn default() -> Self {
        Self { client: Client::for_posts(Limits { total: ANSWER_TIME, ..Limits::default() }) }
    }
}

impl Caller {
    /// Tells a hook. `withheld` are environment variables that a command does not get, besides the app's own keys: those
    /// that may hold a provider's key.
    ///
    /// # Errors
    /// When it did not work.
    pub async fn call(&self, hook: &Hook, payload: &Payload, withheld: &[String]) -> Result<(), HookError> {
        hook.check()?;
        match &hook.to {
            HookTarget::Command(words) => run(words, &serde_json::to_vec(payload)?, withheld).await,
            HookTarget::Url(url) => self.post(url, serde_json::to_vec(payload)?).await,
        }
    }

    async fn post(&self, url: &str, body: Vec<u8>) -> Result<(), HookError> {
        let url = Url::parse(url).map_err(|_| HookError::Answer("the address is none"))?;
        let origin = Origin::try_from(&url).map_err(|_| HookError::Answer("the address may not be used"))?;
        match self.client.post(url, &origin, body).await {
            Ok(status) if status.is_success() => Ok(()),
            Ok(status) => Err(HookError::Status(status.as_u16())),
            // The words of the errors have the address in them.
            Err(error) if error.is_timeout() && !error.is_connect() => Err(HookError::Silent),
            Err(error) if error.is_connect() => Err(HookError::Unreached),
            Err(error) if error.is_builder() => Err(HookError::Answer("the system has no certificates")),
            Err(_) => Err(HookError::Answer("the connection was lost, or what answered is no web server")),
        }
    }
}

async fn run(words: &[String], input: &[u8], withheld: &[String]) -> Result<(), HookError> {
    let (program, arguments) =
        words.split_first().map_or(("", words), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    command.kill_on_drop(true);
    if let Some(home) = dirs::home_dir() {
        command.current_dir(home);
    }
    for name in secret_variables(withheld) {
        command.env_remove(name);
    }
    // A group of its own, so that what it starts can be ended with it.
    #[cfg(unix)]
    command.process_group(0);
    // Without a window of its own for a moment.
    #[cfg(windows)]
    command.creation_flags(CREATE_NO_WINDOW);
    let mut child =
        command.spawn().map_err(|source| HookError::Start { program: program.to_owned(), source })?;
    let group = child.id();
    let ended = timeout(COMMAND_TIME, feed(&mut child, input)).await;
    let Ok((status, said)) = ended else {
        end(&mut child, group).await;
        return Err(HookError::TooLong);
    };
    match status {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(HookError::Failed { status, said }),
        Err(source) => Err(HookError::Start { program: program.to_owned(), source }),
    }
}

/// Gives a command its input and waits for its end. Gives how it ended, and its last words.
async fn feed(child: &mut Child, input: &[u8]) -> (std::io::Result<ExitStatus>, String) {
    let stdin = child.stdin.take();
    let said = Arc::new(Mutex::new(Vec::new()));
    let complaint = child.stderr.take().map(|stderr| tokio::spawn(keep_tail(stderr, Arc::clone(&said))));
    let write = async {
        if let Some(mut stdin) = stdin {
            // A command that does not want to know closes its input.
            let _ = stdin.write_all(input).await;
        }
    };
    let (status, ()) = tokio::join!(child.wait(), write);
    if let Some(mut complaint) = complaint
        && timeout(LAST_WORDS, &mut complaint).await.is_err()
    {
        // What the command has left running holds its output open.
        complaint.abort();
    }
    let said = last_line(&said.lock().unwrap_or_else(PoisonError::into_inner));
    (status, said)
}

/// Keeps the end of what is written.
async fn keep_tail(mut written: impl AsyncRead + Unpin, kept: Arc<Mutex<Vec<u8>>>) {
    let mut piece = [0; COMPLAINT];
    while let Ok(count @ 1..) = written.read(&mut piece).await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.extend_from_slice(&piece[..count]);
        let over = kept.len().saturating_sub(COMPLAINT);
        kept.drain(..over);
    }
}

fn last_line(said: &[u8]) -> String {
    let text = String::from_utf8_lossy(said);
    let last = text.lines().map(str::trim).rfind(|line| !line.is_empty()).unwrap_or_default();
    let shown: String = last.chars().filter(|character| !character.is_control()).take(SHOWN).collect();
    if shown.is_empty() { shown } else { format!(": {shown}") }
}

/// Ends a command, and what it has started.
async fn end(child: &mut Child, group: Option<u32>) {
    #[cfg(unix)]
    if let Some(group) = group.and_then(|id| rustix::process::Pid::from_raw(id.cast_signed())) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = group;
    // It may have ended by itself meanwhile.
    let _ = child.kill().await;
}

/// The variables of this process that may hold a key.
fn secret_variables(withheld: &[String]) -> Vec<OsString> {
    let is_withheld =
        |name: &OsStr| is_secret_variable(name) || withheld.iter().any(|other| other.as_str() == name);
    std::env::vars_os().map(|(name, _)| name).filter(|name| is_withheld(name)).collect()
}
