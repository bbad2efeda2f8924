//! What moderators are told, and the one whom it is about: the payloads of the events, by the events' names.

use kernel::{
    ChannelId, Event, Fence, GuildId, Header, Internal, MessageId, Timestamp, Topic, UserId, frame,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::WarningView;

macro_rules! events {
    ($($(#[$doc:meta])+ $name:ident = $event:literal { $($(#[$field_doc:meta])+ $field:ident: $type:ty,)+ })+) => {
        $(
            $(#[$doc])+
            #[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
            #[serde(rename_all = "camelCase")]
            pub struct $name { $($(#[$field_doc])+ pub $field: $type,)+ }

            impl $name {
                /// The event's name on the wire.
                pub const EVENT: &str = $event;
            }

            impl Payload for $name {
                const NAME: &'static str = $event;
            }
        )+

        /// The names of all events of this crate.
        pub const EVENTS: &[&str] = &[$($event),+];
    };
}

/// A payload that belongs to an event.
pub(crate) trait Payload: Serialize {
    /// The event's name.
    const NAME: &'static str;
}

events! {
    /// To moderators: a member was removed.
    MemberKicked = "member-kicked" {
        /// The server.
        server_id: GuildId,
        /// Who.
        user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        username: String,
        /// The username of whoever did it.
        #[schema(example = "ada")]
        kicked_by: String,
        /// Why.
        #[schema(example = "flooding")]
        reason: Option<String>,
    }
    /// To moderators: somebody was banned.
    MemberBanned = "member-banned" {
        /// The server.
        server_id: GuildId,
        /// Who.
        user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        username: String,
        /// The username of whoever did it.
        #[schema(example = "ada")]
        banned_by: String,
        /// Why.
        #[schema(example = "flooding")]
        reason: Option<String>,
        /// Until when; for ever unless there is one.
        expires_at: Option<Timestamp>,
    }
    /// To moderators: a ban ended.
    MemberUnbanned = "member-unbanned" {
        /// The server.
        server_id: GuildId,
        /// Who.
        user_id: UserId,
        /// The username of whoever lifted it; nobody, when its time was over.
        #[schema(example = "ada")]
        unbanned_by: Option<String>,
    }
    /// To the member and to moderators: a member may only look and read for a time.
    MemberTimedOut = "member-timed-out" {
        /// The server.
        server_id: GuildId,
        /// Who.
        user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        username: String,
        /// The username of whoever did it; nobody, when it was a rule of automod.
        #[schema(example = "ada")]
        timed_out_by: Option<String>,
        /// Why.
        #[schema(example = "flooding")]
        reason: Option<String>,
        /// Until when.
        expires_at: Timestamp,
    }
    /// To the author: a rule of automod reported their message to the moderators.
    MessageFlagged = "message-flagged" {
        /// The server.
        server_id: GuildId,
        /// The channel.
        channel_id: ChannelId,
        /// The message.
        message_id: MessageId,
        /// What the server says of it.
        #[schema(example = "Please advertise in #market only")]
        reason: String,
    }
    /// To the member and to moderators: a member was warned.
    MemberWarned = "member-warned" {
        /// The server.
        server_id: GuildId,
        /// The warning.
        warning: WarningView,
    }
}

/// The event that tells each of `topics` of `what`.
pub(crate) fn tell<T: Payload>(
    topics: impl IntoIterator<Item = Topic>,
    fence: Fence,
    what: &T,
) -> Result<Vec<Event>, Internal> {
    let frame = frame(T::NAME, what, None)?;
    let header = Header { fence: Some(fence), ..Header::default() };
    Ok(topics.into_iter().map(|topic| Event { topic, header, frame: frame.clone() }).collect())
}
