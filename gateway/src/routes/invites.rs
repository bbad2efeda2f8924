//! Invite codes.

use actix_web::{delete, get, post, web};
use guilds::input::CreateInviteBody;
use guilds::{InviteView, InviterView, NewcomerView, PreviewView};
use kernel::{GuildId, Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::http::{Caller, Created, Fail, Key, Ok200, State, Valid, Yes};

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

/// An invite code that was made.
#[derive(Serialize, ToSchema)]
pub(super) struct NewInviteAnswer {
    success: Yes,
    /// The code, how long and how often it works.
    invite: InviteView,
}

/// The ways into a server.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InvitesAnswer {
    success: Yes,
    /// What the permanent code leads to.
    invite_info: InviteInfo,
    /// Numbers.
    statistics: InviteStatistics,
    /// Those who joined last, at most 10.
    recent_members: Vec<NewcomerView>,
    /// What the caller may do with codes.
    permissions: InviteRights,
    /// The codes, the newest first: all of them with MANAGE_SERVER, else the permanent one and the caller's own.
    invites: Vec<InviteView>,
}

/// What the permanent code leads to.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteInfo {
    /// The permanent code.
    #[schema(example = "k7m2p9qxwa")]
    code: String,
    /// What the server is called.
    #[schema(example = "Analytical engines")]
    server_name: String,
    /// A picture, as a URL.
    server_icon: Option<String>,
    /// Whether everybody can find it and join it without a code.
    #[schema(example = false)]
    is_public: bool,
}

/// Who came.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteStatistics {
    /// How many members the server has.
    #[schema(example = 42)]
    total_members: i64,
    /// How many joined in the last 7 days, counted up to 10,000.
    #[schema(example = 3)]
    recent_joins: i64,
    /// When the server was made.
    created_at: Timestamp,
    /// Whose it is.
    owner: InviterView,
}

/// What somebody may do with codes.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct InviteRights {
    /// Replace the permanent one.
    #[schema(example = true)]
    can_regenerate_invite: bool,
    /// See these numbers: as every member may.
    #[schema(example = true)]
    can_view_statistics: bool,
    /// The server is theirs.
    #[schema(example = false)]
    is_owner: bool,
}

/// A permanent code that took the place of another.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RegeneratedAnswer {
    success: Yes,
    /// The code that leads nowhere any more.
    #[schema(example = "k7m2p9qxwa")]
    old_invite_code: String,
    /// The server's permanent code from now on.
    #[schema(example = "z4n8r3tybc")]
    new_invite_code: String,
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

/// Look at a server before joining it.
///
/// Public, for whoever has an invite code that still works.
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

/// The ways into a server, and who came by them.
///
/// Numbers, newcomers and codes.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "Codes and numbers.", body = InvitesAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/invites")]
pub(super) async fn invites(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<InvitesAnswer>, Fail> {
    let book = state.run(move |s| async move { s.guilds.invites(actor.user, guild).await }).await?;
    Ok(Ok200(book.into()))
}

impl From<guilds::InviteBook> for InvitesAnswer {
    fn from(book: guilds::InviteBook) -> Self {
        let server = book.server;
        Self {
            success: Yes,
            invite_info: InviteInfo {
                code: book.code,
                server_name: server.name,
                server_icon: server.icon,
                is_public: server.is_public,
            },
            statistics: InviteStatistics {
                total_members: server.member_count,
                recent_joins: book.recent_joins,
                created_at: server.created_at,
                owner: server.owner,
            },
            recent_members: book.newcomers,
            permissions: InviteRights {
                can_regenerate_invite: book.may_regenerate,
                can_view_statistics: true,
                is_owner: book.is_owner,
            },
            invites: book.invites,
        }
    }
}

/// Make a further invite code.
///
/// One that ends at a time, after a number of uses, or both. Who is a member already uses none of it up.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = CreateInviteBody,
    responses((status = 201, description = "The code.", body = NewInviteAnswer)),
    extensions(("x-permissions" = json!(["CREATE_INVITE"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/invites")]
pub(super) async fn create_invite(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<CreateInviteBody>,
) -> Result<Created<NewInviteAnswer>, Fail> {
    let made = state.run(move |s| async move { s.guilds.create_invite(actor.user, guild, body).await });
    Ok(Created(NewInviteAnswer { success: Yes, invite: made.await? }))
}

/// Delete an invite code.
///
/// One's own, or anybody's with MANAGE_SERVER; not the permanent one, which can be regenerated.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path),
        ("inviteCode" = String, Path, description = "The code, in upper or lower case.", example = "k7m2p9qxwa")),
    responses((status = 200, description = "Nobody joins by it any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/servers/{serverId}/invites/{inviteCode}")]
pub(super) async fn delete_invite(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(code): Key<String, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.guilds.delete_invite(actor.user, guild, &code).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Replace a server's permanent invite code.
///
/// The old one leads nowhere from then on.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "Both codes.", body = RegeneratedAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_SERVER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/servers/{serverId}/invite/regenerate")]
pub(super) async fn regenerate(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<RegeneratedAnswer>, Fail> {
    let codes = state.run(move |s| async move { s.guilds.regenerate_invite(actor.user, guild).await });
    let (old_invite_code, new_invite_code) = codes.await?;
    Ok(Ok200(RegeneratedAnswer { success: Yes, old_invite_code, new_invite_code }))
}
