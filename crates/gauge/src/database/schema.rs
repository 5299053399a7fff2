//! The database's schema: forward only, one file a version.

use std::path::Path;

use rusqlite::{Connection, TransactionBehavior};

use super::DatabaseError;

/// What brings the schema from each version to the next; the first makes it from nothing.
const MIGRATIONS: [&str; 4] = [
    include_str!("migrations/0001.sql"),
    include_str!("migrations/0002.sql"),
    include_str!("migrations/0003.sql"),
    include_str!("migrations/0004.sql"),
];

pub(super) fn bring_forward(connection: &mut Connection, path: &Path) -> Result<(), DatabaseError> {
    let known = i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX);
    // The lock is taken first: two programs may start on a new file at the same moment.
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let found: i64 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(DatabaseError::Newer { path: path.to_owned(), found, known });
    }
    for (version, migration) in (1..).zip(MIGRATIONS).skip(usize::try_from(found).unwrap_or(0)) {
        transaction.execute_batch(migration)?;
        transaction.pragma_update(None, "user_version", version)?;
    }
    Ok(transaction.commit()?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::Timestamp;
    use rust_decimal::Decimal;

    use crate::database::Database;
    use crate::history::SeriesKey;

    /// What a database of each version but the newest may hold.
    const SAMPLES: [&str; MIGRATIONS.len() - 1] = [
        include_str!("migrations/samples/0001.sql"),
        include_str!("migrations/samples/0002.sql"),
        include_str!("migrations/samples/0003.sql"),
    ];

    #[tokio::test]
    async fn a_file_of_any_earlier_version_keeps_all_it_holds() {
        for (version, sample) in (1..).zip(SAMPLES) {
            let folder = tempfile::tempdir().unwrap();
            let file = folder.path().join("gauge.db");
            let connection = Connection::open(&file).unwrap();
            for migration in &MIGRATIONS[..version] {
                connection.execute_batch(migration).unwrap();
            }
            connection.execute_batch(sample).unwrap();
            connection.pragma_update(None, "user_version", i64::try_from(version).unwrap()).unwrap();
            drop(connection);

            let (database, notice) = Database::open(&file, Timestamp::now()).unwrap();
            assert_eq!(notice, None);
            let standings = database.standings().await.unwrap();
            let [standing] = &standings[..] else { panic!("{standings:?}") };
            let left = standing.reading.as_ref().unwrap().meters[0].remaining;
            assert_eq!(left, Some("16.55".parse().unwrap()));
            assert_eq!(standing.courses["credits"].peak, Decimal::from(20));
            assert_eq!(standing.alerts.len(), 1);
            let key = SeriesKey {
                account: "one".parse().unwrap(),
                meter: "credits".into(),
                unit: "USD".parse().unwrap(),
            };
            let spans = database.spans_before(&key, Timestamp::MAX, 10).await.unwrap();
            let left: Vec<_> = spans.iter().map(|span| span.amounts.remaining.unwrap().to_string()).collect();
            assert_eq!(left, ["16.55", "20"]);
        }
    }
}
