//! Servers, their members and invites.

use actix_web::{delete, get, post, web};
use guilds::input::CreateGuildBody;
use guilds::{MemberView, MembersLimit, PreviewView, ServerView};
use kernel::{GuildId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
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
    success: Yes,
    /// The server.
    server: ServerView,
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

/// The server's permanent invite code.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteAnswer {
    success: Yes,
    /// `POST /api/servers/join/{inviteCode}` with it.
    #[schema(example = "k7m2p9qxwa")]
    invite_code: String,
}

/// A server, for somebody who has an invite code.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct PreviewAnswer {
    success: Yes,
    /// Always `true`: a code that leads nowhere is 404.
    #[schema(example = true)]
    valid: bool,
    /// The server.
    server: PreviewView,
    /// The code.
    #[schema(example = "k7m2p9qxwa")]
    invite_code: String,
}

/// A page of members.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MembersAnswer {
    success: Yes,
    /// The members, by user id.
    members: Vec<MemberView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<UserId>,
}

/// Which page of members.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MembersQuery {
    /// Members in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
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
        ("x-errors" = json!(["RESOURCE_NOT_FOUND", "CONFLICT"])),
        ("x-rate-limit" = json!("invites"))))]
#[post("/api/servers/join/{inviteCode}")]
pub(super) async fn join(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(code): Key<String>,
) -> Result<Ok200<JoinAnswer>, Fail> {
    let joined = state.run(move |s| async move { s.guilds.join(actor.user, &code).await }).await?;
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
    state.run(move |s| async move { s.guilds.delete(actor.user, guild).await }).await?;
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
    state.run(move |s| async move { s.guilds.leave(actor.user, guild).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// The server's permanent invite code.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The code.", body = InviteAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/invite")]
pub(super) async fn invite(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<InviteAnswer>, Fail> {
    let invite_code = state.run(move |s| async move { s.guilds.invite(actor.user, guild).await }).await?;
    Ok(Ok200(InviteAnswer { success: Yes, invite_code }))
}

/// List a server's members.
///
/// In pages.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path), MembersQuery),
    responses((status = 200, description = "A page of members.", body = MembersAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/members")]
pub(super) async fn members(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Query(query): Query<MembersQuery>,
) -> Result<Ok200<MembersAnswer>, Fail> {
    let limit = MembersLimit::new(query.limit);
    let page =
        state.run(move |s| async move { s.guilds.members(actor.user, guild, query.after, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|member| member.user.id);
    Ok(Ok200(MembersAnswer { success: Yes, members: page.items, has_more: page.has_more, next_cursor }))
}

/// Look at a server before joining it.
///
/// Public, for whoever has an invite code.
#[utoipa::path(tag = "servers", params(("inviteCode" = String, Path, description = "The code, in upper or lower case.", example = "k7m2p9qxwa")),
    responses((status = 200, description = "What the code leads to.", body = PreviewAnswer)),
    extensions(("x-errors" = json!(["RESOURCE_NOT_FOUND"])),
        ("x-rate-limit" = json!("invites"))))]
#[get("/api/invite/{inviteCode}")]
pub(super) async fn preview(
    state: web::Data<State>,
    Key(invite_code): Key<String>,
) -> Result<Ok200<PreviewAnswer>, Fail> {
    let code = invite_code.clone();
    let server = state.run(move |s| async move { s.guilds.preview(&code).await }).await?;
    Ok(Ok200(PreviewAnswer { success: Yes, valid: true, server, invite_code }))
}
