//! Addresses under which a file can be had without a token, for some minutes: what an `<img>` needs.

use chrono::TimeDelta;
use kernel::{AttachmentId, Timestamp};

use super::download::Wanted;
use super::{Download, Media};
use crate::Error;
use crate::model::Attachment;
use crate::storage::Visit;

/// Where a file can be had, and for how long.
#[derive(Clone, Debug)]
pub struct Link {
    /// On this server, or in the store.
    pub url: String,
    /// Until then.
    pub until: Timestamp,
}

impl Media {
    /// The address of a file, for who was found to be allowed to see it. Whoever has it can read the file until then, also
    /// who may not any more; not when the file is gone. With `media.s3.direct` it is the store's.
    ///
    /// # Errors
    /// As [`Self::download`]; [`Error::Storage`] when nothing can be signed for the store.
    pub async fn link(&self, file: &Attachment, wanted: Wanted) -> Result<Link, Error> {
        let download = self.download(file, wanted)?;
        let lifetime = TimeDelta::seconds(i64::from(self.settings.link_s));
        let now = self.env.now();
        let until = now.plus(lifetime);
        let visit = Visit::Get { content_type: &download.content_type, disposition: &download.disposition };
        if let Some(url) = self.storage.address(download.key.clone(), visit, now, lifetime).await? {
            return Ok(Link { url, until });
        }
        let signature = self.signer.sign(file.id, wanted.name(), until);
        let part = match wanted {
            Wanted::Whole => String::new(),
            Wanted::Preview(_) => format!("size={}&", wanted.name()),
            Wanted::Rendition(_) => format!("rendition={}&", wanted.name()),
        };
        let url = format!("/api/media/{}/content?{part}until={until}&signature={signature}", file.id);
        Ok(Link { url, until })
    }

    /// What is to be read at an address of ours.
    ///
    /// # Errors
    /// [`Error::NoFile`] also when its time is over, or it is none of ours; [`Error::Database`].
    pub async fn linked(
        &self,
        id: AttachmentId,
        wanted: Wanted,
        until: Timestamp,
        signature: &str,
    ) -> Result<Download, Error> {
        let is_ours = self.signer.is_ours(id, wanted.name(), until, signature);
        if !is_ours || until < self.env.now() {
            return Err(Error::NoFile);
        }
        self.download(&self.attachment(id).await?, wanted)
    }
}
