//! A database that lives as long as the schema is being read.

use std::collections::BTreeSet;
use std::path::Path;
use std::process;

use crate::fail::Outcome;
use crate::services::{Binaries, DATABASE, Endpoints, Login, psql};
use crate::{guildhall, progress};

/// The tables that migrations made: no partitions (they are their table's), none of extensions, not diesel's.
const TABLES: &str = "
    select relname from pg_class
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and relname <> '__diesel_schema_migrations'
        and not exists (select from pg_depend where objid = pg_class.oid and deptype = 'e')
";

/// A new database on the test server, dropped with this value.
#[derive(Debug)]
pub(super) struct Scratch {
    binaries: Binaries,
    /// The login that created it.
    owner: Login,
    login: Login,
}

impl Scratch {
    /// Creates it, empty.
    pub(super) fn create(endpoints: &Endpoints) -> Outcome<Self> {
        let binaries = Binaries::find(None)?;
        let owner = endpoints.database.clone();
        let login = owner.to(&format!("schema_{}", process::id()));
        let name = &login.database;
        // One may be left over from a process of the same number.
        let script = format!("drop database if exists {name} with (force);\ncreate database {name};\n");
        psql(&binaries, &owner, &script)?;
        Ok(Self { binaries, owner, login })
    }

    /// Brings it up to date with the product's own migrations.
    pub(super) fn migrate(&self, root: &Path, endpoints: &Endpoints) -> Outcome {
        let program = guildhall::build(root)?;
        let mut variables = vec![("GUILDHALL_ENV", "test".to_owned())];
        variables.extend(endpoints.variables());
        // The last one of a name counts.
        variables.push((DATABASE, self.url()));
        progress::during("migrating a scratch database", || {
            let mut migrate = guildhall::command(root, &program, &variables);
            crate::process::capture(migrate.args(["migrate", "up"]))
        })
        .map(drop)
    }

    /// The tables in it.
    pub(super) fn tables(&self) -> Outcome<BTreeSet<String>> {
        let rows = psql(&self.binaries, &self.login, TABLES)?;
        Ok(rows.lines().map(str::to_owned).collect())
    }

    /// The address with the password.
    pub(super) fn url(&self) -> String {
        self.login.url()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let script = format!("drop database {} with (force);\n", self.login.database);
        if let Err(failure) = psql(&self.binaries, &self.owner, &script) {
            eprintln!("could not drop the scratch database: {failure}");
        }
    }
}
