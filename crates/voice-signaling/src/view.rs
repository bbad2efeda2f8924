//! What is told of sessions: by HTTP in the words of its calls, by sockets in those of its events.

use identity::UserCard;
use kernel::{ChannelId, ConversationId, GuildId, ScopeId, TimelineId, Timestamp, UserId, VoiceSessionId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Participant, Session, SessionKind};

/// Where a session is: in a channel of a server, or in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoicePlace)]
pub struct PlaceView {
    /// The channel, when it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_id: Option<ChannelId>,
    /// The channel's server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_id: Option<GuildId>,
    /// The conversation, when it is in one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub conversation_id: Option<ConversationId>,
}

/// A session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceSession)]
pub struct SessionView {
    /// Its id; a call's is the one that its history has, too.
    pub id: VoiceSessionId,
    /// What it is.
    pub r#type: SessionKind,
    /// Where.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Who came first; of a call: who called.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Who is in it, in the order of coming.
    pub participants: Vec<ParticipantView>,
    /// What a huddle is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of a call: how it stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<RingingView>,
}

/// How a call stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CallState)]
pub struct RingingView {
    /// Whether it was started with a picture.
    pub is_video: bool,
    /// Whom it rings still.
    pub ringing: Vec<UserId>,
    /// Until when.
    pub rings_until: Option<Timestamp>,
    /// When somebody answered it first.
    pub answered_at: Option<Timestamp>,
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

/// A session, as a socket learns of it when it begins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = VoiceSessionState)]
pub struct SessionState {
    /// The session.
    pub session_id: VoiceSessionId,
    /// What it is.
    pub r#type: SessionKind,
    /// Where.
    #[serde(flatten)]
    pub place: PlaceView,
    /// Who came first; of a call: who called.
    pub created_by: UserId,
    /// When.
    pub created_at: Timestamp,
    /// Who is in it, in the order of coming.
    pub participants: Vec<SpeakerView>,
    /// What a huddle is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Of a call: how it stands. It rings here, when the user is among those whom it rings.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub call: Option<RingingView>,
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

impl PlaceView {
    pub(crate) fn of(place: TimelineId, scope: ScopeId) -> Self {
        let talk = is_conversation(place, scope).then(|| place.into());
        let server = talk.is_none();
        Self {
            channel_id: server.then(|| place.into()),
            server_id: server.then(|| scope.into()),
            conversation_id: talk,
        }
    }
}

/// Whether a place is a conversation: that is its own scope.
pub(crate) fn is_conversation(place: TimelineId, scope: ScopeId) -> bool {
    place.uuid() == scope.uuid()
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

impl RingingView {
    /// None, when the session is no call.
    pub(crate) fn of(session: &Session) -> Option<Self> {
        (session.kind == SessionKind::Call).then(|| Self {
            is_video: session.video,
            rings_until: session.rings.filter(|_| !session.ringing.is_empty()),
            ringing: session.ringing.clone(),
            answered_at: session.answered,
        })
    }
}

impl SessionState {
    pub(crate) fn of(session: &Session) -> Self {
        Self {
            session_id: session.id,
            r#type: session.kind,
            place: PlaceView::of(session.place, session.scope),
            created_by: session.by,
            created_at: session.started,
            participants: session.participants.iter().map(SpeakerView::of).collect(),
            title: session.title.clone(),
            call: RingingView::of(session),
        }
    }
}

impl SessionView {
    /// The session, with the cards of who is in it.
    pub(crate) fn of(session: &Session, card: impl Fn(UserId) -> Option<UserCard>) -> Self {
        let people = session.participants.iter();
        Self {
            id: session.id,
            r#type: session.kind,
            place: PlaceView::of(session.place, session.scope),
            created_by: session.by,
            created_at: session.started,
            participants: people
                .filter_map(|each| Some(ParticipantView::of(each, card(each.user)?)))
                .collect(),
            title: session.title.clone(),
            call: RingingView::of(session),
        }
    }
}
