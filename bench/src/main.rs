#![doc = include_str!("../README.md")]
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line tool talks to its terminal")]

mod cli;
mod fail;
mod machine;
mod meter;
mod net;
mod report;
mod run;
mod stage;

use std::process::ExitCode;

use clap::Parser as _;

/// Runs one measurement; a failure is told in its own words.
fn main() -> ExitCode {
    match cli::Cli::parse().carry_out() {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
