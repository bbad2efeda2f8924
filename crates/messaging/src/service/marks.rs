//! How far somebody has read.

use std::collections::HashMap;

use kernel::{
    Allowed, ChannelId, ConversationId, Event, Header, Internal, Rev, Seq, TimelineId, Topic, UserId, can,
    frame,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::Messaging;
use crate::Error;
use crate::model::TimelineKind;
use crate::store::marks::{self, Marked};

/// Where somebody stands in a channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    /// Messages ever created there. `lastSeq - lastReadSeq` is an upper bound of the unread ones: it counts deleted
    /// messages too.
    #[schema(value_type = i64, example = 117)]
    pub last_seq: Seq,
    /// The channel's newest change: what `resume` and `changes` begin from.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
    /// The last message that was read; 0 for none.
    #[schema(value_type = i64, example = 110)]
    pub last_read_seq: Seq,
}

/// A read mark, as its reader's own sessions hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7", "seq": 117, "unread": 0 }))]
pub struct ReadMark {
    /// The channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The conversation, when it is no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The last message that was read.
    #[schema(value_type = i64, example = 117)]
    pub seq: Seq,
    /// How many messages are beyond it, deleted ones included.
    #[schema(value_type = i64, example = 0)]
    pub unread: Seq,
}

impl ReadMark {
    /// The event's name on the wire.
    pub const EVENT: &str = "read-mark";
}

impl Messaging {
    /// Moves the read mark of the grant's user to `seq`, or to the end; never back, never beyond the end. Tells the
    /// user's sessions.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again, once; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn mark_read(&self, allowed: Allowed<can::View>, seq: Option<Seq>) -> Result<ReadMark, Error> {
        let (user, timeline) = (allowed.user(), allowed.timeline());
        let wish = seq.unwrap_or(Seq::MAX).max(0);
        let mut conn = self.pool.get().await?;
        let marked = marks::read(&mut conn, user, timeline, wish, allowed.version()).await?;
        drop(conn);
        let (kind, seq, end) = match marked.ok_or(Error::NoTimeline)? {
            Marked::At(kind, seq, end) => (kind, seq, end),
            Marked::Stale => return Err(Error::Stale),
        };
        let in_channel = kind == TimelineKind::Channel;
        let mark = ReadMark {
            channel_id: in_channel.then(|| timeline.into()),
            conversation_id: (!in_channel).then(|| timeline.into()),
            seq,
            unread: (end - seq).max(0),
        };
        self.bus.publish(event(user, &mark)?);
        Ok(mark)
    }

    /// Where a user stands in those of `timelines` that exist. For what they may view: this asks for no proof, because
    /// it tells of many places at once.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unread(
        &self,
        user: UserId,
        timelines: &[TimelineId],
    ) -> Result<HashMap<TimelineId, Unread>, Error> {
        let mut conn = self.pool.get().await?;
        let standings = marks::of(&mut conn, user, timelines).await?.into_iter().map(|standing| {
            let (last_seq, rev, last_read_seq) = (standing.last_seq, standing.rev, standing.read);
            (standing.timeline, Unread { last_seq, rev, last_read_seq })
        });
        Ok(standings.collect())
    }
}

fn event(user: UserId, mark: &ReadMark) -> Result<Event, Internal> {
    Ok(Event {
        topic: Topic::User(user),
        header: Header::default(),
        frame: frame(ReadMark::EVENT, mark, None)?,
    })
}
