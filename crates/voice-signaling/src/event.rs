//! What is told of voice: the payloads of events, by the events' names.

use identity::UserCard;
use kernel::{
    ChannelId, Event, Fence, GuildId, Header, Internal, Payload, SessionId, Topic, Turn, UserId,
    VoiceSessionId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::input::SignalData;
use crate::view::{SpeakerView, VoiceState};

/// Why somebody left a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = VoiceLeaveReason)]
pub enum Reason {
    /// They wanted to.
    Left,
    /// They are somewhere else now.
    Moved,
    /// They are there by another of their devices now, or somewhere else by it.
    Replaced,
    /// A moderator disconnected them.
    Disconnected,
    /// They lost the right to be there.
    Forbidden,
    /// Their connection was lost, and did not come back.
    Lost,
}

kernel::payloads! {
    /// To those who may view the channel: somebody came into it, and nobody was there.
    VoiceSessionCreated = "voice-session-created" {
        /// The session.
        pub session_id: VoiceSessionId,
        /// The voice channel.
        pub channel_id: ChannelId,
        /// The channel's server.
        pub server_id: GuildId,
        /// Who came.
        pub created_by: UserId,
        /// The same, and how.
        pub participants: Vec<SpeakerView>,
    }
    /// To those who may view the channel: the last has left.
    VoiceSessionEnded = "voice-session-ended" {
        /// The session.
        pub session_id: VoiceSessionId,
        /// The voice channel.
        pub channel_id: ChannelId,
        /// The channel's server.
        pub server_id: GuildId,
    }
    /// To those who may view the channel: somebody came.
    UserJoinedVoice = "user-joined-voice" {
        /// Who.
        pub user: UserCard,
        /// The session.
        pub session_id: VoiceSessionId,
        /// The voice channel.
        pub channel_id: ChannelId,
        /// The channel's server.
        pub server_id: GuildId,
        /// How they are there.
        pub voice_state: VoiceState,
    }
    /// To those who may view the channel: somebody left. Also to the one themselves, when they may not view it any more.
    UserLeftVoice = "user-left-voice" {
        /// Who.
        pub user_id: UserId,
        /// The session.
        pub session_id: VoiceSessionId,
        /// The voice channel.
        pub channel_id: ChannelId,
        /// The channel's server.
        pub server_id: GuildId,
        /// Why.
        pub reason: Reason,
    }
    /// To those who may view the channel: somebody is there otherwise.
    VoiceStateUpdated = "voice-state-updated" {
        /// Who.
        pub user_id: UserId,
        /// The session.
        pub session_id: VoiceSessionId,
        /// The voice channel.
        pub channel_id: ChannelId,
        /// The channel's server.
        pub server_id: GuildId,
        /// How they are there now.
        pub voice_state: VoiceState,
    }
    /// To the device by which somebody is in a session: a signal of somebody else who is in it.
    WebrtcSignal = "webrtc-signal" {
        /// Whose it is.
        pub from_user_id: UserId,
        /// The session.
        pub session_id: VoiceSessionId,
        /// The signal.
        pub signal_data: SignalData,
    }
}

/// The event that tells those who know of a channel.
pub(crate) fn in_channel<T: Payload>(channel: ChannelId, fence: Fence, what: &T) -> Result<Event, Internal> {
    let header = Header { fence: Some(fence), turn: Turn::Aware(channel), ..Header::default() };
    let frame = kernel::frame(T::NAME, what, None)?;
    Ok(Event { topic: Topic::Guild(fence.scope.into()), header, frame })
}

/// The event that tells all sessions of one user.
pub(crate) fn to_user<T: Payload>(user: UserId, what: &T) -> Result<Event, Internal> {
    let frame = kernel::frame(T::NAME, what, None)?;
    Ok(Event { topic: Topic::User(user), header: Header::default(), frame })
}

/// The event that tells the sessions of one login.
pub(crate) fn to_device<T: Payload>(user: UserId, device: SessionId, what: &T) -> Result<Event, Internal> {
    let header = Header { turn: Turn::Login(device), ..Header::default() };
    Ok(Event { header, ..to_user(user, what)? })
}
