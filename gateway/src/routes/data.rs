//! What people may demand of those who hold data on them.

use actix_web::http::header;
use actix_web::{HttpResponse, delete, get, web};
use futures_util::stream;
use identity::input::DeleteBody;

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Client, Fail, Ok200, Owner, State, Valid};

/// Download everything that is held on oneself.
///
/// A zip archive with a file of JSON for each kind of thing, and a README. It is made while it is read; one
/// that breaks off was not whole.
#[utoipa::path(tag = "users", security(("login" = [])),
    responses((status = 200, description = "The archive.", content_type = "application/zip", body = String)),
    extensions(("x-permissions" = json!([])), ("x-rate-limit" = json!("exports"))))]
#[get("/api/users/me/export")]
pub(super) async fn export(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
) -> Result<HttpResponse, Fail> {
    let chunks = state.run(move |s| async move { actions::export::begin(&s, actor, &client).await }).await?;
    let body = stream::unfold(chunks, |mut chunks| async {
        let chunk = chunks.recv().await?;
        Some((chunk, chunks))
    });
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        // It is compressed as it is.
        .insert_header(header::ContentEncoding::Identity)
        .insert_header((header::CONTENT_DISPOSITION, "attachment; filename=\"guildhall-export.zip\""))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(body))
}

/// Delete one's own account.
///
/// At once and for good: nobody can log in to it any more, its sessions end on every gateway, and e-mail address, name,
/// username and everything else that tells who it was are gone. What was written in channels stays, by "Deleted user".
/// The username is not given to anybody else. Needs the password; of an account without one, a login that is less than ten
/// minutes old. Not while one owns servers with other members: `details.servers` lists
/// them.
#[utoipa::path(tag = "users", security(("login" = [])), request_body = DeleteBody,
    responses((status = 200, description = "The account is gone.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INVALID_CREDENTIALS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/users/me")]
pub(super) async fn delete(
    state: web::Data<State>,
    Owner(actor): Owner,
    Client(client): Client,
    Valid(body): Valid<DeleteBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    let done =
        state.run(move |s| async move { actions::erasure::delete_own(&s, actor, body, &client).await });
    done.await?;
    Ok(Ok200(DoneAnswer::DONE))
}
