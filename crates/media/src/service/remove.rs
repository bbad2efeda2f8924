//! Removing one's files.

use kernel::{AttachmentId, UserId};

use super::Media;
use crate::Error;
use crate::store::attachments;

impl Media {
    /// Removes a file that `user` uploaded and that belongs to no message. Its bytes go later.
    ///
    /// # Errors
    /// [`Error::NoFile`] also when it is somebody else's; [`Error::Claimed`]; [`Error::Database`].
    pub async fn remove(&self, user: UserId, id: AttachmentId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        if attachments::remove_unused(&mut conn, id, user, self.env.now()).await? {
            return Ok(());
        }
        let file = attachments::find(&mut conn, id).await?;
        match file.filter(|file| file.uploader_id == user && file.position.is_some()) {
            Some(_) => Err(Error::Claimed),
            None => Err(Error::NoFile),
        }
    }
}
