//! Bringing the server to compare with into a state where it runs.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::Surroundings;
use crate::fail::{Context as _, Failure, Outcome};

/// Where it stands in the workspace, which is the current directory.
const SOURCE: &str = "bench/socketio";
/// What it is made of.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "server.mjs"];

/// Why it cannot run here, if it cannot.
pub(crate) fn socket_io_is_missing() -> Option<String> {
    let missing = ["node", "npm"].into_iter().find(|program| !runs(program))?;
    Some(format!(
        "nothing to compare with: {missing} is not in PATH (Node.js 18 or newer runs bench/socketio)"
    ))
}

fn runs(program: &str) -> bool {
    let version = Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    version.is_ok_and(|status| status.success())
}

/// A copy of it among our results, with the packages of its lock file: nothing is written into the checkout.
pub(super) fn socket_io(here: &Surroundings) -> Outcome<PathBuf> {
    let directory = here.directory.join("socketio");
    fs::create_dir_all(&directory).context(|| format!("could not create {}", directory.display()))?;
    let lock = |directory: &Path| fs::read(directory.join("package-lock.json")).unwrap_or_default();
    let installed = lock(&directory) == lock(Path::new(SOURCE)) && directory.join("node_modules").is_dir();
    for file in FILES {
        let from = Path::new(SOURCE).join(file);
        fs::copy(&from, directory.join(file)).context(|| format!("could not copy {}", from.display()))?;
    }
    if !installed {
        let mut npm = Command::new("npm");
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&directory);
        let done = npm.output().context(|| "could not run npm".to_owned())?;
        if !done.status.success() {
            let words = String::from_utf8_lossy(&done.stderr).into_owned();
            return Err(Failure::new(format!("npm could not install bench/socketio: {}", words.trim())));
        }
    }
    Ok(directory)
}
