//! Friends, and asking people to be some.

use actix_web::{post, routes, web};
use kernel::{FriendRequestId, UserId};
use serde::{Deserialize, Serialize};
use social::input::AskBody;
use social::{Direction, FriendsLimit, RequestView, RequestsLimit};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::actions::friends::FriendView;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of friends.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct FriendsAnswer {
    success: Yes,
    /// The friends, by their ids.
    friends: Vec<FriendView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<UserId>,
}

/// A friend.
#[derive(Serialize, ToSchema)]
pub(super) struct FriendAnswer {
    success: Yes,
    /// The friend.
    friend: FriendView,
}

/// A page of friend requests that wait for an answer.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RequestsAnswer {
    success: Yes,
    /// Of the page, those that wait for the caller's answer, the newest first.
    incoming: Vec<RequestView>,
    /// Of the page, those of the caller, the newest first.
    outgoing: Vec<RequestView>,
    /// As `incoming`.
    requests: Vec<RequestView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<FriendRequestId>,
}

/// A friend request.
#[derive(Serialize, ToSchema)]
pub(super) struct RequestAnswer {
    success: Yes,
    /// The request. `accepted` when the other had asked before: then it is theirs, and they are friends.
    request: RequestView,
}

/// Which friends.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct FriendsQuery {
    /// Friends in the page: 1 to 200, 100 unless said.
    #[param(minimum = 1, maximum = 200, default = 100)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
}

/// Which requests.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RequestsQuery {
    /// Requests in the page, both ways together: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<FriendRequestId>,
    /// One way only.
    #[param(inline, example = "incoming")]
    direction: Option<Direction>,
}

/// List one's friends.
#[utoipa::path(get, path = "/api/friends", tag = "friends", security(("token" = [])), params(FriendsQuery),
    responses((status = 200, description = "A page of friends.", body = FriendsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/users/me/friends"])),
        ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[get("/api/friends")]
#[get("/api/users/me/friends")]
pub(super) async fn friends(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<FriendsQuery>,
) -> Result<Ok200<FriendsAnswer>, Fail> {
    let limit = FriendsLimit::new(query.limit);
    let page = state
        .run(move |s| async move { actions::friends::list(&s, actor.user, query.after, limit).await })
        .await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|friend| friend.user.user.id);
    Ok(Ok200(FriendsAnswer { success: Yes, friends: page.items, has_more: page.has_more, next_cursor }))
}

/// End a friendship.
///
/// Both hear `friend-removed`.
#[utoipa::path(delete, path = "/api/friends/remove/{friendId}", tag = "friends", security(("token" = [])), params(("friendId" = UserId, Path)),
    responses((status = 200, description = "They are no friends any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["DELETE /api/users/me/friends/{friendId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[delete("/api/friends/remove/{friendId}")]
#[delete("/api/users/me/friends/{friendId}")]
pub(super) async fn remove(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(friend): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.social.remove(actor.user, friend).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// List the friend requests that wait.
///
/// Both ways in one page, the newest first.
#[utoipa::path(get, path = "/api/friends/requests", tag = "friends", security(("token" = [])), params(RequestsQuery),
    responses((status = 200, description = "A page of requests.", body = RequestsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["GET /api/users/me/friend-requests"])),
        ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[get("/api/friends/requests")]
#[get("/api/users/me/friend-requests")]
pub(super) async fn requests(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<RequestsQuery>,
) -> Result<Ok200<RequestsAnswer>, Fail> {
    let RequestsQuery { limit, before, direction } = query;
    let limit = RequestsLimit::new(limit);
    let page = state
        .run(move |s| async move { s.social.requests(actor.user, direction, before, limit).await })
        .await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|request| request.id);
    let has_more = page.has_more;
    let mine = |request: &RequestView| request.from.id == actor.user;
    let (outgoing, incoming): (Vec<_>, Vec<_>) = page.items.into_iter().partition(mine);
    let requests = incoming.clone();
    Ok(Ok200(RequestsAnswer { success: Yes, incoming, outgoing, requests, has_more, next_cursor }))
}

/// Ask somebody to be a friend, by name.
///
/// They hear `friend-request-received`. When they had asked before, the two are friends at once. Who does not want to hear
/// from the caller, or has too many requests waiting, takes none: FORBIDDEN.
#[utoipa::path(tag = "friends", security(("token" = [])), request_body = AskBody,
    responses((status = 201, description = "The request, or the one of the other that is accepted by it.", body = RequestAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/friends/request")]
pub(super) async fn ask(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<AskBody>,
) -> Result<Created<RequestAnswer>, Fail> {
    let request = state.run(move |s| async move { actions::friends::ask(&s, actor.user, &body).await });
    Ok(Created(RequestAnswer { success: Yes, request: request.await? }))
}

/// Ask somebody to be a friend.
///
/// As by name.
#[utoipa::path(tag = "friends", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 201, description = "The request, or the one of the other that is accepted by it.", body = RequestAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/users/{userId}/friend-request")]
pub(super) async fn ask_by_id(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(other): Key<UserId>,
) -> Result<Created<RequestAnswer>, Fail> {
    let request = state.run(move |s| async move { actions::friends::ask_by_id(&s, actor.user, other).await });
    Ok(Created(RequestAnswer { success: Yes, request: request.await? }))
}

/// Accept a friend request.
///
/// Both hear `friend-request-accepted`.
#[utoipa::path(post, path = "/api/friends/accept/{requestId}", tag = "friends", security(("token" = [])), params(("requestId" = FriendRequestId, Path)),
    responses((status = 200, description = "The friend.", body = FriendAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-aliases" = json!(["POST /api/users/me/friend-requests/{requestId}/accept"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[post("/api/friends/accept/{requestId}")]
#[post("/api/users/me/friend-requests/{requestId}/accept")]
pub(super) async fn accept(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(request): Key<FriendRequestId>,
) -> Result<Ok200<FriendAnswer>, Fail> {
    let friend = state.run(move |s| async move { actions::friends::accept(&s, actor.user, request).await });
    Ok(Ok200(FriendAnswer { success: Yes, friend: friend.await? }))
}

/// Decline a friend request.
///
/// Both hear `friend-request-declined`.
#[utoipa::path(post, path = "/api/friends/decline/{requestId}", tag = "friends", security(("token" = [])), params(("requestId" = FriendRequestId, Path)),
    responses((status = 200, description = "It is gone.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-aliases" = json!(["POST /api/users/me/friend-requests/{requestId}/decline"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[post("/api/friends/decline/{requestId}")]
#[post("/api/users/me/friend-requests/{requestId}/decline")]
pub(super) async fn decline(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(request): Key<FriendRequestId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.social.decline(actor.user, request).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Take back a friend request.
///
/// Both hear `friend-request-cancelled`.
#[utoipa::path(delete, path = "/api/friends/requests/{requestId}", tag = "friends", security(("token" = [])), params(("requestId" = FriendRequestId, Path)),
    responses((status = 200, description = "It is gone.", body = DoneAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-aliases" = json!(["DELETE /api/users/me/friend-requests/{requestId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[delete("/api/friends/requests/{requestId}")]
#[delete("/api/users/me/friend-requests/{requestId}")]
pub(super) async fn cancel(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(request): Key<FriendRequestId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.social.cancel(actor.user, request).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}
