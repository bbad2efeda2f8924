//! Which providers one may log in through to one's account.

use actix_web::{delete, get, post, web};
use identity::{LinkBody, LinkView};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use super::oauth::Provider;
use crate::actions;
use crate::http::{Client, Created, Fail, Ok200, Owner, State, Valid, Yes};

/// The links of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct LinksAnswer {
    success: Yes,
    /// By the providers' names.
    links: Vec<LinkView>,
}

/// A link of an account.
#[derive(Serialize, ToSchema)]
pub(super) struct LinkAnswer {
    success: Yes,
    /// The link.
    link: LinkView,
}

/// Which providers am I linked to?
#[utoipa::path(tag = "auth", security(("login" = [])),
    responses((status = 200, description = "The caller's links.", body = LinksAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/auth/links")]
pub(super) async fn links(state: web::Data<State>, Owner(actor): Owner) -> Result<Ok200<LinksAnswer>, Fail> {
    let links = state.run(move |s| async move { s.identity.links(actor.user).await }).await?;
    Ok(Ok200(LinksAnswer { success: Yes, links }))
}

/// Link a provider.
///
/// With the code of a login through the provider that was begun as any other: from then on its user may log in to the
/// caller's account. Linking the same user twice is no error; `CONFLICT` when the user is linked to another account, or the
/// account to another user of the provider. Needs the password, but in the first ten minutes after a login; a verified
/// address gets a notice.
#[utoipa::path(tag = "auth", security(("login" = [])), request_body = LinkBody,
    params(("provider" = String, Path, description = "The `provider` with which the browser came back.", example = "google")),
    responses((status = 201, description = "The link.", body = LinkAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "INVALID_CODE", "RESOURCE_NOT_FOUND", "CONFLICT", "ACCOUNT_SUSPENDED",
            "EMAIL_NOT_VERIFIED", "UNAVAILABLE"]))))]
#[post("/api/auth/link/{provider}")]
pub(super) async fn link(
    state: web::Data<State>,
    Owner(actor): Owner,
    Provider(provider): Provider,
    Client(client): Client,
    Valid(body): Valid<LinkBody>,
) -> Result<Created<LinkAnswer>, Fail> {
    let link = move |s| async move { actions::accounts::link(&s, actor, &provider, body, &client).await };
    Ok(Created(LinkAnswer { success: Yes, link: state.run(link).await? }))
}

/// Unlink a provider.
///
/// Sessions that were opened through it go on. `CONFLICT` when nobody could log in to the account any more. A verified
/// address gets a notice.
#[utoipa::path(tag = "auth", security(("login" = [])),
    params(("provider" = String, Path, description = "A provider that the caller is linked to.", example = "google")),
    responses((status = 200, description = "The provider's user may not log in any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/auth/link/{provider}")]
pub(super) async fn unlink(
    state: web::Data<State>,
    Owner(actor): Owner,
    Provider(provider): Provider,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.unlink(actor.user, &provider).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
