//! Finding a PostgreSQL that will do.

use std::cmp::Reverse;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::super::account::Account;
use crate::fail::{Failure, Outcome};
use crate::process;

/// The oldest version we work with.
const OLDEST: u32 = 15;
/// Where Debian and Ubuntu have their versions side by side, outside of PATH.
const DEBIAN: &str = "/usr/lib/postgresql";

/// The programs of one installed PostgreSQL.
#[derive(Debug)]
pub(crate) struct Binaries {
    directory: PathBuf,
    major: u32,
}

/// Whether there is no PostgreSQL server at all.
pub(crate) fn is_missing() -> bool {
    installed().is_empty()
}

/// All that are installed, newest first.
fn installed() -> Vec<Binaries> {
    let path = env::var_os("PATH").unwrap_or_default();
    let debian =
        fs::read_dir(DEBIAN).into_iter().flatten().flatten().map(|version| version.path().join("bin"));
    let mut found: Vec<Binaries> = env::split_paths(&path).chain(debian).filter_map(Binaries::at).collect();
    found.sort_by_key(|binaries| Reverse(binaries.major));
    found
}

impl Binaries {
    /// The PostgreSQL of `directory`, if all we need is there.
    fn at(directory: PathBuf) -> Option<Self> {
        let complete =
            ["postgres", "initdb", "pg_ctl", "psql"].iter().all(|name| directory.join(name).is_file());
        if !complete {
            return None;
        }
        // "postgres (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)", "postgres (PostgreSQL) 19beta1"
        let told = process::capture(Command::new(directory.join("postgres")).arg("--version")).ok()?;
        let version = told.split_whitespace().nth(2)?;
        let digits: String = version.chars().take_while(char::is_ascii_digit).collect();
        Some(Self { directory, major: digits.parse().ok()? })
    }

    /// The newest one; where there is a cluster already, the one of the version that made it.
    pub(crate) fn find(made_by: Option<u32>) -> Outcome<Self> {
        Self::choose(installed(), made_by)
    }

    fn choose(installed: Vec<Self>, made_by: Option<u32>) -> Outcome<Self> {
        let newest = installed.first().map(|newest| newest.major);
        let mut fit = installed.into_iter().filter(|binaries| binaries.major >= OLDEST);
        match (made_by, newest) {
            (_, None) => {
                Err(Failure::new(format!("found no PostgreSQL server: install version {OLDEST} or newer")))
            }
            (_, Some(newest)) if newest < OLDEST => Err(Failure::new(format!(
                "found PostgreSQL {newest}, Guildhall needs {OLDEST} or newer: \
                 install it from https://www.postgresql.org/download (Ubuntu 22.04 ships 14)"
            ))),
            (Some(major), Some(newest)) => fit.find(|binaries| binaries.major == major).ok_or_else(|| {
                Failure::new(format!(
                    "the data is of PostgreSQL {major}, but {newest} is installed: install {major}, \
                     or delete the data with `cargo xtask services wipe`"
                ))
            }),
            (None, Some(_)) => fit.next().ok_or_else(|| Failure::new("found no PostgreSQL that will do")),
        }
    }

    /// One of the programs, under the servers' account.
    pub(super) fn run(&self, name: &str, account: &Account) -> Command {
        account.command(self.program(name))
    }

    /// The path of one of the programs.
    pub(super) fn program(&self, name: &str) -> PathBuf {
        Path::new(&self.directory).join(name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chosen(majors: &[u32], made_by: Option<u32>) -> Result<u32, String> {
        let installed = majors.iter().map(|major| Binaries { directory: PathBuf::new(), major: *major });
        Binaries::choose(installed.collect(), made_by)
            .map(|binaries| binaries.major)
            .map_err(|failure| failure.to_string())
    }

    #[test]
    fn the_newest_is_chosen_unless_there_is_data() {
        assert_eq!(chosen(&[17, 16, 14], None), Ok(17));
        assert_eq!(chosen(&[17, 16, 14], Some(16)), Ok(16));
    }

    #[test]
    fn what_will_not_do_is_named() {
        let old = chosen(&[14], None).unwrap_err();
        assert!(old.starts_with("found PostgreSQL 14, Guildhall needs 15 or newer"), "{old}");
        let gone = chosen(&[17], Some(15)).unwrap_err();
        assert!(gone.starts_with("the data is of PostgreSQL 15, but 17 is installed"), "{gone}");
    }
}
