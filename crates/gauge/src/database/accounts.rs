//! The accounts table.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::values::{from_json, json, parsed};
use super::{Database, DatabaseError};
use crate::account::{Account, AccountId};

/// Why an account cannot be found, made or changed.
#[derive(Debug, thiserror::Error)]
pub enum AccountsError {
    /// There is none of that id.
    #[error("there is no account “{0}”: `credit-gauge accounts list` shows the ones there are")]
    Unknown(AccountId),
    /// There is one of that id already.
    #[error(
        "there is an account “{0}” already: choose another id, or replace its key with `credit-gauge accounts key {0}`"
    )]
    Taken(AccountId),
    /// No id could be made from the provider's.
    #[error("no account id can be made from “{0}”: choose one with --id")]
    NoId(String),
    /// The database refused.
    #[error(transparent)]
    Database(#[from] DatabaseError),
}

impl Database {
    /// All accounts in the user's order.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn accounts(&self) -> Result<Vec<Account>, DatabaseError> {
        self.read(all).await
    }

    /// One account.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or when the database refuses.
    pub async fn account(&self, id: &AccountId) -> Result<Account, AccountsError> {
        let id = id.clone();
        let found = self
            .read({
                let id = id.clone();
                move |connection| one(connection, &id)
            })
            .await?;
        found.ok_or(AccountsError::Unknown(id))
    }

    /// Keeps a new account, last in the order.
    ///
    /// # Errors
    /// [`AccountsError::Taken`], or when the database refuses.
    pub async fn add_account(&self, account: Account) -> Result<(), AccountsError> {
        self.write(move |transaction| {
            if one(transaction, &account.id)?.is_some() {
                return Err(AccountsError::Taken(account.id));
            }
            Ok(insert(transaction, &account)?)
        })
        .await
    }

    /// Changes an account as it is now, so that a change made elsewhere meanwhile is kept.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or when the database refuses.
    pub async fn change_account(
        &self,
        id: &AccountId,
        change: impl FnOnce(&mut Account) + Send + 'static,
    ) -> Result<Account, AccountsError> {
        let id = id.clone();
        self.write(move |transaction| {
            let mut account = one(transaction, &id)?.ok_or(AccountsError::Unknown(id))?;
            change(&mut account);
            update(transaction, &account)?;
            Ok(account)
        })
        .await
    }

    /// Has an account asked at once, whatever it said last, because how it is asked has changed.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn want(&self, id: &AccountId) -> Result<(), DatabaseError> {
        let id = id.clone();
        self.write(move |transaction| {
            transaction
                .execute("UPDATE standings SET wanted = 1, failures = 0 WHERE account = ?1", [id.as_str()])?;
            Ok(())
        })
        .await
    }

    /// Puts the accounts into this order; ones that are not named come last, as they were.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn order_accounts(&self, order: Vec<AccountId>) -> Result<(), DatabaseError> {
        self.write(move |transaction| {
            transaction.execute("UPDATE accounts SET position = position + 1000000", [])?;
            for (position, id) in (0_i64..).zip(&order) {
                transaction.execute(
                    "UPDATE accounts SET position = ?1 WHERE id = ?2",
                    params![position, id.as_str()],
                )?;
            }
            Ok(())
        })
        .await
    }

    /// Removes an account with what is known of its present state. Its history and past alerts stay unless `forget`.
    ///
    /// # Errors
    /// [`AccountsError::Unknown`], or when the database refuses.
    pub async fn remove_account(&self, id: &AccountId, forget: bool) -> Result<(), AccountsError> {
        let id = id.clone();
        self.write(
            move |transaction| {
                if delete(transaction, &id, forget)? { Ok(()) } else { Err(AccountsError::Unknown(id)) }
            },
        )
        .await
    }
}

pub(super) fn all(connection: &Connection) -> Result<Vec<Account>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT * FROM accounts ORDER BY position, id")?;
    let mut rows = statement.query([])?;
    let mut accounts = Vec::new();
    while let Some(row) = rows.next()? {
        accounts.push(from_row(row)?);
    }
    Ok(accounts)
}

pub(super) fn one(connection: &Connection, id: &AccountId) -> Result<Option<Account>, DatabaseError> {
    let mut statement = connection.prepare_cached("SELECT * FROM accounts WHERE id = ?1")?;
    statement.query_row([id.as_str()], |row| Ok(from_row(row))).optional()?.transpose()
}

fn from_row(row: &Row<'_>) -> Result<Account, DatabaseError> {
    let text = |column: &str| row.get::<_, String>(column);
    Ok(Account {
        id: parsed(&text("id")?)?,
        provider: text("provider")?,
        label: text("label")?,
        base_url: row.get("base_url")?,
        inputs: from_json(&text("inputs")?)?,
        origins: from_json(&text("origins")?)?,
        key_tail: text("key_tail")?,
        paused: row.get("paused")?,
        full: from_json(&text("full")?)?,
        rules: from_json(&text("rules")?)?,
        unusual: row.get("unusual")?,
    })
}

fn insert(transaction: &Transaction<'_>, account: &Account) -> Result<(), DatabaseError> {
    transaction.execute(
        "INSERT INTO accounts (id, provider, label, base_url, inputs, origins, key_tail, paused, \"full\", rules, position)
         VALUES (?1, ?2, '', NULL, '', '', '', 0, '', '', (SELECT coalesce(max(position), -1) + 1 FROM accounts))",
        params![account.id.as_str(), account.provider],
    )?;
    update(transaction, account)?;
    transaction.execute(
        "INSERT INTO standings (account, failures, wanted) VALUES (?1, 0, 0)",
        [account.id.as_str()],
    )?;
    Ok(())
}

fn update(transaction: &Transaction<'_>, account: &Account) -> Result<(), DatabaseError> {
    transaction.execute(
        "UPDATE accounts SET label = ?2, base_url = ?3, inputs = ?4, origins = ?5, key_tail = ?6, paused = ?7,
         \"full\" = ?8, rules = ?9, unusual = ?10 WHERE id = ?1",
        params![
            account.id.as_str(),
            account.label,
            account.base_url,
            json(&account.inputs)?,
            json(&account.origins)?,
            account.key_tail,
            account.paused,
            json(&account.full)?,
            json(&account.rules)?,
            account.unusual,
        ],
    )?;
    Ok(())
}

fn delete(transaction: &Transaction<'_>, id: &AccountId, forget: bool) -> Result<bool, DatabaseError> {
    let removed = transaction.execute("DELETE FROM accounts WHERE id = ?1", [id.as_str()])?;
    let mut forgotten = 0;
    if forget {
        forgotten = transaction.execute("DELETE FROM series WHERE account = ?1", [id.as_str()])?;
        transaction.execute("DELETE FROM alerts WHERE account = ?1", [id.as_str()])?;
    } else {
        // What nobody watches any more is no longer open.
        transaction.execute(
            "UPDATE alerts SET cleared_at = unixepoch('subsec') * 1000 WHERE account = ?1 AND cleared_at IS NULL",
            [id.as_str()],
        )?;
    }
    Ok(removed + forgotten > 0)
}
