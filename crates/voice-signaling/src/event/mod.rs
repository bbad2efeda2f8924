//! What is told of voice: the payloads of events, by the events' names.

pub mod call;

use identity::UserCard;
use kernel::{
    Event, Fence, Header, Internal, Payload, SessionId, TimelineId, Topic, Turn, UserId, VoiceSessionId,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::input::SignalData;
use crate::model::SessionKind;
use crate::view::{PlaceView, SpeakerView, VoiceState, is_conversation};

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
    /// To those who may view the place: somebody came into it, and nobody was there.
    VoiceSessionCreated = "voice-session-created" {
        /// The session.
        pub session_id: VoiceSessionId,
        /// What it is.
        pub r#type: SessionKind,
        /// What a huddle is called.
        #[serde(skip_serializing_if = "Option::is_none")]
        pub title: Option<String>,
        /// Where.
        #[serde(flatten)]
        pub place: PlaceView,
        /// Who came.
        pub created_by: UserId,
        /// The same, and how.
        pub participants: Vec<SpeakerView>,
    }
    /// To those who may view the place: the last has left.
    VoiceSessionEnded = "voice-session-ended" {
        /// The session.
        pub session_id: VoiceSessionId,
        /// Where.
        #[serde(flatten)]
        pub place: PlaceView,
    }
    /// To those who may view the place: somebody came.
    UserJoinedVoice = "user-joined-voice" {
        /// Who.
        pub user: UserCard,
        /// The session.
        pub session_id: VoiceSessionId,
        /// Where.
        #[serde(flatten)]
        pub place: PlaceView,
        /// How they are there.
        pub voice_state: VoiceState,
    }
    /// To those who may view the place: somebody left. Also to the one themselves, when they may not view it any more.
    UserLeftVoice = "user-left-voice" {
        /// Who.
        pub user_id: UserId,
        /// The session.
        pub session_id: VoiceSessionId,
        /// Where.
        #[serde(flatten)]
        pub place: PlaceView,
        /// Why.
        pub reason: Reason,
    }
    /// To those who may view the place: somebody is there otherwise.
    VoiceStateUpdated = "voice-state-updated" {
        /// Who.
        pub user_id: UserId,
        /// The session.
        pub session_id: VoiceSessionId,
        /// Where.
        #[serde(flatten)]
        pub place: PlaceView,
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

/// The event that tells those who may view a place: the sessions that were told of a channel, or everybody in a conversation.
pub(crate) fn in_place<T: Payload>(place: TimelineId, fence: Fence, what: &T) -> Result<Event, Internal> {
    let (topic, turn) = if is_conversation(place, fence.scope) {
        (Topic::Timeline(place), Turn::None)
    } else {
        (Topic::Guild(fence.scope.into()), Turn::Aware(place.into()))
    };
    let header = Header { fence: Some(fence), turn, ..Header::default() };
    Ok(Event { topic, header, frame: kernel::frame(T::NAME, what, None)? })
}

/// The event that tells all sessions of one user.
pub(crate) fn to_user<T: Payload>(user: UserId, what: &T) -> Result<Event, Internal> {
    let frame = kernel::frame(T::NAME, what, None)?;
    Ok(Event { topic: Topic::User(user), header: Header::default(), frame })
}

/// The events that tell all sessions of several users.
pub(crate) fn to_users<T: Payload>(
    users: impl IntoIterator<Item = UserId>,
    what: &T,
) -> Result<Vec<Event>, Internal> {
    let frame = kernel::frame(T::NAME, what, None)?;
    let event = |user| Event { topic: Topic::User(user), header: Header::default(), frame: frame.clone() };
    Ok(users.into_iter().map(event).collect())
}

/// The event that tells the sessions of one login.
pub(crate) fn to_device<T: Payload>(user: UserId, device: SessionId, what: &T) -> Result<Event, Internal> {
    let header = Header { turn: Turn::Login(device), ..Header::default() };
    Ok(Event { header, ..to_user(user, what)? })
}
