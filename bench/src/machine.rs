//! Where figures come from: without that they say nothing.

use std::fs;
use std::process::Command;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use serde::Serialize;

use crate::fail::{Failure, Outcome};
use crate::meter::number::whole;
use crate::stage::Database;

/// Files beside the sockets.
const SPARE_FILES: u64 = 200;

/// The machine and the programs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Machine {
    /// When the run began, UTC.
    pub(crate) at: String,
    cores: usize,
    cpu: String,
    memory_mib: u64,
    kernel: String,
    /// Load averages right before the run: what else was going on.
    pub(crate) load_before: String,
    /// The commit that was built, with "-dirty" when it was changed since.
    commit: String,
    postgres: String,
    redis: String,
    /// Settings from the environment that differ from the shipped ones.
    settings: Vec<String>,
}

impl Machine {
    /// This one, now.
    pub(crate) fn look(database: &Database) -> Outcome<Self> {
        let at = database.text("SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')")?;
        let cpu = field("/proc/cpuinfo", "model name");
        let memory = field("/proc/meminfo", "MemTotal");
        let load = fs::read_to_string("/proc/loadavg").unwrap_or_default();
        Ok(Self {
            at,
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            cpu,
            memory_mib: memory.split_whitespace().next().and_then(|kib| kib.parse().ok()).unwrap_or(0_u64)
                / 1_024,
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim().to_owned(),
            load_before: load.split_whitespace().take(3).collect::<Vec<_>>().join(" "),
            commit: said(Command::new("git").args(["describe", "--always", "--dirty"])),
            postgres: database.text("SELECT current_setting('server_version')")?,
            redis: redis_version(),
            settings: settings(),
        })
    }

    /// A line for people.
    pub(crate) fn line(&self) -> String {
        let Self { at, cores, cpu, memory_mib, kernel, load_before, commit, postgres, redis, settings } =
            self;
        let settings =
            if settings.is_empty() { String::new() } else { format!("; settings {}", settings.join(" ")) };
        format!(
            "{at} UTC, {cores} cores ({cpu}), {memory_mib} MiB, Linux {kernel}, PostgreSQL {postgres}, Redis {redis}, \
             commit {commit}, load before {load_before}{settings}"
        )
    }
}

/// Sees to it that this process and those that it starts may open `sockets` sockets each.
pub(crate) fn allow_sockets(sockets: usize) -> Outcome {
    let needed = whole(sockets) + SPARE_FILES;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    if let Some(hard) = maximum.filter(|hard| *hard < needed) {
        return Err(Failure::new(format!(
            "{sockets} sockets need {needed} open files, and this account may have {hard}: raise the hard limit \
             (`ulimit -Hn`, LimitNOFILE), or ask for at most {} sockets",
            hard.saturating_sub(SPARE_FILES)
        )));
    }
    if current.is_some_and(|soft| soft < needed) {
        setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum })
            .map_err(|error| Failure::new(format!("could not raise the limit of open files: {error}")))?;
    }
    Ok(())
}

/// What follows the first `name` in a file of /proc.
fn field(file: &str, name: &str) -> String {
    let text = fs::read_to_string(file).unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix(name));
    line.and_then(|rest| rest.split_once(':')).map_or(String::new(), |(_, value)| value.trim().to_owned())
}

/// "Redis server v=7.0.15 sha=…"
fn redis_version() -> String {
    let told = said(Command::new("redis-server").arg("--version"));
    told.split_once("v=").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?").to_owned()
}

/// What was set by the environment, without addresses and secrets.
fn settings() -> Vec<String> {
    let ours = std::env::vars().filter(|(name, _)| name.starts_with("GUILDHALL__"));
    // Reports are shown around: of what may be a secret or an address only the name.
    let harmless = |value: &str| value.parse::<f64>().is_ok() || value.parse::<bool>().is_ok();
    let mut told: Vec<String> = ours
        .map(
            |(name, value)| {
                if harmless(&value) { format!("{name}={value}") } else { format!("{name} (hidden)") }
            },
        )
        .collect();
    told.sort_unstable();
    told
}

fn said(command: &mut Command) -> String {
    let output = command.output().ok().filter(|output| output.status.success());
    output.map_or("?".to_owned(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
