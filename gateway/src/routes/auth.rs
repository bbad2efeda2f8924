//! Accounts and logins.

use actix_web::{post, routes, web};
use identity::input::{LoginBody, RefreshBody, RegisterBody};
use identity::{FactorView, SelfView};
use kernel::{SessionId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Client, Created, Fail, Ok200, Owner, State, Valid, Yes};
use crate::services::Services;

/// A login that succeeded, or goes on.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LoginAnswer {
    success: Yes,
    /// The account.
    user: SelfView,
    /// The session: this login, on this device.
    session_id: SessionId,
    /// The access token: `Authorization: Bearer <token>`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.x")]
    token: String,
    /// When the access token stops to work.
    expires_at: Timestamp,
    /// Good for one call of `POST /api/auth/refresh`, which gives the next pair.
    #[schema(example = "ghr_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    refresh_token: String,
    /// When the refresh token stops to work, and with it the session.
    refresh_expires_at: Timestamp,
    /// The same pair again.
    tokens: Pair,
}

/// A pair of tokens.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Pair {
    /// As `token`.
    #[schema(example = "eyJ0eXAiOiJhdCtqd3QiLCJhbGciOiJIUzI1NiJ9.e30.x")]
    access_token: String,
    /// As `refreshToken`.
    #[schema(example = "ghr_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    refresh_token: String,
}

impl From<identity::Login> for LoginAnswer {
    fn from(login: identity::Login) -> Self {
        let identity::Login { user, phone, session, tokens } = login;
        Self {
            success: Yes,
            user: SelfView::of(user, phone.as_ref()),
            session_id: session,
            tokens: Pair { access_token: tokens.access.clone(), refresh_token: tokens.refresh.clone() },
            token: tokens.access,
            expires_at: tokens.expires_at,
            refresh_token: tokens.refresh,
            refresh_expires_at: tokens.refresh_expires_at,
        }
    }
}

/// An account, as its owner sees it.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MeAnswer {
    success: Yes,
    /// The account.
    user: SelfView,
    /// What a login needs beside the password.
    two_factor: FactorView,
}

/// Make an account.
///
/// Answers with a token: nobody has to log in right after signing up. Where e-mail leaves (`mail.transport`) a code to confirm
/// the address is sent to it.
#[utoipa::path(post, path = "/api/auth/register", tag = "auth", request_body = RegisterBody,
    responses((status = 201, description = "The account, logged in.", body = LoginAnswer)),
    extensions(("x-aliases" = json!(["POST /api/auth/signup"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "USER_EXISTS", "UNAVAILABLE"])),
        ("x-rate-limit" = json!("sign-ups"))))]
#[routes]
#[post("/api/auth/register")]
#[post("/api/auth/signup")]
pub(super) async fn sign_up(
    state: web::Data<State>,
    Client(client): Client,
    Valid(body): Valid<RegisterBody>,
) -> Result<Created<LoginAnswer>, Fail> {
    let login = state.run(|s| async move { s.identity.register(body, &client).await }).await?;
    Ok(Created(login.into()))
}

/// Log in.
///
/// With the e-mail address or the username. An unknown account and a wrong password are the same answer. Who fails too
/// often is refused for a while, with the right password too: for the account from the same address, for the account from
/// everywhere, and for the address.
/// A login from a device that the account was never used from is told to its address, if that is confirmed.
///
/// When the password is right and the account has a second factor, `verificationCode` is needed too; without one the
/// answer is 402, and with `sms` a code is sent. A recovery code will do as well. After five wrong codes of an app no code
/// is looked at until 15 minutes after the first of them (429); after five for a sent one, that one is dead.
#[utoipa::path(tag = "auth", request_body = LoginBody,
    responses((status = 200, description = "The account and a token.", body = LoginAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "INVALID_CREDENTIALS", "TWO_FACTOR_REQUIRED",
        "ACCOUNT_SUSPENDED", "EMAIL_NOT_VERIFIED", "RATE_LIMITED", "UNAVAILABLE"]))))]
#[post("/api/auth/login")]
pub(super) async fn sign_in(
    state: web::Data<State>,
    Client(client): Client,
    Valid(body): Valid<LoginBody>,
) -> Result<Ok200<LoginAnswer>, Fail> {
    let login = state.run(|s| async move { actions::accounts::log_in(&s, body, &client).await }).await?;
    Ok(Ok200(login.into()))
}

/// Go on without a password.
///
/// A refresh token works once and yields the next pair. For 30 seconds it yields the same pair again, as long as that was
/// not used, for an answer can get lost. Any other second use ends the session on every gateway: two have the token.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", request_body = RefreshBody,
    responses((status = 200, description = "The next pair of tokens.", body = LoginAnswer)),
    extensions(("x-aliases" = json!(["POST /api/auth/refresh-token"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "UNAUTHENTICATED", "ACCOUNT_SUSPENDED", "EMAIL_NOT_VERIFIED", "UNAVAILABLE"]))))]
#[routes]
#[post("/api/auth/refresh")]
#[post("/api/auth/refresh-token")]
pub(super) async fn refresh(
    state: web::Data<State>,
    Client(client): Client,
    Valid(body): Valid<RefreshBody>,
) -> Result<Ok200<LoginAnswer>, Fail> {
    let login = state.run(|s| async move { s.identity.refresh(body, &client).await }).await?;
    Ok(Ok200(login.into()))
}

/// Who am I?
#[utoipa::path(get, path = "/api/auth/me", tag = "auth", security(("token" = [])),
    responses((status = 200, description = "The caller's account.", body = MeAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/users/me", "GET /api/users/profile"]))))]
#[routes]
#[get("/api/auth/me")]
#[get("/api/users/me")]
#[get("/api/users/profile")]
pub(super) async fn me(state: web::Data<State>, Caller(actor): Caller) -> Result<Ok200<MeAnswer>, Fail> {
    let look = async move |s: Services| {
        let user = s.identity.myself(actor.user).await?;
        Ok::<_, identity::Error>((user, s.identity.second_factor(actor.user).await?))
    };
    let (user, two_factor) = state.run(look).await?;
    Ok(Ok200(MeAnswer { success: Yes, user, two_factor }))
}

/// Log out.
///
/// Ends the session that the token belongs to, on every gateway: its tokens stop to work and its sockets are closed with
/// 4003. Other sessions of the account go on.
#[utoipa::path(tag = "auth", security(("login" = [])),
    responses((status = 200, description = "The session is over.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[post("/api/auth/logout")]
pub(super) async fn sign_out(
    state: web::Data<State>,
    Owner(actor): Owner,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.log_out(actor).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
