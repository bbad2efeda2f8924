//! Huddles: talking beside what is written.

use actix_web::{post, web};
use kernel::VoiceSessionId;
use serde::Serialize;
use utoipa::ToSchema;
use voice_signaling::ice::IceServersView;
use voice_signaling::input::HuddleBody;
use voice_signaling::{SessionView, Which};

use super::messages::DoneAnswer;
use crate::http::{Caller, Created, Fail, Key, Ok200, State, Valid, Yes};

/// A huddle.
#[derive(Serialize, ToSchema)]
pub(super) struct HuddleAnswer {
    success: Yes,
    /// The huddle: a voice session.
    huddle: SessionView,
}

/// A huddle, and how to connect.
#[derive(Serialize, ToSchema)]
pub(super) struct JoinedHuddleAnswer {
    success: Yes,
    /// The huddle: a voice session.
    huddle: SessionView,
    /// What `GET /api/voice/ice-servers` gives.
    #[serde(flatten)]
    servers: IceServersView,
}

/// Start a huddle.
///
/// In a text channel or a conversation: `channelId` is the id of either. The caller is the first in it, by the device that has
/// their login, from wherever they are; when there is one already they come into that one. It ends with the last. Who may view
/// the channel sees it.
#[utoipa::path(tag = "voice", operation_id = "start_huddle", security(("token" = [])), request_body = HuddleBody,
    responses((status = 201, description = "The huddle.", body = HuddleAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "CONNECT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/huddles")]
pub(super) async fn start(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<HuddleBody>,
) -> Result<Created<HuddleAnswer>, Fail> {
    let (place, title) = body.parse()?;
    let started =
        state.run(move |s| async move { s.voice.huddle(actor.user, actor.session, place, title).await });
    Ok(Created(HuddleAnswer { success: Yes, huddle: started.await? }))
}

/// Join a huddle.
///
/// `iceServers` is what an `RTCPeerConnection` takes.
#[utoipa::path(tag = "voice", operation_id = "join_huddle", security(("token" = [])), params(("huddleId" = VoiceSessionId, Path)),
    responses((status = 200, description = "The huddle.", body = JoinedHuddleAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "CONNECT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/huddles/{huddleId}/join")]
pub(super) async fn join(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(huddle): Key<VoiceSessionId>,
) -> Result<Ok200<JoinedHuddleAnswer>, Fail> {
    let joined =
        state.run(move |s| async move { s.voice.join_huddle(actor.user, actor.session, huddle).await });
    let huddle = joined.await?;
    let servers = state.services().ice.for_user(actor.user);
    Ok(Ok200(JoinedHuddleAnswer { success: Yes, huddle, servers }))
}

/// Leave a huddle.
///
/// `DELETE /api/voice/sessions/{voiceSessionId}` by another name.
#[utoipa::path(tag = "voice", operation_id = "leave_huddle", security(("token" = [])), params(("huddleId" = VoiceSessionId, Path)),
    responses((status = 200, description = "The caller is not there any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "UNAVAILABLE"]))))]
#[post("/api/huddles/{huddleId}/leave")]
pub(super) async fn leave(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(huddle): Key<VoiceSessionId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.voice.leave(actor.user, Which::Session(huddle)).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
