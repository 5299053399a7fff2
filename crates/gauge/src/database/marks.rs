//! When things were first seen, or last done.

use jiff::Timestamp;
use rusqlite::{OptionalExtension, params};

use super::values::time;
use super::{Database, DatabaseError};

impl Database {
    /// The time of a mark; `now`, which is kept, when there is none yet.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn mark(&self, name: &str, now: Timestamp) -> Result<Timestamp, DatabaseError> {
        let name = name.to_owned();
        self.run(move |connection| {
            let known = connection
                .query_row("SELECT at FROM marks WHERE name = ?1", [&name], |row| row.get(0))
                .optional()?;
            if let Some(known) = known {
                return time(known);
            }
            connection.execute(
                "INSERT OR IGNORE INTO marks (name, at) VALUES (?1, ?2)",
                params![name, now.as_millisecond()],
            )?;
            Ok(now)
        })
        .await
    }

    /// Moves a mark.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn set_mark(&self, name: &str, at: Timestamp) -> Result<(), DatabaseError> {
        let name = name.to_owned();
        self.write(move |transaction| {
            transaction.execute(
                "INSERT OR REPLACE INTO marks (name, at) VALUES (?1, ?2)",
                params![name, at.as_millisecond()],
            )?;
            Ok(())
        })
        .await
    }

    /// Removes the marks whose names begin so, but for those that are named.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn keep_marks(&self, prefix: &str, keep: Vec<String>) -> Result<(), DatabaseError> {
        let prefix = prefix.to_owned();
        self.write(move |transaction| {
            let mut statement = transaction.prepare_cached("SELECT name FROM marks")?;
            let mut rows = statement.query([])?;
            let mut gone = Vec::new();
            while let Some(row) = rows.next()? {
                let name: String = row.get(0)?;
                if name.starts_with(&prefix) && !keep.contains(&name) {
                    gone.push(name);
                }
            }
            for name in gone {
                transaction.execute("DELETE FROM marks WHERE name = ?1", [name])?;
            }
            Ok(())
        })
        .await
    }
}
