//! Accounts and logins.

use actix_web::{HttpRequest, post, routes, web};
use identity::SelfView;
use identity::input::{LoginBody, RegisterBody};
use kernel::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::http::{Caller, Created, Fail, Ok200, State, Valid, Yes, device};

/// A login that succeeded.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoginAnswer {
    success: Yes,
    /// The account.
    user: SelfView,
    /// The access token: `Authorization: Bearer <token>`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.x")]
    token: String,
    /// When the token stops to work.
    expires_at: Timestamp,
}

impl From<identity::Login> for LoginAnswer {
    fn from(login: identity::Login) -> Self {
        Self { success: Yes, user: login.user.into(), token: login.token, expires_at: login.expires_at }
    }
}

/// An account, as its owner sees it.
#[derive(Serialize, ToSchema)]
pub(super) struct MeAnswer {
    success: Yes,
    /// The account.
    user: SelfView,
}

/// Make an account.
///
/// Answers with a token: nobody has to log in right after signing up.
#[utoipa::path(post, path = "/api/auth/register", tag = "auth", request_body = RegisterBody,
    responses((status = 201, description = "The account, logged in.", body = LoginAnswer)),
    extensions(("x-aliases" = json!(["POST /api/auth/signup"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "USER_EXISTS", "UNAVAILABLE"]))))]
#[routes]
#[post("/api/auth/register")]
#[post("/api/auth/signup")]
pub(super) async fn sign_up(
    state: web::Data<State>,
    request: HttpRequest,
    Valid(body): Valid<RegisterBody>,
) -> Result<Created<LoginAnswer>, Fail> {
    let device = device(&request);
    let login = state.run(|s| async move { s.identity.register(body, device.as_deref()).await }).await?;
    Ok(Created(login.into()))
}

/// Log in.
///
/// With the e-mail address or the username. An unknown account and a wrong password are the same answer.
#[utoipa::path(tag = "auth", request_body = LoginBody,
    responses((status = 200, description = "The account and a token.", body = LoginAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "UNAVAILABLE"]))))]
#[post("/api/auth/login")]
pub(super) async fn sign_in(
    state: web::Data<State>,
    request: HttpRequest,
    Valid(body): Valid<LoginBody>,
) -> Result<Ok200<LoginAnswer>, Fail> {
    let device = device(&request);
    let login = state.run(|s| async move { s.identity.login(body, device.as_deref()).await }).await?;
    Ok(Ok200(login.into()))
}

/// Who am I?
#[utoipa::path(get, path = "/api/auth/me", tag = "auth", security(("token" = [])),
    responses((status = 200, description = "The caller's account.", body = MeAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/users/me"]))))]
#[routes]
#[get("/api/auth/me")]
#[get("/api/users/me")]
pub(super) async fn me(state: web::Data<State>, Caller(actor): Caller) -> Result<Ok200<MeAnswer>, Fail> {
    let user = state.run(move |s| async move { s.identity.me(actor.user).await }).await?;
    Ok(Ok200(MeAnswer { success: Yes, user: user.into() }))
}

/// Log out.
///
/// Ends the session that the token belongs to, on every gateway: its tokens stop to work and its sockets are closed with
/// 4003. Other sessions of the account go on.
#[utoipa::path(tag = "auth", security(("token" = [])),
    responses((status = 200, description = "The session is over.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[post("/api/auth/logout")]
pub(super) async fn sign_out(
    state: web::Data<State>,
    Caller(actor): Caller,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.log_out(actor).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
