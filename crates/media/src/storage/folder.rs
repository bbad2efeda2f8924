//! A folder.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};

use futures_util::future::BoxFuture;
use futures_util::{FutureExt, StreamExt};
use kernel::Internal;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::{Key, Pieces, Storage};
use crate::Error;

/// Bytes that are read at once.
const PIECE: usize = 65_536;

/// Keeps each object in a file of its own.
#[derive(Debug)]
pub(super) struct Folder(PathBuf);

impl Folder {
    /// In `root`, which is made when the first object comes.
    pub(super) fn new(root: PathBuf) -> Self {
        Self(root)
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.0.join(key.as_str())
    }
}

impl Storage for Folder {
    fn put(&self, key: Key, file: File, _: u64, _: &str) -> BoxFuture<'_, Result<(), Error>> {
        let path = self.path(&key);
        async move {
            spawn_blocking(move || put(&path, file)).await.map_err(Error::storage)?.map_err(Error::storage)
        }
        .boxed()
    }

    fn get(&self, key: Key, range: Range<u64>) -> BoxFuture<'_, Result<Pieces, Error>> {
        let path = self.path(&key);
        async move {
            let mut file = tokio::fs::File::open(&path).await.map_err(|error| match error.kind() {
                ErrorKind::NotFound => Error::NoFile,
                _ => Error::storage(error),
            })?;
            file.seek(SeekFrom::Start(range.start)).await.map_err(Error::storage)?;
            let some = file.take(range.end.saturating_sub(range.start));
            Ok(ReaderStream::with_capacity(some, PIECE).map(|piece| piece.map_err(Internal::new)).boxed())
        }
        .boxed()
    }

    fn delete(&self, key: Key) -> BoxFuture<'_, Result<(), Error>> {
        let path = self.path(&key);
        async move {
            match tokio::fs::remove_file(&path).await {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(Error::storage(error)),
                _ => Ok(()),
            }
        }
        .boxed()
    }
}

/// Written beside its place and then moved there, so that nobody ever sees half of it.
fn put(path: &Path, mut file: File) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::NamedTempFile::new_in(folder)?;
    file.seek(SeekFrom::Start(0))?;
    io::copy(&mut file, &mut beside)?;
    // Who was told that it is stored has it after a power cut, too.
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    File::open(folder)?.sync_all()
}
