//! The files of a place, and of a message.

use std::collections::HashSet;

use diesel_async::AsyncPgConnection;
use identity::{Identity, UserCard};
use kernel::{Allowed, AttachmentId, Limit, MessageId, Page, can};
use media::{Attachment, AttachmentView, Listed, Total};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use crate::assemble::gone;
use crate::view::MessageView;
use crate::writer::Change;
use crate::{Error, fence};

/// Files in a page: 50 unless said, at most 100.
pub type FilesLimit = Limit<50, 100>;

/// A file of a place.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SentFile {
    /// The message that it belongs to.
    pub message_id: MessageId,
    /// Who sent it.
    pub author: UserCard,
    /// The file.
    pub file: AttachmentView,
}

/// What the files of a place take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FileStats {
    /// Files.
    #[schema(example = 42)]
    pub count: i64,
    /// Bytes, without previews.
    #[schema(example = 7_340_032)]
    pub bytes: i64,
    /// The same of each kind of which there are any.
    pub kinds: Vec<KindStats>,
}

/// What the files of one kind take.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct KindStats {
    /// The kind.
    pub kind: media::Kind,
    /// Files.
    #[schema(example = 42)]
    pub count: i64,
    /// Bytes.
    #[schema(example = 7_340_032)]
    pub bytes: i64,
}

impl Messaging {
    /// The files of a place that the proof shows, the last uploaded first: of one kind, or all; those that were uploaded
    /// before `before`.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::Database`].
    pub async fn files(
        &self,
        allowed: Allowed<can::ReadHistory>,
        kind: Option<media::Kind>,
        before: Option<AttachmentId>,
        limit: FilesLimit,
    ) -> Result<Page<SentFile>, Error> {
        let (timeline, from) = (allowed.timeline(), allowed.visible_from());
        let wanted = Listed { timeline, from, kind, clips: false, before };
        let mut conn = self.pool.get().await?;
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        snapshot
            .run(async move |tx| {
                still_holds(tx, &allowed).await?;
                let files = media::list(tx, wanted, limit.get() + 1).await?;
                let Page { items, has_more } = Page::of(files, limit.get());
                Ok(Page { items: sent(tx, items).await?, has_more })
            })
            .await
    }

    /// How many files there are of each kind in what the proof shows of a place.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::Database`].
    pub async fn file_stats(&self, allowed: Allowed<can::ReadHistory>) -> Result<FileStats, Error> {
        let mut conn = self.pool.get().await?;
        let mut snapshot = conn.build_transaction().read_only().repeatable_read();
        let totals = snapshot.run(async move |tx| {
            still_holds(tx, &allowed).await?;
            Ok::<_, Error>(media::totals(tx, allowed.timeline(), allowed.visible_from()).await?)
        });
        Ok(totals.await?.into())
    }

    /// Tells of a message again, because more is known of its files than before.
    ///
    /// # Errors
    /// [`Error::NoMessage`]; [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn show_files(&self, allowed: Allowed<can::View>, id: MessageId) -> Result<(), Error> {
        self.writers.write(*allowed, Change::ShowFiles { id }).await.map(drop)
    }

    /// Removes the files of a message of the grant's user. A message that has nothing else is deleted. Without files, nothing
    /// changes.
    ///
    /// # Errors
    /// [`Error::NoMessage`], [`Error::NotTheAuthor`]; [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Busy`], [`Error::Database`].
    pub async fn remove_files(
        &self,
        allowed: Allowed<can::View>,
        id: MessageId,
    ) -> Result<MessageView, Error> {
        let change = Change::RemoveFiles { id, at: self.env.now() };
        self.writers.write(*allowed, change).await?.message()
    }
}

/// That nobody's rights changed since the proof was made.
pub(super) async fn still_holds(
    tx: &mut AsyncPgConnection,
    allowed: &Allowed<can::ReadHistory>,
) -> Result<(), Error> {
    let present = fence::versions(tx, &[allowed.scope()]).await?;
    if present == [(allowed.scope(), allowed.version())] { Ok(()) } else { Err(Error::Stale) }
}

async fn sent(tx: &mut AsyncPgConnection, files: Vec<Attachment>) -> Result<Vec<SentFile>, Error> {
    let people = files.iter().map(|file| file.uploader_id).collect::<HashSet<_>>();
    let cards = Identity::cards(tx, &people.into_iter().collect::<Vec<_>>()).await?;
    let sent = files.into_iter().filter_map(|file| {
        let author = cards.get(&file.uploader_id).cloned().unwrap_or_else(|| gone(file.uploader_id));
        Some(SentFile { message_id: file.message_id?, author, file: file.into() })
    });
    Ok(sent.collect())
}

impl From<Vec<Total>> for FileStats {
    fn from(totals: Vec<Total>) -> Self {
        let sum = |of: fn(&Total) -> i64| totals.iter().map(of).sum();
        let (count, bytes) = (sum(|total| total.count), sum(|total| total.bytes));
        let kinds = totals.into_iter().map(|Total { kind, count, bytes }| KindStats { kind, count, bytes });
        Self { count, bytes, kinds: kinds.collect() }
    }
}
