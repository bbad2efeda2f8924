//! The events.

use dm::event as talk;
use guilds::event as guild;
use identity::event::{UserStatusUpdated, UserUpdated};
use messaging::scheduled::ScheduledView;
use messaging::{DeletedView, MessageView, PinChanged, ReactionChanged, ReadMark};
use moderation::event as order;
use social::event as friend;
use utoipa::ToSchema;
use voice_signaling::event as voice;
use voice_signaling::event::call;

use super::Shape;
use crate::presence::event::{FriendStatusChanged, OnlineUsers, UserOffline, UserOnline};
use crate::ws::join::{ChannelJoined, TimelineGap};
use crate::ws::payload::{ChannelLeft, Payload, Pong, Reconnect, Resumed};
use crate::ws::ready::{Ready, ReadyMore};
use crate::ws::typing::{DmUserStoppedTyping, DmUserTyping, UserStoppedTyping, UserTyping};

/// An event that sockets hear.
#[derive(Clone, Copy, Debug)]
pub(crate) struct EventRow {
    /// Its name on the wire.
    pub(crate) name: &'static str,
    /// Its payload.
    pub(crate) data: Shape,
    /// Who hears it.
    pub(crate) hearers: Hearers,
    /// Whether it is a change of a timeline: stamped with its `rev`, in order, and replayed to who was away.
    pub(crate) durable: bool,
    /// What it says.
    pub(crate) words: &'static str,
}

/// Who hears an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hearers {
    /// One session.
    Session,
    /// The sessions of the login by which a user is in a voice session.
    Device,
    /// All sessions of one user.
    User,
    /// The sessions of a server's members.
    Server,
    /// The sessions of those who may view a channel.
    Viewers,
    /// The sessions that listen to a channel.
    Channel,
    /// The sessions of everybody in a conversation.
    Conversation,
}

impl Hearers {
    /// For people.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Session => "This session alone.",
            Self::Device => "The sessions of the login by which the user is in the voice session.",
            Self::User => "All sessions of one user.",
            Self::Server => "The sessions of all members of the server.",
            Self::Viewers => "The sessions of those members of the server who may view the channel.",
            Self::Channel => {
                "The sessions that listen to the channel: by `join-channel`, `resume` or `?subscribe=all`."
            }
            Self::Conversation => "The sessions of everybody in the conversation.",
        }
    }

    /// For programs.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Session => "session",
            Self::Device => "device",
            Self::User => "user",
            Self::Server => "server",
            Self::Viewers => "viewers",
            Self::Channel => "channel",
            Self::Conversation => "conversation",
        }
    }
}

/// Every event.
pub(crate) fn events() -> impl Iterator<Item = &'static EventRow> {
    OWN.iter().chain(DOMAIN)
}

/// The events of the gateway itself: their names, and their rows.
macro_rules! own {
    ($($payload:ty = $event:literal, $hearers:ident, $words:literal;)+) => {
        $(impl Payload for $payload {
            const EVENT: &'static str = $event;
        })+

        const OWN: &[EventRow] = &[$(plain::<$payload>($event, Hearers::$hearers, $words)),+];
    };
}

own! {
    Ready<'_> = "ready", Session, "The first event after authentication: who the session speaks for, their servers and channels, and where they stand in each.";
    ReadyMore<'_> = "ready-more", Session, "What did not fit into `ready`; comes right after it.";
    ChannelJoined = "channel-joined", Session, "The session listens to the channel or conversation (its id is in `channelId`). Every event with a higher `rev` comes after this one; pages of the history carry the same `lastSeq` and `rev`, so the two can be merged exactly.";
    ChannelLeft = "channel-left", Session, "The session does not listen to the channel or conversation any more: it left, or lost the right to see it.";
    Resumed = "resumed", Session, "Everything that was missed has been sent as ordinary events before this one.";
    TimelineGap = "timeline-gap", Session, "More than 500 changes were missed in a channel, and none of them is replayed: reload its history by HTTP.";
    Reconnect = "reconnect", Session, "The server is about to stop: come back after `delayMs` and `resume`. A close with 1001 follows.";
    Pong = "pong", Session, "The answer to `ping`.";
    OnlineUsers = "online-users", Session, "Who is there of those whom the user knows, right after `ready`.";
    UserOnline = "user-online", Server, "Members of the server are there who were not: all who came within a second in one event. In a server with very many online members only to sessions that watch them (`watch-members`), and never across a block. Without `serverId`, to the sessions of one user: people with whom they share nothing but a conversation.";
    UserOffline = "user-offline", Server, "Members of the server are not there any more, or do not want to be seen. As `user-online`.";
    FriendStatusChanged = "friend-status-changed", User, "Friends are there, not there any more, or seen otherwise.";
    UserTyping = "user-typing", Channel, "Somebody is typing. Over by itself after 5 seconds, unless it is repeated.";
    UserStoppedTyping = "user-stopped-typing", Channel, "Somebody stopped typing, sent the message, or left.";
    DmUserTyping = "dm-user-typing", Conversation, "Somebody is typing in a conversation. Over by itself after 5 seconds, unless it is repeated.";
    DmUserStoppedTyping = "dm-user-stopped-typing", Conversation, "Somebody stopped typing in a conversation, sent the message, or left.";
}

/// The events of the domain crates.
const DOMAIN: &[EventRow] = &[
    change::<MessageView>("new-message", "A message was written. Its `nonce` comes with it, in replays too."),
    change::<MessageView>("message-edited", "Its author changed the text of a message."),
    change::<MessageView>(
        "message-updated",
        "A message changed while nobody looked, or its thread did, and this is what it is now: apply it by the message's id.",
    ),
    change::<DeletedView>("message-deleted", "A message is gone, for everyone."),
    said::<MessageView>(
        "new-dm",
        "A message was written in a conversation. Its `nonce` comes with it, in replays too. What changes it while nobody looks comes as `message-updated`.",
    ),
    said::<MessageView>("dm-edited", "Its author changed the text of a message of a conversation."),
    said::<DeletedView>("dm-deleted", "A message of a conversation is gone, for everyone."),
    plain::<talk::MessageReadReceipt>(
        talk::MessageReadReceipt::EVENT,
        Hearers::Conversation,
        "Somebody has read up to here. Of one person at most once a second, not replayed, and lost with the bus: the conversation itself tells where everybody stands.",
    ),
    plain::<talk::ConversationCreated>(
        talk::ConversationCreated::EVENT,
        Hearers::User,
        "The user is in a conversation that is new to them. `channel-joined` follows and says where it stands: what was written until then is read by HTTP, what is written after comes as events.",
    ),
    plain::<talk::ConversationUpdated>(
        talk::ConversationUpdated::EVENT,
        Hearers::Conversation,
        "A conversation's name, settings, owner or admins changed.",
    ),
    plain::<talk::ConversationMemberAdded>(
        talk::ConversationMemberAdded::EVENT,
        Hearers::Conversation,
        "Others were added to a group. They themselves hear `conversation-created`.",
    ),
    plain::<talk::ConversationMemberRemoved>(
        talk::ConversationMemberRemoved::EVENT,
        Hearers::Conversation,
        "Somebody left a group or was removed; they themselves hear it, too, and `channel-left` follows.",
    ),
    plain::<talk::ConversationSettingsUpdated>(
        talk::ConversationSettingsUpdated::EVENT,
        Hearers::User,
        "The user pinned or muted a conversation, or does not any more, in one of their sessions or by HTTP.",
    ),
    plain::<ScheduledView>(
        ScheduledView::EVENT,
        Hearers::User,
        "A scheduled message of the user was made, cancelled, sent, or could not be sent: `status` and `error` say.",
    ),
    change::<ReactionChanged>(
        "message-reaction",
        "Somebody put an emoji on a message, or took it back; `count` says how many have put it there now.",
    ),
    change::<PinChanged>("message-pinned", "A message was pinned."),
    change::<PinChanged>("message-unpinned", "A message is pinned no more."),
    plain::<ReadMark>(
        ReadMark::EVENT,
        Hearers::User,
        "The user's own read mark moved, or was confirmed. Nobody else hears of it.",
    ),
    plain::<UserStatusUpdated>(
        UserStatusUpdated::EVENT,
        Hearers::Server,
        "Members of the server are seen otherwise: as `user-online`. Without `serverId`, to all sessions of one user: people with whom they share nothing but a conversation, or themselves, when how they want to be seen changed in one of their sessions or by HTTP.",
    ),
    plain::<friend::FriendRequestReceived>(
        friend::FriendRequestReceived::EVENT,
        Hearers::User,
        "Somebody asks the user to be a friend.",
    ),
    plain::<friend::FriendRequestSent>(
        friend::FriendRequestSent::EVENT,
        Hearers::User,
        "The user asked somebody to be a friend, in one of their sessions or by HTTP.",
    ),
    plain::<friend::FriendRequestAccepted>(
        friend::FriendRequestAccepted::EVENT,
        Hearers::User,
        "To both: they are friends.",
    ),
    plain::<friend::FriendRequestDeclined>(
        friend::FriendRequestDeclined::EVENT,
        Hearers::User,
        "To both: a friend request was declined.",
    ),
    plain::<friend::FriendRequestCancelled>(
        friend::FriendRequestCancelled::EVENT,
        Hearers::User,
        "To both: a friend request was taken back by who sent it.",
    ),
    plain::<friend::FriendRemoved>(
        friend::FriendRemoved::EVENT,
        Hearers::User,
        "To both: they are no friends any more.",
    ),
    plain::<friend::UserBlocked>(
        friend::UserBlocked::EVENT,
        Hearers::User,
        "The user blocks somebody, who is not told.",
    ),
    plain::<friend::UserUnblocked>(
        friend::UserUnblocked::EVENT,
        Hearers::User,
        "The user does not block somebody any more.",
    ),
    plain::<voice::VoiceSessionCreated>(
        voice::VoiceSessionCreated::EVENT,
        Hearers::Viewers,
        "Somebody came into a voice channel in which nobody was, or began a huddle. `user-joined-voice` follows.",
    ),
    plain::<voice::VoiceSessionEnded>(
        voice::VoiceSessionEnded::EVENT,
        Hearers::Viewers,
        "The last has left a voice channel or huddle.",
    ),
    plain::<voice::UserJoinedVoice>(
        voice::UserJoinedVoice::EVENT,
        Hearers::Viewers,
        "Somebody came into a voice channel or huddle. Those who are there may send them an offer.",
    ),
    plain::<voice::UserLeftVoice>(
        voice::UserLeftVoice::EVENT,
        Hearers::Viewers,
        "Somebody left a voice channel or huddle, or had to. Who lost the right to be there is told, too, although they may not view it any more.",
    ),
    plain::<voice::VoiceStateUpdated>(
        voice::VoiceStateUpdated::EVENT,
        Hearers::Viewers,
        "Somebody is in a voice channel or huddle otherwise: muted, say, by themselves or by a moderator.",
    ),
    plain::<voice::WebrtcSignal>(
        voice::WebrtcSignal::EVENT,
        Hearers::Device,
        "A signal of somebody in the same session.",
    ),
    plain::<call::DmCallStarted>(
        call::DmCallStarted::EVENT,
        Hearers::User,
        "The user called: it rings. `dm-call-answered` or `dm-call-ended` follows.",
    ),
    plain::<call::IncomingDmCall>(
        call::IncomingDmCall::EVENT,
        Hearers::User,
        "Somebody calls: ring, until `dm-call-answered` by the user themselves, `dm-call-declined` for them, `dm-call-ended`, or \
            `ringsUntil`.",
    ),
    plain::<call::DmCallAnswered>(
        call::DmCallAnswered::EVENT,
        Hearers::User,
        "Somebody came into a call: those who are there may send them an offer. When it is the user, their other devices stop ringing. \
            To those who are in it, and whom it rings.",
    ),
    plain::<call::DmCallDeclined>(
        call::DmCallDeclined::EVENT,
        Hearers::User,
        "A call does not ring somebody any more: they declined, or did not answer in time. To those who are in it, whom it rings, and \
            themselves. `dm-call-ended` follows, when it is over by that.",
    ),
    plain::<call::DmCallLeft>(
        call::DmCallLeft::EVENT,
        Hearers::User,
        "Somebody left a call that goes on. To those who are in it, whom it rings, and themselves.",
    ),
    plain::<call::DmCallEnded>(
        call::DmCallEnded::EVENT,
        Hearers::User,
        "A call is over. To everybody whom it concerned; told twice at the most.",
    ),
    plain::<call::DmCallStateUpdated>(
        call::DmCallStateUpdated::EVENT,
        Hearers::User,
        "Somebody is in a call otherwise: muted, say. To those who are in it.",
    ),
    plain::<UserUpdated>(
        UserUpdated::EVENT,
        Hearers::User,
        "What everybody sees of the user changed: their username, name, picture or bio. Others see it from the next event or answer on.",
    ),
    plain::<guild::ServerCreated>(
        guild::ServerCreated::EVENT,
        Hearers::User,
        "The user made or joined a server: it is theirs to show. Its events follow.",
    ),
    plain::<guild::ServerDeleted>(
        guild::ServerDeleted::EVENT,
        Hearers::Server,
        "The server is gone. Also told to one user alone: they left it.",
    ),
    plain::<guild::KickedFromServer>(
        guild::KickedFromServer::EVENT,
        Hearers::User,
        "The user was removed from a server, and may come back.",
    ),
    plain::<guild::MemberJoined>(guild::MemberJoined::EVENT, Hearers::Server, "Somebody joined the server."),
    plain::<guild::MemberLeft>(
        guild::MemberLeft::EVENT,
        Hearers::Server,
        "Somebody left the server, or was removed from it.",
    ),
    plain::<guild::MemberUpdated>(
        guild::MemberUpdated::EVENT,
        Hearers::Server,
        "Somebody has other roles or another nickname, was timed out, or may write again.",
    ),
    plain::<guild::ServerUpdated>(
        guild::ServerUpdated::EVENT,
        Hearers::Server,
        "The server's name, settings, owner or permanent invite code changed.",
    ),
    plain::<guild::BannedFromServer>(
        guild::BannedFromServer::EVENT,
        Hearers::User,
        "The user was removed from a server, and may not come back before the ban ends.",
    ),
    plain::<order::MemberKicked>(
        order::MemberKicked::EVENT,
        Hearers::User,
        "To those with KICK_MEMBERS: a member was removed.",
    ),
    plain::<order::MemberBanned>(
        order::MemberBanned::EVENT,
        Hearers::User,
        "To those with BAN_MEMBERS: somebody was banned.",
    ),
    plain::<order::MemberUnbanned>(
        order::MemberUnbanned::EVENT,
        Hearers::User,
        "To those with BAN_MEMBERS: a ban ended.",
    ),
    plain::<order::MemberTimedOut>(
        order::MemberTimedOut::EVENT,
        Hearers::User,
        "To the member and to those with MODERATE_MEMBERS: a member may only look and read for a time.",
    ),
    plain::<order::MessageFlagged>(
        order::MessageFlagged::EVENT,
        Hearers::User,
        "To the author: a rule of the server's automod reported their message to the moderators.",
    ),
    plain::<order::MemberWarned>(
        order::MemberWarned::EVENT,
        Hearers::User,
        "To the member and to those with MODERATE_MEMBERS: a member was warned.",
    ),
    plain::<guild::RoleCreated>(
        guild::RoleCreated::EVENT,
        Hearers::Server,
        "The server has a new role. Those at its position and above moved up by one.",
    ),
    plain::<guild::RoleUpdated>(
        guild::RoleUpdated::EVENT,
        Hearers::Server,
        "A role is another. If its position is, those in between moved by one.",
    ),
    plain::<guild::RoleDeleted>(
        guild::RoleDeleted::EVENT,
        Hearers::Server,
        "A role is gone, also from those who had it. Those above it moved down by one.",
    ),
    plain::<guild::ChannelCreated>(
        guild::ChannelCreated::EVENT,
        Hearers::Session,
        "There is a channel that the session's user may view: it is new, or they did not see it before.",
    ),
    plain::<guild::ChannelUpdated>(
        guild::ChannelUpdated::EVENT,
        Hearers::Viewers,
        "A channel is another, or who may do what there: look again what one may oneself.",
    ),
    plain::<guild::ChannelsReordered>(
        guild::ChannelsReordered::EVENT,
        Hearers::Session,
        "The channels of a server that the session's user may view stand in another order: in this one.",
    ),
    plain::<guild::ChannelDeleted>(
        guild::ChannelDeleted::EVENT,
        Hearers::Session,
        "There is no such channel any more that the session's user may view. Those behind it moved up; those of a category that is gone stand in none.",
    ),
];

/// A change of a channel's timeline.
const fn change<T: ToSchema>(name: &'static str, words: &'static str) -> EventRow {
    EventRow { durable: true, ..plain::<T>(name, Hearers::Channel, words) }
}

/// A change of a conversation's timeline.
const fn said<T: ToSchema>(name: &'static str, words: &'static str) -> EventRow {
    EventRow { durable: true, ..plain::<T>(name, Hearers::Conversation, words) }
}

/// An event that is told once, to those who are there.
const fn plain<T: ToSchema>(name: &'static str, hearers: Hearers, words: &'static str) -> EventRow {
    EventRow { name, data: Shape::of::<T>(), hearers, durable: false, words }
}
