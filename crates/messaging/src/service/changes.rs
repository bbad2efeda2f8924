//! Catching up: what changed in a timeline since a rev.
//!
//! The table holds the compacted log: a row that changed several times appears once, in its present state. So revs
//! strictly increase and are not dense, and applying changes by message id is idempotent.

use bytes::Bytes;
use kernel::{
    Allowed, ChannelId, ConversationId, Fence, Internal, Limit, MessageId, Rev, Seq, TimelineId, can,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use crate::Error;
use crate::assemble::Around;
use crate::event::Happening;
use crate::model::{Head, Place, TimelineKind};
use crate::row::Row;
use crate::store::read::{self, Snapshot, Which};
use crate::view::MessageView;

/// Changes in a page: 100 unless said, at most 500.
pub type ChangesLimit = Limit<100, 500>;

/// One change.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "event", content = "data", rename_all = "kebab-case")]
pub enum Change {
    /// A message that was not there before.
    NewMessage(MessageView),
    /// The same in a conversation.
    NewDm(MessageView),
    /// A message that changed, as it is now.
    MessageUpdated(MessageView),
    /// A message that is gone.
    #[serde(rename_all = "camelCase")]
    MessageDeleted {
        /// The message.
        message_id: MessageId,
        /// Where it stood.
        channel_id: ChannelId,
        /// The change's place in the timeline's order.
        #[schema(value_type = i64, example = 132)]
        rev: Rev,
    },
    /// The same in a conversation.
    #[serde(rename_all = "camelCase")]
    DmDeleted {
        /// The message.
        message_id: MessageId,
        /// Where it stood.
        conversation_id: ConversationId,
        /// The change's place in the timeline's order.
        #[schema(value_type = i64, example = 132)]
        rev: Rev,
    },
}

/// What changed since a rev.
#[derive(Clone, Debug)]
pub struct Changes {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Who has applied them stands here: ask again from here when there is more.
    pub rev: Rev,
    /// Whether there is more.
    pub has_more: bool,
    /// Where the timeline was when this was read.
    pub head: Head,
}

/// What changed since a rev, as frames for sockets.
#[derive(Clone, Debug)]
pub struct Feed {
    /// The scope's version when this was read: at least that under which any of it was committed.
    pub fence: Fence,
    /// The changes, oldest first.
    pub items: Vec<FeedItem>,
    /// Who has delivered them stands here.
    pub rev: Rev,
    /// Whether there is more.
    pub has_more: bool,
    /// Where the timeline was when this was read.
    pub head: Head,
}

/// A changed message, told to those who know it and to those who do not.
#[derive(Clone, Debug)]
pub struct FeedItem {
    /// The rev of its latest change.
    pub rev: Rev,
    /// The rev of its creation: who stands below it does not know the message.
    pub born: Rev,
    /// The message's number.
    pub seq: Seq,
    /// For those who do not: `new-message`, or nothing when it is gone already.
    pub fresh: Option<Bytes>,
    /// For those who do: `message-updated` or `message-deleted`.
    pub known: Bytes,
}

impl Messaging {
    /// What changed since `since`, at most `limit` changes. Who reads page by page gives the `since` of the first page as
    /// `base`: a message that is newer than that is told as a new one, whichever page it is on.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn changes(
        &self,
        allowed: Allowed<can::ReadHistory>,
        since: Rev,
        base: Option<Rev>,
        limit: ChangesLimit,
    ) -> Result<Changes, Error> {
        // What the reader knew when it began; what it was told on the pages before does not count.
        let base = base.unwrap_or(since).min(since);
        let read = self.since(allowed.timeline(), since, allowed.visible_from(), limit.get()).await?;
        if read.fence.version != allowed.version() {
            return Err(Error::Stale);
        }
        let mut conn = self.pool.get().await?;
        let around = read.around.for_reader(&mut conn, allowed.user()).await?;
        drop(conn);
        let changes = read.rows.into_iter().filter_map(|row| {
            let (known, gone) = (row.created_rev <= base, row.deleted_at.is_some());
            let (message_id, place, rev) = (row.id, read.place, row.rev);
            let in_channel = place.kind == TimelineKind::Channel;
            let message = MessageView::new(row, place, &around);
            match (known, gone) {
                (false, true) => None,
                (false, false) if in_channel => Some(Change::NewMessage(message)),
                (false, false) => Some(Change::NewDm(message)),
                (true, true) if in_channel => {
                    Some(Change::MessageDeleted { message_id, channel_id: place.timeline.into(), rev })
                }
                (true, true) => {
                    Some(Change::DmDeleted { message_id, conversation_id: place.timeline.into(), rev })
                }
                (true, false) => Some(Change::MessageUpdated(message)),
            }
        });
        Ok(Changes { changes: changes.collect(), rev: read.rev, has_more: read.has_more, head: read.head })
    }

    /// What changed since `since` as a session gets it that catches up: the same rows as [`Self::changes`].
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again; [`Error::NoTimeline`], [`Error::Database`], [`Error::Internal`].
    pub async fn replay(
        &self,
        allowed: Allowed<can::ReadHistory>,
        since: Rev,
        limit: ChangesLimit,
    ) -> Result<Feed, Error> {
        let read = self.since(allowed.timeline(), since, allowed.visible_from(), limit.get()).await?;
        if read.fence.version != allowed.version() {
            return Err(Error::Stale);
        }
        Ok(read.feed()?)
    }

    /// What changed since `since`, for a hub that catches up: it decides itself who may hear it.
    ///
    /// # Errors
    /// [`Error::NoTimeline`], [`Error::Database`], [`Error::Internal`].
    pub async fn feed(&self, timeline: TimelineId, since: Rev, limit: ChangesLimit) -> Result<Feed, Error> {
        Ok(self.since(timeline, since, 1, limit.get()).await?.feed()?)
    }

    async fn since(&self, timeline: TimelineId, since: Rev, from: Seq, limit: i64) -> Result<Since, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let Snapshot { place, head, version, mut rows } =
            read::snapshot(conn, timeline, Which::Since(since), from, limit + 1)
                .await?
                .ok_or(Error::NoTimeline)?;
        let has_more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        if has_more {
            rows.pop();
        }
        // Below the head nothing is missing: the reader stands at the head itself.
        let rev = if has_more { rows.last().map_or(since, |row| row.rev) } else { head.rev };
        let around = Around::of(conn, &rows).await?;
        Ok(Since { place, head, fence: Fence { scope: place.scope, version }, rows, around, rev, has_more })
    }
}

struct Since {
    place: Place,
    head: Head,
    fence: Fence,
    rows: Vec<Row>,
    around: Around,
    rev: Rev,
    has_more: bool,
}

impl Since {
    fn feed(self) -> Result<Feed, Internal> {
        let place = self.place;
        let items = self.rows.into_iter().map(|row| {
            let (id, seq, rev, born) = (row.id, row.seq, row.rev, row.created_rev);
            if row.deleted_at.is_some() {
                let known = Happening::Deleted(id, seq, rev).frame(place)?;
                return Ok(FeedItem { rev, born, seq, fresh: None, known });
            }
            let message = MessageView::new(row, place, &self.around);
            let fresh = Some(Happening::Written(message.clone()).frame(place)?);
            Ok(FeedItem { rev, born, seq, fresh, known: Happening::Updated(message).frame(place)? })
        });
        let items = items.collect::<Result<_, Internal>>()?;
        Ok(Feed { fence: self.fence, items, rev: self.rev, has_more: self.has_more, head: self.head })
    }
}
