//! Members of a server.

use actix_web::{get, routes, web};
use guilds::input::UpdateMemberBody;
use guilds::{MemberFilter, MemberView, MembersLimit};
use kernel::{GuildId, RoleId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Caller, Fail, Key, Ok200, Query, State, Valid, Yes};

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

/// MemberFilter page of members.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct MembersQuery {
    /// Members in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
    /// Those who have this role.
    role: Option<RoleId>,
    /// Those whose nickname, username or name begins like this, without regard to case: 1 to 64 characters. Also called
    /// `q`.
    #[serde(alias = "q")]
    #[param(example = "ad")]
    query: Option<String>,
}

/// A member.
#[derive(Serialize, ToSchema)]
pub(super) struct OneMemberAnswer {
    success: Yes,
    /// The member.
    member: MemberView,
}

/// List a server's members.
///
/// In pages by user id; all, or those who have a role, or those whose name begins with something.
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
    let which = MemberFilter { after: query.after, role: query.role, name: query.query };
    let page = state.run(move |s| async move { s.guilds.members(actor.user, guild, which, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|one| one.user.id);
    Ok(Ok200(MembersAnswer { success: Yes, members: page.items, has_more: page.has_more, next_cursor }))
}

/// Look at a member.
///
/// As every other member sees them.
#[utoipa::path(tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "The member.", body = OneMemberAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/members/{userId}")]
pub(super) async fn member(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
) -> Result<Ok200<OneMemberAnswer>, Fail> {
    let found = state.run(move |s| async move { s.guilds.member(actor.user, guild, user).await }).await?;
    Ok(Ok200(OneMemberAnswer { success: Yes, member: found }))
}

/// Change a member's nickname.
///
/// One's own; with MANAGE_NICKNAMES also that of members whose highest role is below one's own. `null` clears it.
#[utoipa::path(put, path = "/api/servers/{serverId}/members/{userId}", tag = "servers", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)), request_body = UpdateMemberBody,
    responses((status = 200, description = "The member as they are now.", body = OneMemberAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])), ("x-aliases" = json!(["PATCH /api/servers/{serverId}/members/{userId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/servers/{serverId}/members/{userId}")]
#[patch("/api/servers/{serverId}/members/{userId}")]
pub(super) async fn update_member(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<UpdateMemberBody>,
) -> Result<Ok200<OneMemberAnswer>, Fail> {
    let changed = state
        .run(move |s| async move { s.guilds.update_member(actor.user, guild, user, body).await })
        .await?;
    Ok(Ok200(OneMemberAnswer { success: Yes, member: changed }))
}
