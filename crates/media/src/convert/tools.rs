//! The programs that look at and convert videos and sounds.

use std::env;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Where the programs are.
#[derive(Clone, Debug)]
pub(super) struct Tools {
    pub(super) ffmpeg: PathBuf,
    pub(super) ffprobe: PathBuf,
    /// Of util-linux: takes memory, time and files from what it starts. Nothing is started without it.
    pub(super) prlimit: PathBuf,
    pub(super) nice: PathBuf,
    /// Of util-linux: takes the network away, where the system lets it.
    pub(super) unshare: Option<PathBuf>,
}

impl Tools {
    /// Those of this machine, if it has all that are needed.
    pub(super) fn find() -> Option<Self> {
        Some(Self {
            ffmpeg: in_path("ffmpeg")?,
            ffprobe: in_path("ffprobe")?,
            prlimit: in_path("prlimit")?,
            nice: in_path("nice")?,
            unshare: in_path("unshare"),
        })
    }
}

fn in_path(name: &str) -> Option<PathBuf> {
    let folders = env::var_os("PATH")?;
    env::split_paths(&folders).map(|folder| folder.join(name)).find(|path| is_program(path))
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
