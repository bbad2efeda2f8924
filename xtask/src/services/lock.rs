//! One xtask at a time for each profile.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::home;
use super::profile::Profile;
use crate::fail::{Context as _, Outcome};

/// Held while a profile's servers are started or stopped; the system releases it with the process.
#[derive(Debug)]
pub(super) struct Lock {
    _file: File,
}

impl Lock {
    /// Waits until nobody else works on the profile.
    pub(super) fn take(root: &Path, profile: Profile) -> Outcome<Self> {
        let path = home::local_directory(root)?.join(format!("{profile}.lock"));
        let doing = || format!("could not lock {}", path.display());
        let file = File::options().create(true).append(true).open(&path).context(doing)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                eprintln!("waiting for another xtask that works on the {profile} services …");
                file.lock().context(doing)?;
            }
            Err(TryLockError::Error(error)) => return Err(error).context(doing),
        }
        Ok(Self { _file: file })
    }
}
