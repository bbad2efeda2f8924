//! The commands.

use identity::input::StatusBody;
use kernel::Code;
use messaging::ReadMark;
use messaging::input::{EditBody, ReactionBody, SendBody};
use moderation::input::{BanBody, KickBody, TimeoutBody, WarnBody};

use social::input::AskBody;
use voice_signaling::input::SignalBody;

use super::Shape;
use crate::actions::scheduled::SendOutcome;
use crate::ws::command::{
    AuthenticateData, ChannelData, JoinData, MarkReadData, MessageData, ResumeData, Target,
};
use crate::ws::conversations::{ConversationData, RecipientData};
use crate::ws::friends::{FriendAck, FriendData, RequestAck, RequestData};
use crate::ws::join::Outcome;
use crate::ws::payload::{
    BanAck, ChannelLeft, DeleteAck, EmptyAck, MessageAck, Resumed, StatusAck, TimeoutAck, TokenAck, WarnAck,
};
use crate::ws::presence::{WatchAck, WatchData};
use crate::ws::voice::{JoinVoiceData, ParticipantAck, VoiceSessionAck, VoiceSessionData, VoiceStateData};

/// A command that clients send.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommandRow {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// Other names that are understood.
    pub(crate) aliases: &'static [&'static str],
    /// Its payload: all of these in one object; nothing when it needs none.
    pub(crate) data: &'static [Shape],
    /// Whether a channel's id alone will do as the payload.
    pub(crate) bare: bool,
    /// The payload of its `ack`.
    pub(crate) ack: Shape,
    /// What it needs: all of these, of each any one.
    pub(crate) permissions: &'static [&'static [&'static str]],
    /// What it can be refused with, beside [`REFUSALS`].
    pub(crate) errors: &'static [Code],
    /// The HTTP call of the same meaning.
    pub(crate) call: Option<&'static str>,
    /// What it does.
    pub(crate) words: &'static str,
}

/// What every command can be refused with.
const REFUSALS: &[Code] = &[
    Code::ValidationFailed,
    Code::Unauthenticated,
    Code::Forbidden,
    Code::RateLimited,
    Code::Internal,
    Code::Unavailable,
];

/// What acting on a member can be refused with.
const ACTS: &[Code] = &[Code::InsufficientPermissions, Code::RoleHierarchy, Code::ResourceNotFound];

/// A command without a payload, an answer or a right that it needs: what the rows begin from.
const PLAIN: CommandRow = CommandRow {
    name: "",
    aliases: &[],
    data: &[],
    bare: false,
    ack: Shape::of::<EmptyAck>(),
    permissions: &[],
    errors: &[],
    call: None,
    words: "",
};

/// Every command.
pub(crate) const COMMANDS: &[CommandRow] = &[
    CommandRow {
        name: "authenticate",
        data: &[Shape::of::<AuthenticateData>()],
        ack: Shape::of::<TokenAck>(),
        errors: &[Code::TokenExpired],
        words: "Brings the access token, or an API key: as the first frame when it did not come with the upgrade, and later a newer one \
            of the same account, before the present one expires.",
        ..PLAIN
    },
    CommandRow {
        name: "ping",
        words: "Asks for a `pong`: for clients that cannot send the ping of the protocol.",
        ..PLAIN
    },
    CommandRow {
        name: "join-channel",
        data: &[Shape::of::<JoinData>()],
        bare: true,
        ack: Shape::of::<Outcome>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        words: "Listens to one channel or several. With `since`, what changed after that `rev` is sent first, as `resume` \
            does. Joining a channel twice repeats nothing. `RESOURCE_NOT_FOUND` when the only channel is not there.",
        ..PLAIN
    },
    CommandRow {
        name: "leave-channel",
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        ack: Shape::of::<ChannelLeft>(),
        words: "Listens to a channel no more.",
        ..PLAIN
    },
    CommandRow {
        name: "resume",
        data: &[Shape::of::<ResumeData>()],
        ack: Shape::of::<Resumed>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::Conflict],
        call: Some("GET /api/channels/{channelId}/changes"),
        words: "Comes back: joins the channels, and sends what changed since the given `rev` of each as ordinary events, \
            then `resumed`. May be sent in parts. Without READ_HISTORY nothing is replayed.",
        ..PLAIN
    },
    CommandRow {
        name: "send-message",
        data: &[Shape::of::<ChannelData>(), Shape::of::<SendBody>()],
        ack: Shape::of::<SendOutcome>(),
        permissions: &[&["VIEW_CHANNEL"], &["SEND_MESSAGES"]],
        errors: &[
            Code::Blocked,
            Code::InsufficientPermissions,
            Code::MessageBlocked,
            Code::QuotaExceeded,
            Code::ResourceNotFound,
            Code::Conflict,
        ],
        call: Some("POST /api/channels/{channelId}/messages"),
        words: "Sends a message to a channel. One does not need to listen to it. With a `nonce` it can be sent again when \
            the answer got lost.",
        ..PLAIN
    },
    CommandRow {
        name: "edit-message",
        data: &[Shape::of::<MessageData>(), Shape::of::<EditBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["AUTHOR"], &["SEND_MESSAGES"]],
        errors: &[
            Code::Blocked,
            Code::InsufficientPermissions,
            Code::MessageBlocked,
            Code::ResourceNotFound,
            Code::Conflict,
        ],
        call: Some("PUT /api/messages/{messageId}"),
        words: "Changes the text of a message. `newContent` is understood for `content`.",
        ..PLAIN
    },
    CommandRow {
        name: "delete-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<DeleteAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["AUTHOR", "MANAGE_MESSAGES"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}"),
        words: "Deletes a message, for everyone.",
        ..PLAIN
    },
    CommandRow {
        name: "add-reaction",
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["READ_HISTORY"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/reactions"),
        words: "Puts an emoji on a message. Again changes nothing. An emoji that nobody has put there yet wants \
            ADD_REACTIONS.",
        ..PLAIN
    },
    CommandRow {
        name: "remove-reaction",
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}/reactions"),
        words: "Takes one's own emoji from a message. When it is not there, nothing changes.",
        ..PLAIN
    },
    CommandRow {
        name: "toggle-reaction",
        aliases: &["message-reaction"],
        data: &[Shape::of::<MessageData>(), Shape::of::<ReactionBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["READ_HISTORY"]],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/react"),
        words: "Puts an emoji on a message, or takes it back when it is there.",
        ..PLAIN
    },
    CommandRow {
        name: "pin-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["MANAGE_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/messages/{messageId}/pin"),
        words: "Pins a message. In a conversation of two both may.",
        ..PLAIN
    },
    CommandRow {
        name: "unpin-message",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["MANAGE_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}/pin"),
        words: "Pins a message no more.",
        ..PLAIN
    },
    CommandRow {
        name: "mark-read",
        aliases: &["message-read"],
        data: &[Shape::of::<ChannelData>(), Shape::of::<MarkReadData>()],
        ack: Shape::of::<ReadMark>(),
        permissions: &[&["VIEW_CHANNEL"]],
        errors: &[Code::ResourceNotFound],
        call: Some("POST /api/channels/{channelId}/read"),
        words: "Marks a channel as read, up to a message or to the newest. A read mark never goes back.",
        ..PLAIN
    },
    CommandRow {
        name: "update-status",
        aliases: &["user-status"],
        data: &[Shape::of::<StatusBody>()],
        ack: Shape::of::<StatusAck>(),
        call: Some("PUT /api/users/status"),
        words: "Changes how the user wants to be seen.",
        ..PLAIN
    },
    CommandRow {
        name: "typing-start",
        aliases: &["typing"],
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        permissions: &[&["VIEW_CHANNEL"], &["SEND_MESSAGES"]],
        errors: &[Code::Blocked, Code::InsufficientPermissions, Code::ResourceNotFound],
        words: "Tells that the user is typing: at most once a second is passed on, and after 5 seconds it is over by \
            itself.",
        ..PLAIN
    },
    CommandRow {
        name: "typing-stop",
        aliases: &["stop-typing"],
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        words: "Tells that the user stopped typing. Sending the message says so too.",
        ..PLAIN
    },
    CommandRow {
        name: "kick-member",
        data: &[Shape::of::<Target>(), Shape::of::<KickBody>()],
        permissions: &[&["KICK_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/kick"),
        words: "Removes a member, who may come back.",
        ..PLAIN
    },
    CommandRow {
        name: "ban-member",
        data: &[Shape::of::<Target>(), Shape::of::<BanBody>()],
        ack: Shape::of::<BanAck>(),
        permissions: &[&["BAN_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/ban"),
        words: "Removes somebody and keeps them out, for a time or for ever.",
        ..PLAIN
    },
    CommandRow {
        name: "timeout-member",
        data: &[Shape::of::<Target>(), Shape::of::<TimeoutBody>()],
        ack: Shape::of::<TimeoutAck>(),
        permissions: &[&["MODERATE_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/timeout"),
        words: "Lets a member only look and read for a time.",
        ..PLAIN
    },
    CommandRow {
        name: "warn-member",
        data: &[Shape::of::<Target>(), Shape::of::<WarnBody>()],
        ack: Shape::of::<WarnAck>(),
        permissions: &[&["MODERATE_MEMBERS"]],
        errors: ACTS,
        call: Some("POST /api/servers/{serverId}/members/{userId}/warn"),
        words: "Warns a member.",
        ..PLAIN
    },
    CommandRow {
        name: "watch-members",
        data: &[Shape::of::<WatchData>()],
        ack: Shape::of::<WatchAck>(),
        permissions: &[&["MEMBER"]],
        errors: &[Code::ResourceNotFound],
        words: "Looks at a part of a server's list of members, by user id, in place of another part of it: where very many \
            are online, only changes of those are told.",
        ..PLAIN
    },
    CommandRow {
        name: "send-dm",
        data: &[Shape::of::<RecipientData>(), Shape::of::<SendBody>()],
        ack: Shape::of::<SendOutcome>(),
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/dms/send"),
        words: "Sends a message to somebody, whose conversation is opened if there is none, or to a conversation. \
            `FORBIDDEN`: they do not accept messages from the sender.",
        ..PLAIN
    },
    CommandRow {
        name: "edit-dm",
        data: &[Shape::of::<MessageData>(), Shape::of::<EditBody>()],
        ack: Shape::of::<MessageAck>(),
        permissions: &[&["AUTHOR"]],
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("PUT /api/messages/{messageId}"),
        words: "Changes the text of a message: `edit-message` by another name.",
        ..PLAIN
    },
    CommandRow {
        name: "delete-dm",
        data: &[Shape::of::<MessageData>()],
        ack: Shape::of::<DeleteAck>(),
        permissions: &[&["PARTICIPANT"], &["AUTHOR", "GROUP_ADMIN"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("DELETE /api/messages/{messageId}"),
        words: "Deletes a message, for everyone: `delete-message` by another name.",
        ..PLAIN
    },
    CommandRow {
        name: "mark-dm-read",
        data: &[Shape::of::<ConversationData>(), Shape::of::<MarkReadData>()],
        ack: Shape::of::<ReadMark>(),
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/dms/conversations/{conversationId}/read"),
        words: "Marks a conversation as read, up to a message or to the newest. The others hear of it, at most once a second.",
        ..PLAIN
    },
    CommandRow {
        name: "dm-typing",
        data: &[Shape::of::<ConversationData>()],
        permissions: &[&["PARTICIPANT"]],
        errors: &[Code::Blocked, Code::ResourceNotFound],
        words: "Tells a conversation that the user is typing, as `typing-start` does for a channel.",
        ..PLAIN
    },
    CommandRow {
        name: "dm-stop-typing",
        data: &[Shape::of::<ConversationData>()],
        words: "Tells a conversation that the user stopped typing. Sending the message says so too.",
        ..PLAIN
    },
    CommandRow {
        name: "send-friend-request",
        data: &[Shape::of::<AskBody>()],
        ack: Shape::of::<RequestAck>(),
        errors: &[Code::Blocked, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/friends/request"),
        words: "Asks somebody to be a friend. When they had asked before, the two are friends at once.",
        ..PLAIN
    },
    CommandRow {
        name: "accept-friend-request",
        data: &[Shape::of::<RequestData>()],
        ack: Shape::of::<FriendAck>(),
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/friends/accept/{requestId}"),
        words: "Accepts a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "decline-friend-request",
        data: &[Shape::of::<RequestData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("POST /api/friends/decline/{requestId}"),
        words: "Declines a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "cancel-friend-request",
        data: &[Shape::of::<RequestData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/friends/requests/{requestId}"),
        words: "Takes back a friend request.",
        ..PLAIN
    },
    CommandRow {
        name: "remove-friend",
        data: &[Shape::of::<FriendData>()],
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/friends/remove/{friendId}"),
        words: "Ends a friendship.",
        ..PLAIN
    },
    CommandRow {
        name: "join-voice-channel",
        data: &[Shape::of::<JoinVoiceData>()],
        ack: Shape::of::<VoiceSessionAck>(),
        permissions: &[&["VIEW_CHANNEL"], &["CONNECT"]],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/voice/sessions"),
        words: "Comes into a voice channel by this device, from wherever the user is: one is in one voice channel at a time. Without SPEAK \
            one is suppressed: others must not play what one sends.",
        ..PLAIN
    },
    CommandRow {
        name: "leave-voice-channel",
        data: &[Shape::of::<ChannelData>()],
        bare: true,
        errors: &[Code::ResourceNotFound],
        call: Some("DELETE /api/voice/sessions/{voiceSessionId}"),
        words: "Leaves a voice channel. Who loses their connection and does not come back in time leaves, too.",
        ..PLAIN
    },
    CommandRow {
        name: "update-voice-state",
        data: &[Shape::of::<VoiceStateData>()],
        ack: Shape::of::<ParticipantAck>(),
        permissions: &[],
        errors: &[Code::InsufficientPermissions, Code::ResourceNotFound],
        call: Some("PUT /api/voice/sessions/{voiceSessionId}"),
        words: "Says how one is in a voice channel: what is not said stays. A picture or a screen wants SPEAK.",
        ..PLAIN
    },
    CommandRow {
        name: "webrtc-signal",
        data: &[Shape::of::<VoiceSessionData>(), Shape::of::<SignalBody>()],
        errors: &[Code::ResourceNotFound, Code::Conflict],
        call: Some("POST /api/voice/sessions/{voiceSessionId}/signal"),
        words: "Hands a signal to somebody in the same session, to the device by which they are there; those of one socket arrive in \
            their order, and none is kept. At most 600 a minute, counted apart from other commands, of 48 KiB each. `CONFLICT`: the \
            user is there by another device.",
        ..PLAIN
    },
];

impl CommandRow {
    /// Whether a command can be refused with this. What a permission is needed for, who is timed out may not.
    pub(crate) fn can_fail_with(&self, code: Code) -> bool {
        let told = if code == Code::TimedOut { Code::InsufficientPermissions } else { code };
        REFUSALS.contains(&code) || self.errors.contains(&told)
    }

    /// The row of a command, by any of its names.
    pub(crate) fn find(name: &str) -> Option<&'static Self> {
        COMMANDS.iter().find(|row| row.name == name || row.aliases.contains(&name))
    }
}
