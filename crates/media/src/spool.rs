//! A file that is arriving.

use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncWriteExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::Error;
use crate::kind::Kind;
use crate::name;
use crate::settings::MediaSettings;
use crate::sniff::{HEAD, Sniffed, sniff};

/// A file that is arriving: written to a file without a name, which is gone when nobody holds it any more, also when the
/// process is killed. No more of it than one piece is in memory.
#[derive(Debug)]
pub struct Spool {
    file: tokio::fs::File,
    name: String,
    head: Vec<u8>,
    what: Option<Sniffed>,
    length: u64,
    limits: Limits,
}

/// How large a file may be.
#[derive(Clone, Debug)]
pub(crate) enum Limits {
    /// As its kind.
    ByKind(Arc<MediaSettings>),
    /// A picture, of so many bytes.
    Picture(u64),
    /// A video or sound, of so many bytes.
    Recording(u64),
    /// A sound, of so many bytes.
    Sound(u64),
}

/// A file that has arrived.
#[derive(Debug)]
pub struct Received {
    pub(crate) file: File,
    pub(crate) name: String,
    pub(crate) what: Sniffed,
}

impl Received {
    /// What the client calls it, without folders.
    pub fn name(&self) -> &str {
        &self.name
    }
}

/// The right to receive files, for as long as it lives.
#[derive(Debug)]
pub struct Receiving {
    pub(crate) _place: OwnedSemaphorePermit,
    pub(crate) limits: Limits,
    pub(crate) settings: Arc<MediaSettings>,
}

impl Receiving {
    /// Begins a file; `name` is what the client calls it.
    ///
    /// # Errors
    /// [`Error::Storage`]: the disk did not take it.
    pub async fn begin(&self, name: &str) -> Result<Spool, Error> {
        let folder = self.settings.spool.clone();
        let file = tokio::task::spawn_blocking(move || unnamed(&folder)).await;
        Ok(Spool {
            file: tokio::fs::File::from_std(file.map_err(Error::storage)?.map_err(Error::storage)?),
            name: name::clean(name),
            head: Vec::new(),
            what: None,
            length: 0,
            limits: self.limits.clone(),
        })
    }

    /// Files that may come.
    pub fn files(&self) -> usize {
        match self.limits {
            Limits::ByKind(_) => self.settings.files,
            Limits::Picture(_) | Limits::Recording(_) | Limits::Sound(_) => 1,
        }
    }

    /// How long the client may pause.
    pub fn pause(&self) -> Duration {
        Duration::from_secs(self.settings.pause_s)
    }

    /// How long it all may take.
    pub fn patience(&self) -> Duration {
        Duration::from_secs(self.settings.upload_s)
    }

    /// The most bytes that can be right: what announces more need not be read.
    pub fn most(&self) -> u64 {
        let one = match &self.limits {
            Limits::ByKind(settings) => largest(settings),
            Limits::Picture(limit) | Limits::Recording(limit) | Limits::Sound(limit) => *limit,
        };
        // Some for what stands around the files.
        one.saturating_mul(u64::try_from(self.files()).unwrap_or(u64::MAX)).saturating_add(1_048_576)
    }
}

/// Bytes that the largest file may have, whatever it is.
pub(crate) fn largest(settings: &MediaSettings) -> u64 {
    crate::Kind::ALL.iter().map(|kind| settings.limit(*kind)).max().unwrap_or(0)
}

/// A file that nobody else can open, in `folder` or the system's temporary one.
pub(crate) fn unnamed(folder: &Path) -> std::io::Result<File> {
    if folder.as_os_str().is_empty() {
        return tempfile::tempfile();
    }
    std::fs::create_dir_all(folder)?;
    tempfile::tempfile_in(folder)
}

impl Spool {
    /// The next piece.
    ///
    /// # Errors
    /// [`Error::TooLarge`], as soon as it is; [`Error::Type`], as soon as it can be seen; [`Error::Storage`].
    pub async fn write(&mut self, piece: &[u8]) -> Result<(), Error> {
        self.length = self.length.saturating_add(u64::try_from(piece.len()).unwrap_or(u64::MAX));
        if self.what.is_none() {
            let room = HEAD.saturating_sub(self.head.len());
            self.head.extend_from_slice(piece.get(..room.min(piece.len())).unwrap_or_default());
            if self.head.len() >= HEAD {
                self.look()?;
            }
        }
        self.check()?;
        self.file.write_all(piece).await.map_err(Error::storage)
    }

    /// All of it has come.
    ///
    /// # Errors
    /// As [`Self::write`]; [`Error::Invalid`] when it is empty.
    pub async fn end(mut self) -> Result<Received, Error> {
        if self.length == 0 {
            return Err(kernel::Invalid::field("files", "must not be empty").into());
        }
        if self.what.is_none() {
            self.look()?;
        }
        self.check()?;
        self.file.flush().await.map_err(Error::storage)?;
        let what = self.what.ok_or(Error::Type("nothing is in it"))?;
        Ok(Received { file: self.file.into_std().await, name: self.name, what })
    }

    fn look(&mut self) -> Result<(), Error> {
        let what = sniff(&self.head)?;
        self.what = Some(match self.limits {
            Limits::Picture(_) if what.format.is_none() => {
                return Err(Error::Type("a picture is wanted: JPEG, PNG, GIF or WebP"));
            }
            Limits::Recording(_) if !matches!(what.kind, Kind::Video | Kind::Audio) => {
                return Err(Error::Type("a video or a sound is wanted"));
            }
            Limits::Sound(_) => {
                what.heard().ok_or(Error::Type("a sound is wanted: WebM, Ogg, MP4, MP3 or WAV"))?
            }
            _ => what,
        });
        self.head = Vec::new();
        Ok(())
    }

    fn check(&self) -> Result<(), Error> {
        let (what, limit) = match (&self.limits, self.what) {
            (Limits::Picture(limit), _) => ("this picture", *limit),
            (Limits::Recording(limit), _) => ("clips", *limit),
            (Limits::Sound(limit), _) => ("voice messages", *limit),
            (Limits::ByKind(settings), Some(what)) => (what.kind.plural(), settings.limit(what.kind)),
            (Limits::ByKind(settings), None) => ("files", largest(settings)),
        };
        if self.length > limit { Err(Error::TooLarge { what, limit }) } else { Ok(()) }
    }
}
