//! Reading what was written before.

use diesel_async::AsyncPgConnection;
use kernel::{Allowed, Invalid, Limit, MessageId, Page, ScopeId, Seq, TimelineId, Version, can};

use super::Messaging;
use crate::Error;
use crate::assemble::Around;
use crate::model::Head;
use crate::store::read::{self, Snapshot, Which};
use crate::view::MessageView;

/// Messages in a page: 50 unless said, at most 100.
pub type PageLimit = Limit<50, 100>;

/// A place in a timeline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cursor {
    /// That of a message, also of a deleted one.
    Id(MessageId),
    /// A number.
    Seq(Seq),
}

impl std::str::FromStr for Cursor {
    type Err = &'static str;

    /// A message's id or its `seq`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse()
            .map(Self::Seq)
            .or_else(|_| text.parse().map(Self::Id))
            .map_err(|_| "must be a message's id or seq")
    }
}

/// Which part of the history to read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    /// The newest messages.
    Latest,
    /// Those right before a place.
    Before(Cursor),
    /// Those right after a place.
    After(Cursor),
    /// Those on both sides of a place, and the one there.
    Around(Cursor),
}

/// A part of the history.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// The messages, newest first.
    pub messages: Vec<MessageView>,
    /// Whether there are more in the direction that was asked for; around a place: older ones.
    pub has_more: bool,
    /// Where the timeline was when the page was read: merge live events with a higher rev.
    pub head: Head,
}

impl Messaging {
    /// A part of the history, without deleted messages and those in threads.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the cursor's message is not of this place; [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Database`].
    pub async fn history(
        &self,
        allowed: Allowed<can::ReadHistory>,
        window: Window,
        limit: PageLimit,
    ) -> Result<HistoryPage, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let (snapshot, has_more) = match window {
            Window::Latest => newest_before(conn, &allowed, Seq::MAX, limit.get()).await?,
            Window::Before(cursor) => {
                let seq = place(conn, &allowed, "before", cursor).await?;
                newest_before(conn, &allowed, seq, limit.get()).await?
            }
            Window::After(cursor) => {
                let seq = place(conn, &allowed, "after", cursor).await?;
                oldest_after(conn, &allowed, seq, limit.get()).await?
            }
            Window::Around(cursor) => {
                let seq = place(conn, &allowed, "around", cursor).await?;
                let newer = limit.get() / 2;
                // The older snapshot's head is the one that both parts have reached.
                let (mut older, has_more) =
                    newest_before(conn, &allowed, seq.saturating_add(1), limit.get() - newer).await?;
                if newer > 0 {
                    let (mut after, _) = oldest_after(conn, &allowed, seq, newer).await?;
                    after.rows.append(&mut older.rows);
                    older.rows = after.rows;
                }
                (older, has_more)
            }
        };
        let head = snapshot.head;
        Ok(HistoryPage { messages: views(conn, &allowed, snapshot).await?, has_more, head })
    }

    /// One message.
    ///
    /// # Errors
    /// [`Error::NoMessage`] when it is not there, or deleted; [`Error::Stale`]: authorise again;
    /// [`Error::NoTimeline`], [`Error::Database`].
    pub async fn message(
        &self,
        allowed: Allowed<can::ReadHistory>,
        id: MessageId,
    ) -> Result<MessageView, Error> {
        let mut conn = self.pool.get().await?;
        let conn = &mut *conn;
        let seq = read::seq_of(conn, allowed.timeline(), id).await?.ok_or(Error::NoMessage)?;
        let (mut snapshot, _) = page(conn, &allowed, Which::At(seq), 1).await?;
        snapshot.rows.retain(|row| row.deleted_at.is_none());
        views(conn, &allowed, snapshot).await?.pop().ok_or(Error::NoMessage)
    }

    /// How far those of `timelines` are that exist: for hubs, which compare it with what they have delivered.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn heads(&self, timelines: &[TimelineId]) -> Result<Vec<(TimelineId, Head)>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(crate::timeline::heads(&mut conn, timelines).await?)
    }

    /// The access versions of those of `scopes` that exist: for hubs, which compare them with what they have applied.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn versions(&self, scopes: &[ScopeId]) -> Result<Vec<(ScopeId, Version)>, Error> {
        let conn = self.pool.get().await?;
        Ok(crate::fence::versions(&conn, scopes).await?)
    }
}

pub(super) type Read = Allowed<can::ReadHistory>;

async fn newest_before(
    conn: &mut AsyncPgConnection,
    allowed: &Read,
    seq: Seq,
    limit: i64,
) -> Result<(Snapshot, bool), Error> {
    page(conn, allowed, Which::Before(seq), limit).await
}

async fn oldest_after(
    conn: &mut AsyncPgConnection,
    allowed: &Read,
    seq: Seq,
    limit: i64,
) -> Result<(Snapshot, bool), Error> {
    let (mut snapshot, has_more) = page(conn, allowed, Which::After(seq), limit).await?;
    snapshot.rows.reverse();
    Ok((snapshot, has_more))
}

pub(super) async fn page(
    conn: &mut AsyncPgConnection,
    allowed: &Read,
    which: Which,
    limit: i64,
) -> Result<(Snapshot, bool), Error> {
    let (timeline, from) = (allowed.timeline(), allowed.visible_from());
    let mut snapshot =
        read::snapshot(conn, timeline, which, from, limit + 1).await?.ok_or(Error::NoTimeline)?;
    if snapshot.version != allowed.version() {
        return Err(Error::Stale);
    }
    let page = Page::of(std::mem::take(&mut snapshot.rows), limit);
    Ok((Snapshot { rows: page.items, ..snapshot }, page.has_more))
}

/// The number of the cursor's place. A message that the caller may not see is not of this place.
pub(super) async fn place(
    conn: &mut AsyncPgConnection,
    allowed: &Read,
    field: &str,
    cursor: Cursor,
) -> Result<Seq, Error> {
    match cursor {
        Cursor::Seq(seq) => Ok(seq),
        Cursor::Id(id) => {
            let seq = read::seq_of(conn, allowed.timeline(), id).await?;
            seq.filter(|seq| *seq >= allowed.visible_from())
                .ok_or_else(|| Invalid::field(field, "must be a message of this channel").into())
        }
    }
}

/// The messages of a snapshot as the grant's user sees them.
pub(super) async fn views(
    conn: &mut AsyncPgConnection,
    allowed: &Read,
    snapshot: Snapshot,
) -> Result<Vec<MessageView>, Error> {
    let around = Around::of(conn, &snapshot.rows).await?.for_reader(conn, allowed.user()).await?;
    let rows = snapshot.rows.into_iter();
    Ok(rows.map(|row| MessageView::new(row, snapshot.place, &around)).collect())
}
