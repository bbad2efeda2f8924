//! E-mail addresses of accounts: proving them and changing them.

use actix_web::{post, web};
use identity::SelfView;
use identity::input::{ChangeEmailBody, ConfirmEmailChangeBody, ResendBody, VerifyEmailBody};
use serde::Serialize;
use utoipa::ToSchema;

use crate::actions::letters;
use crate::http::{Caller, Client, Fail, Ok200, Owner, State, Valid, Yes};

/// It was done, or is under way.
#[derive(Serialize, ToSchema)]
pub(super) struct ToldAnswer {
    success: Yes,
    /// What happened, for a person.
    #[schema(example = "Verification code sent")]
    message: &'static str,
}

impl ToldAnswer {
    pub(super) fn new(message: &'static str) -> Self {
        Self { success: Yes, message }
    }
}

/// A change of the address was begun.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ChangeAnswer {
    success: Yes,
    /// Whether a code was sent to the present address too, which has to come with the other.
    needs_old_code: bool,
}

/// The address is changed.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedAnswer {
    success: Yes,
    /// The account.
    user: SelfView,
}

/// Confirm the e-mail address.
///
/// With the six digits of the letter that a registration, or `POST /api/auth/resend-verification`, has sent. They work for
/// 10 minutes and five tries. Whose code it is says `email`; with a token and without `email` it is the caller's own. An
/// unknown address is answered like a wrong code.
#[utoipa::path(tag = "auth", request_body = VerifyEmailBody,
    responses((status = 200, description = "The address is confirmed.", body = ToldAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "UNAVAILABLE"]))))]
#[post("/api/auth/verify-email")]
pub(super) async fn verify_email(
    state: web::Data<State>,
    caller: Option<Caller>,
    Valid(body): Valid<VerifyEmailBody>,
) -> Result<Ok200<ToldAnswer>, Fail> {
    let caller = caller.map(|Caller(actor)| actor);
    state.run(move |s| async move { s.identity.verify_email(body, caller).await }).await?;
    Ok(Ok200(ToldAnswer::new("Email verified successfully")))
}

/// Send another code.
///
/// To the account of `email`, or to the caller's own when a token comes without `email`; the earlier code is void. The answer
/// is the same when there is no such account or its address is confirmed already: then nothing is sent. `UNAVAILABLE` where
/// no e-mail leaves (`mail.transport`).
#[utoipa::path(tag = "auth", request_body = ResendBody,
    responses((status = 200, description = "If there is such an account, a letter is on its way.", body = ToldAnswer)),
    extensions(("x-errors" = json!(["VALIDATION_FAILED", "UNAVAILABLE"]))))]
#[post("/api/auth/resend-verification")]
pub(super) async fn resend_verification(
    state: web::Data<State>,
    caller: Option<Caller>,
    Client(client): Client,
    Valid(body): Valid<ResendBody>,
) -> Result<Ok200<ToldAnswer>, Fail> {
    let caller = caller.map(|Caller(actor)| actor);
    state.run(move |s| async move { letters::resend(&s, body, caller, &client).await }).await?;
    Ok(Ok200(ToldAnswer::new("If there is an account to be verified, a code is on its way to it.")))
}

/// Ask for another e-mail address.
///
/// Sends a code to the new address, and one to the present address if that is confirmed (`needsOldCode`): whoever has only
/// the password, or only the mailbox, cannot take the account away. Nothing changes before
/// `POST /api/auth/confirm-email-change`; asking again makes earlier codes void. `UNAVAILABLE` where no e-mail leaves
/// (`mail.transport`).
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = ChangeEmailBody,
    responses((status = 200, description = "The letters are on their way.", body = ChangeAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "USER_EXISTS", "UNAVAILABLE"]))))]
#[post("/api/auth/change-email")]
pub(super) async fn change_email(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<ChangeEmailBody>,
) -> Result<Ok200<ChangeAnswer>, Fail> {
    let change = move |s| async move { letters::change_email(&s, actor, body, &client).await };
    let needs_old_code = state.run(change).await?;
    Ok(Ok200(ChangeAnswer { success: Yes, needs_old_code }))
}

/// Confirm the change of the e-mail address.
///
/// With the six digits of the letters: always those from the new address, and those from the present one when it got a
/// letter. They work for 10 minutes and five tries. The new address is confirmed by it; links and codes that were sent to the
/// old one are void, and it gets a notice.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = ConfirmEmailChangeBody,
    responses((status = 200, description = "The account with its new address.", body = ChangedAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "USER_EXISTS", "UNAVAILABLE"]))))]
#[post("/api/auth/confirm-email-change")]
pub(super) async fn confirm_email_change(
    state: web::Data<State>,
    Owner(actor): Owner,
    Valid(body): Valid<ConfirmEmailChangeBody>,
) -> Result<Ok200<ChangedAnswer>, Fail> {
    let user = state.run(move |s| async move { s.identity.confirm_email_change(actor, body).await }).await?;
    Ok(Ok200(ChangedAnswer { success: Yes, user }))
}
