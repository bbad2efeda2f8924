//! Calls: starting, answering and declining them, and the history of those that are over.

use actix_web::{get, post, web};
use kernel::VoiceSessionId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use voice_signaling::input::{AnswerBody, CallBody};
use voice_signaling::{CallView, CallsLimit};

use super::messages::DoneAnswer;
use super::voice::VoiceSessionAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of calls.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct CallsAnswer {
    success: Yes,
    /// The calls, the last first.
    calls: Vec<CallView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<VoiceSessionId>,
}

/// A call.
#[derive(Serialize, ToSchema)]
pub(super) struct CallAnswer {
    success: Yes,
    /// The call.
    call: CallView,
}

/// Which calls.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CallsQuery {
    /// Calls in the page: 1 to 50, 20 unless said.
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<VoiceSessionId>,
}

/// Call somebody, or everybody in a group.
///
/// Rings on all their devices for 45 seconds. Whoever may write to somebody may call them. When there is a call in the
/// conversation already the caller comes into that one, so two who call each other are in one call. Leaves the voice channel or
/// call in which the caller is. `BUSY`: they are in another call. The caller leaves again after about 15 seconds without a
/// WebSocket of this login. At most 20 calls a minute, by sockets too (`limits.calls`).
#[utoipa::path(tag = "voice", security(("token" = [])), request_body = CallBody,
    responses((status = 201, description = "The call: a voice session.", body = VoiceSessionAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "BUSY", "UNAVAILABLE"]))))]
#[post("/api/voice/dm-call")]
pub(super) async fn start(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<CallBody>,
) -> Result<Created<VoiceSessionAnswer>, Fail> {
    let (callee, flags) = (body.parse()?, body.flags());
    let called = state.run(move |s| async move {
        actions::calls::start(&s, actor.user, actor.session, callee, flags).await
    });
    Ok(Created(VoiceSessionAnswer { success: Yes, session: called.await? }))
}

/// Answer a call.
///
/// Or come into one that others of the group have answered. The caller's other devices stop ringing. `CONFLICT`: another of them
/// has answered, or there is no room left.
#[utoipa::path(tag = "voice", security(("token" = [])), params(("callId" = VoiceSessionId, Path)), request_body = AnswerBody,
    responses((status = 200, description = "The call: a voice session.", body = VoiceSessionAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT", "UNAVAILABLE"]))))]
#[post("/api/calls/{callId}/answer")]
pub(super) async fn answer(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(call): Key<VoiceSessionId>,
    Valid(body): Valid<AnswerBody>,
) -> Result<Ok200<VoiceSessionAnswer>, Fail> {
    let answered = state
        .run(move |s| async move { s.voice.answer(actor.user, actor.session, call, body.flags()).await });
    Ok(Ok200(VoiceSessionAnswer { success: Yes, session: answered.await? }))
}

/// Decline a call.
///
/// It rings on none of the caller's devices any more. A call of two is over by it.
#[utoipa::path(tag = "voice", security(("token" = [])), params(("callId" = VoiceSessionId, Path)),
    responses((status = 200, description = "It does not ring any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "UNAVAILABLE"]))))]
#[post("/api/calls/{callId}/decline")]
pub(super) async fn decline(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(call): Key<VoiceSessionId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.voice.decline(actor.user, call).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// List one's calls.
///
/// Those that one made or got and that are over, the last first. Calls that go on are voice sessions.
#[utoipa::path(tag = "voice", security(("token" = [])), params(CallsQuery),
    responses((status = 200, description = "A page of calls.", body = CallsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/calls")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<CallsQuery>,
) -> Result<Ok200<CallsAnswer>, Fail> {
    let limit = CallsLimit::new(query.limit);
    let page =
        state.run(move |s| async move { s.voice.calls(actor.user, query.before, limit).await }).await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|call| call.id);
    Ok(Ok200(CallsAnswer { success: Yes, calls: page.items, has_more: page.has_more, next_cursor }))
}

/// Read one of one's calls.
///
/// Once it is over.
#[utoipa::path(tag = "voice", security(("token" = [])), params(("callId" = VoiceSessionId, Path)),
    responses((status = 200, description = "The call.", body = CallAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/calls/{callId}")]
pub(super) async fn read(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(call): Key<VoiceSessionId>,
) -> Result<Ok200<CallAnswer>, Fail> {
    let call = state.run(move |s| async move { s.voice.past_call(actor.user, call).await }).await?;
    Ok(Ok200(CallAnswer { success: Yes, call }))
}
