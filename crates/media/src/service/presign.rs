//! Files that clients send to the store itself: announced, sent, then looked at as all others are.

use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use futures_util::StreamExt;
use kernel::{Internal, Invalid, TimelineId, Timestamp, UploadId, UserId};

use super::Media;
use super::upload::Intake;
use crate::Error;
use crate::model::Upload;
use crate::name;
use crate::spool::{Received, Receiving, largest};
use crate::storage::{Key, Visit};
use crate::store::{attachments, uploads};
use crate::view::AttachmentView;

/// Characters that a media type may have.
const TYPE_MAX: usize = 127;
/// What a file is sent as when the client does not say it.
const UNSAID: &str = "application/octet-stream";

/// A file that somebody is going to send to the store itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Announced {
    name: String,
    size: i64,
    content_type: String,
    channel: Option<TimelineId>,
}

/// Where to send an announced file.
#[derive(Clone, Debug)]
pub struct Presigned {
    /// What to complete.
    pub id: UploadId,
    /// Where to `PUT` it: in the store. It takes as many bytes as were announced, and neither more nor fewer.
    pub url: String,
    /// What the request must say that it is.
    pub content_type: String,
    /// When the request must have begun.
    pub until: Timestamp,
}

impl Announced {
    /// A file of this name and of so many bytes. `content_type` is what the client sends it as: what it is, is found in it
    /// later.
    ///
    /// # Errors
    /// [`Invalid`]: of no bytes, or no media type.
    pub fn new(
        name: &str,
        size: i64,
        content_type: Option<String>,
        channel: Option<TimelineId>,
    ) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        if size < 1 {
            invalid.add("size", "must be at least 1");
        }
        let content_type = content_type.unwrap_or_else(|| UNSAID.into());
        if !is_media_type(&content_type) {
            invalid.add("contentType", "must be a media type such as video/mp4");
        }
        invalid.into_result()?;
        Ok(Self { name: name::clean(name), size, content_type, channel })
    }

    /// Where it will be sent, if that is known.
    pub fn channel(&self) -> Option<TimelineId> {
        self.channel
    }
}

/// Whether it can stand in a header as a media type, in RFC 9110's characters of tokens and without parameters.
fn is_media_type(text: &str) -> bool {
    let token = |text: &str| {
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
    };
    text.len() <= TYPE_MAX && text.split_once('/').is_some_and(|(kind, sub)| token(kind) && token(sub))
}

impl Media {
    /// Where the user may send the file: its size counts for their quota from now on, until it is over.
    ///
    /// # Errors
    /// [`Error::NotDirect`] where clients do not reach the store; [`Error::TooLarge`]; [`Error::Quota`]; [`Error::Storage`]
    /// when nothing can be signed; [`Error::Database`].
    pub async fn presign(&self, user: UserId, announced: Announced) -> Result<Presigned, Error> {
        let Announced { name, size, content_type, channel } = announced;
        let (id, now) = (self.env.id::<UploadId>(), self.env.now());
        let length = u64::try_from(size).map_err(Internal::new)?;
        let lifetime = TimeDelta::seconds(i64::from(self.settings.link_s));
        let visit = Visit::Put { content_type: &content_type, length };
        let url = self.storage.address(Key::upload(id), visit, now, lifetime).await?;
        let url = url.ok_or(Error::NotDirect)?;
        let limit = largest(&self.settings);
        if length > limit {
            return Err(Error::TooLarge { what: "files", limit });
        }
        let until = now.plus(lifetime);
        let takes = TimeDelta::seconds(i64::try_from(self.settings.upload_s).map_err(Internal::new)?);
        let upload = Upload {
            id,
            user_id: user,
            channel_id: channel,
            name,
            size,
            created_at: now,
            attachment_id: None,
            ended_at: None,
            due_at: until.plus(takes),
        };
        let mut conn = self.pool.get().await?;
        let reserved = conn.transaction(async |tx| {
            attachments::lock_user(tx, user).await?;
            self.has_room(tx, user, std::iter::once(size)).await?;
            Ok::<_, Error>(uploads::insert(tx, &upload).await?)
        });
        reserved.await?;
        Ok(Presigned { id, url, content_type, until })
    }

    /// Looks at what the user sent, as at every other file, and keeps it. What is refused is gone; so is, some time later, what
    /// is sent there once more. Done twice, it says the same.
    ///
    /// # Errors
    /// [`Error::NoUpload`] also when it is somebody else's, or was refused; [`Error::Early`] when nothing has arrived, or it
    /// is being completed; [`Error::Busy`]; as [`Self::upload`], and as a file that arrives here.
    pub async fn complete(&self, user: UserId, id: UploadId) -> Result<AttachmentView, Error> {
        let found = uploads::find(&mut *self.pool.get().await?, id, user).await?;
        let upload = found.ok_or(Error::NoUpload)?;
        if upload.ended_at.is_some() || upload.due_at <= self.env.now() {
            return self.completed(&upload).await;
        }
        let receiving = self.receive()?;
        match self.taken(user, &upload, &receiving).await {
            Ok(view) => {
                self.gone(vec![Key::upload(id)]).await;
                Ok(view)
            }
            Err(error) => {
                if is_refusal(&error) {
                    uploads::refuse(&mut *self.pool.get().await?, id, self.env.now()).await?;
                    self.gone(vec![Key::upload(id)]).await;
                }
                Err(error)
            }
        }
    }

    /// The file that became of an upload that is over.
    async fn completed(&self, upload: &Upload) -> Result<AttachmentView, Error> {
        let file = upload.attachment_id.ok_or(Error::NoUpload)?;
        let found = attachments::expected(&mut *self.pool.get().await?, file).await?;
        let file = found.ok_or(Error::NoUpload)?;
        if file.stored_at.is_some() {
            Ok(file.into())
        } else {
            Err(Error::Early("the upload is being completed"))
        }
    }

    async fn taken(
        &self,
        user: UserId,
        upload: &Upload,
        receiving: &Receiving,
    ) -> Result<AttachmentView, Error> {
        let received = self.arrived(upload, receiving).await?;
        let intake = Intake { channel: upload.channel_id, upload: Some(upload.id), ..Intake::default() };
        let mut kept = self.take(user, vec![received], intake).await?;
        kept.pop().ok_or_else(|| Internal::new("a file was kept and is not there").into())
    }

    /// What was sent to the store, as if it arrived here: a copy, for the client can go on to write there while its address is
    /// good.
    async fn arrived(&self, upload: &Upload, receiving: &Receiving) -> Result<Received, Error> {
        let key = Key::upload(upload.id);
        let early = || Error::Early("nothing has arrived yet: send the file first");
        let length = self.storage.length(key.clone()).await?.ok_or_else(early)?;
        if i64::try_from(length) != Ok(upload.size) {
            return Err(Invalid::field("size", "must be that of the file").into());
        }
        let mut spool = receiving.begin(&upload.name).await?;
        let pieces = self.storage.get(key, 0..length).await;
        let mut pieces =
            pieces.map_err(|error| if matches!(error, Error::NoFile) { early() } else { error })?;
        while let Some(piece) = pieces.next().await {
            spool.write(&piece.map_err(Error::storage)?).await?;
        }
        spool.end().await
    }
}

/// Whether it is what arrived that is wrong: trying again is of no use.
fn is_refusal(error: &Error) -> bool {
    match error {
        Error::Invalid(_)
        | Error::TooLarge { .. }
        | Error::TooManyPixels { .. }
        | Error::Type(_)
        | Error::Infected(_)
        | Error::Quota { .. } => true,
        Error::Unscanned(_)
        | Error::NotDirect
        | Error::NoUpload
        | Error::Early(_)
        | Error::NoFile
        | Error::Claimed
        | Error::Range(_)
        | Error::Busy
        | Error::Storage(_)
        | Error::Database(_)
        | Error::Internal(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_media_type_is_one_that_a_header_can_hold() {
        for good in ["video/mp4", "application/vnd.oasis.opendocument.text", "image/svg+xml"] {
            assert!(is_media_type(good), "{good}");
        }
        let long = format!("video/{}", "x".repeat(122));
        for wrong in [
            "",
            "video",
            "/",
            "video/",
            "video/mp4; a=b",
            "video/mp4\r\nx: y",
            "a/b/c",
            "vid\u{e9}o/x",
            &long,
        ] {
            assert!(!is_media_type(wrong), "{wrong}");
        }
        assert!(Announced::new("a", 0, None, None).is_err());
        assert_eq!(Announced::new("../a", 1, None, None).unwrap().name, "a");
    }
}
