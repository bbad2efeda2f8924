//! What cargo knows about the workspace.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::fail::{Context as _, Outcome};
use crate::{process, workspace};

/// A package of the workspace.
#[derive(Debug)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) directory: PathBuf,
    /// Whether it is one of those below crates/.
    pub(super) is_crate: bool,
    /// The packages of the workspace that its library or binary links, or its build script.
    pub(super) uses: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Described>,
}

#[derive(Deserialize)]
struct Described {
    name: String,
    manifest_path: PathBuf,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    /// "dev", "build", or nothing for a normal one.
    kind: Option<String>,
    /// Only of those that are not from a registry.
    path: Option<PathBuf>,
}

/// The packages of the workspace.
pub(super) fn of(root: &Path) -> Outcome<Vec<Package>> {
    let mut cargo = workspace::cargo(root);
    cargo.args(["metadata", "--no-deps", "--format-version", "1", "--offline"]);
    let printed = process::capture(&mut cargo)?;
    let metadata: Metadata =
        serde_json::from_str(&printed).context(|| "could not read `cargo metadata`".to_owned())?;
    Ok(metadata.packages.into_iter().map(|described| package(root, described)).collect())
}

fn package(root: &Path, described: Described) -> Package {
    let Described { name, manifest_path, dependencies } = described;
    let linked = dependencies
        .into_iter()
        .filter(|dependency| dependency.path.is_some() && dependency.kind.as_deref() != Some("dev"));
    let directory = manifest_path.parent().unwrap_or(root).to_owned();
    let is_crate = directory.starts_with(root.join("crates"));
    Package { name, directory, is_crate, uses: linked.map(|dependency| dependency.name).collect() }
}
