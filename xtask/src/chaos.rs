//! The long form of the fault tests (`tests/benches/chaos.rs`).

use std::path::Path;

use crate::fail::Outcome;
use crate::services::{self, Profile};
use crate::{process, workspace};

/// Without optimisation: quicker to build, and with the checks of a debug build.
const DEV: &str = "--dev";

/// Builds everything as it is shipped, unless told otherwise, and runs it. It starts a PostgreSQL and a Redis of its own;
/// those of the tests are started so that the programs are there.
pub(crate) fn run(root: &Path, args: &[String]) -> Outcome {
    services::ensure(root, Profile::Test)?;
    let mut cargo = workspace::cargo(root);
    cargo.args(["bench", "--quiet", "--package=tests", "--bench=chaos"]);
    if args.iter().any(|arg| arg == DEV) {
        cargo.arg("--profile=dev");
    }
    process::stream(cargo.arg("--").args(args.iter().filter(|arg| *arg != DEV)))
}
