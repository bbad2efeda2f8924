//! The command line.

use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::fail::Outcome;
use crate::services::Profile;
use crate::{bench, chaos, guildhall, schema, services, suite, tidy, workspace};

/// The chores of the Guildhall workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
pub(crate) struct Cli {
    #[command(subcommand)]
    chore: Chore,
}

#[derive(Subcommand)]
enum Chore {
    /// The private PostgreSQL and Redis of this checkout
    Services(Services),
    /// Migrate the database: up, down, redo or status
    Migrate(Passed),
    /// Fill the database with something to look at: a small community with known logins
    #[command(visible_alias = "seed")]
    Demo(Passed),
    /// Import data (what follows goes to `guildhall import`; paths start at the workspace's root)
    Import(Passed),
    /// Make administrators (what follows goes to `guildhall admin`)
    Admin(Passed),
    /// Keep what is stored encrypted under the newest key (what follows goes to `guildhall secrets`)
    Secrets(Passed),
    /// Start the services, migrate, make the demo and serve
    Run,
    /// Measure: history, send, fanout, idle, access or members (what follows goes to the package `bench`; --help tells more)
    #[command(disable_help_flag = true)]
    Bench(Passed),
    /// Let things fail while people write and read, and tell whether all promises were kept (--help tells more; `--dev`
    /// does it without optimisation)
    #[command(disable_help_flag = true)]
    Chaos(Passed),
    /// Write each crate's src/schema.rs from the migrations
    Schema {
        /// Only tell whether the files are up to date
        #[arg(long)]
        check: bool,
    },
    /// Check the dependencies between the crates and what every crate must have
    Tidy,
    /// Everything that must pass: format, lints, tidy, schema, tests, docs
    Test,
}

#[derive(Args)]
struct Services {
    #[command(subcommand)]
    action: Action,
    /// Which pair of servers: to work with, or for the tests (fast, not durable)
    #[arg(long, value_enum, default_value_t = Profile::Dev, global = true)]
    profile: Profile,
}

#[derive(Subcommand)]
enum Action {
    /// Install, create and start what is not there yet
    Start,
    /// Stop the servers, keep their data
    Stop,
    /// Tell what runs; the exit code is 1 unless both do
    Status,
    /// Stop the servers and delete their data
    Wipe,
}

/// Arguments that are passed on.
#[derive(Args)]
struct Passed {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

impl Cli {
    /// Does what was asked.
    pub(crate) fn carry_out(self) -> Outcome<ExitCode> {
        let root = workspace::root()?;
        match self.chore {
            Chore::Services(Services { action: Action::Status, profile }) => {
                let code = if services::status(&root, profile)? { 0 } else { 1 };
                return Ok(ExitCode::from(code));
            }
            Chore::Services(Services { action: Action::Start, profile }) => services::start(&root, profile),
            Chore::Services(Services { action: Action::Stop, profile }) => services::stop(&root, profile),
            Chore::Services(Services { action: Action::Wipe, profile }) => services::wipe(&root, profile),
            Chore::Migrate(passed) => guildhall::pass(&root, "migrate", &passed.args),
            Chore::Demo(passed) => guildhall::pass(&root, "demo", &passed.args),
            Chore::Import(passed) => guildhall::pass(&root, "import", &passed.args),
            Chore::Admin(passed) => guildhall::pass(&root, "admin", &passed.args),
            Chore::Secrets(passed) => guildhall::pass(&root, "secrets", &passed.args),
            Chore::Run => guildhall::serve(&root),
            Chore::Bench(passed) => bench::run(&root, &passed.args),
            Chore::Chaos(passed) => chaos::run(&root, &passed.args),
            Chore::Schema { check } => schema::run(&root, check),
            Chore::Tidy => tidy::run(&root),
            Chore::Test => suite::run(&root),
        }?;
        Ok(ExitCode::SUCCESS)
    }
}
