//! Previews of messages: what is wanted, what is known, and what becomes of it.

use aws_lc_rs::digest::{SHA256, digest};
use chrono::TimeDelta;
use kernel::{Allowed, MessageId, TimelineId, Timestamp, UserId, can};

use super::{Fetcher, Found, LinkPreview, first_link};
use crate::store::previews;
use crate::writer::Change;
use crate::{Error, Messaging};

/// How long what was found counts.
const FRESH: TimeDelta = TimeDelta::days(1);
/// How long it counts that nothing was found.
const MISSED: TimeDelta = TimeDelta::hours(1);

/// A message whose link is to be looked at.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// Which.
    pub message: MessageId,
    /// Where it stands.
    pub timeline: TimelineId,
    /// Who wrote it: under whose rights it is changed.
    pub author: UserId,
    /// Its text: when it is another later, the preview is dropped.
    pub content: String,
    /// Its first link.
    pub url: String,
}

impl Messaging {
    /// What is to be looked at for a message; nothing when it is gone or has no link any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn wanted_preview(&self, message: MessageId) -> Result<Option<Wanted>, Error> {
        let mut conn = self.pool.get().await?;
        let row = previews::text(&mut conn, message).await?;
        Ok(row.and_then(|(timeline, author, content)| {
            let url = first_link(&content)?.to_string();
            Some(Wanted { message, timeline, author, content, url })
        }))
    }

    /// What is behind a link, from the cache or fetched now; nothing when there is nothing to show.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn look_up(&self, url: &str) -> Result<Option<LinkPreview>, Error> {
        let Some(fetcher) = &self.fetcher else { return Ok(None) };
        let (key, now) = (digest(&SHA256, url.as_bytes()), self.env.now());
        let mut conn = self.pool.get().await?;
        let known = previews::known(&mut conn, key.as_ref()).await?;
        drop(conn);
        if let Some((found, at)) = known
            && at.plus(if found.title.is_some() { FRESH } else { MISSED }) > now
        {
            return Ok(found.preview(url.into()));
        }
        let found = fetch(fetcher, url).await;
        let mut conn = self.pool.get().await?;
        previews::keep(&mut conn, key.as_ref(), &found, now).await?;
        Ok(found.preview(url.into()))
    }

    /// Gives a message its preview, unless its text is another by now.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn attach_preview(
        &self,
        allowed: Allowed<can::View>,
        wanted: &Wanted,
        preview: LinkPreview,
    ) -> Result<(), Error> {
        let Wanted { message, content, .. } = wanted.clone();
        let change = Change::Preview { id: message, content, preview: Box::new(preview) };
        self.writers.write(*allowed, change).await.map(drop)
    }

    /// Removes up to `slice` things that were found so long ago that they count no more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sweep_previews(&self, slice: i64) -> Result<usize, Error> {
        let before: Timestamp = self.env.now().plus(-FRESH);
        let mut conn = self.pool.get().await?;
        Ok(previews::sweep(&mut conn, before, slice).await?)
    }
}

/// What could not be fetched is nothing: no error of ours.
async fn fetch(fetcher: &Fetcher, url: &str) -> Found {
    match fetcher.fetch(url).await {
        Ok(found) => found,
        Err(error) => {
            tracing::debug!(%error, "a link was not looked at");
            Found::default()
        }
    }
}
