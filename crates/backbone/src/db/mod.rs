//! The PostgreSQL pool, transactions, and what can go wrong with them.

mod any_of;
mod transaction;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use deadpool::Runtime;
use deadpool::managed::{self, QueueMode};
use diesel::result::DatabaseErrorKind;
use diesel_async::pooled_connection::{AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod};
use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use kernel::{Buckets, Code, Distribution, Failure, Histogram, Internal};
use serde::Deserialize;
use tokio::time::Instant;

pub use any_of::{AnyOf, Listed, any_of};
pub use transaction::{Transaction, Undone};

type Manager = AsyncDieselConnectionManager<AsyncPgConnection>;

/// A connection of the pool; goes back when dropped.
pub type Conn = managed::Object<Manager>;

/// How to reach PostgreSQL, and for how long to wait for it.
#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DbSettings {
    /// `postgres://user:password@host:port/database`.
    pub url: String,
    /// Connections at most.
    pub max_connections: usize,
    /// How long a caller waits for a connection, milliseconds; then the answer is `UNAVAILABLE`.
    pub acquire_timeout_ms: u64,
    /// How long opening a connection may take, milliseconds.
    pub connect_timeout_ms: u64,
    /// How long one statement may run on the server, and how long it waits for the next one of a transaction, milliseconds.
    pub statement_timeout_ms: u64,
    /// A connection older than this is replaced when it comes back, seconds.
    pub max_age_s: u64,
}

impl Default for DbSettings {
    fn default() -> Self {
        Self {
            url: String::new(),
            max_connections: 16,
            acquire_timeout_ms: 3_000,
            connect_timeout_ms: 3_000,
            statement_timeout_ms: 10_000,
            max_age_s: 1_800,
        }
    }
}

impl std::fmt::Debug for DbSettings {
    /// Without the URL: it holds the password.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DbSettings")
            .field("max_connections", &self.max_connections)
            .field("acquire_timeout_ms", &self.acquire_timeout_ms)
            .field("connect_timeout_ms", &self.connect_timeout_ms)
            .field("statement_timeout_ms", &self.statement_timeout_ms)
            .field("max_age_s", &self.max_age_s)
            .finish_non_exhaustive()
    }
}

/// Connections to PostgreSQL. Cheap to clone.
#[derive(Clone)]
pub struct Pool(managed::Pool<Manager>, Arc<Waits>);

/// How callers fared who wanted a connection.
struct Waits {
    times: Histogram,
    failures: AtomicU64,
}

/// How a pool is, and how callers fared since it was opened.
#[derive(Clone, Debug)]
pub struct PoolStats {
    /// Connections that it may have.
    pub max: usize,
    /// Connections that are open, and with nobody.
    pub idle: usize,
    /// Connections that somebody has.
    pub in_use: usize,
    /// Callers who wait for one.
    pub waiting: usize,
    /// How long callers waited until they had one, or none; microseconds.
    pub waits: Distribution,
    /// Callers who got none: it took too long, or the server could not be reached.
    pub failures: u64,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Pool").field(&self.0.status()).finish()
    }
}

impl Pool {
    /// A pool of the given settings. Opens no connection yet. A connection's driver runs on the runtime of the caller
    /// that opened it, so use the pool from one multi-thread runtime only.
    ///
    /// # Errors
    /// The settings contradict each other.
    pub fn open(settings: &DbSettings) -> Result<Self, Internal> {
        // A process that falls silent in the middle of a transaction holds locks that others wait for.
        let setup = format!(
            "SET application_name = 'guildhall'; SET statement_timeout = {0}; SET idle_in_transaction_session_timeout = {0}",
            settings.statement_timeout_ms
        );
        let mut config = ManagerConfig::default();
        // A connection that died in the pool is found by its next query, which fails as `Unavailable`; asking each
        // time would cost a round trip per use.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |url| {
            let setup = setup.clone();
            Box::pin(async move {
                let mut conn = AsyncPgConnection::establish(url).await?;
                conn.batch_execute(&setup)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            })
        });
        let max_age = Duration::from_secs(settings.max_age_s);
        managed::Pool::builder(Manager::new_with_config(noticing_silence(&settings.url), config))
            .max_size(settings.max_connections)
            .wait_timeout(Some(Duration::from_millis(settings.acquire_timeout_ms)))
            .create_timeout(Some(Duration::from_millis(settings.connect_timeout_ms)))
            .recycle_timeout(Some(Duration::from_millis(settings.connect_timeout_ms)))
            // The most recently used first: the others grow old and are replaced.
            .queue_mode(QueueMode::Lifo)
            .pre_recycle(managed::Hook::sync_fn(move |_, metrics| {
                if metrics.age() > max_age {
                    return Err(managed::HookError::message("the connection is past its age"));
                }
                Ok(())
            }))
            .runtime(Runtime::Tokio1)
            .build()
            .map(|pool| {
                let waits = Waits { times: Histogram::new(Buckets::TIMES), failures: AtomicU64::new(0) };
                Self(pool, Arc::new(waits))
            })
            .map_err(Internal::new)
    }

    /// A connection.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when none is free in time or the server cannot be reached.
    pub async fn get(&self) -> Result<Conn, DbError> {
        let asked = Instant::now();
        let conn = self.0.get().await;
        self.1.times.observe_time(asked.elapsed());
        conn.map_err(|error| {
            self.1.failures.fetch_add(1, Ordering::Relaxed);
            DbError::Unavailable(Internal::new(error))
        })
    }

    /// How it is.
    pub fn stats(&self) -> PoolStats {
        let status = self.0.status();
        PoolStats {
            max: status.max_size,
            idle: status.available,
            in_use: status.size.saturating_sub(status.available),
            waiting: status.waiting,
            waits: self.1.times.read(),
            failures: self.1.failures.load(Ordering::Relaxed),
        }
    }

    /// Asks the server for a sign of life.
    ///
    /// # Errors
    /// [`DbError::Unavailable`] when there is none.
    pub async fn ping(&self) -> Result<(), DbError> {
        let mut conn = self.get().await?;
        conn.batch_execute("SELECT 1").await.map_err(DbError::from)
    }
}

/// The URL with what makes the system give a connection up whose other end is silent, unless it says so itself: a machine
/// that is gone, or a firewall that has forgotten the connection, answers nothing, and who waits would wait for many minutes.
fn noticing_silence(url: &str) -> String {
    let pair = |(name, value)| format!("{name}={value}");
    let missing = SILENCE.into_iter().filter(|(name, _)| !url.contains(name)).map(pair);
    // A list of pairs with blanks is the other form that PostgreSQL knows.
    let (first, between) = match (url.contains("://"), url.contains('?')) {
        (true, false) => ("?", "&"),
        (true, true) => ("&", "&"),
        (false, _) => (" ", " "),
    };
    let missing = missing.collect::<Vec<_>>();
    if missing.is_empty() { url.to_owned() } else { format!("{url}{first}{}", missing.join(between)) }
}

/// Seconds: what was sent is acknowledged within 10; while nothing is sent, the other end is asked after 10 and then every 5,
/// and gives a sign of life once in three times.
const SILENCE: [(&str, u8); 4] = [
    ("tcp_user_timeout", 10),
    ("keepalives_idle", 10),
    ("keepalives_interval", 5),
    ("keepalives_retries", 3),
];

/// What can go wrong with the database.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    /// No connection was free in time, the server cannot be reached, or it gave up (a statement's time-out).
    #[error("the database is not available; try again in a few seconds")]
    Unavailable(#[source] Internal),
    /// A query failed.
    #[error("something went wrong on the server")]
    Query(#[source] diesel::result::Error),
}

impl DbError {
    /// Whether a statement took longer than it was given.
    pub fn is_timeout(&self) -> bool {
        matches!(self, Self::Unavailable(cause) if cause.0.to_string().contains("statement timeout"))
    }

    /// The name of the constraint that the query violated.
    pub fn constraint(&self) -> Option<&str> {
        match self {
            Self::Query(diesel::result::Error::DatabaseError(_, info)) => info.constraint_name(),
            _ => None,
        }
    }
}

impl From<diesel::result::Error> for DbError {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::Error::{BrokenTransactionManager, DatabaseError};
        let gone = match &error {
            DatabaseError(
                DatabaseErrorKind::ClosedConnection | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | BrokenTransactionManager => true,
            // The server's own words for a time-out, a shutdown and a lost connection; diesel keeps no SQLSTATE.
            DatabaseError(_, info) => {
                let says = info.message();
                [
                    "statement timeout",
                    "terminating connection",
                    "connection closed",
                    "shutting down",
                    "starting up",
                ]
                .iter()
                .any(|words| says.contains(words))
            }
            _ => false,
        };
        if gone { Self::Unavailable(Internal::new(error)) } else { Self::Query(error) }
    }
}

impl Failure for DbError {
    fn code(&self) -> Code {
        match self {
            Self::Unavailable(_) => Code::Unavailable,
            Self::Query(_) => Code::Internal,
        }
    }
}

/// A fixed statement with binds, in pieces: `"SELECT … WHERE id = ANY(" {ids as Array<Uuid>} ")"`.
///
/// Unlike `diesel::sql_query` it is prepared once per connection and can be `load`ed into any `Queryable` row of the
/// given SQL types. For statements that diesel's query builder cannot say. A text that several statements share, or that
/// another crate says, is a constant in brackets: `[fence::JOIN]`.
///
/// ```
/// use diesel::sql_types::{Array, BigInt, Uuid};
///
/// backbone::statement! {
///     /// The heads of some timelines.
///     struct Heads<'a> { ids: &'a [kernel::TimelineId] } -> (Uuid, BigInt);
///     "SELECT id, rev FROM timelines WHERE id = ANY(" {ids as Array<Uuid>} ") ORDER BY id"
/// }
/// ```
#[macro_export]
macro_rules! statement {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident $(<$life:lifetime>)? { $($field:ident : $type:ty),* $(,)? } -> $row:ty;
        $($piece:tt)+
    ) => {
        $(#[$meta])*
        #[derive(Debug)]
        $vis struct $name $(<$life>)? { $($vis $field: $type,)* }

        impl $(<$life>)? diesel::query_builder::QueryFragment<diesel::pg::Pg> for $name $(<$life>)? {
            fn walk_ast<'b>(
                &'b self,
                mut out: diesel::query_builder::AstPass<'_, 'b, diesel::pg::Pg>,
            ) -> diesel::QueryResult<()> {
                let Self { $($field,)* } = self;
                $($crate::statement!(@piece out, $piece);)+
                Ok(())
            }
        }

        const _: () = {
            /// The text never changes: one prepared statement per connection.
            #[derive(Debug)]
            $vis struct Text;

            impl $(<$life>)? diesel::query_builder::QueryId for $name $(<$life>)? {
                type QueryId = Text;
                const HAS_STATIC_QUERY_ID: bool = true;
            }
        };

        impl $(<$life>)? diesel::query_builder::Query for $name $(<$life>)? {
            type SqlType = $row;
        }
    };
    (@piece $out:ident, { $bind:ident as $sql:ty }) => {
        $out.push_bind_param::<$sql, _>($bind)?
    };
    (@piece $out:ident, [ $text:path ]) => {
        $out.push_sql($text)
    };
    (@piece $out:ident, $text:literal) => {
        $out.push_sql($text)
    };
}

#[cfg(test)]
mod tests {
    use super::noticing_silence;

    #[test]
    fn silence_is_noticed_unless_the_url_says_how() {
        let all = "tcp_user_timeout=10&keepalives_idle=10&keepalives_interval=5&keepalives_retries=3";
        assert_eq!(noticing_silence("postgres://a@b/c"), format!("postgres://a@b/c?{all}"));
        assert_eq!(noticing_silence("postgres://a@b/c?x=y"), format!("postgres://a@b/c?x=y&{all}"));
        let own = "postgres://a@b/c?tcp_user_timeout=99&keepalives_idle=1&keepalives_interval=1&keepalives_retries=1";
        assert_eq!(noticing_silence(own), own);
        let pairs = noticing_silence("host=b keepalives_idle=60");
        assert_eq!(
            pairs,
            "host=b keepalives_idle=60 tcp_user_timeout=10 keepalives_interval=5 keepalives_retries=3"
        );
    }
}
