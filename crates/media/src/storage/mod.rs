//! Where bytes are kept.

mod folder;
mod s3;

use std::fmt::{self, Debug};
use std::fs::File;
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use chrono::TimeDelta;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use kernel::{AttachmentId, Internal, PictureId, TimelineId, Timestamp, UploadId};

use crate::Error;
use crate::model::Purpose;
use crate::rendition::Rendition;
use crate::settings::{MediaSettings, StorageKind};

/// Pieces of an object, as they are read.
pub(crate) type Pieces = BoxStream<'static, Result<Bytes, Internal>>;

/// The name of an object. Made of ids only: nothing that a client wrote is in it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Key(String);

/// What an object belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Named {
    /// A file, or a preview of it.
    Attachment(AttachmentId),
    /// A size of a square picture.
    Picture(PictureId),
    /// What a client put there itself, and nobody looked at yet.
    Upload(UploadId),
}

/// What a client does at the store itself.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Visit<'a> {
    /// It reads the object, which the store answers with under this type and disposition.
    Get { content_type: &'a str, disposition: &'a str },
    /// It puts an object of this length and type there.
    Put { content_type: &'a str, length: u64 },
}

/// Keeps bytes under keys. What is put under a key is there as a whole or not at all.
pub(crate) trait Storage: Debug + Send + Sync {
    /// Puts the whole file there, in the place of what is there.
    fn put(&self, key: Key, file: File, length: u64, content_type: &str) -> BoxFuture<'_, Result<(), Error>>;

    /// Reads some of the object's bytes, which must be there.
    ///
    /// [`Error::NoFile`] when there is no object.
    fn get(&self, key: Key, range: Range<u64>) -> BoxFuture<'_, Result<Pieces, Error>>;

    /// Where a client can make this visit by itself until `lifetime` after `now`; `None` where clients do not reach the
    /// store.
    fn address<'a>(
        &'a self,
        key: Key,
        visit: Visit<'a>,
        now: Timestamp,
        lifetime: TimeDelta,
    ) -> BoxFuture<'a, Result<Option<String>, Error>> {
        let _ = (key, visit, now, lifetime);
        async { Ok(None) }.boxed()
    }

    /// How many bytes the object has; `None` when there is none.
    fn length(&self, key: Key) -> BoxFuture<'_, Result<Option<u64>, Error>>;

    /// All objects, in no order.
    fn keys(&self) -> BoxStream<'_, Result<Key, Error>>;

    /// Removes the object. None is no error.
    fn delete(&self, key: Key) -> BoxFuture<'_, Result<(), Error>>;
}

/// The store that the settings name.
///
/// # Errors
/// A setting that is no good.
pub(crate) fn open(settings: &MediaSettings) -> Result<Arc<dyn Storage>, Internal> {
    Ok(match settings.storage {
        StorageKind::Folder => Arc::new(folder::Folder::new(settings.folder.clone())),
        StorageKind::S3 => Arc::new(s3::S3::open(&settings.s3)?),
    })
}

impl Key {
    /// Of an attachment, or of its preview of some size.
    pub(crate) fn attachment(channel: Option<TimelineId>, id: AttachmentId, preview: Option<u16>) -> Self {
        let place = channel.map_or_else(|| "any".into(), |channel| channel.to_string());
        Self(match preview {
            None => format!("attachments/{place}/{id}"),
            Some(size) => format!("attachments/{place}/{id}-{size}.webp"),
        })
    }

    /// Of a copy of an attachment.
    pub(crate) fn rendition(channel: Option<TimelineId>, id: AttachmentId, rendition: Rendition) -> Self {
        let Self(whole) = Self::attachment(channel, id, None);
        Self(format!("{whole}-{}.{}", rendition.name(), rendition.ending()))
    }

    /// Of a square picture in some size.
    pub(crate) fn picture(purpose: Purpose, id: PictureId, size: u16) -> Self {
        let folder = match purpose {
            Purpose::Avatar => "avatars",
            Purpose::ServerIcon => "server-icons",
        };
        Self(format!("{folder}/{id}-{size}.webp"))
    }

    /// Of what a client puts there itself.
    pub(crate) fn upload(id: UploadId) -> Self {
        Self(format!("uploads/{id}"))
    }

    /// The one that an object has, whatever it is called.
    fn found(name: String) -> Self {
        Self(name)
    }

    /// What it is the key of; `None` when it is none of those that are made here.
    pub(crate) fn named(&self) -> Option<Named> {
        let (folder, name) = self.0.rsplit_once('/')?;
        let parts = name.split_once('.').and_then(|(stem, ending)| Some((stem.rsplit_once('-')?, ending)));
        let (id, is_picture) = match parts {
            Some(((id, size), "webp")) if size.parse::<u16>().is_ok() => (id, true),
            Some(((id, made), ending)) if Rendition::of(made).is_some_and(|made| made.ending() == ending) => {
                (id, false)
            }
            _ => (name, false),
        };
        match folder {
            "avatars" | "server-icons" if is_picture => id.parse().ok().map(Named::Picture),
            "uploads" => name.parse().ok().map(Named::Upload),
            _ if folder.starts_with("attachments/") => id.parse().ok().map(Named::Attachment),
            _ => None,
        }
    }

    fn as_str(&self) -> &str {
        &self.0
    }
}

impl Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_key_tells_what_it_is_of() {
        let env = Env::system();
        let (file, picture, place, upload) = (env.id(), env.id(), env.id(), env.id());
        assert_eq!(Key::upload(upload).named(), Some(Named::Upload(upload)));
        for key in [
            Key::attachment(None, file, None),
            Key::attachment(Some(place), file, None),
            Key::attachment(Some(place), file, Some(200)),
            Key::rendition(None, file, Rendition::P720),
            Key::rendition(Some(place), file, Rendition::Mp3),
        ] {
            assert_eq!(key.named(), Some(Named::Attachment(file)), "{key:?}");
        }
        for purpose in [Purpose::Avatar, Purpose::ServerIcon] {
            assert_eq!(Key::picture(purpose, picture, 64).named(), Some(Named::Picture(picture)));
        }
        for other in [
            "",
            "notes.txt",
            "avatars/notes.txt",
            "attachments/any/.tmp1234",
            "other/1-200.webp",
            "attachments/any/1-mp3.mp4",
        ] {
            assert_eq!(Key::found(other.into()).named(), None, "{other}");
        }
    }
}
