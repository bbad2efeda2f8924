//! Roles of a server, and who has them.

use actix_web::{delete, get, post, routes, web};
use guilds::input::{ChangeRoleBody, CreateRoleBody};
use guilds::{MemberView, RoleView};
use kernel::{GuildId, RoleId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::messages::DoneAnswer;
use crate::http::{Caller, Created, Fail, Key, Ok200, State, Valid, Yes};

/// The roles of a server.
#[derive(Serialize, ToSchema)]
pub(super) struct RolesAnswer {
    success: Yes,
    /// All of them, the highest first, `@everyone` last.
    roles: Vec<RoleView>,
}

/// A role.
#[derive(Serialize, ToSchema)]
pub(super) struct RoleAnswer {
    success: Yes,
    /// The role.
    role: RoleView,
}

/// A member.
#[derive(Serialize, ToSchema)]
pub(super) struct MemberAnswer {
    success: Yes,
    /// The member, as they are now.
    member: MemberView,
}

/// List a server's roles.
#[utoipa::path(tag = "roles", security(("token" = [])), params(("serverId" = GuildId, Path)),
    responses((status = 200, description = "The roles.", body = RolesAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/roles")]
pub(super) async fn list(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
) -> Result<Ok200<RolesAnswer>, Fail> {
    let roles = state.run(move |s| async move { s.guilds.roles(actor.user, guild).await }).await?;
    Ok(Ok200(RolesAnswer { success: Yes, roles }))
}

/// Make a role.
///
/// Below one's own highest, with permissions that one has. The roles at its position and above move up. At most 250 in a
/// server.
#[utoipa::path(tag = "roles", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = CreateRoleBody,
    responses((status = 201, description = "The role.", body = RoleAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/roles")]
pub(super) async fn create(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<CreateRoleBody>,
) -> Result<Created<RoleAnswer>, Fail> {
    let role = state.run(move |s| async move { s.guilds.create_role(actor.user, guild, body).await }).await?;
    Ok(Created(RoleAnswer { success: Yes, role }))
}

/// Change a role.
///
/// What is not said stays. Only a role below one's own highest, to a place below it, and only permissions that one has. Of
/// `@everyone` the name and the position stay.
#[utoipa::path(tag = "roles", security(("token" = [])), params(("roleId" = RoleId, Path)), request_body = ChangeRoleBody,
    responses((status = 200, description = "The role, as it is now.", body = RoleAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])), ("x-aliases" = json!(["PATCH /api/roles/{roleId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/roles/{roleId}")]
#[patch("/api/roles/{roleId}")]
pub(super) async fn change(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(role): Key<RoleId>,
    Valid(body): Valid<ChangeRoleBody>,
) -> Result<Ok200<RoleAnswer>, Fail> {
    let role = state.run(move |s| async move { s.guilds.change_role(actor.user, role, body).await }).await?;
    Ok(Ok200(RoleAnswer { success: Yes, role }))
}

/// Delete a role.
///
/// Nobody has it any more. Not `@everyone`.
#[utoipa::path(tag = "roles", security(("token" = [])), params(("roleId" = RoleId, Path)),
    responses((status = 200, description = "It is deleted.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/roles/{roleId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(role): Key<RoleId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.guilds.delete_role(actor.user, role).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Give a member a role.
///
/// A role below one's own highest that allows nothing that one may not do oneself; to oneself, or to somebody below oneself. At
/// most 100 a member. Giving it again is no error.
#[utoipa::path(tag = "roles", security(("token" = [])),
    params(("serverId" = GuildId, Path), ("roleId" = RoleId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "The member, as they are now.", body = MemberAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/servers/{serverId}/roles/{roleId}/assign/{userId}")]
pub(super) async fn assign(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(role): Key<RoleId, 1>,
    Key(member): Key<UserId, 2>,
) -> Result<Ok200<MemberAnswer>, Fail> {
    let assigned =
        state.run(move |s| async move { s.guilds.assign_role(actor.user, guild, role, member).await });
    Ok(Ok200(MemberAnswer { success: Yes, member: assigned.await? }))
}

/// Take a role from a member.
///
/// A role below one's own highest; from oneself, or from somebody below oneself. Taking it again is no error.
#[utoipa::path(tag = "roles", security(("token" = [])),
    params(("serverId" = GuildId, Path), ("roleId" = RoleId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "The member, as they are now.", body = MemberAnswer)),
    extensions(("x-permissions" = json!(["MANAGE_ROLES"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/servers/{serverId}/roles/{roleId}/assign/{userId}")]
pub(super) async fn unassign(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(role): Key<RoleId, 1>,
    Key(member): Key<UserId, 2>,
) -> Result<Ok200<MemberAnswer>, Fail> {
    let taken =
        state.run(move |s| async move { s.guilds.unassign_role(actor.user, guild, role, member).await });
    Ok(Ok200(MemberAnswer { success: Yes, member: taken.await? }))
}
