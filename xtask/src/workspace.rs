//! Where the workspace is, and which cargo built us.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fail::{Context as _, Failure, Outcome};

/// The workspace's root, without symbolic links: data directories are compared by their path.
///
/// Asked at run time, because a binary may be shared by two checkouts with one target directory.
pub(crate) fn root() -> Outcome<PathBuf> {
    let here = match env::var_os("CARGO_MANIFEST_DIR") {
        Some(package) => PathBuf::from(package),
        None => env::current_dir().context(|| "could not tell the current directory".to_owned())?,
    };
    let root = here
        .ancestors()
        .find(|directory| directory.join("xtask/Cargo.toml").is_file())
        .ok_or_else(|| Failure::new("this is not the workspace: run `cargo xtask` inside of it"))?;
    root.canonicalize().context(|| format!("could not resolve {}", root.display()))
}

/// The cargo that runs us, working in `root`.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    command
}

/// `path` as seen from `root`, for messages.
pub(crate) fn shown(root: &Path, path: &Path) -> String {
    path.strip_prefix(root).unwrap_or(path).display().to_string()
}
