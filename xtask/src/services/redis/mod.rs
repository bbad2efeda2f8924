//! The private Redis.

mod config;
mod talk;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::account::Account;
use super::home::Home;
use super::running::{Running, arguments};
use super::{port, secret};
use crate::fail::{Failure, Outcome};
use crate::process::{self, last_lines};
pub(super) use talk::Access;

/// The oldest version we work with.
const OLDEST: u32 = 7;
/// How long a start or a stop may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Whether there is no Redis at all.
pub(super) fn is_missing() -> bool {
    process::in_path("redis-server").is_none()
}

/// The server, if its version will do.
fn program() -> Outcome<PathBuf> {
    let program = process::in_path("redis-server")
        .ok_or_else(|| Failure::new("redis-server is not in PATH: install Redis 7 or newer"))?;
    // "Redis server v=7.0.15 sha=…"
    let told = process::capture(Command::new(&program).arg("--version"))?;
    let version = told.split_once("v=").and_then(|(_, rest)| rest.split_whitespace().next()).unwrap_or("?");
    let major = version.split('.').next().and_then(|major| major.parse().ok());
    if major.is_some_and(|major: u32| major >= OLDEST) {
        return Ok(program);
    }
    Err(Failure::new(format!(
        "{} is Redis {version}, Guildhall needs {OLDEST} or newer: \
         install it from https://packages.redis.io (Ubuntu 22.04 ships 6)",
        program.display()
    )))
}

/// How to reach the server of `home`, whether or not it runs.
fn access(home: &Home, port: u16) -> Outcome<Access> {
    Ok(Access { port, password: secret::password(&home.data.join("redis.password"))? })
}

/// Where the server writes its process number.
fn pid_file(home: &Home) -> PathBuf {
    home.redis().join("redis.pid")
}

/// The server of `home`, if it runs.
pub(super) fn running(home: &Home) -> Outcome<Option<Running>> {
    let Ok(pid) = fs::read_to_string(pid_file(home)) else {
        return Ok(None);
    };
    let pid = pid.trim().parse().unwrap_or(0);
    let ours = config::title(home);
    let port = port::remembered(&home.data.join("redis.port"));
    let runs = arguments(pid).iter().any(|argument| argument.ends_with(&ours));
    Ok(port.filter(|_| runs).map(|port| Running { pid, port }))
}

/// Starts the server unless it runs.
pub(super) fn start(home: &Home, account: &Account) -> Outcome<Access> {
    let program = program()?;
    if let Some(server) = running(home)? {
        let access = access(home, server.port)?;
        access.wait_until_ready(PATIENCE)?;
        return Ok(access);
    }
    account.own_directory(&home.redis())?;
    let log = home.redis().join("server.log");
    // The last lines of the log are to be those of this start.
    let _ = fs::rename(&log, log.with_added_extension("old"));
    // What is left of a crash may be a file that the account cannot write.
    let _ = fs::remove_file(pid_file(home));
    let access = access(home, port::choose(&home.data.join("redis.port"))?)?;
    // On standard input, because it has the password.
    process::feed(account.command(program).arg("-"), &config::text(home, &access))
        .and_then(|_| access.wait_until_ready(PATIENCE))
        .map_err(|failure| {
            let lines = last_lines(&fs::read_to_string(&log).unwrap_or_default());
            Failure::new(format!("Redis did not start: {failure}; see {}{lines}", log.display()))
        })?;
    Ok(access)
}

/// Stops the server if it runs.
pub(super) fn stop(home: &Home) -> Outcome {
    let Some(server) = running(home)? else {
        return Ok(());
    };
    access(home, server.port)?.shut_down()?;
    let since = Instant::now();
    while running(home)?.is_some() {
        if since.elapsed() > PATIENCE {
            return Err(Failure::new(format!("Redis does not stop: end process {} yourself", server.pid)));
        }
        sleep(Duration::from_millis(20));
    }
    Ok(())
}
