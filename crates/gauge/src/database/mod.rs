//! `gauge.db`: accounts without secrets, readings, alerts and their state, in SQLite.
//!
//! One thread owns the connection; everything else sends it work and awaits the result. The file may be open in another
//! program at the same time: every change is one short write transaction that reads what it builds on.

mod accounts;
mod alerts;
mod calls;
mod history;
mod marks;
mod readings;
mod schema;
mod values;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use crate::history::BlockError;
use crate::home;

pub use accounts::AccountsError;
pub use alerts::AlertContext;
pub use calls::{Ended, HookReport};
pub use history::Stretch;
pub use readings::{Outlook, Standing};

/// How long to wait for the other program's write to end.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

type Work = Box<dyn FnOnce(&mut Connection) + Send>;

/// The open database.
#[derive(Clone, Debug)]
pub struct Database {
    work: mpsc::Sender<Work>,
    identity: String,
}

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DatabaseError {
    /// SQLite refused.
    #[error(
        "the database could not be read or written: {0}. Check the disk's free space and the folder's permissions"
    )]
    Sqlite(#[from] rusqlite::Error),
    /// The file is not what it should be, all through or in a part.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// The file could not be made or moved.
    #[error("the database file {path} cannot be used: {source}. Check the disk and the folder's permissions")]
    File {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is from a later version of the app.
    #[error(
        "{path} was written by a newer version of Credit Gauge (schema {found}, this one knows {known}): update the app, or move the file away to start afresh"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// The file's schema.
        found: i64,
        /// The newest schema known here.
        known: i64,
    },
    /// A value in the file has no meaning.
    #[error("the database holds something unreadable: {0}")]
    Value(String),
    /// A part of the history is not what it should be.
    #[error(transparent)]
    History(#[from] BlockError),
    /// The thread that owns the connection is gone.
    #[error("the database was closed")]
    Closed,
}

impl DatabaseError {
    /// Takes an error of opening the file for damage, where it says so or the file is another one than ours.
    fn of_opening(error: rusqlite::Error) -> Self {
        use rusqlite::Error::{InvalidColumnType, QueryReturnedNoRows, SqlInputError, SqliteFailure};
        match error {
            SqlInputError { msg, .. } => Self::Damaged(msg),
            // `Unknown` is an error in SQL: a table is missing, or there already.
            SqliteFailure(ref failure, _)
                if matches!(
                    failure.code,
                    ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::Unknown
                ) =>
            {
                Self::Damaged(error.to_string())
            }
            QueryReturnedNoRows | InvalidColumnType(..) => Self::Damaged(error.to_string()),
            _ => Self::Sqlite(error),
        }
    }
}

impl Database {
    /// Opens the file, making it or bringing its schema forward as needed. A damaged file is set aside first; then the
    /// notice says so, and where it lies.
    ///
    /// # Errors
    /// When the file cannot be made, read or moved, or is from a newer version.
    pub fn open(path: &Path, now: Timestamp) -> Result<(Self, Option<String>), DatabaseError> {
        let ((connection, identity), notice) = match connect(path) {
            Err(DatabaseError::Damaged(reason)) => {
                let aside = set_database_aside(path, now)?;
                let notice = format!(
                    "The database was damaged ({reason}). It is kept as {}, and a new one was begun: add your accounts again.",
                    aside.display()
                );
                (connect(path)?, Some(notice))
            }
            connected => (connected?, None),
        };
        let (work, queue) = mpsc::channel::<Work>();
        thread::Builder::new()
            .name("database".into())
            .spawn(move || {
                let mut connection = connection;
                for task in queue {
                    task(&mut connection);
                }
            })
            .map_err(|source| DatabaseError::File { path: path.to_owned(), source })?;
        Ok((Self { work, identity }, notice))
    }

    /// The random id of this database, which tells its keychain items from those of another home.
    #[must_use]
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// A number that changes whenever another program has written.
    ///
    /// # Errors
    /// When SQLite refuses.
    pub async fn foreign_version(&self) -> Result<i64, DatabaseError> {
        self.read(|connection| Ok(connection.query_row("PRAGMA data_version", [], |row| row.get(0))?)).await
    }

    async fn read<T: Send + 'static>(
        &self,
        task: impl FnOnce(&Connection) -> Result<T, DatabaseError> + Send + 'static,
    ) -> Result<T, DatabaseError> {
        self.run(move |connection| task(connection)).await
    }

    async fn write<T: Send + 'static, E: From<DatabaseError> + Send + 'static>(
        &self,
        task: impl FnOnce(&Transaction<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        self.run(move |connection| {
            // Immediate: what the transaction reads stays true until it has written.
            let transaction = connection
                .transaction_with_behavior(TransactionBehavior::Immediate)
                .map_err(DatabaseError::from)?;
            let value = task(&transaction)?;
            transaction.commit().map_err(DatabaseError::from)?;
            Ok(value)
        })
        .await
    }

    async fn run<T: Send + 'static, E: From<DatabaseError> + Send + 'static>(
        &self,
        task: impl FnOnce(&mut Connection) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E> {
        let (answer, result) = oneshot::channel();
        let work: Work = Box::new(move |connection| {
            // Nobody waits for the answer any more when the caller was cancelled.
            let _ = answer.send(task(connection));
        });
        self.work.send(work).map_err(|_| DatabaseError::Closed)?;
        result.await.map_err(|_| DatabaseError::Closed)?
    }
}

/// The open file and its random id.
fn connect(path: &Path) -> Result<(Connection, String), DatabaseError> {
    home::touch_private(path).map_err(|source| DatabaseError::File { path: path.to_owned(), source })?;
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(path, flags)?;
    prepare(&connection).map_err(DatabaseError::of_opening)?;
    schema::bring_forward(&mut connection, path).map_err(|error| match error {
        DatabaseError::Sqlite(error) => DatabaseError::of_opening(error),
        other => other,
    })?;
    let identity = sound_identity(&connection).map_err(DatabaseError::of_opening)?;
    match identity {
        Ok(identity) => Ok((connection, identity)),
        Err(damage) => Err(DatabaseError::Damaged(damage)),
    }
}

fn prepare(connection: &Connection) -> rusqlite::Result<()> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "journal_mode", "wal")?;
    connection.pragma_update(None, "synchronous", "normal")?;
    connection.pragma_update(None, "foreign_keys", true)
}

/// The database's random id, or what is damaged. The whole file is looked at, a tenth of a second for a million readings:
/// damage that shows up later would leave a program that can neither read nor write.
fn sound_identity(connection: &Connection) -> rusqlite::Result<Result<String, String>> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found != "ok" {
        return Ok(Err(found.replace('\n', " ")));
    }
    connection.query_row("SELECT id FROM identity", [], |row| row.get(0)).map(Ok)
}

/// Moves the database aside with the files that SQLite keeps beside it.
fn set_database_aside(path: &Path, now: Timestamp) -> Result<PathBuf, DatabaseError> {
    let failed = |source| DatabaseError::File { path: path.to_owned(), source };
    let aside = home::set_aside(path, now).map_err(failed)?;
    for suffix in ["-wal", "-shm"] {
        let beside = |path: &Path| {
            let mut name = path.as_os_str().to_owned();
            name.push(suffix);
            PathBuf::from(name)
        };
        match std::fs::rename(beside(path), beside(&aside)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(aside)
}

#[cfg(test)]
mod tests;
