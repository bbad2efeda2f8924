//! What moderators are told, and the one whom it is about: the payloads of the events, by the events' names.

use kernel::{
    ChannelId, Event, Fence, GuildId, Header, Internal, MessageId, Payload, Timestamp, Topic, UserId, frame,
};

use crate::view::WarningView;

kernel::payloads! {
    /// To moderators: a member was removed.
    MemberKicked = "member-kicked" {
        /// The server.
        pub server_id: GuildId,
        /// Who.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        pub username: String,
        /// The username of whoever did it.
        #[schema(example = "ada")]
        pub kicked_by: String,
        /// Why.
        #[schema(example = "flooding")]
        pub reason: Option<String>,
    }
    /// To moderators: somebody was banned.
    MemberBanned = "member-banned" {
        /// The server.
        pub server_id: GuildId,
        /// Who.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        pub username: String,
        /// The username of whoever did it.
        #[schema(example = "ada")]
        pub banned_by: String,
        /// Why.
        #[schema(example = "flooding")]
        pub reason: Option<String>,
        /// Until when; for ever unless there is one.
        pub expires_at: Option<Timestamp>,
    }
    /// To moderators: a ban ended.
    MemberUnbanned = "member-unbanned" {
        /// The server.
        pub server_id: GuildId,
        /// Who.
        pub user_id: UserId,
        /// The username of whoever lifted it; nobody, when its time was over.
        #[schema(example = "ada")]
        pub unbanned_by: Option<String>,
    }
    /// To the member and to moderators: a member may only look and read for a time.
    MemberTimedOut = "member-timed-out" {
        /// The server.
        pub server_id: GuildId,
        /// Who.
        pub user_id: UserId,
        /// Their username.
        #[schema(example = "charles")]
        pub username: String,
        /// The username of whoever did it; nobody, when it was a rule of automod.
        #[schema(example = "ada")]
        pub timed_out_by: Option<String>,
        /// Why.
        #[schema(example = "flooding")]
        pub reason: Option<String>,
        /// Until when.
        pub expires_at: Timestamp,
    }
    /// To the author: a rule of automod reported their message to the moderators.
    MessageFlagged = "message-flagged" {
        /// The server.
        pub server_id: GuildId,
        /// The channel.
        pub channel_id: ChannelId,
        /// The message.
        pub message_id: MessageId,
        /// What the server says of it.
        #[schema(example = "Please advertise in #market only")]
        pub reason: String,
    }
    /// To the member and to moderators: a member was warned.
    MemberWarned = "member-warned" {
        /// The server.
        pub server_id: GuildId,
        /// The warning.
        pub warning: WarningView,
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
