//! The second factor.

use actix_web::{post, web};
use identity::input::{BeginFactorBody, FactorBody, VerifyFactorBody};
use identity::{BeginView, Method};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::actions::second_factor;
use crate::http::{Client, Fail, Ok200, Owner, State, Valid, Yes};

/// A second factor that waits for its first code.
#[derive(Serialize, ToSchema)]
pub(super) struct BeginAnswer {
    success: Yes,
    #[serde(flatten)]
    begun: BeginView,
    /// What to do next.
    #[schema(example = "add the secret to an authenticator app, then verify a code of it")]
    message: &'static str,
}

/// Recovery codes, which nobody can read again.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecoveryCodesAnswer {
    success: Yes,
    /// Ten. Each takes the place of a code once.
    #[schema(example = json!(["3f8k-2m9q-0w7x-5c1v"]))]
    recovery_codes: Vec<String>,
}

impl From<BeginView> for BeginAnswer {
    fn from(begun: BeginView) -> Self {
        let message = match begun.method {
            Method::Totp => "add the secret to an authenticator app, then verify a code of it",
            Method::Sms => "a code was sent to the phone; verify it",
        };
        Self { success: Yes, begun, message }
    }
}

/// Begin with a second factor.
///
/// Logins need it only after `POST /api/auth/2fa/verify`. With `totp` the answer has the secret for an authenticator app,
/// with `sms` a code is sent. The password may be left out in the first ten minutes after a login. Called again before
/// the first code was verified, it begins anew.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = BeginFactorBody,
    responses((status = 200, description = "It waits for its first code.", body = BeginAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "CONFLICT", "RATE_LIMITED", "UNAVAILABLE"]))))]
#[post("/api/auth/2fa/enable")]
pub(super) async fn enable(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<BeginFactorBody>,
) -> Result<Ok200<BeginAnswer>, Fail> {
    let begin = state.run(move |s| async move { second_factor::begin(&s, actor, body, &client).await });
    Ok(Ok200(begin.await?.into()))
}

/// Put the second factor in force.
///
/// With the first code. From now on a login needs a code. The recovery codes are for those who lost their phone: each
/// takes the place of a code once, and they are not shown again. A code of an app works once, from 30 seconds before its
/// time until 30 seconds after it; one that was sent works for 10 minutes. After five wrong ones codes of an app are not
/// looked at until 15 minutes after the first of them, and a sent one is dead.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = VerifyFactorBody,
    responses((status = 200, description = "It is in force.", body = RecoveryCodesAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "CONFLICT", "RATE_LIMITED", "UNAVAILABLE"]))))]
#[post("/api/auth/2fa/verify")]
pub(super) async fn verify(
    state: web::Data<State>,
    Owner(actor): Owner,
    Valid(body): Valid<VerifyFactorBody>,
) -> Result<Ok200<RecoveryCodesAnswer>, Fail> {
    let codes = state.run(move |s| async move { s.identity.verify_factor(actor, body).await }).await?;
    Ok(Ok200(RecoveryCodesAnswer { success: Yes, recovery_codes: codes }))
}

/// Give the second factor up.
///
/// Needs the password (but in the first ten minutes after a login) and a code or a recovery code. Without a code the
/// answer is 402, and with `sms` a code is sent.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = FactorBody,
    responses((status = 200, description = "A login needs the password only.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "INVALID_CREDENTIALS", "TWO_FACTOR_REQUIRED", "CONFLICT",
            "RATE_LIMITED", "UNAVAILABLE"]))))]
#[post("/api/auth/2fa/disable")]
pub(super) async fn disable(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<FactorBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { second_factor::end(&s, actor, body, &client).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Make new recovery codes.
///
/// Those before them work no more. Needs what `POST /api/auth/2fa/disable` needs.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = FactorBody,
    responses((status = 200, description = "The new codes.", body = RecoveryCodesAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CODE", "INVALID_CREDENTIALS", "TWO_FACTOR_REQUIRED", "CONFLICT",
            "RATE_LIMITED", "UNAVAILABLE"]))))]
#[post("/api/auth/2fa/recovery-codes")]
pub(super) async fn recovery_codes(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<FactorBody>,
) -> Result<Ok200<RecoveryCodesAnswer>, Fail> {
    let renew = |s| async move { second_factor::renew_recovery_codes(&s, actor, body, &client).await };
    let codes = state.run(renew).await?;
    Ok(Ok200(RecoveryCodesAnswer { success: Yes, recovery_codes: codes }))
}
