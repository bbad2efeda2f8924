//! The private PostgreSQL.

mod binaries;
mod cluster;
mod config;
mod sql;

use std::fs;
use std::path::{Path, PathBuf};

use super::account::Account;
use super::home::Home;
use super::running::{Running, arguments};
use super::{port, secret};
use crate::fail::{Context as _, Failure, Outcome};
use crate::process::{self, last_lines};
pub(crate) use binaries::Binaries;
pub(super) use binaries::is_missing;
pub(crate) use sql::{Login, psql};

/// How often a start is tried again when somebody else was faster at its port.
const ATTEMPTS: usize = 3;

/// The cluster's directory.
fn cluster(home: &Home) -> PathBuf {
    home.postgres().join("cluster")
}

/// The server of `home`, if it runs.
pub(super) fn running(home: &Home) -> Outcome<Option<Running>> {
    let cluster = cluster(home);
    let Ok(file) = fs::read_to_string(cluster.join("postmaster.pid")) else {
        return Ok(None);
    };
    // Its lines: process, directory, start time, port.
    let mut lines = file.lines();
    let pid = lines.next().and_then(|line| line.trim().parse().ok()).unwrap_or(0);
    let port = lines.nth(2).and_then(|line| line.trim().parse().ok());
    Ok(port.filter(|_| serves(pid, &cluster)).map(|port| Running { pid, port }))
}

/// Whether the process is a PostgreSQL started for that cluster.
fn serves(pid: u32, cluster: &Path) -> bool {
    let cluster = cluster.display().to_string();
    arguments(pid).contains(&cluster)
}

/// Starts the server unless it runs, and sees to the product's role and database.
pub(super) fn start(home: &Home, account: &Account) -> Outcome<Login> {
    let binaries = Binaries::find(cluster::major(&cluster(home)))?;
    let port = match running(home)? {
        Some(server) => server.port,
        None => {
            account.own_directory(&home.postgres())?;
            cluster::create(home, account, &binaries)?;
            boot(home, account, &binaries)?
        }
    };
    let login = |role: &str| {
        let password = secret::password(&password_file(home, role))?;
        Ok(Login { role: role.to_owned(), password, port, database: role.to_owned() })
    };
    let product = login("guildhall")?;
    sql::set_up(&binaries, &login("postgres")?, &product)?;
    Ok(product)
}

/// Starts the server at a free port, which is returned.
fn boot(home: &Home, account: &Account, binaries: &Binaries) -> Outcome<u16> {
    discard_foreign_pid(&cluster(home))?;
    let log = home.postgres().join("server.log");
    let mut attempt = 1;
    loop {
        let port = port::choose(&home.data.join("postgres.port"))?;
        // The last lines of the log are to be those of this start.
        let _ = fs::rename(&log, log.with_added_extension("old"));
        let mut pg_ctl = binaries.run("pg_ctl", account);
        pg_ctl.args(["start", "--wait", "--timeout=120", "--silent", "-D"]).arg(cluster(home));
        pg_ctl.arg("-l").arg(&log).arg("-o").arg(config::write(home, port)?);
        match process::capture(&mut pg_ctl) {
            Ok(_) => return Ok(port),
            Err(_) if attempt < ATTEMPTS && !port::is_free(port) => attempt += 1,
            Err(_) => {
                let lines = last_lines(&fs::read_to_string(&log).unwrap_or_default());
                return Err(Failure::new(format!("PostgreSQL did not start, see {}{lines}", log.display())));
            }
        }
    }
}

/// Removes a postmaster.pid whose process lives but is not ours: PostgreSQL would not start because of it.
/// That of a process that is gone stays, because PostgreSQL finds leftovers of a crash through it.
fn discard_foreign_pid(cluster: &Path) -> Outcome {
    let file = cluster.join("postmaster.pid");
    let content = fs::read_to_string(&file).unwrap_or_default();
    let pid = content.lines().next().and_then(|line| line.trim().parse().ok());
    match pid {
        Some(pid) if !arguments(pid).is_empty() && !serves(pid, cluster) => {
            fs::remove_file(&file).context(|| format!("could not delete {}", file.display()))
        }
        _ => Ok(()),
    }
}

/// Stops the server if it runs, ending its connections.
pub(super) fn stop(home: &Home, account: &Account) -> Outcome {
    if running(home)?.is_none() {
        return Ok(());
    }
    let cluster = cluster(home);
    let binaries = Binaries::find(cluster::major(&cluster))?;
    let mut pg_ctl = binaries.run("pg_ctl", account);
    pg_ctl.args(["stop", "--wait", "--timeout=60", "--silent", "--mode=fast", "-D"]).arg(cluster);
    process::capture(&mut pg_ctl).map(drop)
}

/// Where the password of a role is kept.
fn password_file(home: &Home, role: &str) -> PathBuf {
    home.data.join(format!("{role}.password"))
}
