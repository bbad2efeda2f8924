//! Avatars and the icons of servers.

use futures_util::StreamExt;
use kernel::{AttachmentId, Internal, Invalid, PictureId, UserId};

use super::upload::Object;
use super::{Media, Wanted};
use crate::Error;
use crate::model::{Owner, Picture};
use crate::picture::SQUARES;
use crate::spool::Received;
use crate::storage::Key;
use crate::store::{attachments, pictures};

/// Where pictures are.
const PATH: &str = "/api/pictures/";

/// The URL of a square picture on this server.
pub(super) fn address(id: PictureId) -> String {
    format!("{PATH}{id}")
}

impl Media {
    /// Keeps the middle of a picture in all sizes; returns its URL on this server. Whoever gives it to its owner then calls
    /// [`Self::retire`] for the one before.
    ///
    /// # Errors
    /// [`Error::Type`]; [`Error::TooManyPixels`]; [`Error::Storage`]; [`Error::Database`].
    pub async fn keep_square(&self, owner: Owner, received: Received) -> Result<String, Error> {
        self.scanned(&received).await?;
        let sizes = self.processor.square(received).await?;
        let [small, medium, large] =
            sizes.each_ref().map(|size| i64::try_from(size.length).map_err(Internal::new));
        let picture = Picture {
            id: self.env.id(),
            purpose: owner.purpose(),
            owner_id: owner.uuid(),
            small: small?,
            medium: medium?,
            large: large?,
            created_at: self.env.now(),
            stored_at: None,
            removed_at: None,
        };
        pictures::insert(&mut *self.pool.get().await?, &picture).await?;
        let objects = sizes.into_iter().zip(SQUARES).map(|(size, side)| Object {
            key: Key::picture(picture.purpose, picture.id, side),
            file: size.file,
            length: size.length,
            content_type: "image/webp".into(),
        });
        // What did not arrive whole goes with a later sweep.
        self.store(objects.collect()).await?;
        pictures::stored(&mut *self.pool.get().await?, picture.id, self.env.now()).await?;
        Ok(address(picture.id))
    }

    /// A file that `user` uploaded and that belongs to no message, as if it arrived again: to make a square picture of.
    ///
    /// # Errors
    /// [`Error::Invalid`] when there is none; [`Error::Type`] when it is no picture; [`Error::TooLarge`]; [`Error::Busy`];
    /// [`Error::Storage`]; [`Error::Database`].
    pub async fn again(&self, owner: Owner, user: UserId, file: AttachmentId) -> Result<Received, Error> {
        let found = attachments::find(&mut *self.pool.get().await?, file).await?;
        let theirs = found.filter(|file| file.uploader_id == user && file.position.is_none());
        let must = || Invalid::field("icon", "must be a picture that you uploaded and did not send");
        let file = theirs.ok_or_else(must)?;
        let whole = self.download(&file, Wanted::Whole)?;
        let mut spool = self.receive_square(owner)?.begin(&file.name).await?;
        let mut pieces = self.read(&whole, 0..whole.length).await?;
        while let Some(piece) = pieces.next().await {
            spool.write(&piece.map_err(Error::storage)?).await?;
        }
        spool.end().await
    }

    /// Removes the picture of this URL, which its owner has no more. Of a URL that is not ours there is nothing to remove.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn retire(&self, owner: Owner, url: Option<&str>) -> Result<(), Error> {
        let id = url.and_then(|url| url.strip_prefix(PATH)?.parse::<PictureId>().ok());
        let Some(id) = id else { return Ok(()) };
        let mut conn = self.pool.get().await?;
        Ok(pictures::remove(&mut conn, id, owner.uuid(), self.env.now()).await?)
    }

    /// Removes all pictures of an owner who is gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn retire_all(&self, owner: Owner) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        Ok(pictures::remove_all(&mut conn, owner.uuid(), self.env.now()).await?)
    }
}
