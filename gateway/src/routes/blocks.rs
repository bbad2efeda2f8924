//! Not wanting to hear of somebody.

use actix_web::{post, routes, web};
use kernel::UserId;
use serde::{Deserialize, Serialize};
use social::input::BlockBody;
use social::{BlockedView, BlocksLimit};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of blocked people.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BlockedAnswer {
    success: Yes,
    /// The people, by their ids.
    blocked_users: Vec<BlockedView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<UserId>,
}

/// Which blocked people.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BlockedQuery {
    /// People in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
}

/// List whom one blocks.
#[utoipa::path(get, path = "/api/users/me/blocked", tag = "friends", security(("token" = [])), params(BlockedQuery),
    responses((status = 200, description = "A page of people.", body = BlockedAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/users/blocked"])),
        ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[get("/api/users/me/blocked")]
#[get("/api/users/blocked")]
pub(super) async fn blocked(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<BlockedQuery>,
) -> Result<Ok200<BlockedAnswer>, Fail> {
    let limit = BlocksLimit::new(query.limit);
    let page = state.run(move |s| async move { s.social.blocked(actor.user, query.after, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|blocked| blocked.user.id);
    Ok(Ok200(BlockedAnswer { success: Yes, blocked_users: page.items, has_more: page.has_more, next_cursor }))
}

/// Block somebody.
///
/// It ends a friendship and requests. Neither reaches the other by requests, conversations, calls or mentions any more, nor
/// finds the other by searching, nor sees whether they are there. In servers that both are members of their messages go
/// on. They are not told; the caller's sessions hear `user-blocked`.
#[utoipa::path(post, path = "/api/users/{userId}/block", tag = "friends", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "They are blocked, or were before.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["POST /api/users/block/{userId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[post("/api/users/{userId}/block")]
#[post("/api/users/block/{userId}")]
pub(super) async fn block(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(user): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::friends::block(&s, actor.user, user).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Block somebody whom the body names.
///
/// As by the path.
#[utoipa::path(tag = "friends", security(("token" = [])), request_body = BlockBody,
    responses((status = 200, description = "They are blocked, or were before.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/users/block")]
pub(super) async fn block_named(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<BlockBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::friends::block(&s, actor.user, body.user_id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Unblock somebody.
///
/// What the block ended does not come back. The caller's sessions hear `user-unblocked`.
#[utoipa::path(delete, path = "/api/users/{userId}/block", tag = "friends", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "They are not blocked, or were not before.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["DELETE /api/users/block/{userId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[delete("/api/users/{userId}/block")]
#[delete("/api/users/block/{userId}")]
pub(super) async fn unblock(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(user): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.social.unblock(actor.user, user).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
