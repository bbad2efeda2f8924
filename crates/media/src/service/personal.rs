//! What is held on somebody.

use kernel::{AttachmentId, UserId};
use serde_json::{Value, json};

use super::Media;
use crate::Error;
use crate::model::Owner;
use crate::store::{attachments, uploads};

/// Files in one page.
const PAGE: i64 = 200;

impl Media {
    /// The next files that the user uploaded, behind `after`, and the last of them; `None` when there are no more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn held(
        &self,
        user: UserId,
        after: AttachmentId,
    ) -> Result<Option<(Vec<Value>, AttachmentId)>, Error> {
        let mut conn = self.pool.get().await?;
        let files = attachments::of_user(&mut conn, user, after, PAGE).await?;
        let Some(last) = files.last().map(|file| file.id) else { return Ok(None) };
        let items = files.into_iter().map(|file| {
            json!({
                "id": file.id, "name": file.name, "contentType": file.content_type, "size": file.size,
                "channelId": file.timeline_id, "messageId": file.message_id, "url": format!("/api/media/{}", file.id),
                "createdAt": file.created_at, "purpose": file.purpose, "expiresAt": file.expires_at,
            })
        });
        Ok(Some((items.collect(), last)))
    }

    /// Removes all files and pictures of a user whose account is gone.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn forget(&self, user: UserId) -> Result<(), Error> {
        let (mut conn, now) = (self.pool.get().await?, self.env.now());
        uploads::end_all(&mut conn, user, now).await?;
        attachments::remove_all(&mut conn, user, now).await?;
        drop(conn);
        self.retire_all(Owner::User(user)).await
    }
}
