//! Servers.

use actix_web::{delete, get, post, routes, web};
use guilds::input::{CreateGuildBody, TransferBody, UpdateGuildBody};
use guilds::{DiscoverLimit, PublicView, ServerView};
use kernel::GuildId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// The caller's servers.
#[derive(Serialize, ToSchema)]
pub(super) struct ServersAnswer {
    success: Yes,
    /// The servers, in the order in which the caller joined them.
    servers: Vec<ServerView>,
}

/// A server.
#[derive(Serialize, ToSchema)]
pub(super) struct ServerAnswer {
    pub(super) success: Yes,
    /// The server.
    pub(super) server: ServerView,
}

/// A server that the caller is a member of now.
#[derive(Serialize, ToSchema)]
pub(super) struct JoinAnswer {
    success: Yes,
    /// The server.
    server: ServerView,
    /// Whether the caller is new there.
    #[schema(example = true)]
    joined: bool,
}

/// A page of servers that everybody can find.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct DiscoverAnswer {
    success: Yes,
    /// The servers, those with the most members first.
    servers: Vec<PublicView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<GuildId>,
}

/// Which public servers.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct DiscoverQuery {
    /// Servers in the page: 1 to 100, 20 unless said.
    #[param(minimum = 1, maximum = 100, default = 20)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<GuildId>,
    /// Those that have this in their names, without regard to case: 1 to 64 characters. Also called `q`.
    #[serde(alias = "q")]
    #[param(example = "engine")]
    query: Option<String>,
}

/// List the caller's servers.
///
/// With the channels that the caller may view.
#[utoipa::path(tag = "servers", security(("token" = [])),
    responses((status = 200, description = "The servers.", body = ServersAnswer)),
    extensions(("x-permissions" = json!([]))))]
#[get("/api/servers")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
) -> Result<Ok200<ServersAnswer>, Fail> {
    let servers = state.run(move |s| async move { s.guilds.list(actor.user).await }).await?;
    Ok(Ok200(ServersAnswer { success: Yes, servers }))
}

/// Make a server.
///
/// With an owner, an `@everyone` role, a channel `general` and an invite code.
#[utoipa::path(tag = "servers", security(("token" = [])), request_body = CreateGuildBody,
    responses((status = 201, description = "The server.", body = ServerAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "CONFLICT"]))))]
#[post("/api/servers")]
pub(super) async fn create(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<CreateGuildBody>,
) -> Result<Created<ServerAnswer>, Fail> {
    let server = state.run(move |s| async move { s.guilds.create(actor.user, body).await }).await?;
    Ok(Created(ServerAnswer { success: Yes, server }))
}

/// Join a server by an invite code.
///
/// Joining twice is no error.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("inviteCode" = String, Path, description = "The code, in upper or lower case.", example = "k7m2p9qxwa")),
    responses((status = 200, description = "The server.", body = JoinAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["BANNED", "RESOURCE_NOT_FOUND", "CONFLICT"])),
        ("x-rate-limit" = json!("invites"))))]
#[post("/api/servers/join/{inviteCode}")]
pub(super) async fn join(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(code): Key<String>,
) -> Result<Ok200<JoinAnswer>, Fail> {
    let joined =
        state.run(move |s| async move { actions::servers::join(&s, actor.user, &code).await }).await?;
    Ok(Ok200(JoinAnswer { success: Yes, server: joined.server, joined: joined.joined }))
}

/// Look at a server of one's own.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The server.", body = ServerAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}")]
pub(super) async fn get(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<ServerAnswer>, Fail> {
    let server = state.run(move |s| async move { s.guilds.get(actor.user, guild).await }).await?;
    Ok(Ok200(ServerAnswer { success: Yes, server }))
}

/// Delete a server.
///
/// With everything in it, for everyone, at once and for good.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["OWNER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/servers/{serverId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::servers::delete(&s, actor.user, guild).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Leave a server.
///
/// Not the owner, as long as the server is theirs.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The caller is no member any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/leave")]
pub(super) async fn leave(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::servers::leave(&s, actor.user, guild).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Change a server's name and settings.
///
/// What is not said stays. `null` clears the description and the picture, which can be made of a file that was uploaded.
#[utoipa::path(put, path = "/api/servers/{serverId}", tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = UpdateGuildBody,
    responses((status = 200, description = "The server as it is now.", body = ServerAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_SERVER"])), ("x-aliases" = json!(["PATCH /api/servers/{serverId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "FILE_TOO_LARGE", "INVALID_FILE_TYPE", "UNAVAILABLE"]))))]
#[routes]
#[put("/api/servers/{serverId}")]
#[patch("/api/servers/{serverId}")]
pub(super) async fn update(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<UpdateGuildBody>,
) -> Result<Ok200<ServerAnswer>, Fail> {
    let server = state
        .run(move |s| async move { actions::servers::update(&s, actor.user, guild, body).await })
        .await?;
    Ok(Ok200(ServerAnswer { success: Yes, server }))
}

/// Give a server to another member.
///
/// From then on the caller has the rights of their roles.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = TransferBody,
    responses((status = 200, description = "The server as it is now.", body = ServerAnswer)),
    extensions(("x-permissions" = json!(["OWNER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/transfer")]
pub(super) async fn transfer(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<TransferBody>,
) -> Result<Ok200<ServerAnswer>, Fail> {
    let server =
        state.run(move |s| async move { s.guilds.transfer(actor.user, guild, body.user_id).await }).await?;
    Ok(Ok200(ServerAnswer { success: Yes, server }))
}

/// Find public servers.
///
/// Those with the most members first. They can be joined without a code.
#[utoipa::path(tag = "servers", security(("token" = [])), params(DiscoverQuery),
    responses((status = 200, description = "A page of servers.", body = DiscoverAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/servers/discover")]
pub(super) async fn discover(
    state: web::Data<State>,
    _: Caller,
    Query(query): Query<DiscoverQuery>,
) -> Result<Ok200<DiscoverAnswer>, Fail> {
    let limit = DiscoverLimit::new(query.limit);
    let found = state
        .run(move |s| async move { s.guilds.discover(query.query.as_deref(), query.after, limit).await });
    let page = found.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|server| server.id);
    Ok(Ok200(DiscoverAnswer { success: Yes, servers: page.items, has_more: page.has_more, next_cursor }))
}

/// Join a public server.
///
/// Joining twice is no error.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The server.", body = JoinAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BANNED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/join")]
pub(super) async fn join_public(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<JoinAnswer>, Fail> {
    let joined =
        state.run(move |s| async move { actions::servers::join_public(&s, actor.user, guild).await }).await?;
    Ok(Ok200(JoinAnswer { success: Yes, server: joined.server, joined: joined.joined }))
}
