//! What is measured: servers of our own, on a database of their own.

mod database;
mod gateway;
pub(crate) mod http;
mod install;
mod people;
mod target;

use std::path::PathBuf;
use std::process::Command;

use clap::{Args, ValueEnum};

use crate::fail::Outcome;
use crate::net::Dialect;
pub(crate) use database::Database;
pub(crate) use people::{PASSWORD, Person, Place, people, places};
pub(crate) use target::{Target, Texts};

/// What is there already; `cargo xtask bench` says it.
#[derive(Clone, Debug, Args)]
pub(crate) struct Surroundings {
    /// The product
    #[arg(long, env = "BENCH_GUILDHALL", hide = true)]
    guildhall: PathBuf,
    /// The database beside which we make one
    #[arg(long, env = "GUILDHALL__DATABASE__URL", hide = true, hide_env_values = true)]
    database: String,
    /// PostgreSQL's first process
    #[arg(long, env = "BENCH_POSTGRES_PID", hide = true)]
    postgres_pid: u32,
    /// Redis
    #[arg(long, env = "BENCH_REDIS_PID", hide = true)]
    redis_pid: u32,
    /// Where logs and reports go
    #[arg(long, env = "BENCH_DIRECTORY", hide = true)]
    pub(crate) directory: PathBuf,
    /// What bcrypt costs
    #[arg(skip = 4u32)]
    pub(crate) password_cost: u32,
}

impl Surroundings {
    /// Where files are kept while it is measured.
    fn files(&self) -> PathBuf {
        self.directory.join(format!("media-{}", std::process::id()))
    }
}

/// What to compare with in the same run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// A small server on Socket.IO, in bench/socketio
    Socketio,
}

/// The servers and their database. All of it goes with this value.
#[derive(Debug)]
pub(crate) struct Stage {
    // Before the database: what uses it ends first.
    /// Guildhall, then what it is compared with.
    pub(crate) targets: Vec<Target>,
    /// The database.
    pub(crate) database: Database,
    /// What is missing, as a sentence.
    pub(crate) missing: Option<String>,
    files: PathBuf,
}

impl Drop for Stage {
    fn drop(&mut self) {
        // The gateways end before their files go.
        self.targets.clear();
        let _ = std::fs::remove_dir_all(&self.files);
    }
}

impl Stage {
    /// Starts `count` gateways, and what they are compared with, on a new database.
    pub(crate) fn set(here: &Surroundings, count: usize, against: Option<Peer>) -> Outcome<Self> {
        let database = Database::create(&here.database)?;
        let mut targets = vec![Target::guildhall(here, &database, count)?];
        let mut missing = None;
        if against == Some(Peer::Socketio) {
            missing = install::socket_io_is_missing();
            if missing.is_none() {
                targets.push(Target::socket_io(here, &database)?);
            }
        }
        Ok(Self { targets, database, missing, files: here.files() })
    }

    /// What is Guildhall, for measurements that the peer has nothing to compare with for.
    pub(crate) fn ours(&self) -> impl Iterator<Item = &Target> {
        self.targets.iter().filter(|target| target.dialect == Dialect::Guildhall)
    }
}

/// `guildhall` as it is shipped, but for: no rate limits (one machine plays everybody), cheap passwords (they are made to
/// be expensive) unless they are measured, a port of the system's choice, files in a folder of their own, which nobody
/// converts. What the environment says counts, too.
fn product(here: &Surroundings, database: &Database, subcommand: &str) -> Command {
    let mut command = Command::new(&here.guildhall);
    command.arg(subcommand);
    command.env("GUILDHALL_ENV", "dev").env("GUILDHALL__LOG__FORMAT", "json");
    command.env("GUILDHALL__LIMITS__ENABLED", "false");
    command.env("GUILDHALL__IDENTITY__PASSWORDS__COST", here.password_cost.to_string());
    command.env("GUILDHALL__HTTP__HOST", "127.0.0.1").env("GUILDHALL__HTTP__PORT", "0");
    command.env("GUILDHALL__REDIS__PREFIX", format!("bench{}:", std::process::id()));
    command.env("GUILDHALL__DATABASE__URL", database.url());
    command.env("GUILDHALL__MEDIA__FOLDER", here.files().join("kept"));
    command.env("GUILDHALL__MEDIA__SPOOL", here.files().join("spool"));
    command.env("GUILDHALL__MEDIA__CONVERT__ENABLED", "false");
    command
}
