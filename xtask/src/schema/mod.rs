//! Writes each domain crate's `src/schema.rs`: diesel's tables, of that crate alone, from the migrations.

mod diesel;
mod owners;
mod scratch;

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::fail::{Context as _, Failure, Outcome};
use crate::progress;
use crate::services::{self, Profile};
use crate::workspace::shown;
use diesel::Diesel;
use owners::Owners;
use scratch::Scratch;

/// Writes the files, or with `check` only tells which ones are out of date.
pub(crate) fn run(root: &Path, check: bool) -> Outcome {
    let owners = Owners::read(root)?;
    let diesel = Diesel::installed(root)?;
    let endpoints = services::ensure(root, Profile::Test)?;
    let scratch = Scratch::create(&endpoints)?;
    scratch.migrate(root, &endpoints)?;
    owners.check(&scratch.tables()?)?;
    let generated = progress::during("generating the schema", || {
        let crates = owners.crates().map(|(name, tables)| {
            let text = diesel.tables(root, &scratch.url(), tables)?;
            Ok((name, file(root, name)?, text))
        });
        crates.collect::<Outcome<Vec<_>>>()
    })?;
    let mut stale = Vec::new();
    for (name, path, text) in &generated {
        if *text == current(path)? {
            continue;
        }
        if check {
            stale.push(*name);
        } else {
            fs::write(path, text).context(|| format!("could not write {}", path.display()))?;
            println!("wrote {}", shown(root, path));
        }
    }
    if stale.is_empty() {
        return Ok(());
    }
    let stale = stale.join(", ");
    Err(Failure::new(format!("src/schema.rs is out of date in {stale}: run `cargo xtask schema`")))
}

/// Where the tables of a crate are written.
fn file(root: &Path, name: &str) -> Outcome<PathBuf> {
    let sources = root.join("crates").join(name).join("src");
    if sources.is_dir() {
        return Ok(sources.join("schema.rs"));
    }
    Err(Failure::new(format!(
        "{} names {name}, but there is no crates/{name}: correct the name",
        owners::FILE
    )))
}

/// What stands there now; nothing in a new crate.
fn current(path: &Path) -> Outcome<String> {
    match fs::read_to_string(path) {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(String::new()),
        read => read.context(|| format!("could not read {}", path.display())),
    }
}
