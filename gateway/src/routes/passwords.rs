//! Forgotten and changed passwords.

use actix_web::{post, web};
use identity::input::{ChangePasswordBody, ForgotPasswordBody, ResetPasswordBody};

use super::auth::LoginAnswer;
use super::emails::ToldAnswer;
use crate::actions;
use crate::http::{Client, Fail, Ok200, Owner, State, Valid};

/// Forget a password.
///
/// Sends a link to the account of this address, if there is one; the answer is the same when there is none, after the same
/// time. The link is `mail.link_base` and `/reset-password?token=…`; it works once, for an hour, and makes an earlier one
/// void. `UNAVAILABLE` where no e-mail leaves (`mail.transport`).
#[utoipa::path(tag = "auth", request_body = ForgotPasswordBody,
    responses((status = 200, description = "If there is such an account, a letter is on its way.", body = ToldAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "UNAVAILABLE"]))))]
#[post("/api/auth/forgot-password")]
pub(super) async fn forgot_password(
    state: web::Data<State>,
    Client(client): Client,
    Valid(body): Valid<ForgotPasswordBody>,
) -> Result<Ok200<ToldAnswer>, Fail> {
    state.run(|s| async move { actions::letters::forgot_password(&s, body, &client).await }).await?;
    Ok(Ok200(ToldAnswer::new("If there is an account with this address, a link is on its way to it.")))
}

/// Set a new password with a link.
///
/// The token of the link works once: when several calls use it at the same time one succeeds. A password that is refused
/// does not use it up. Ends every session of the account, on every gateway, and proves its address. Log in afterwards.
#[utoipa::path(tag = "auth", request_body = ResetPasswordBody,
    responses((status = 200, description = "The password is set; every session is over.", body = ToldAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "UNAVAILABLE"]))))]
#[post("/api/auth/reset-password")]
pub(super) async fn reset_password(
    state: web::Data<State>,
    Valid(body): Valid<ResetPasswordBody>,
) -> Result<Ok200<ToldAnswer>, Fail> {
    state.run(|s| async move { s.identity.reset_password(body).await }).await?;
    Ok(Ok200(ToldAnswer::new("Password updated successfully")))
}

/// Change the password.
///
/// An account that was made through a provider has none yet: it gets its first one without `currentPassword`, within ten
/// minutes of a login.
///
/// Ends every session of the account, the caller's too, for whoever knew the old password may have opened any of them; their
/// sockets are closed with 4003. The answer is a new session: go on with its tokens. A verified address gets a notice.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = ChangePasswordBody,
    responses((status = 200, description = "A new session of the account.", body = LoginAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "ACCOUNT_SUSPENDED", "EMAIL_NOT_VERIFIED", "UNAVAILABLE"]))))]
#[post("/api/auth/change-password")]
pub(super) async fn change_password(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<ChangePasswordBody>,
) -> Result<Ok200<LoginAnswer>, Fail> {
    let change = move |s| async move { actions::accounts::change_password(&s, actor, body, &client).await };
    Ok(Ok200(state.run(change).await?.into()))
}
