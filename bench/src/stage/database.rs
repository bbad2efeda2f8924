//! A database that lives as long as the measurement.

use tokio::runtime::{Builder, Runtime};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, NoTls, Row};

use crate::fail::{Context as _, Failure, Outcome};

/// What the names of our databases begin with; the number of our process follows.
const PREFIX: &str = "bench_";

/// A new database, dropped with this value.
#[derive(Debug)]
pub(crate) struct Database {
    runtime: Runtime,
    admin: Client,
    client: Client,
    name: String,
    url: String,
}

impl Database {
    /// Creates it, empty, beside the one of `url`.
    pub(crate) fn create(url: &str) -> Outcome<Self> {
        let runtime = Builder::new_current_thread()
            .enable_all()
            .build()
            .context(|| "could not start a runtime".to_owned())?;
        let admin = connect(&runtime, url)?;
        drop_leftovers(&runtime, &admin)?;
        let name = format!("{PREFIX}{}", std::process::id());
        run(&runtime, &admin, &format!("CREATE DATABASE {name}"))?;
        let (server, _) =
            url.rsplit_once('/').ok_or_else(|| Failure::new("the database's URL has no database"))?;
        let url = format!("{server}/{name}");
        let client = connect(&runtime, &url)?;
        Ok(Self { runtime, admin, client, name, url })
    }

    /// Its address with the password.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Runs a statement; returns how many rows it touched.
    pub(crate) fn execute(&self, sql: &str, binds: &[&(dyn ToSql + Sync)]) -> Outcome<u64> {
        self.runtime.block_on(self.client.execute(sql, binds)).map_err(told)
    }

    /// The rows of a query.
    pub(crate) fn rows(&self, sql: &str, binds: &[&(dyn ToSql + Sync)]) -> Outcome<Vec<Row>> {
        self.runtime.block_on(self.client.query(sql, binds)).map_err(told)
    }

    /// The one value of a query, as text.
    pub(crate) fn text(&self, sql: &str) -> Outcome<String> {
        let rows = self.rows(sql, &[])?;
        let row = rows.first().ok_or_else(|| Failure::new(format!("no rows: {sql}")))?;
        row.try_get(0).map_err(told)
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        remove(&self.runtime, &self.admin, &self.name);
    }
}

/// Drops what a run has left behind that was killed.
fn drop_leftovers(runtime: &Runtime, admin: &Client) -> Outcome {
    let names = "SELECT datname::text FROM pg_database WHERE datname LIKE 'bench\\_%'";
    for row in runtime.block_on(admin.query(names, &[])).map_err(told)? {
        let name: String = row.try_get(0).map_err(told)?;
        let pid = name.trim_start_matches(PREFIX);
        let runs =
            std::fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == "bench");
        if pid.bytes().all(|byte| byte.is_ascii_digit()) && !runs {
            remove(runtime, admin, &name);
        }
    }
    Ok(())
}

/// Drops a database. Not by force, which may not end an autovacuum that is in it, and fails then; without force the
/// server ends that itself.
fn remove(runtime: &Runtime, admin: &Client, name: &str) {
    let ours = format!(
        "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity \
         WHERE datname = '{name}' AND usename = current_user"
    );
    let removed =
        run(runtime, admin, &ours).and_then(|()| run(runtime, admin, &format!("DROP DATABASE {name}")));
    if let Err(failure) = removed {
        eprintln!("bench: could not drop the database {name}, the next run will try again: {failure}");
    }
}

fn connect(runtime: &Runtime, url: &str) -> Outcome<Client> {
    let (client, connection) = runtime
        .block_on(tokio_postgres::connect(url, NoTls))
        .context(|| "could not connect to PostgreSQL".to_owned())?;
    // It goes on whenever something is waited for.
    runtime.spawn(connection);
    Ok(client)
}

fn run(runtime: &Runtime, client: &Client, sql: &str) -> Outcome {
    runtime.block_on(client.batch_execute(sql)).map_err(told)
}

/// The server's words: those of the error alone say nothing.
fn told(error: tokio_postgres::Error) -> Failure {
    match error.as_db_error() {
        Some(error) => Failure::new(format!("PostgreSQL: {error}")),
        None => Failure::new(format!("PostgreSQL: {error}")),
    }
}
