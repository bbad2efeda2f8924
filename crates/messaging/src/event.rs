//! The events of a timeline, as hubs and sockets get them.

use bytes::Bytes;
use kernel::{
    ChannelId, ConversationId, Event, Fence, Header, Internal, MessageId, Rev, Seq, Topic, Turn, Version,
    frame,
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
    /// It changed while nobody looked; this is what it is now.
    Updated(MessageView),
    /// It was deleted: which one, its number, its latest rev.
    Deleted(MessageId, Seq, Rev),
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

/// The names of the events of a channel.
pub const EVENTS: &[&str] = &["new-message", "message-edited", "message-updated", "message-deleted"];
/// Those that have a name of their own in a conversation.
pub const CONVERSATION_EVENTS: &[&str] = &["new-dm", "dm-edited", "dm-deleted"];

impl Happening {
    /// Its place in the timeline's order.
    pub(crate) fn rev(&self) -> Rev {
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => message.rev,
            Self::Deleted(_, _, rev) => *rev,
        }
    }

    /// The message's number.
    fn seq(&self) -> Seq {
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => message.seq,
            Self::Deleted(_, seq, _) => *seq,
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
        }
    }

    /// The text for sockets.
    pub(crate) fn frame(&self, place: Place) -> Result<Bytes, Internal> {
        let (name, stamp) = (self.name(place.kind), Some((place.timeline, self.rev())));
        let in_channel = place.kind == TimelineKind::Channel;
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => {
                frame(name, message, stamp)
            }
            Self::Deleted(message_id, ..) => {
                let deleted = DeletedView {
                    message_id: *message_id,
                    channel_id: in_channel.then(|| place.timeline.into()),
                    conversation_id: (!in_channel).then(|| place.timeline.into()),
                };
                frame(name, &deleted, stamp)
            }
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
                turn: Turn::None,
            },
            frame: self.frame(place)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;
    use crate::model::Row;

    #[test]
    fn the_list_of_a_channels_events_is_complete() {
        let env = Env::system();
        let place = Place { timeline: env.id(), kind: TimelineKind::Channel, scope: env.id() };
        let row = Row {
            timeline_id: place.timeline,
            seq: 1,
            id: env.id(),
            author_id: env.id(),
            kind: crate::Kind::Text,
            content: "x".into(),
            reply_to: None,
            created_rev: 1,
            rev: 1,
            nonce: None,
            created_at: env.now(),
            edited_at: None,
            deleted_at: None,
        };
        let message = MessageView::new(row, place, &std::collections::HashMap::new());
        let all = [
            Happening::Written(message.clone()),
            Happening::Edited(message.clone()),
            Happening::Updated(message.clone()),
            Happening::Deleted(message.id, 1, 2),
        ];
        assert!(all.iter().map(|one| one.name(place.kind)).eq(EVENTS.iter().copied()));
        let own = all.iter().map(|one| one.name(TimelineKind::Group)).filter(|name| !EVENTS.contains(name));
        assert!(own.eq(CONVERSATION_EVENTS.iter().copied()));
    }
}
