//! `guildhall`: the server and its chores.

#![expect(clippy::print_stderr, reason = "a command line tool talks to its terminal")]

use std::process::ExitCode;
use std::thread::available_parallelism;

use clap::Parser;
use gateway::commands::{Arguments, run};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    // tokio reads it itself.
    if std::env::var_os("TOKIO_WORKER_THREADS").is_none() {
        // Every core has a worker of its own for sockets and calls already, and each thread more is one more to wake up
        // (docs/decisions/0037-threads.md).
        runtime.worker_threads((available_parallelism().map_or(1, usize::from) / 2).max(1));
    }
    let runtime = match runtime.enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("guildhall: cannot start threads: {error}");
            return ExitCode::FAILURE;
        }
    };
    match runtime.block_on(run(arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("guildhall: {words}");
            ExitCode::FAILURE
        }
    }
}
