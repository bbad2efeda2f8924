//! The chores of this workspace, as `cargo xtask <chore>`.
//!
//! It links none of the workspace's other crates, so it builds on a machine that has nothing yet but Rust
//! and a C compiler; what else is needed, it installs.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod bench;
mod chaos;
mod chore;
mod fail;
mod guildhall;
mod install;
mod libraries;
mod process;
mod progress;
mod schema;
mod services;
mod suite;
mod tidy;
mod workspace;

use std::process::ExitCode;

use clap::Parser as _;

/// Runs one chore; a failure is told in its own words.
fn main() -> ExitCode {
    match chore::Cli::parse().carry_out() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("xtask: {failure}");
            ExitCode::FAILURE
        }
    }
}
