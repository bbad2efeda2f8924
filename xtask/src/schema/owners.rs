//! Which crate owns which table.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use serde::Deserialize;

use crate::fail::{Context as _, Failure, Outcome};

/// Where it stands.
pub(super) const FILE: &str = "migrations/owners.toml";

/// The crates and the tables of each.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Owners(BTreeMap<String, Owned>);

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Owned {
    tables: BTreeSet<String>,
}

impl Owners {
    /// Reads the file.
    pub(super) fn read(root: &Path) -> Outcome<Self> {
        let doing = || format!("could not read {FILE}");
        toml::from_str(&fs::read_to_string(root.join(FILE)).context(doing)?).context(doing)
    }

    /// The crates by name, each with its tables.
    pub(super) fn crates(&self) -> impl Iterator<Item = (&str, &BTreeSet<String>)> {
        self.0.iter().map(|(name, owned)| (name.as_str(), &owned.tables))
    }

    /// Fails unless each of the database's tables has one owner, and each that is owned exists.
    pub(super) fn check(&self, existing: &BTreeSet<String>) -> Outcome {
        let mut owned = BTreeMap::new();
        for (name, table) in
            self.crates().flat_map(|(name, tables)| tables.iter().map(move |table| (name, table)))
        {
            if let Some(other) = owned.insert(table, name) {
                return Err(Failure::new(format!(
                    "{FILE} gives {table} to {other} and to {name}: remove one"
                )));
            }
            if !existing.contains(table) {
                return Err(Failure::new(format!(
                    "{FILE} gives {table} to {name}, but no migration creates it: correct the name"
                )));
            }
        }
        match existing.iter().find(|table| !owned.contains_key(table)) {
            Some(table) => Err(Failure::new(format!("nobody owns the table {table}: add it to {FILE}"))),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(owners: &str, existing: &[&str]) -> Result<(), String> {
        let owners: Owners = toml::from_str(owners).map_err(|error| error.to_string())?;
        owners.check(&existing.iter().map(|table| (*table).to_owned()).collect()).map_err(|f| f.to_string())
    }

    #[test]
    fn each_table_has_one_owner_and_exists() {
        let owners = "[a]\ntables = ['one']\n[b]\ntables = ['two']\n";
        assert_eq!(told(owners, &["one", "two"]), Ok(()));
        let nobody = told(owners, &["one", "three", "two"]).unwrap_err();
        assert!(nobody.starts_with("nobody owns the table three"), "{nobody}");
        let gone = told(owners, &["one"]).unwrap_err();
        assert!(gone.contains("gives two to b, but no migration"), "{gone}");
        let twice = told("[a]\ntables = ['one']\n[b]\ntables = ['one']\n", &["one"]).unwrap_err();
        assert!(twice.contains("gives one to a and to b"), "{twice}");
    }
}
