//! The events of a timeline, as hubs and sockets get them.

use bytes::Bytes;
use kernel::{
    ChannelId, Event, Fence, Header, Internal, MessageId, Rev, ScopeId, Topic, Turn, Version, frame,
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
    /// It was deleted.
    Deleted(MessageId, Rev),
}

/// A message is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeletedView {
    /// The message.
    message_id: MessageId,
    /// Where it stood.
    #[serde(skip_serializing_if = "Option::is_none")]
    channel_id: Option<ChannelId>,
    /// The conversation where it stood, when that was no channel.
    #[serde(skip_serializing_if = "Option::is_none")]
    conversation_id: Option<ScopeId>,
}

impl Happening {
    /// Its place in the timeline's order.
    pub(crate) fn rev(&self) -> Rev {
        match self {
            Self::Written(message) | Self::Edited(message) | Self::Updated(message) => message.rev,
            Self::Deleted(_, rev) => *rev,
        }
    }

    /// The text for sockets.
    pub(crate) fn frame(&self, place: Place) -> Result<Bytes, Internal> {
        let stamp = Some((place.timeline, self.rev()));
        let in_channel = place.kind == TimelineKind::Channel;
        match self {
            Self::Written(message) => {
                frame(if in_channel { "new-message" } else { "new-dm" }, message, stamp)
            }
            Self::Edited(message) => {
                frame(if in_channel { "message-edited" } else { "dm-edited" }, message, stamp)
            }
            Self::Updated(message) => frame("message-updated", message, stamp),
            Self::Deleted(message_id, _) => {
                let deleted = DeletedView {
                    message_id: *message_id,
                    channel_id: in_channel.then(|| place.timeline.into()),
                    conversation_id: (!in_channel).then_some(place.scope),
                };
                frame(if in_channel { "message-deleted" } else { "dm-deleted" }, &deleted, stamp)
            }
        }
    }

    /// The event for hubs, committed under `version` of the place's scope.
    pub(crate) fn event(&self, place: Place, version: Version) -> Result<Event, Internal> {
        Ok(Event {
            topic: Topic::Timeline(place.timeline),
            header: Header {
                rev: Some(self.rev()),
                fence: Some(Fence { scope: place.scope, version }),
                turn: Turn::None,
            },
            frame: self.frame(place)?,
        })
    }
}
