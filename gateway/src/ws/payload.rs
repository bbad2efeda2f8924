//! What sessions are told that is not the event of a domain crate: the payloads, by the events' names, and those of
//! acks and errors.

use std::collections::BTreeMap;

use guilds::event::{ChannelCreated, ChannelDeleted, ChannelsReordered, ServerDeleted};
use kernel::{ChannelId, Code, MessageId, Rev, Timestamp};
use messaging::MessageView;
use moderation::{BanView, WarningView};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::Wire;

/// The payload of an event of the gateway. Implemented by the table of events only, so none lacks its row there.
pub(crate) trait Payload: Serialize {
    /// The event's name on the wire.
    const EVENT: &'static str;
}

/// The frame of an event; `None` when its payload cannot be JSON.
pub(crate) fn frame<T: Payload>(data: &T) -> Option<Wire> {
    let json = kernel::frame(T::EVENT, data, None).ok()?;
    std::str::from_utf8(&json).ok().map(Wire::text)
}

/// The domain's events that the hub tells by itself: of what a session gained or lost, whatever it was that changed.
macro_rules! told_by_hub {
    ($($payload:ty),+) => {
        $(impl Payload for $payload {
            const EVENT: &'static str = Self::EVENT;
        })+
    };
}

told_by_hub!(ServerDeleted, ChannelCreated, ChannelDeleted, ChannelsReordered);

/// Somebody was banned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct BanAck {
    /// The ban.
    pub(crate) ban: BanView,
}

/// A member was timed out.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimeoutAck {
    /// Until when.
    pub(crate) expires_at: Timestamp,
}

/// A member was warned.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct WarnAck {
    /// The warning.
    pub(crate) warning: WarningView,
}

/// The answer to `ping`.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct Pong {}

/// The server is about to stop.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Reconnect {
    /// When to come back, milliseconds: a random time, so that not everybody comes at once.
    #[schema(example = 1730)]
    pub(crate) delay_ms: u16,
}

/// The session does not hear a channel any more.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelLeft {
    /// The channel.
    pub(crate) channel_id: ChannelId,
}

/// Where a session stands that came back.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Resumed {
    /// The channels that it hears from now on, each with the `rev` up to which it has everything.
    #[schema(value_type = BTreeMap<ChannelId, i64>, example = json!({ "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7": 131 }))]
    pub(crate) timelines: BTreeMap<ChannelId, Rev>,
    /// Those that do not exist any more, or may not be seen any more.
    #[schema(example = json!(["01890a5e-1f2b-7a55-9d3e-6c7b8a9f0e1d"]))]
    pub(crate) gone: Vec<ChannelId>,
}

/// Why something was refused.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = ErrorData)]
pub(crate) struct Refusal<'a> {
    /// A sentence for a person.
    #[schema(example = "no such channel, or you may not see it")]
    pub(crate) message: &'a str,
    /// For a program.
    pub(crate) code: Code,
    /// More for a program: field errors, the missing permission.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) details: Option<&'a Value>,
}

/// It was done, and there is nothing to say.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(crate) struct EmptyAck {}

/// The token is good.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TokenAck {
    /// When the session ends, unless a newer token comes before; `null`: when the API key is revoked.
    pub(crate) expires_at: Option<Timestamp>,
}

/// How the user is seen from now on.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct StatusAck {
    /// How they want to be seen.
    #[schema(example = "busy")]
    pub(crate) status: identity::Status,
    /// What they are at.
    #[schema(example = "at the mill")]
    pub(crate) status_message: Option<String>,
}

/// The message as it is now.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct MessageAck {
    /// The message.
    pub(crate) message: MessageView,
}

/// The message is deleted.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DeleteAck {
    /// The message.
    pub(crate) message_id: MessageId,
}
