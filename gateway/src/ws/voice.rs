//! The commands of voice.

use kernel::{ChannelId, SessionId, UserId, VoiceSessionId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use voice_signaling::input::{JoinBody, Kind, SignalBody, StateBody};
use voice_signaling::{ParticipantView, SessionView, Which};

use super::command::{Command, parse};
use super::payload::EmptyAck;
use crate::http::{ApiError, State};

/// What is to be done.
#[derive(Debug)]
pub(crate) enum VoiceCommand {
    Join(JoinBody),
    Leave(ChannelId),
    Update(ChannelId, StateBody),
    Signal(VoiceSessionId, SignalBody),
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

/// Where, and what is to be different.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceStateData {
    /// The voice channel.
    channel_id: ChannelId,
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
        "leave-voice-channel" => channel(data).map(VoiceCommand::Leave),
        "update-voice-state" => update(data),
        "webrtc-signal" => signal(data),
        _ => return None,
    };
    Some(command.map(Command::Voice))
}

fn join(data: &Value) -> Result<VoiceCommand, ApiError> {
    let JoinVoiceData { channel_id, is_video, muted, deafened } = parse(data)?;
    let (is_muted, is_deafened, is_video_enabled) = (muted, deafened, is_video);
    let body = JoinBody { r#type: Kind::Channel, channel_id, is_muted, is_deafened, is_video_enabled };
    Ok(VoiceCommand::Join(body))
}

fn update(data: &Value) -> Result<VoiceCommand, ApiError> {
    let VoiceStateData { channel_id, muted, deafened, video, screen } = parse(data)?;
    let body = StateBody {
        is_muted: muted,
        is_deafened: deafened,
        is_video_enabled: video,
        is_screen_sharing: screen,
    };
    Ok(VoiceCommand::Update(channel_id, body))
}

fn signal(data: &Value) -> Result<VoiceCommand, ApiError> {
    Ok(VoiceCommand::Signal(parse::<VoiceSessionData>(data)?.session_id, parse(data)?))
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
                let session = s.voice.join(user, device, body.channel_id, body.flags()).await?;
                json!(VoiceSessionAck { session })
            }
            VoiceCommand::Leave(channel) => {
                s.voice.leave(user, Which::Channel(channel)).await?;
                json!(EmptyAck {})
            }
            VoiceCommand::Update(channel, body) => {
                let participant = s.voice.update(user, Which::Channel(channel), body.parse()?).await?;
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
