//! A folder in which one file is worked at.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tempfile::TempDir;
use tokio::task::spawn_blocking;

/// What its name begins with.
const PREFIX: &str = "guildhall-convert-";
/// How much longer than its work may take a folder is left alone: its gateway may be slow to remove it.
const GRACE: Duration = Duration::from_secs(3_600);

/// A folder of its own, which is removed when nobody holds it any more. What a process leaves behind that was killed, the next
/// one removes.
#[derive(Debug)]
pub(crate) struct Workplace(TempDir);

impl Workplace {
    /// The file that is worked at.
    pub(crate) const INPUT: &str = "input";

    /// A new one in `spool`, or in the system's temporary folder; work in it takes at most `patience`.
    pub(super) async fn open(spool: &Path, patience: Duration) -> io::Result<Self> {
        let spool = if spool.as_os_str().is_empty() { std::env::temp_dir() } else { spool.to_path_buf() };
        spawn_blocking(move || {
            fs::create_dir_all(&spool)?;
            forget(&spool, patience + GRACE)?;
            // Readable for nobody else: mode 0700.
            tempfile::Builder::new().prefix(PREFIX).tempdir_in(&spool).map(Self)
        })
        .await
        .map_err(io::Error::other)?
    }

    /// Where it is.
    pub(super) fn folder(&self) -> &Path {
        self.0.path()
    }

    /// The file that is to be worked at, empty yet.
    ///
    /// # Errors
    /// The disk did not take it.
    pub(crate) async fn input(&self) -> io::Result<tokio::fs::File> {
        tokio::fs::File::create(self.path(Self::INPUT)).await
    }

    /// A file that was made, if it was and has anything in it.
    pub(super) async fn made(&self, name: &str) -> io::Result<Option<File>> {
        let path = self.path(name);
        let open = move || match File::open(path) {
            Ok(file) if file.metadata()?.len() > 0 => Ok(Some(file)),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        };
        spawn_blocking(open).await.map_err(io::Error::other)?
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }
}

/// Removes the folders that nobody has touched for `age`.
fn forget(spool: &Path, age: Duration) -> io::Result<()> {
    for entry in fs::read_dir(spool)?.flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let touched = entry.metadata().and_then(|found| found.modified());
        let is_old = touched.is_ok_and(|at| at.elapsed().is_ok_and(|since| since > age));
        // Another gateway may be quicker.
        if is_ours && is_old && fs::remove_dir_all(entry.path()).is_ok() {
            tracing::info!(folder = %entry.path().display(), "removed what a gateway left that was killed");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[tokio::test]
    async fn a_folder_goes_with_its_work_and_what_was_left_behind_goes_later() {
        let spool = tempfile::tempdir().unwrap();
        let left = spool.path().join(format!("{PREFIX}left"));
        let (fresh, other) = (spool.path().join(format!("{PREFIX}fresh")), spool.path().join("other"));
        let old = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
        for folder in [&left, &fresh, &other] {
            fs::create_dir(folder).unwrap();
            fs::write(folder.join("x"), b"x").unwrap();
        }
        for folder in [&left, &other] {
            File::open(folder).unwrap().set_modified(old).unwrap();
        }
        let place = Workplace::open(spool.path(), Duration::from_secs(600)).await.unwrap();
        assert!(!left.exists() && fresh.exists() && other.exists());
        let folder = place.folder().to_path_buf();
        place.input().await.unwrap();
        assert!(folder.join(Workplace::INPUT).exists());
        assert!(place.made("nothing").await.unwrap().is_none());
        assert!(place.made(Workplace::INPUT).await.unwrap().is_none(), "nothing is in it");
        drop(place);
        assert!(!folder.exists());
    }
}
