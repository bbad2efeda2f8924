//! The account the servers run under: PostgreSQL refuses to run as root.

use std::env;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Command, Stdio};

use super::home::Home;
use crate::fail::{Context as _, Failure, Outcome};
use crate::process;

/// A user and group by their numbers.
#[derive(Debug)]
pub(crate) struct Account {
    uid: u32,
    gid: u32,
    /// Whether it is another one than ours; only root may change.
    other: bool,
}

/// Whether we are root.
pub(crate) fn is_root() -> Outcome<bool> {
    Ok(ours()?.uid == 0)
}

/// The account we run under.
fn ours() -> Outcome<Account> {
    let process = fs::metadata("/proc/self").context(|| "could not read /proc".to_owned())?;
    Ok(Account { uid: process.uid(), gid: process.gid(), other: false })
}

impl Account {
    /// Ours; for root the one that owns the data already, else `postgres`, else `nobody`.
    pub(crate) fn for_servers(home: Option<&Home>) -> Outcome<Self> {
        let ours = ours()?;
        if let Some(home) = home {
            home.check_owner(ours.uid)?;
        }
        if ours.uid != 0 {
            return Ok(ours);
        }
        if let Some(data) = home.and_then(|home| fs::metadata(home.postgres()).ok())
            && data.uid() != 0
        {
            return Ok(Self { uid: data.uid(), gid: data.gid(), other: true });
        }
        Self::named("postgres").or_else(|_| Self::named("nobody"))
    }

    /// Looks the numbers up.
    fn named(name: &str) -> Outcome<Self> {
        let ask = |option| {
            let number = process::capture(Command::new("id").args([option, name]))?;
            number.trim().parse().context(|| format!("`id {option} {name}` gave no number"))
        };
        Ok(Self { uid: ask("-u")?, gid: ask("-g")?, other: true })
    }

    /// `program` under this account, in a directory it can enter, with nothing of our environment that
    /// could lead a server or its tools astray (`PGDATA`, `PGPORT`, `TZ`, a locale that is not installed).
    pub(crate) fn command(&self, program: impl AsRef<Path>) -> Command {
        let mut command = Command::new(program.as_ref());
        command.env_clear().env("PATH", env::var_os("PATH").unwrap_or_default()).env("LC_ALL", "C");
        command.current_dir("/").stdin(Stdio::null());
        if self.other {
            // This also leaves root's supplementary groups behind.
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Whether this account can pass through `directory`.
    pub(crate) fn reaches(&self, directory: &Path) -> bool {
        process::capture(self.command("test").arg("-x").arg(directory)).is_ok()
    }

    /// Creates `directory` for this account alone.
    pub(crate) fn own_directory(&self, directory: &Path) -> Outcome {
        super::home::create(directory, 0o700)?;
        if self.other {
            let doing = || format!("could not give {} to the servers' account", directory.display());
            chown(directory, Some(self.uid), Some(self.gid)).context(doing)?;
        }
        Ok(())
    }
}

/// The failure of working on files of somebody else.
pub(super) fn foreign(directory: &Path, owner: u32) -> Failure {
    Failure::new(format!(
        "{} belongs to user {owner}: run this as that user, or delete the directory",
        directory.display()
    ))
}
