//! Files go.

use std::ops::Range;

use futures_util::stream::BoxStream;
use kernel::{AttachmentId, Internal, PictureId};

use super::Media;
use crate::Error;
use crate::kind::Kind;
use crate::model::Attachment;
use crate::name::disposition;
use crate::picture::{PreviewSize, SQUARES};
use crate::rendition::Rendition;
use crate::sniff::is_inline;
use crate::storage::Key;
use crate::store::{attachments, pictures};

/// What of a file is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// All of it.
    Whole,
    /// Of a picture, a smaller one; the picture itself, when it is not larger than that. Of a video, a picture of it.
    Preview(PreviewSize),
    /// Of a video or sound, a copy.
    Rendition(Rendition),
}

impl Wanted {
    /// What it is called: in addresses, and in what is signed of them.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Whole => "whole",
            Self::Preview(PreviewSize::Small) => "200",
            Self::Preview(PreviewSize::Large) => "800",
            Self::Rendition(rendition) => rendition.name(),
        }
    }
}

/// The sizes of avatars and icons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PictureSize {
    /// 64 pixels a side.
    Small,
    /// 256 pixels a side.
    #[default]
    Medium,
    /// 512 pixels a side.
    Large,
}

/// What can be read, and what is said of it.
#[derive(Clone, Debug)]
pub struct Download {
    pub(crate) key: Key,
    /// Its bytes.
    pub length: u64,
    /// Its media type.
    pub content_type: String,
    /// Its entity tag, without quotes: other bytes have another one.
    pub etag: String,
    /// The value of `Content-Disposition`.
    pub disposition: String,
}

impl PictureSize {
    /// The size of so many pixels a side, if there is one.
    pub fn of(side: u16) -> Option<Self> {
        let sizes = [Self::Small, Self::Medium, Self::Large];
        sizes.into_iter().find(|size| SQUARES.get(size.place()) == Some(&side))
    }

    fn place(self) -> usize {
        match self {
            Self::Small => 0,
            Self::Medium => 1,
            Self::Large => 2,
        }
    }
}

/// The preview that is wanted and its bytes, if there is one.
fn preview_of(file: &Attachment, wanted: Wanted) -> Option<(PreviewSize, i64)> {
    match wanted {
        Wanted::Preview(size @ PreviewSize::Small) => Some((size, file.small?)),
        Wanted::Preview(size @ PreviewSize::Large) => Some((size, file.large?)),
        Wanted::Whole | Wanted::Rendition(_) => None,
    }
}

impl Media {
    /// A file. Who may see it is for who asks to find out: the uploader, until it belongs to a message; then those who may
    /// read that.
    ///
    /// # Errors
    /// [`Error::NoFile`]; [`Error::Database`].
    pub async fn attachment(&self, id: AttachmentId) -> Result<Attachment, Error> {
        let mut conn = self.pool.get().await?;
        attachments::find(&mut conn, id).await?.ok_or(Error::NoFile)
    }

    /// What is to be read of a file.
    ///
    /// # Errors
    /// [`Error::NoFile`]: there is no preview, or no such copy.
    pub fn download(&self, file: &Attachment, wanted: Wanted) -> Result<Download, Error> {
        let (channel, id) = (file.channel_id, file.id);
        let (key, content_type, length) = match (wanted, preview_of(file, wanted)) {
            (_, Some((size, length))) => {
                (Key::attachment(channel, id, Some(size.side())), "image/webp", length)
            }
            (Wanted::Rendition(rendition), None) => {
                let length = file.renditions().find(|(made, _)| *made == rendition).ok_or(Error::NoFile)?.1;
                (Key::rendition(channel, id, rendition), rendition.content_type(), length)
            }
            (Wanted::Preview(_), None) if file.kind != Kind::Image => return Err(Error::NoFile),
            (Wanted::Whole | Wanted::Preview(_), None) => {
                (Key::attachment(channel, id, None), file.content_type.as_str(), file.size)
            }
        };
        let hash = data_encoding::HEXLOWER.encode(&file.sha256);
        let is_whole = key == Key::attachment(channel, id, None);
        Ok(Download {
            key,
            length: u64::try_from(length).map_err(Internal::new)?,
            content_type: content_type.into(),
            etag: if is_whole { hash } else { format!("{hash}-{}", wanted.name()) },
            disposition: disposition(is_inline(content_type), &file.name),
        })
    }

    /// An avatar or icon in some size.
    ///
    /// # Errors
    /// [`Error::NoFile`]; [`Error::Database`].
    pub async fn picture(&self, id: PictureId, size: PictureSize) -> Result<Download, Error> {
        let mut conn = self.pool.get().await?;
        let picture = pictures::find(&mut conn, id).await?.ok_or(Error::NoFile)?;
        let side = SQUARES.get(size.place()).copied().ok_or(Error::NoFile)?;
        let length = match size {
            PictureSize::Small => picture.small,
            PictureSize::Medium => picture.medium,
            PictureSize::Large => picture.large,
        };
        Ok(Download {
            key: Key::picture(picture.purpose, id, side),
            length: u64::try_from(length).map_err(Internal::new)?,
            content_type: "image/webp".into(),
            etag: format!("{id}-{side}"),
            disposition: disposition(true, "picture.webp"),
        })
    }

    /// The bytes of `range`, which must be there.
    ///
    /// # Errors
    /// [`Error::NoFile`] when it was removed meanwhile; [`Error::Storage`].
    pub async fn read(
        &self,
        download: &Download,
        range: Range<u64>,
    ) -> Result<BoxStream<'static, Result<bytes::Bytes, Internal>>, Error> {
        self.storage.get(download.key.clone(), range).await
    }
}
