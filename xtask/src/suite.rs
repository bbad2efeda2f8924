//! Everything that must pass before a change is done.

use std::env;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use crate::fail::{Failure, Outcome};
use crate::progress::seconds;
use crate::services::{self, Endpoints, Profile};
use crate::{libraries, process, schema, tidy, workspace};

/// How many tests run at a time, as the harness reads it. Twice as many as there are cores, unless it is set: a test also
/// waits, for sockets and for what is to happen later.
const THREADS: &str = "RUST_TEST_THREADS";

/// A named step.
type Step<'a> = (&'a str, &'a dyn Fn() -> Outcome);

/// Runs the steps in order and stops at the first that fails; tells how long each took.
pub(crate) fn run(root: &Path) -> Outcome {
    let cargo = |args: &[&str]| process::stream(workspace::cargo(root).args(args));
    // First, because a machine that lacks the servers should say so before half an hour of compiling.
    let started = Instant::now();
    heading("services");
    libraries::ensure(root)?;
    let endpoints = services::ensure(root, Profile::Test)?;
    let mut taken = vec![("services", started.elapsed())];
    let steps: [Step<'_>; 6] = [
        ("format", &|| cargo(&["fmt", "--all", "--check"])),
        ("lints", &|| cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"])),
        ("tidy", &|| tidy::run(root)),
        ("schema", &|| schema::run(root, true)),
        ("tests", &|| tests(root, &endpoints)),
        ("docs", &|| docs(root)),
    ];
    for (name, step) in steps {
        heading(name);
        let started = Instant::now();
        let outcome = step();
        taken.push((name, started.elapsed()));
        if let Err(failure) = outcome {
            summarise(&taken);
            return Err(Failure::new(format!("the step \"{name}\" failed: {failure}")));
        }
    }
    summarise(&taken);
    println!("all passed");
    Ok(())
}

/// The tests, always on their own services: those of the environment may hold data somebody wants to keep.
fn tests(root: &Path, endpoints: &Endpoints) -> Outcome {
    let mut cargo = workspace::cargo(root);
    cargo.env("GUILDHALL_ENV", "test").envs(endpoints.variables());
    if env::var_os(THREADS).is_none() {
        let cores = available_parallelism().map_or(1, usize::from);
        cargo.env(THREADS, (2 * cores).to_string());
    }
    process::stream(cargo.args(["test", "--workspace"]))
}

/// The documentation, in which nothing may be broken.
fn docs(root: &Path) -> Outcome {
    let mut cargo = workspace::cargo(root);
    process::stream(cargo.env("RUSTDOCFLAGS", "-D warnings").args(["doc", "--workspace", "--no-deps"]))
}

fn heading(step: &str) {
    println!("\n=== {step}");
}

fn summarise(taken: &[(&str, Duration)]) {
    println!();
    for (step, elapsed) in taken {
        println!("{step:<10} {:>10}", seconds(*elapsed));
    }
}
