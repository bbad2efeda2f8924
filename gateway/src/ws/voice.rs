//! The commands of voice.

use kernel::{ChannelId, SessionId, TimelineId, UserId, VoiceSessionId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use voice_signaling::input::{AnswerBody, CallBody, JoinBody, Kind, SignalBody, StateBody};
use voice_signaling::{ParticipantView, SessionView, Which};

use super::command::{Command, parse};
use super::payload::EmptyAck;
use crate::actions;
use crate::http::{ApiError, State};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum VoiceCommand {
    Join(JoinBody),
    Leave(Which),
    Update(Which, StateBody),
    Signal(VoiceSessionId, SignalBody),
    Call(CallBody),
    Answer(VoiceSessionId, AnswerBody),
    Decline(VoiceSessionId),
}

/// Which voice channel, and as what one comes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct JoinVoiceData {
    /// The voice channel.
    channel_id: ChannelId,
    /// Whether one sends a picture.
    #[serde(default, alias = "isVideoEnabled", alias = "video")]
    is_video: bool,
    /// Whether one sends no sound.
    #[serde(default, alias = "isMuted")]
    muted: bool,
    /// Whether one hears nothing.
    #[serde(default, alias = "isDeafened")]
    deafened: bool,
}

/// Where one is.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoicePlaceData {
    /// The voice channel, or the channel or conversation of a huddle or call.
    channel_id: TimelineId,
}

/// What is to be different.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceStateData {
    /// Whether one sends no sound.
    #[serde(alias = "isMuted")]
    muted: Option<bool>,
    /// Whether one hears nothing.
    #[serde(alias = "isDeafened")]
    deafened: Option<bool>,
    /// Whether one sends a picture.
    #[serde(alias = "isVideoEnabled", alias = "isVideo")]
    video: Option<bool>,
    /// Whether one shares one's screen.
    #[serde(alias = "isScreenSharing")]
    screen: Option<bool>,
}

/// Which session.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceSessionData {
    /// The session.
    session_id: VoiceSessionId,
}

/// The session that one is in from now on.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct VoiceSessionAck {
    /// The session.
    session: SessionView,
}

/// How one is there.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ParticipantAck {
    /// Oneself.
    participant: ParticipantView,
}

/// The command of this name, if it is one of voice; `channel` reads a channel's id, bare or not.
pub(super) fn command(
    name: &str,
    data: &Value,
    channel: impl Fn(&Value) -> Result<ChannelId, ApiError>,
) -> Option<Result<Command, ApiError>> {
    let command = match name {
        "join-voice-channel" => join(data),
        "leave-voice-channel" => channel(data).map(|id| VoiceCommand::Leave(Which::Place(id.into()))),
        "update-voice-state" => {
            parse::<VoicePlaceData>(data).and_then(|place| update(Which::Place(place.channel_id), data))
        }
        "webrtc-signal" => signal(data),
        "start-dm-call" => parse(data).map(VoiceCommand::Call),
        "answer-dm-call" => session(data).and_then(|id| Ok(VoiceCommand::Answer(id, parse(data)?))),
        "decline-dm-call" => session(data).map(VoiceCommand::Decline),
        "end-dm-call" => session(data).map(|id| VoiceCommand::Leave(Which::Session(id))),
        "update-dm-call-state" => session(data).and_then(|id| update(Which::Session(id), data)),
        _ => return None,
    };
    Some(command.map(Command::Voice))
}

fn join(data: &Value) -> Result<VoiceCommand, ApiError> {
    let JoinVoiceData { channel_id, is_video, muted, deafened } = parse(data)?;
    let (is_muted, is_deafened, is_video_enabled) = (muted, deafened, is_video);
    let (channel_id, participant_id) = (Some(channel_id), None);
    let body = JoinBody {
        r#type: Kind::Channel,
        channel_id,
        participant_id,
        is_muted,
        is_deafened,
        is_video_enabled,
    };
    Ok(VoiceCommand::Join(body))
}

fn session(data: &Value) -> Result<VoiceSessionId, ApiError> {
    Ok(parse::<VoiceSessionData>(data)?.session_id)
}

fn update(which: Which, data: &Value) -> Result<VoiceCommand, ApiError> {
    let VoiceStateData { muted, deafened, video, screen } = parse(data)?;
    let body = StateBody {
        is_muted: muted,
        is_deafened: deafened,
        is_video_enabled: video,
        is_screen_sharing: screen,
    };
    Ok(VoiceCommand::Update(which, body))
}

fn signal(data: &Value) -> Result<VoiceCommand, ApiError> {
    Ok(VoiceCommand::Signal(session(data)?, parse(data)?))
}

/// Does it for `user`, by the device that has this login; the result is the ack.
pub(super) async fn execute(
    state: &State,
    user: UserId,
    device: SessionId,
    command: VoiceCommand,
) -> Result<Value, ApiError> {
    let done = state.run(move |s| async move {
        Ok::<_, ApiError>(match command {
            VoiceCommand::Join(body) => {
                let session = actions::voice::join(&s, user, device, body).await?;
                json!(VoiceSessionAck { session })
            }
            VoiceCommand::Call(body) => {
                let session = actions::calls::start(&s, user, device, body.parse()?, body.flags()).await?;
                json!(VoiceSessionAck { session })
            }
            VoiceCommand::Answer(call, body) => {
                let session = s.voice.answer(user, device, call, body.flags()).await?;
                json!(VoiceSessionAck { session })
            }
            VoiceCommand::Decline(call) => {
                s.voice.decline(user, call).await?;
                json!(EmptyAck {})
            }
            VoiceCommand::Leave(which) => {
                s.voice.leave(user, which).await?;
                json!(EmptyAck {})
            }
            VoiceCommand::Update(which, body) => {
                let participant = s.voice.update(user, which, body.parse()?).await?;
                json!(ParticipantAck { participant })
            }
            VoiceCommand::Signal(session, body) => {
                s.limits.signal(user).await?;
                s.voice.signal(user, device, session, body).await?;
                json!(EmptyAck {})
            }
        })
    });
    done.await
}
