//! A database of its own for each test, copied from a migrated template.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};

use diesel::sql_types::{BigInt, Bool, Text};
use diesel::{QueryableByName, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use tokio::sync::OnceCell;

use crate::Endpoints;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();
static COUNT: AtomicU32 = AtomicU32::new(0);

/// A database that is dropped with this value.
#[derive(Debug)]
pub(crate) struct Database {
    endpoints: Endpoints,
    name: String,
}

#[derive(QueryableByName)]
struct Named {
    #[diesel(sql_type = Text)]
    name: String,
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    exists: bool,
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

impl Database {
    /// A new one, migrated and empty.
    pub(crate) async fn create(endpoints: &Endpoints) -> Self {
        let template = TEMPLATE.get_or_init(|| template(endpoints)).await;
        let name = format!("test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let mut admin =
            AsyncPgConnection::establish(&endpoints.database).await.expect("the test database answers");
        admin
            .batch_execute(&format!("CREATE DATABASE {name} TEMPLATE {template}"))
            .await
            .expect("a database is made");
        Self { endpoints: endpoints.clone(), name }
    }

    pub(crate) fn url(&self) -> String {
        self.endpoints.database_called(&self.name)
    }

    pub(crate) async fn execute(&self, text: &str) {
        let mut conn = AsyncPgConnection::establish(&self.url()).await.expect("the database answers");
        conn.batch_execute(text).await.expect("what the test wants done");
    }

    pub(crate) async fn number(&self, text: &str) -> i64 {
        let mut conn = AsyncPgConnection::establish(&self.url()).await.expect("the database answers");
        let Number { number } =
            sql_query(text).get_result(&mut conn).await.expect("what the test wants to know");
        number
    }

    pub(crate) async fn value(&self, expression: &str) -> String {
        let mut conn = AsyncPgConnection::establish(&self.url()).await.expect("the database answers");
        let query = sql_query(format!("SELECT coalesce(({expression})::text, '') AS name"));
        query.get_result::<Named>(&mut conn).await.expect("what the test wants to know").name
    }

    /// The column `name` of what a query finds.
    pub(crate) async fn texts(&self, query: &str) -> Vec<String> {
        let mut conn = AsyncPgConnection::establish(&self.url()).await.expect("the database answers");
        let rows: Vec<Named> = sql_query(query).load(&mut conn).await.expect("a query");
        rows.into_iter().map(|row| row.name).collect()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        let (url, name) = (self.endpoints.database.clone(), self.name.clone());
        // On a thread of its own: the test's runtime may be ending. What is left over is dropped by the next run.
        let dropping = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().ok()?;
            runtime.block_on(async {
                let mut admin = AsyncPgConnection::establish(&url).await.ok()?;
                admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await.ok()
            })
        });
        let _ = dropping.join();
    }
}

/// The migrated template of the present migrations, made by whoever comes first.
async fn template(endpoints: &Endpoints) -> String {
    let name = format!("template_{:016x}", fingerprint());
    let mut admin =
        AsyncPgConnection::establish(&endpoints.database).await.expect("the test database answers");
    // Two test processes may begin at once.
    admin.batch_execute("SELECT pg_advisory_lock(7365737)").await.expect("a lock");
    drop_leftovers(&mut admin).await;
    let query = sql_query("SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1) AS exists");
    let found: Exists =
        query.bind::<Text, _>(&name).get_result(&mut admin).await.expect("a look at the databases");
    if !found.exists {
        // Under another name until it is whole.
        let raw = format!("raw_{name}");
        let make = format!("DROP DATABASE IF EXISTS {raw} WITH (FORCE)");
        admin.batch_execute(&make).await.expect("no half-made template");
        admin.batch_execute(&format!("CREATE DATABASE {raw}")).await.expect("a database");
        gateway::migrations::up(&endpoints.database_called(&raw)).await.expect("the migrations apply");
        admin.batch_execute(&format!("ALTER DATABASE {raw} RENAME TO {name}")).await.expect("a new name");
    }
    name
}

/// Databases of test processes that were killed.
async fn drop_leftovers(admin: &mut AsyncPgConnection) {
    let query = sql_query("SELECT datname::text AS name FROM pg_database WHERE datname LIKE 'test\\_%'");
    let names: Vec<Named> = query.load(admin).await.expect("a look at the databases");
    for Named { name } in names {
        let alive = name.split('_').nth(1).is_some_and(|pid| Path::new("/proc").join(pid).exists());
        if !alive {
            let _ = admin.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")).await;
        }
    }
}

/// Changes with every migration.
fn fingerprint() -> u64 {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations");
    let mut files = std::fs::read_dir(root)
        .expect("migrations")
        .flatten()
        .map(|dir| dir.path().join("up.sql"))
        .collect::<Vec<_>>();
    files.sort();
    let mut hasher = DefaultHasher::new();
    for file in files {
        std::fs::read(file).unwrap_or_default().hash(&mut hasher);
    }
    hasher.finish()
}
