//! Keys that other programs call with.

use actix_web::{delete, get, post, web};
use identity::{ApiKeyBody, ApiKeyView};
use kernel::ApiKeyId;
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Client, Created, Fail, Key, Ok200, Owner, State, Valid, Yes};

/// A new key.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct NewKeyAnswer {
    success: Yes,
    /// The key, as it is listed from now on.
    api_key: ApiKeyView,
    /// What the other program sends as `Authorization: Bearer <key>`. Shown this once: only its hash is kept.
    #[schema(example = "ghk_6f1c0e2b9d4a7f3851c6e0d2b4a89f7163c5e7d1f0b2a4968c7e5d3f1b09a8c6")]
    key: String,
}

/// The keys of an account.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct KeysAnswer {
    success: Yes,
    /// Those that were not revoked, the newest first; 50 at most.
    api_keys: Vec<ApiKeyView>,
}

/// Make an API key.
///
/// For another program that acts as this account. A key works wherever an access token does, sockets too, as far as its
/// scopes say: `read` for what only reads (`GET`) and for listening, `write` for what changes anything. A key never has
/// more rights than a user, and never manages credentials or the account. It survives a new password; suspending or
/// deleting the account ends it for good. An account has 50 at most. Needs the password, but in the first ten minutes after
/// a login; a verified address gets a notice.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = ApiKeyBody,
    responses((status = 201, description = "The key, and its secret.", body = NewKeyAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "CONFLICT", "ACCOUNT_SUSPENDED", "EMAIL_NOT_VERIFIED",
            "UNAVAILABLE"]))))]
#[post("/api/auth/api-keys")]
pub(super) async fn make_key(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<ApiKeyBody>,
) -> Result<Created<NewKeyAnswer>, Fail> {
    let make = move |s| async move { actions::accounts::make_key(&s, actor, body, &client).await };
    let made = state.run(make).await?;
    Ok(Created(NewKeyAnswer { success: Yes, api_key: made.api_key, key: made.key }))
}

/// Which API keys are there?
#[utoipa::path(tag = "auth", security(("login" = [])),
    responses((status = 200, description = "The caller's keys.", body = KeysAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/auth/api-keys")]
pub(super) async fn keys(state: web::Data<State>, Owner(actor): Owner) -> Result<Ok200<KeysAnswer>, Fail> {
    let api_keys = state.run(move |s| async move { s.identity.keys(actor.user).await }).await?;
    Ok(Ok200(KeysAnswer { success: Yes, api_keys }))
}

/// Revoke an API key.
///
/// It stops to work on every gateway and its sockets are closed with 4003.
#[utoipa::path(tag = "auth", security(("login" = [])),
    params(("apiKeyId" = ApiKeyId, Path, description = "One of the caller's keys.")),
    responses((status = 200, description = "The key does not work any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/auth/api-keys/{apiKeyId}")]
pub(super) async fn revoke_key(
    state: web::Data<State>,
    Owner(actor): Owner,
    Key(id): Key<ApiKeyId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.revoke_key(actor.user, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
