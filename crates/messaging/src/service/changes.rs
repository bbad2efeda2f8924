//! Catching up: what changed in a timeline since a rev.
//!
//! The table holds the compacted log: a row that changed several times appears once, in its present state. So revs
//! strictly increase and are not dense, and applying changes by message id is idempotent.

use kernel::{Allowed, ChannelId, Event, Limit, MessageId, Rev, TimelineId, can};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use super::history::authors;
use crate::Error;
use crate::event::Happening;
use crate::fence;
use crate::model::{Head, Row};
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

impl Messaging {
    /// What changed since `since`, at most `limit` changes.
    ///
    /// # Errors
    /// [`Error::NoTimeline`], [`Error::Database`].
    pub async fn changes(
        &self,
        allowed: Allowed<can::ReadHistory>,
        since: Rev,
        limit: ChangesLimit,
    ) -> Result<Changes, Error> {
        let read = self.since(allowed.timeline(), since, allowed.visible_from(), limit.get()).await?;
        let changes = read.happenings.into_iter().map(|happening| match happening {
            Happening::Written(message) => Change::NewMessage(message),
            Happening::Edited(message) | Happening::Updated(message) => Change::MessageUpdated(message),
            Happening::Deleted(message_id, rev) => {
                Change::MessageDeleted { message_id, channel_id: allowed.timeline().into(), rev }
            }
        });
        Ok(Changes { changes: changes.collect(), rev: read.rev, has_more: read.has_more, head: read.head })
    }

    /// What changed since `since` as events for a hub, which decides itself who may see them; the rev at which one
    /// stands after them; and whether there is more.
    ///
    /// # Errors
    /// [`Error::NoTimeline`], [`Error::Database`], [`Error::Internal`].
    pub async fn feed(
        &self,
        timeline: TimelineId,
        since: Rev,
        limit: ChangesLimit,
    ) -> Result<(Vec<Event>, Rev, bool), Error> {
        let read = self.since(timeline, since, 1, limit.get()).await?;
        let events = read.happenings.iter().map(|happening| happening.event(read.place, read.version));
        Ok((events.collect::<Result<_, _>>()?, read.rev, read.has_more))
    }

    async fn since(&self, timeline: TimelineId, since: Rev, from: i64, limit: i64) -> Result<Since, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let Snapshot { place, head, mut rows } =
            read::snapshot(conn, timeline, Which::Since(since), from, limit + 1)
                .await?
                .ok_or(Error::NoTimeline)?;
        // Read after the rows: at least as new as the version under which any of them was committed.
        let version = fence::version(conn, place.scope).await?.ok_or(Error::NoTimeline)?;
        let has_more = rows.len() > usize::try_from(limit).unwrap_or(usize::MAX);
        if has_more {
            rows.pop();
        }
        // Below the head nothing is missing: the reader stands at the head itself.
        let rev = if has_more { rows.last().map_or(since, |row| row.rev) } else { head.rev };
        let authors = authors(conn, &rows).await?;
        let view = |row: Row| MessageView::new(row, place, &authors);
        let happenings =
            rows.into_iter().filter_map(|row| match (row.created_rev > since, row.deleted_at.is_some()) {
                (true, true) => None,
                (true, false) => Some(Happening::Written(view(row))),
                (false, true) => Some(Happening::Deleted(row.id, row.rev)),
                (false, false) => Some(Happening::Updated(view(row))),
            });
        Ok(Since { happenings: happenings.collect(), rev, has_more, head, place, version })
    }
}

struct Since {
    happenings: Vec<Happening>,
    rev: Rev,
    has_more: bool,
    head: Head,
    place: crate::Place,
    version: kernel::Version,
}
