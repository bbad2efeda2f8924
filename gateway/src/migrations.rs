//! The database's schema, in the binary.

use diesel::migration::{Migration, MigrationSource};
use diesel::pg::Pg;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use kernel::Internal;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../migrations");

type Harness = AsyncMigrationHarness<AsyncPgConnection>;

/// A migration and whether it has been applied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// Its directory's name.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

async fn harness(url: &str) -> Result<Harness, Internal> {
    AsyncPgConnection::establish(url).await.map(AsyncMigrationHarness::new).map_err(Internal::new)
}

/// Applies all that are missing; returns their names. Several processes may try at once: one does it.
///
/// # Errors
/// The database cannot be reached, or a migration fails (then those before it are applied).
pub async fn up(url: &str) -> Result<Vec<String>, Internal> {
    let mut harness = locked(url).await?;
    tokio::task::block_in_place(|| {
        let applied = harness.run_pending_migrations(MIGRATIONS).map_err(Internal::new)?;
        Ok(applied.iter().map(ToString::to_string).collect())
    })
}

/// Takes the newest one back; returns its name, or `None` when there is none.
///
/// # Errors
/// The database cannot be reached, or the migration fails.
pub async fn down(url: &str) -> Result<Option<String>, Internal> {
    let mut harness = locked(url).await?;
    tokio::task::block_in_place(|| {
        if harness.applied_migrations().map_err(Internal::new)?.is_empty() {
            return Ok(None);
        }
        harness.revert_last_migration(MIGRATIONS).map(|name| Some(name.to_string())).map_err(Internal::new)
    })
}

/// All migrations, in their order.
///
/// # Errors
/// The database cannot be reached.
pub async fn status(url: &str) -> Result<Vec<Step>, Internal> {
    let mut harness = harness(url).await?;
    tokio::task::block_in_place(|| {
        let applied = harness.applied_migrations().map_err(Internal::new)?;
        let all: Vec<Box<dyn Migration<Pg>>> = MIGRATIONS.migrations().map_err(Internal::new)?;
        let mut steps = all
            .iter()
            .map(|step| Step {
                name: step.name().to_string(),
                applied: applied.contains(&step.name().version().as_owned()),
            })
            .collect::<Vec<_>>();
        steps.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(steps)
    })
}

/// A connection that holds the lock under which the schema is changed, until it is closed.
async fn locked(url: &str) -> Result<Harness, Internal> {
    use diesel_async::SimpleAsyncConnection;
    let mut conn = AsyncPgConnection::establish(url).await.map_err(Internal::new)?;
    // Any number, as long as it is the same in every process: "guildhall" as on a telephone's keys.
    conn.batch_execute("SELECT pg_advisory_lock(484534255)").await.map_err(Internal::new)?;
    Ok(AsyncMigrationHarness::new(conn))
}
