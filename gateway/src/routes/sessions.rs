//! The logins of an account, one a device.

use actix_web::{delete, get, post, web};
use identity::SessionView;
use kernel::SessionId;
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::http::{Fail, Key, Ok200, Owner, State, Yes};

/// The sessions of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionsAnswer {
    success: Yes,
    /// Those that are not over, the last used first; 100 at most.
    sessions: Vec<SessionView>,
}

/// Where am I logged in?
#[utoipa::path(tag = "auth", security(("login" = [])),
    responses((status = 200, description = "The caller's sessions.", body = SessionsAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/auth/sessions")]
pub(super) async fn list(
    state: web::Data<State>,
    Owner(actor): Owner,
) -> Result<Ok200<SessionsAnswer>, Fail> {
    let sessions = state.run(move |s| async move { s.identity.sessions(actor).await }).await?;
    Ok(Ok200(SessionsAnswer { success: Yes, sessions }))
}

/// End one session.
///
/// Its tokens stop to work on every gateway and its sockets are closed with 4003.
#[utoipa::path(tag = "auth", security(("login" = [])),
    params(("sessionId" = SessionId, Path, description = "One of the caller's sessions.")),
    responses((status = 200, description = "The session is over.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/auth/sessions/{sessionId}")]
pub(super) async fn end(
    state: web::Data<State>,
    Owner(actor): Owner,
    Key(session): Key<SessionId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.end_session(actor, session).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Log out everywhere.
///
/// Ends every session of the account, this one too, on every gateway.
#[utoipa::path(tag = "auth", security(("login" = [])),
    responses((status = 200, description = "All sessions are over.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[post("/api/auth/logout-all")]
pub(super) async fn end_all(state: web::Data<State>, Owner(actor): Owner) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.log_out_everywhere(actor).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
