//! Measuring the product, built as it is shipped, on the dev services: they are durable.

use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::Command;

use crate::fail::{Failure, Outcome};
use crate::services::{self, Profile};
use crate::{guildhall, process, workspace};

/// Builds, starts the services, and becomes `bench`, so that Ctrl-C reaches it and its gateways alone. The rest is in
/// the package of that name.
pub(crate) fn run(root: &Path, args: &[String]) -> Outcome {
    if let Some(what) = args.first().filter(|what| CRATES.contains(&what.as_str())) {
        return crates(root, what);
    }
    // Apart from each other: built together they would have each other's features of what both use.
    let product = guildhall::built(root, &["--release", "--package=gateway", "--bin=guildhall"])?;
    let bench = guildhall::built(root, &["--release", "--package=bench"])?;
    if args.iter().any(|arg| matches!(arg.as_str(), "--help" | "-h" | "help")) || args.is_empty() {
        // Help needs nothing; the environment has what is asked for before.
        let mut help = Command::new(&bench);
        return process::stream(help.args(args)).or(Ok(()));
    }
    let endpoints = services::ensure(root, Profile::Dev)?;
    let (postgres, redis) = services::processes(root, Profile::Dev)?;
    let mut command = guildhall::command(root, &bench, &endpoints.variables());
    command.env("BENCH_GUILDHALL", product).env("BENCH_DIRECTORY", target(root).join("bench"));
    command.env("BENCH_POSTGRES_PID", postgres.to_string()).env("BENCH_REDIS_PID", redis.to_string());
    let error = command.args(args).exec();
    Err(Failure::new(format!("could not run {}: {error}", bench.display())))
}

/// What is measured without HTTP, by asking the crates themselves (`tests/benches`).
const CRATES: [&str; 3] = ["access", "members", "conversations"];

fn crates(root: &Path, what: &str) -> Outcome {
    let endpoints = services::ensure(root, Profile::Test)?;
    let mut cargo = workspace::cargo(root);
    cargo.env("GUILDHALL_ENV", "test").envs(endpoints.variables());
    process::stream(cargo.args(["bench", "--package=tests", "--bench", what]))
}

/// Where what is made goes.
fn target(root: &Path) -> std::path::PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), Into::into)
}
