//! Where a profile keeps its things.
//!
//! `.local/<profile>/data` is ours, and in it `postgres/` and `redis/` belong to the servers' account. That
//! account may be unable to come that far (a checkout below /root); then `data` is a symbolic link into
//! /var/lib/guildhall.

use std::fs::{self, DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use super::account::{Account, foreign};
use super::profile::Profile;
use crate::fail::{Context as _, Failure, Outcome};

/// Where the data goes that cannot be in the checkout.
const ELSEWHERE: &str = "/var/lib/guildhall";

/// The directory of one profile's data, which exists.
#[derive(Debug)]
pub(crate) struct Home {
    /// Without symbolic links: servers are recognised by it.
    pub(crate) data: PathBuf,
    pub(crate) profile: Profile,
}

/// `.local` of the workspace, created where it is missing.
pub(crate) fn local_directory(root: &Path) -> Outcome<PathBuf> {
    let local = root.join(".local");
    create(&local, 0o755)?;
    Ok(local)
}

/// `.local/<profile>`, which may not exist.
pub(super) fn front(root: &Path, profile: Profile) -> PathBuf {
    root.join(".local").join(profile.to_string())
}

/// Creates `directory` with exactly `mode`, unless it exists.
pub(super) fn create(directory: &Path, mode: u32) -> Outcome {
    let doing = || format!("could not create {}", directory.display());
    match DirBuilder::new().mode(mode).create(directory) {
        // Once more, because the umask took part in the first.
        Ok(()) => fs::set_permissions(directory, Permissions::from_mode(mode)).context(doing),
        Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
        Err(error) => Err(error).context(doing),
    }
}

impl Home {
    /// The profile's data where there is some.
    pub(crate) fn find(root: &Path, profile: Profile) -> Outcome<Option<Self>> {
        let front = front(root, profile);
        let (front, resolved) = match (front.canonicalize(), front.join("data").canonicalize()) {
            (Ok(front), Ok(resolved)) => (front, resolved),
            (Err(error), _) | (_, Err(error)) if error.kind() == ErrorKind::NotFound => return Ok(None),
            (Err(error), _) | (_, Err(error)) => {
                return Err(error).context(|| format!("could not reach {}", front.display()));
            }
        };
        // A link that leads anywhere else came with a copy of another checkout, whose data it is.
        let own = resolved == front.join("data") || resolved == elsewhere(root, profile);
        Ok(own.then_some(Self { data: resolved, profile }))
    }

    /// The profile's data, created at a place that `account` can reach.
    pub(crate) fn settle(root: &Path, profile: Profile, account: &Account) -> Outcome<Self> {
        let front = front(root, profile);
        create(&front, 0o755)?;
        let front = front.canonicalize().context(|| format!("could not resolve {}", front.display()))?;
        let data = front.join("data");
        match Self::find(root, profile)? {
            Some(home) if account.reaches(&home.data) => Ok(home),
            Some(home) => Err(Failure::new(format!(
                "the servers' account can no longer reach {}: `chmod o+x` what is above it, or delete it",
                home.data.display()
            ))),
            None => {
                let place = if account.reaches(&front) { data.clone() } else { elsewhere(root, profile) };
                if place != data {
                    create(Path::new(ELSEWHERE), 0o755)?;
                    // It may be there, from another checkout.
                    let _ = fs::remove_file(&data);
                    symlink(&place, &data).context(|| format!("could not create {}", data.display()))?;
                }
                create(&place, 0o711)?;
                Ok(Self { data: place, profile })
            }
        }
    }

    /// Fails when somebody other than `uid` created it.
    pub(super) fn check_owner(&self, uid: u32) -> Outcome {
        let data = fs::metadata(&self.data).context(|| format!("could not read {}", self.data.display()))?;
        if data.uid() == uid { Ok(()) } else { Err(foreign(&self.data, data.uid())) }
    }

    /// The directory of PostgreSQL's account: the cluster and the log.
    pub(crate) fn postgres(&self) -> PathBuf {
        self.data.join("postgres")
    }

    /// The directory Redis works in.
    pub(crate) fn redis(&self) -> PathBuf {
        self.data.join("redis")
    }
}

/// The place outside of the checkout, one for each checkout's path.
fn elsewhere(root: &Path, profile: Profile) -> PathBuf {
    Path::new(ELSEWHERE).join(format!("{:016x}-{profile}", super::secret::fingerprint(root)))
}
