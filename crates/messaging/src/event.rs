//! The events of a timeline, as hubs and sockets get them.

use bytes::Bytes;
use kernel::{
    ChannelId, ConversationId, Event, Fence, Header, Internal, MessageId, Rev, Seq, TimelineId, Topic,
    UserId, Version, frame,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Place, TimelineKind};
use crate::view::MessageView;

/// What happened to a message.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    /// It was written.
    Written(MessageView),
    /// Its author changed the text.
    Edited(MessageView),
    /// It changed while nobody looked, or its thread did; this is what it is now.
    Updated(MessageView),
    /// It was deleted: which one, its number, its latest rev.
    Deleted(MessageId, Seq, Rev),
    /// Somebody put an emoji on it, or took it back.
    Reacted(ReactionChanged, Seq, Rev),
    /// It was pinned.
    Pinned(PinChanged, Seq, Rev),
    /// It is pinned no more.
    Unpinned(PinChanged, Seq, Rev),
}

/// A message is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageDeleted, example = json!({
    "messageId": "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b",
    "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7"
}))]
pub struct DeletedView {
    /// The message.
    pub message_id: MessageId,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The conversation where it stood, when that was no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
}

/// What somebody did with an emoji.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum ReactionOp {
    /// They put it on the message.
    Add,
    /// They took it back.
    Remove,
}

/// Somebody put an emoji on a message, or took it back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessageReaction, example = json!({
    "messageId": "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b",
    "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7",
    "emoji": "👍",
    "userId": "01890a5d-ac96-774b-bcce-b302099a8057",
    "op": "add",
    "count": 3
}))]
pub struct ReactionChanged {
    /// The message.
    pub message_id: MessageId,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The conversation where it stands, when that is no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// The emoji.
    #[schema(example = "👍")]
    pub emoji: String,
    /// Who.
    pub user_id: UserId,
    /// What they did.
    pub op: ReactionOp,
    /// How many have put it there now.
    #[schema(example = 3)]
    pub count: i32,
}

/// A message was pinned, or is pinned no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = MessagePin, example = json!({
    "messageId": "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b",
    "channelId": "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7",
    "userId": "01890a5d-ac96-774b-bcce-b302099a8057"
}))]
pub struct PinChanged {
    /// The message.
    pub message_id: MessageId,
    /// Where it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The conversation where it stands, when that is no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
    /// Who did it.
    pub user_id: UserId,
}

/// The names of the events of a channel.
pub const EVENTS: &[&str] = &[
    "new-message",
    "message-edited",
    "message-updated",
    "message-deleted",
    "message-reaction",
    "message-pinned",
    "message-unpinned",
];
/// Those that have a name of their own in a conversation.
pub const CONVERSATION_EVENTS: &[&str] = &["new-dm", "dm-edited", "dm-deleted"];

/// The channel or the conversation of a timeline, as events name it.
pub(crate) fn names(timeline: TimelineId, kind: TimelineKind) -> (Option<ChannelId>, Option<ConversationId>) {
    match kind {
        TimelineKind::Channel => (Some(timeline.into()), None),
        _ => (None, Some(timeline.into())),
    }
}

impl Happening {
    /// Its place in the timeline's order.
    pub(crate) fn rev(&self) -> Rev {
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => message.rev,
            Self::Deleted(.., rev)
            | Self::Reacted(.., rev)
            | Self::Pinned(.., rev)
            | Self::Unpinned(.., rev) => *rev,
        }
    }

    /// The message's number.
    fn seq(&self) -> Seq {
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => message.seq,
            Self::Deleted(_, seq, _)
            | Self::Reacted(_, seq, _)
            | Self::Pinned(_, seq, _)
            | Self::Unpinned(_, seq, _) => *seq,
        }
    }

    /// The event's name on the wire.
    pub(crate) fn name(&self, kind: TimelineKind) -> &'static str {
        let in_channel = kind == TimelineKind::Channel;
        match self {
            Self::Written(_) if in_channel => "new-message",
            Self::Written(_) => "new-dm",
            Self::Edited(_) if in_channel => "message-edited",
            Self::Edited(_) => "dm-edited",
            Self::Updated(_) => "message-updated",
            Self::Deleted(..) if in_channel => "message-deleted",
            Self::Deleted(..) => "dm-deleted",
            Self::Reacted(..) => "message-reaction",
            Self::Pinned(..) => "message-pinned",
            Self::Unpinned(..) => "message-unpinned",
        }
    }

    /// The text for sockets.
    pub(crate) fn frame(&self, place: Place) -> Result<Bytes, Internal> {
        let (name, stamp) = (self.name(place.kind), Some((place.timeline, self.rev())));
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => {
                frame(name, message, stamp)
            }
            Self::Deleted(message_id, ..) => {
                let (channel_id, conversation_id) = names(place.timeline, place.kind);
                let deleted = DeletedView { message_id: *message_id, channel_id, conversation_id };
                frame(name, &deleted, stamp)
            }
            Self::Reacted(reaction, ..) => frame(name, reaction, stamp),
            Self::Pinned(pin, ..) | Self::Unpinned(pin, ..) => frame(name, pin, stamp),
        }
    }

    /// The event for hubs, committed under `version` of the place's scope.
    pub(crate) fn event(&self, place: Place, version: Version) -> Result<Event, Internal> {
        Ok(Event {
            topic: Topic::Timeline(place.timeline),
            header: Header {
                rev: Some(self.rev()),
                seq: Some(self.seq()),
                fence: Some(Fence { scope: place.scope, version }),
                ..Header::default()
            },
            frame: self.frame(place)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;
    use crate::assemble::Around;
    use crate::row::Row;

    #[test]
    fn the_list_of_a_channels_events_is_complete() {
        let env = Env::system();
        let place = Place { timeline: env.id(), kind: TimelineKind::Channel, scope: env.id() };
        let message = MessageView::new(Row::sample(&env), place, &Around::default());
        let (channel_id, conversation_id) = names(place.timeline, place.kind);
        let (message_id, user_id) = (message.id, env.id());
        let pin = PinChanged { message_id, channel_id, conversation_id, user_id };
        let reaction = ReactionChanged {
            message_id,
            channel_id,
            conversation_id,
            emoji: "👍".into(),
            user_id,
            op: ReactionOp::Add,
            count: 1,
        };
        let all = [
            Happening::Written(message.clone()),
            Happening::Edited(message.clone()),
            Happening::Updated(message.clone()),
            Happening::Deleted(message.id, 1, 2),
            Happening::Reacted(reaction, 1, 3),
            Happening::Pinned(pin, 1, 4),
            Happening::Unpinned(pin, 1, 5),
        ];
        assert!(all.iter().map(|one| one.name(place.kind)).eq(EVENTS.iter().copied()));
        let own = all.iter().map(|one| one.name(TimelineKind::Group)).filter(|name| !EVENTS.contains(name));
        assert!(own.eq(CONVERSATION_EVENTS.iter().copied()));
    }
}
