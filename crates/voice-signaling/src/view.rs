//! What is told of sessions: by HTTP in the words of its calls, by sockets in those of its events.

use identity::UserCard;
use kernel::{ChannelId, GuildId, Timestamp, UserId, VoiceSessionId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Participant, Session};

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceSession)]
pub struct SessionView {
    /// Its id.
    pub id: VoiceSessionId,
    /// Where: `channel` is a voice channel.
    #[schema(example = "channel")]
    pub r#type: &'static str,
    /// The channel.
    pub channel_id: ChannelId,
    /// The channel's server.
    pub server_id: GuildId,
    /// Who came first.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Who is in it, in the order of coming.
    pub participants: Vec<ParticipantView>,
}

/// Somebody in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceParticipant)]
pub struct ParticipantView {
    /// Who.
    pub user: UserCard,
    /// Since when.
    pub joined_at: Timestamp,
    /// They send no sound.
    pub is_muted: bool,
    /// They hear nothing.
    pub is_deafened: bool,
    /// They send a picture.
    pub is_video_enabled: bool,
    /// They share their screen.
    pub is_screen_sharing: bool,
    /// A moderator muted them: not to be heard.
    pub is_server_muted: bool,
    /// A moderator deafened them: they are to hear nothing.
    pub is_server_deafened: bool,
    /// They may not speak here: not to be heard or seen.
    pub is_suppressed: bool,
}

/// How somebody is in a session, in the words of events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoiceState {
    /// They send no sound.
    pub muted: bool,
    /// They hear nothing.
    pub deafened: bool,
    /// They send a picture.
    pub video: bool,
    /// They share their screen.
    pub screen: bool,
    /// A moderator muted them: not to be heard.
    pub server_muted: bool,
    /// A moderator deafened them: they are to hear nothing.
    pub server_deafened: bool,
    /// They may not speak here: not to be heard or seen.
    pub suppressed: bool,
}

/// A session in a voice channel, as a socket learns of it when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct VoiceChannelView {
    /// The session.
    pub session_id: VoiceSessionId,
    /// Where.
    pub channel_id: ChannelId,
    /// The channel's server.
    pub server_id: GuildId,
    /// Who is in it, in the order of coming.
    pub participants: Vec<SpeakerView>,
}

/// Somebody in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SpeakerView {
    /// Who.
    pub user_id: UserId,
    /// How.
    pub voice_state: VoiceState,
}

impl VoiceState {
    pub(crate) fn of(participant: &Participant) -> Self {
        let Participant { muted, deafened, video, screen, hushed, deaf, speaks, .. } = *participant;
        Self {
            muted,
            deafened,
            video,
            screen,
            server_muted: hushed,
            server_deafened: deaf,
            suppressed: !speaks,
        }
    }
}

impl ParticipantView {
    pub(crate) fn of(participant: &Participant, user: UserCard) -> Self {
        Self {
            user,
            joined_at: participant.joined,
            is_muted: participant.muted,
            is_deafened: participant.deafened,
            is_video_enabled: participant.video,
            is_screen_sharing: participant.screen,
            is_server_muted: participant.hushed,
            is_server_deafened: participant.deaf,
            is_suppressed: !participant.speaks,
        }
    }
}

impl SpeakerView {
    pub(crate) fn of(participant: &Participant) -> Self {
        Self { user_id: participant.user, voice_state: VoiceState::of(participant) }
    }
}

impl VoiceChannelView {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            session_id: session.id,
            channel_id: session.place,
            server_id: session.scope.into(),
            participants: session.people.iter().map(SpeakerView::of).collect(),
        }
    }
}
