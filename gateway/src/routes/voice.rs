//! Voice sessions: who is in them, and signals between peers.

use actix_web::{delete, get, post, routes, web};
use kernel::{GuildId, TimelineId, UserId, VoiceSessionId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use voice_signaling::input::{JoinBody, MemberBody, SignalBody, StateBody};
use voice_signaling::{ParticipantView, SessionView, SessionsLimit, Which};

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of voice sessions.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct VoiceSessionsAnswer {
    success: Yes,
    /// The sessions, by the ids of their channels and conversations.
    sessions: Vec<SessionView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<TimelineId>,
}

/// A voice session.
#[derive(Serialize, ToSchema)]
pub(super) struct VoiceSessionAnswer {
    pub(super) success: Yes,
    /// The session.
    pub(super) session: SessionView,
}

/// Somebody in a voice session.
#[derive(Serialize, ToSchema)]
pub(super) struct ParticipantAnswer {
    success: Yes,
    /// How they are there now.
    participant: ParticipantView,
}

/// Which voice sessions.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct VoiceSessionsQuery {
    /// Of this server alone.
    server_id: Option<GuildId>,
    /// Sessions in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<TimelineId>,
}

/// List who is in voice channels, huddles and calls.
///
/// In the channels that the caller may view, and in their conversations.
#[utoipa::path(tag = "voice", security(("token" = [])), params(VoiceSessionsQuery),
    responses((status = 200, description = "A page of sessions.", body = VoiceSessionsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/voice/sessions")]
pub(super) async fn sessions(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<VoiceSessionsQuery>,
) -> Result<Ok200<VoiceSessionsAnswer>, Fail> {
    let limit = SessionsLimit::new(query.limit);
    let listed = state
        .run(move |s| async move { s.voice.sessions(actor.user, query.server_id, query.after, limit).await });
    let page = listed.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).and_then(|session| {
        let place = session.place;
        place.channel_id.map(TimelineId::from).or(place.conversation_id.map(TimelineId::from))
    });
    Ok(Ok200(VoiceSessionsAnswer {
        success: Yes,
        sessions: page.items,
        has_more: page.has_more,
        next_cursor,
    }))
}

/// Come into a voice channel, or call somebody.
///
/// By the device that has the caller's login, from wherever they are: one is in one voice channel, huddle or call at a time. With
/// `type: dm` it is `POST /api/voice/dm-call`. Who has no
/// WebSocket of that login after about 15 seconds leaves again. Without SPEAK one is suppressed: others must not play what
/// one sends.
#[utoipa::path(tag = "voice", security(("token" = [])), request_body = JoinBody,
    responses((status = 201, description = "The session.", body = VoiceSessionAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "CONNECT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "BUSY", "UNAVAILABLE"]))))]
#[post("/api/voice/sessions")]
pub(super) async fn join(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<JoinBody>,
) -> Result<Created<VoiceSessionAnswer>, Fail> {
    let joined =
        state.run(move |s| async move { actions::voice::join(&s, actor.user, actor.session, body).await });
    Ok(Created(VoiceSessionAnswer { success: Yes, session: joined.await? }))
}

/// Say how one is in a voice session.
///
/// What is not said stays. A picture or a screen wants SPEAK.
#[utoipa::path(put, path = "/api/voice/sessions/{voiceSessionId}", tag = "voice", security(("token" = [])),
    params(("voiceSessionId" = VoiceSessionId, Path)), request_body = StateBody,
    responses((status = 200, description = "How the caller is there.", body = ParticipantAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["PATCH /api/voice/sessions/{voiceSessionId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/voice/sessions/{voiceSessionId}")]
#[patch("/api/voice/sessions/{voiceSessionId}")]
pub(super) async fn update(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(session): Key<VoiceSessionId>,
    Valid(body): Valid<StateBody>,
) -> Result<Ok200<ParticipantAnswer>, Fail> {
    let change = body.parse()?;
    let updated =
        state.run(move |s| async move { s.voice.update(actor.user, Which::Session(session), change).await });
    Ok(Ok200(ParticipantAnswer { success: Yes, participant: updated.await? }))
}

/// Leave a voice session.
///
/// A call of two is over by it, a session of others with the last.
#[utoipa::path(tag = "voice", security(("token" = [])), params(("voiceSessionId" = VoiceSessionId, Path)),
    responses((status = 200, description = "The caller is not there any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/voice/sessions/{voiceSessionId}")]
pub(super) async fn leave(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(session): Key<VoiceSessionId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.voice.leave(actor.user, Which::Session(session)).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Hand a signal to somebody in the same session.
///
/// To the device by which they are there. None is kept: who is not connected does not get it. `CONFLICT`: the caller is there
/// by another device.
#[utoipa::path(tag = "voice", security(("token" = [])), params(("voiceSessionId" = VoiceSessionId, Path)), request_body = SignalBody,
    responses((status = 200, description = "It is on its way.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-rate-limit" = json!("signals")),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/voice/sessions/{voiceSessionId}/signal")]
pub(super) async fn signal(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(session): Key<VoiceSessionId>,
    Valid(body): Valid<SignalBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    let sent =
        state.run(move |s| async move { s.voice.signal(actor.user, actor.session, session, body).await });
    sent.await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Mute, deafen or move somebody in a voice channel.
///
/// What is not said stays. That somebody is muted or deafened counts for 30 days, also when they leave and come back. Who is
/// moved must be allowed to connect to the other channel, which the caller must see.
#[utoipa::path(put, path = "/api/voice/sessions/{voiceSessionId}/members/{userId}", tag = "voice", security(("token" = [])),
    params(("voiceSessionId" = VoiceSessionId, Path), ("userId" = UserId, Path)), request_body = MemberBody,
    responses((status = 200, description = "How they are there.", body = ParticipantAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MODERATE_MEMBERS"])),
        ("x-aliases" = json!(["PATCH /api/voice/sessions/{voiceSessionId}/members/{userId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[put("/api/voice/sessions/{voiceSessionId}/members/{userId}")]
#[patch("/api/voice/sessions/{voiceSessionId}/members/{userId}")]
pub(super) async fn moderate(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(session): Key<VoiceSessionId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<MemberBody>,
) -> Result<Ok200<ParticipantAnswer>, Fail> {
    let (change, to) = body.parse()?;
    let moderated =
        state.run(move |s| async move { s.voice.moderate(actor.user, session, user, change, to).await });
    Ok(Ok200(ParticipantAnswer { success: Yes, participant: moderated.await? }))
}

/// Disconnect somebody from a voice channel.
///
/// They may come back, unless more is done.
#[utoipa::path(tag = "voice", security(("token" = [])),
    params(("voiceSessionId" = VoiceSessionId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "They are not there any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/voice/sessions/{voiceSessionId}/members/{userId}")]
pub(super) async fn disconnect(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(session): Key<VoiceSessionId>,
    Key(user): Key<UserId, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.voice.disconnect(actor.user, session, user).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
