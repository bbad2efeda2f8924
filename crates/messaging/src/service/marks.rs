//! How far somebody has read.

use std::collections::HashMap;

use kernel::{
    Allowed, ChannelId, ConversationId, Event, Header, Internal, Rev, RoleId, ScopeId, Seq, TimelineId,
    Topic, UserId, can, frame,
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
    /// Messages ever created there.
    #[schema(value_type = i64, example = 117)]
    pub last_seq: Seq,
    /// The channel's newest change: what `resume` and `changes` begin from.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
    /// The last message that was read; 0 for none.
    #[schema(value_type = i64, example = 110)]
    pub last_read_seq: Seq,
    /// How many messages are beyond it, replies in threads left out. In a channel an upper bound: it counts deleted
    /// messages and one's own, too. In a conversation exact, up to 100.
    #[schema(example = 7)]
    pub unread: i64,
    /// How many of the messages beyond it, those in threads among them, mention the reader: by name, by a role or with
    /// everybody. At most 100 are counted.
    #[schema(example = 1)]
    pub mentions: i64,
}

/// A read mark, as its reader's own sessions hear of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(example = json!({ "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7", "seq": 117, "unread": 0, "mentions": 0 }))]
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
    /// How many messages are beyond it, as `ready` counts them.
    #[schema(example = 0)]
    pub unread: i64,
    /// How many of those mention the reader.
    #[schema(example = 0)]
    pub mentions: i64,
}

/// A read mark that was moved, and of which nobody was told yet.
#[derive(Clone, Copy, Debug)]
pub struct Moved {
    user: UserId,
    timeline: TimelineId,
    kind: TimelineKind,
    scope: ScopeId,
    seq: Seq,
    end: Seq,
}

impl Moved {
    /// Whether nothing is beyond it.
    pub const fn at_end(&self) -> bool {
        self.seq >= self.end
    }

    /// Whether it is a mark in a channel, and not in a conversation.
    pub fn in_channel(&self) -> bool {
        self.kind == TimelineKind::Channel
    }

    /// The guild or conversation that the timeline belongs to.
    pub const fn scope(&self) -> ScopeId {
        self.scope
    }
}

impl ReadMark {
    /// The event's name on the wire.
    pub const EVENT: &str = "read-mark";
}

impl Messaging {
    /// Moves the read mark of the grant's user to `seq`, or to the end; never back, never beyond the end.
    ///
    /// # Errors
    /// [`Error::Stale`]: authorise again, once; [`Error::NoTimeline`], [`Error::Database`].
    pub async fn mark_read(&self, allowed: Allowed<can::View>, seq: Option<Seq>) -> Result<Moved, Error> {
        let (user, timeline) = (allowed.user(), allowed.timeline());
        let upto = seq.unwrap_or(Seq::MAX).max(0);
        let mut conn = self.pool.get().await?;
        let marked = marks::read(&mut conn, user, timeline, upto, allowed.version()).await?;
        match marked.ok_or(Error::NoTimeline)? {
            Marked::At(kind, seq, end) => {
                Ok(Moved { user, timeline, kind, scope: allowed.scope(), seq, end })
            }
            Marked::Stale => Err(Error::Stale),
        }
    }

    /// Tells the user's sessions where their mark is and what is beyond it. `roles` are those that the user has there;
    /// they mean nothing when the mark is [at the end](Moved::at_end), nor in a conversation.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn tell_mark(&self, moved: Moved, roles: &[RoleId]) -> Result<ReadMark, Error> {
        let Moved { user, timeline, seq, .. } = moved;
        let in_channel = moved.in_channel();
        let mut mark = ReadMark {
            channel_id: in_channel.then(|| timeline.into()),
            conversation_id: (!in_channel).then(|| timeline.into()),
            seq,
            unread: 0,
            mentions: 0,
        };
        if !moved.at_end() {
            let mut conn = self.pool.get().await?;
            if let Some(stands) = marks::of(&mut conn, user, roles, &[timeline]).await?.pop() {
                (mark.unread, mark.mentions) = (stands.unread, stands.mentions);
            }
        }
        if let Ok(event) = event(user, &mark) {
            self.bus.publish(event);
        }
        Ok(mark)
    }

    /// Where a user, who has these roles in any of their places, stands in those of `timelines` that exist. The caller has
    /// found out that they may view them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unread(
        &self,
        user: UserId,
        roles: &[RoleId],
        timelines: &[TimelineId],
    ) -> Result<HashMap<TimelineId, Unread>, Error> {
        let mut conn = self.pool.get().await?;
        let standings = marks::of(&mut conn, user, roles, timelines).await?.into_iter().map(|standing| {
            let (last_seq, rev, last_read_seq) = (standing.last_seq, standing.rev, standing.read);
            let (unread, mentions) = (standing.unread, standing.mentions);
            (standing.timeline, Unread { last_seq, rev, last_read_seq, unread, mentions })
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
