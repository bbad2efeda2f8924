//! A folder.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::future::BoxFuture;
use futures_util::stream::{self, BoxStream};
use futures_util::{FutureExt, StreamExt};
use kernel::Internal;
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc;
use tokio::task::spawn_blocking;
use tokio_util::io::ReaderStream;

use super::{Key, Pieces, Storage};
use crate::Error;

/// Bytes that are read at once.
const PIECE: usize = 65_536;
/// Keys that are read ahead.
const AHEAD: usize = 1_000;
/// How long a file may take to be written: far longer than it does.
const ARRIVING: Duration = Duration::from_secs(86_400);

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

    fn length(&self, key: Key) -> BoxFuture<'_, Result<Option<u64>, Error>> {
        let path = self.path(&key);
        async move {
            match tokio::fs::metadata(&path).await {
                Ok(found) => Ok(Some(found.len())),
                Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
                Err(error) => Err(Error::storage(error)),
            }
        }
        .boxed()
    }

    fn keys(&self) -> BoxStream<'_, Result<Key, Error>> {
        let (root, (tell, told)) = (self.0.clone(), mpsc::channel(AHEAD));
        spawn_blocking(move || {
            if let Err(error) = walk(&root, &root, &tell) {
                // Nobody listens any more, or hears that it ended too early.
                let _ = tell.blocking_send(Err(Error::storage(error)));
            }
        });
        stream::unfold(told, |mut told| async move { Some((told.recv().await?, told)) }).boxed()
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

/// Tells the key of each file below `folder`. What may still be on its way is left out.
fn walk(root: &Path, folder: &Path, tell: &mpsc::Sender<Result<Key, Error>>) -> io::Result<()> {
    let entries = match fs::read_dir(folder) {
        // Made when the first object comes.
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            walk(root, &entry.path(), tell)?;
        } else if !is_arriving(&entry) {
            let path = entry.path();
            let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().into_owned();
            if tell.blocking_send(Ok(Key::found(name))).is_err() {
                return Ok(());
            }
        }
    }
    Ok(())
}

/// Whether it is being written by [`put`], or was not long ago.
fn is_arriving(entry: &fs::DirEntry) -> bool {
    let age = entry.metadata().and_then(|found| found.modified()).ok().and_then(|at| at.elapsed().ok());
    entry.file_name().to_string_lossy().starts_with('.') && age.is_none_or(|age| age < ARRIVING)
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
