//! Avatars and the icons of servers.

use kernel::{Internal, PictureId};

use super::Media;
use super::upload::Object;
use crate::Error;
use crate::model::{Owner, Picture};
use crate::picture::SQUARES;
use crate::spool::Received;
use crate::storage::Key;
use crate::store::pictures;

/// Where pictures are.
const PATH: &str = "/api/pictures/";

impl Media {
    /// Keeps the middle of a picture in all sizes; returns its URL on this server. Whoever gives it to its owner then calls
    /// [`Self::retire`] for the one before.
    ///
    /// # Errors
    /// [`Error::Type`]; [`Error::TooManyPixels`]; [`Error::Storage`]; [`Error::Database`].
    pub async fn keep_square(&self, owner: Owner, received: Received) -> Result<String, Error> {
        let sizes = self.studio.square(received).await?;
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
        Ok(format!("{PATH}{}", picture.id))
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
