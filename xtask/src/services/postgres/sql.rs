//! Talking to the server through psql.

use std::process::Command;

use super::binaries::Binaries;
use crate::fail::Outcome;
use crate::process;

/// Who connects, and where to.
#[derive(Clone, Debug)]
pub(crate) struct Login {
    pub(crate) role: String,
    pub(crate) password: String,
    pub(crate) port: u16,
    pub(crate) database: String,
}

impl Login {
    /// The same login for another database of the server.
    pub(crate) fn to(&self, database: &str) -> Self {
        Self { database: database.to_owned(), ..self.clone() }
    }

    /// The address with the password.
    pub(crate) fn url(&self) -> String {
        format!("postgres://{}:{}@127.0.0.1:{}/{}", self.role, self.password, self.port, self.database)
    }
}

/// Runs `script` and returns its rows, one a line.
pub(crate) fn psql(binaries: &Binaries, login: &Login, script: &str) -> Outcome<String> {
    let mut psql = Command::new(binaries.program("psql"));
    psql.env_clear();
    psql.env("PGPASSWORD", &login.password).env("PGCONNECT_TIMEOUT", "10").env("PGSSLMODE", "disable");
    psql.args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align", "--set=ON_ERROR_STOP=1"]);
    psql.args(["--host=127.0.0.1", &format!("--port={}", login.port)]);
    psql.arg(format!("--username={}", login.role)).arg(format!("--dbname={}", login.database));
    process::feed(psql.arg("--file=-"), script)
}

/// Creates the product's role and database where they are missing, and renews the password. The role may create more:
/// every test has a database of its own, and every measurement.
pub(super) fn set_up(binaries: &Binaries, admin: &Login, product: &Login) -> Outcome {
    let Login { role, password, database, .. } = product;
    let script = format!(
        "select 'create role {role}' where not exists (select from pg_roles where rolname = '{role}') \\gexec\n\
         alter role {role} login nosuperuser createdb password '{password}';\n\
         select 'create database {database} owner {role}' \
         where not exists (select from pg_database where datname = '{database}') \\gexec\n"
    );
    psql(binaries, admin, &script).map(drop)
}
