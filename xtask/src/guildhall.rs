//! Running the product itself, with the private services unless the environment names others.

use std::env;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::fail::{Failure, Outcome};
use crate::services::{self, DATABASE, Profile, REDIS};
use crate::{libraries, process, workspace};

/// Runs `guildhall <subcommand> <args>` on the dev services.
pub(crate) fn pass(root: &Path, subcommand: &str, args: &[String]) -> Outcome {
    let variables = variables(root)?;
    let program = build(root)?;
    process::stream(command(root, &program, &variables).arg(subcommand).args(args))
}

/// Migrates, makes the demo, and becomes `guildhall serve`, so that Ctrl-C reaches the gateway alone.
pub(crate) fn serve(root: &Path) -> Outcome {
    let variables = variables(root)?;
    let program = build(root)?;
    process::stream(command(root, &program, &variables).args(["migrate", "up"]))?;
    process::stream(command(root, &program, &variables).arg("demo"))?;
    let error = command(root, &program, &variables).arg("serve").exec();
    Err(Failure::new(format!("could not run {}: {error}", program.display())))
}

/// Builds the binary and returns where cargo put it.
pub(crate) fn build(root: &Path) -> Outcome<PathBuf> {
    built(root, &["--package=gateway", "--bin=guildhall"])
}

/// Builds a binary and returns where cargo put it; `arguments` say which one, and how.
pub(crate) fn built(root: &Path, arguments: &[&str]) -> Outcome<PathBuf> {
    libraries::ensure(root)?;
    let mut cargo = workspace::cargo(root);
    cargo.arg("build").args(arguments).arg("--message-format=json-render-diagnostics");
    let printed = process::stream_errors(&mut cargo)?;
    let binary = printed.lines().filter_map(executable).next_back();
    binary.ok_or_else(|| Failure::new("cargo did not say where it put the binary: look at `cargo build`"))
}

/// The file that one of cargo's messages announces, if it announces one.
fn executable(message: &str) -> Option<PathBuf> {
    let message: Value = serde_json::from_str(message).ok()?;
    message.get("executable")?.as_str().map(PathBuf::from)
}

/// The product with the environment of `variables`.
pub(crate) fn command(root: &Path, program: &Path, variables: &[(&'static str, String)]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).envs(variables.iter().map(|(name, value)| (name, value)));
    command
}

/// What the environment lacks; the services are started only where they are needed.
fn variables(root: &Path) -> Outcome<Vec<(&'static str, String)>> {
    let is_unset = |name: &str| env::var_os(name).is_none();
    let mut variables = vec![("GUILDHALL_ENV", "dev".to_owned())];
    if is_unset(DATABASE) || is_unset(REDIS) {
        variables.extend(services::ensure(root, Profile::Dev)?.variables());
    }
    variables.retain(|(name, _)| is_unset(name));
    Ok(variables)
}
