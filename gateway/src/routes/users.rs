//! What people say of themselves, and finding them.

use actix_web::{FromRequest, HttpRequest, get, routes, web};
use identity::input::{ProfileBody, SearchLimit, StatusBody, Wanted};
use identity::{ProfileView, SelfView, Status};
use kernel::{Actor, UserId};
use media::{Owner, Received};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::actions;
use crate::actions::presence::OnlineLimit;
use crate::http::{Caller, Fail, Form, Key, Ok200, Query, State, Valid, Yes, is_multipart, parse};

/// Somebody.
#[derive(Serialize, ToSchema)]
pub(super) struct UserAnswer {
    success: Yes,
    /// The account.
    user: ProfileView,
}

/// The caller's account, as it is now.
#[derive(Serialize, ToSchema)]
pub(super) struct ChangedAnswer {
    pub(super) success: Yes,
    /// The account.
    pub(super) user: SelfView,
}

/// How the caller wants to be seen.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct StatusAnswer {
    success: Yes,
    /// How they want to be seen.
    #[schema(example = "busy")]
    status: Status,
    /// What they are at.
    #[schema(example = "at the mill")]
    status_message: Option<String>,
}

impl From<identity::User> for StatusAnswer {
    fn from(user: identity::User) -> Self {
        Self { success: Yes, status: user.status, status_message: user.status_message }
    }
}

/// A page of the people who were found.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PeopleAnswer {
    success: Yes,
    /// The people, the best match first.
    users: Vec<ProfileView>,
    /// How many were found, this page and the others: at most 200.
    #[schema(example = 1)]
    total: i64,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `cursor`.
    next_cursor: Option<i64>,
}

/// A page of those who are there.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct OnlineAnswer {
    success: Yes,
    /// The people, by their ids.
    users: Vec<ProfileView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<UserId>,
}

/// Which of those who are there.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct OnlineQuery {
    /// People in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
}

/// Whom to find.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PeopleQuery {
    /// 2 to 254 characters: the beginning of a username or name, a part of it or something like it, an e-mail
    /// address, or a phone number in the international form (a `+` that the URL turned into a space may be missing). `q`
    /// means the same.
    #[param(example = "lovelace")]
    query: Option<String>,
    /// As `query`.
    #[param(example = "lovelace")]
    q: Option<String>,
    /// People in the page: 1 to 50, 20 unless said.
    #[param(minimum = 1, maximum = 50, default = 20)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    #[param(minimum = 0, example = 20)]
    cursor: Option<i64>,
    /// How many people to pass over: the same as `cursor`.
    #[param(minimum = 0, default = 0)]
    offset: Option<i64>,
}

/// Change one's own account.
///
/// A field that is not given stays, `null` clears it. A username is unique without regard to case and to look-alikes.
/// The user's sessions hear `user-updated` when `username`, `name`, `bio` or `avatar` was given, and `user-status-updated`
/// when `status` or `statusMessage` was. The same may come as `multipart/form-data`, each field a part of its own,
/// `preferences` as JSON, and with a picture in the part `avatar`.
#[utoipa::path(put, path = "/api/users/me", tag = "users", security(("token" = [])), request_body = ProfileBody,
    responses((status = 200, description = "The account as it is now.", body = ChangedAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-aliases" = json!(["PATCH /api/users/me", "PUT /api/users/profile", "PATCH /api/users/profile"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "USER_EXISTS", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[routes]
#[put("/api/users/me")]
#[patch("/api/users/me")]
#[put("/api/users/profile")]
#[patch("/api/users/profile")]
pub(super) async fn change(
    state: web::Data<State>,
    Caller(actor): Caller,
    request: HttpRequest,
    payload: web::Payload,
) -> Result<Ok200<ChangedAnswer>, Fail> {
    let (body, avatar) = profile(&state, actor, &request, payload).await?;
    let changed =
        state.run(move |s| async move { actions::media::change_profile(&s, actor.user, body, avatar).await });
    Ok(Ok200(ChangedAnswer { success: Yes, user: changed.await? }))
}

/// The changes, and the picture if one came: of JSON, or of a body that can bring files.
async fn profile(
    state: &State,
    actor: Actor,
    request: &HttpRequest,
    payload: web::Payload,
) -> Result<(ProfileBody, Option<Received>), Fail> {
    if !is_multipart(request) {
        let Valid(body) = Valid::from_request(request, &mut payload.into_inner()).await?;
        return Ok((body, None));
    }
    let receiving = state.services().media.receive_square(Owner::User(actor.user))?;
    let mut form = Form::read(request, payload, &receiving, &["avatar"]).await?;
    let body = parse(form.object(&["preferences"])?.to_string().as_bytes())?;
    Ok((body, form.files.pop()))
}

/// How does one want to be seen?
#[utoipa::path(tag = "users", security(("token" = [])),
    responses((status = 200, description = "What the caller chose.", body = StatusAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/users/status")]
pub(super) async fn status(
    state: web::Data<State>,
    Caller(actor): Caller,
) -> Result<Ok200<StatusAnswer>, Fail> {
    let user = state.run(move |s| async move { s.identity.me(actor.user).await }).await?;
    Ok(Ok200(user.into()))
}

/// Change how one wants to be seen.
///
/// `offline` means invisible. The user's sessions hear `user-status-updated`.
#[utoipa::path(put, path = "/api/users/status", tag = "users", security(("token" = [])), request_body = StatusBody,
    responses((status = 200, description = "As it is now.", body = StatusAnswer)),
    extensions(("x-permissions" = json!([])), ("x-aliases" = json!(["POST /api/users/status"])),
        ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[routes]
#[put("/api/users/status")]
#[post("/api/users/status")]
pub(super) async fn change_status(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<StatusBody>,
) -> Result<Ok200<StatusAnswer>, Fail> {
    let user = state
        .run(move |s| async move { actions::presence::change_status(&s, actor.user, body).await })
        .await?;
    Ok(Ok200(user.into()))
}

/// Who is there?
///
/// Of those whom the caller knows, who share a server or are friends, by their ids. A page may be shorter than `limit`, also
/// empty, and others follow.
#[utoipa::path(tag = "users", security(("token" = [])), params(OnlineQuery),
    responses((status = 200, description = "A page of people.", body = OnlineAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/users/online")]
pub(super) async fn online(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<OnlineQuery>,
) -> Result<Ok200<OnlineAnswer>, Fail> {
    let limit = OnlineLimit::new(query.limit);
    let page = state
        .run(move |s| async move { actions::users::online(&s, actor.user, query.after, limit).await })
        .await?;
    let (users, next_cursor) = page;
    Ok(Ok200(OnlineAnswer { success: Yes, users, has_more: next_cursor.is_some(), next_cursor }))
}

/// Find people.
///
/// First who has exactly this e-mail address or phone number (unless they do not want to be found by it), then those whose username or
/// name begins with it, then those of whose names a part is like it. Neither the caller nor suspended people are found.
#[utoipa::path(tag = "users", security(("token" = [])), params(PeopleQuery),
    responses((status = 200, description = "A page of people.", body = PeopleAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/users/search")]
pub(super) async fn search(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<PeopleQuery>,
) -> Result<Ok200<PeopleAnswer>, Fail> {
    let wanted = Wanted::parse("query", &query.query.or(query.q).unwrap_or_default())?;
    let (offset, limit) = (query.cursor.or(query.offset).unwrap_or(0), SearchLimit::new(query.limit));
    let found = state
        .run(move |s| async move { actions::users::search(&s, actor.user, &wanted, offset, limit).await });
    let actions::users::People { users, total, next } = found.await?;
    Ok(Ok200(PeopleAnswer { success: Yes, users, total, has_more: next.is_some(), next_cursor: next }))
}

/// Look at somebody.
///
/// `status`, `statusMessage`, `isOnline` and `lastSeen` come only when the caller shares a server with them or is a friend,
/// and neither blocks the other.
#[utoipa::path(tag = "users", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "The account.", body = UserAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/users/{userId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<UserId>,
) -> Result<Ok200<UserAnswer>, Fail> {
    let user = state.run(move |s| async move { actions::users::profile(&s, actor.user, id).await }).await?;
    Ok(Ok200(UserAnswer { success: Yes, user }))
}
