//! A transaction whose BEGIN and COMMIT share their round trips with the statements beside them.

use std::future::{Future, ready};
use std::sync::atomic::{AtomicBool, Ordering};

use diesel::QueryResult;
use diesel::sql_types::BigInt;
use diesel_async::{
    AnsiTransactionManager, AsyncPgConnection, RunQueryDsl as _, SimpleAsyncConnection, TransactionManager,
};
use futures_util::future::join;

crate::statement! {
    struct Commit {} -> BigInt;
    "COMMIT"
}

/// A transaction on a connection. Dropped while it is open, the connection is not used any more, and what was done is undone.
pub struct Transaction<'c> {
    conn: &'c mut AsyncPgConnection,
    open: AtomicBool,
}

/// Why a transaction was not committed.
#[derive(Debug)]
pub enum Undone {
    /// Certainly nothing was written.
    Refused(diesel::result::Error),
    /// The connection was lost while it was being committed: whether it was is not known.
    Unknown(diesel::result::Error),
}

impl std::fmt::Debug for Transaction<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transaction").field("open", &self.open).finish_non_exhaustive()
    }
}

impl<'c> Transaction<'c> {
    /// None yet: [`Self::begin`] it.
    pub fn on(conn: &'c mut AsyncPgConnection) -> Self {
        Self { conn, open: AtomicBool::new(false) }
    }

    /// Its connection. What is asked of it together is sent together.
    pub fn conn(&self) -> &AsyncPgConnection {
        self.conn
    }

    /// Its connection, for one statement after the other.
    pub fn conn_mut(&mut self) -> &mut AsyncPgConnection {
        self.conn
    }

    /// Begins, then what `then` asks of [`Self::conn`]: in one round trip, as far as `then` does not wait itself.
    ///
    /// # Errors
    /// A statement failed. The transaction is to be [rolled back](Self::roll_back).
    pub async fn begin<T>(&self, then: impl Future<Output = QueryResult<T>>) -> QueryResult<T> {
        self.open.store(true, Ordering::Release);
        let mut conn = self.conn();
        // Both in this order: the first one is sent as soon as it is asked for.
        let (begun, then) = join(conn.batch_execute("BEGIN"), then).await;
        begun.and(then)
    }

    /// Executes the statements of `last`, which are asked for together, and commits, in one round trip.
    ///
    /// # Errors
    /// [`Undone`].
    pub async fn commit_behind<T>(&self, last: impl Future<Output = QueryResult<T>>) -> Result<T, Undone> {
        let mut conn = self.conn();
        // Also a statement that is to be prepared first goes first: both ask the connection's one cache of statements, which
        // serves one after the other. Behind one that failed, a COMMIT undoes.
        let (done, committed) = join(last, Commit {}.execute(&mut conn)).await;
        match (done, committed) {
            (done, Ok(_)) => {
                self.open.store(false, Ordering::Release);
                done.map_err(Undone::Refused)
            }
            (_, Err(error)) => Err(Undone::Unknown(error)),
        }
    }

    /// Commits.
    ///
    /// # Errors
    /// [`Undone`].
    pub async fn commit(&self) -> Result<(), Undone> {
        self.commit_behind(ready(Ok(()))).await
    }

    /// Undoes what was done.
    pub async fn roll_back(&self) {
        if self.conn().batch_execute("ROLLBACK").await.is_ok() {
            self.open.store(false, Ordering::Release);
        }
    }
}

impl Drop for Transaction<'_> {
    fn drop(&mut self) {
        if *self.open.get_mut() {
            // The pool looks at this, and closes the connection.
            AnsiTransactionManager::transaction_manager_status_mut(&mut *self.conn).set_in_error();
        }
    }
}
