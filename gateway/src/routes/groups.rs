//! Group conversations: who is in them, and what they are called.

use actix_web::{delete, get, post, put, routes, web};
use dm::input::{AddMembersBody, AdminBody, CreateGroupBody, HandOverBody, UpdateGroupBody};
use dm::{ConversationView, DetailView, Kind, ParticipantView, SummaryView};
use kernel::{ConversationId, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use super::dms::{ListQuery, Rest};
use super::messages::DoneAnswer;
use crate::actions::conversations;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of groups.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct GroupsAnswer {
    success: Yes,
    /// The groups: pinned ones first, then by activity.
    groups: Vec<SummaryView>,
    #[serde(flatten)]
    rest: Rest,
}

/// A group.
#[derive(Serialize, ToSchema)]
pub(super) struct GroupAnswer {
    success: Yes,
    /// The group.
    group: ConversationView,
}

/// A group.
#[derive(Serialize, ToSchema)]
pub(super) struct WholeGroupAnswer {
    success: Yes,
    /// The group, with everybody who is in it.
    group: DetailView,
}

/// Who was added.
#[derive(Serialize, ToSchema)]
pub(super) struct AddedAnswer {
    success: Yes,
    /// Those who were not in it before.
    members: Vec<ParticipantView>,
}

/// List the caller's groups.
///
/// The list of conversations, without those of two.
#[utoipa::path(operation_id = "list_groups", tag = "conversations", security(("token" = [])), params(ListQuery),
    responses((status = 200, description = "A page of groups.", body = GroupsAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/groups")]
pub(super) async fn list_groups(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<ListQuery>,
) -> Result<Ok200<GroupsAnswer>, Fail> {
    let (groups, rest) = query.read(&state, actor.user, Some(Kind::Group)).await?;
    Ok(Ok200(GroupsAnswer { success: Yes, groups, rest }))
}

/// Make a group.
///
/// It belongs to the caller. Everybody who is named must accept messages from them, as for a conversation of two.
#[utoipa::path(operation_id = "create_group", tag = "conversations", security(("token" = [])), request_body = CreateGroupBody,
    responses((status = 201, description = "The group.", body = GroupAnswer)),
    extensions(("x-permissions" = json!([])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/groups")]
pub(super) async fn create_group(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<CreateGroupBody>,
) -> Result<Created<GroupAnswer>, Fail> {
    let group =
        state.run(move |s| async move { conversations::create_group(&s, actor.user, body).await }).await?;
    Ok(Created(GroupAnswer { success: Yes, group }))
}

/// Read a group.
///
/// With everybody who is in it, and how far each has read.
#[utoipa::path(operation_id = "get_group", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)),
    responses((status = 200, description = "The group.", body = WholeGroupAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/groups/{groupId}")]
pub(super) async fn get_group(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
) -> Result<Ok200<WholeGroupAnswer>, Fail> {
    let group = state.run(move |s| async move { s.dm.detail(actor.user, id).await }).await?;
    Ok(Ok200(WholeGroupAnswer { success: Yes, group }))
}

/// Change a group.
///
/// What is not said stays. What changed is told in the group.
#[utoipa::path(put, path = "/api/groups/{groupId}", operation_id = "update_group", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)), request_body = UpdateGroupBody,
    responses((status = 200, description = "The group as it is now.", body = GroupAnswer)),
    extensions(("x-permissions" = json!(["GROUP_ADMIN"])), ("x-aliases" = json!(["PATCH /api/groups/{groupId}"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[routes]
#[put("/api/groups/{groupId}")]
#[patch("/api/groups/{groupId}")]
pub(super) async fn update_group(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<UpdateGroupBody>,
) -> Result<Ok200<GroupAnswer>, Fail> {
    let group =
        state.run(move |s| async move { conversations::update_group(&s, actor.user, id, body).await });
    Ok(Ok200(GroupAnswer { success: Yes, group: group.await? }))
}

/// Add people to a group.
///
/// They must accept messages from the caller. They read what is written from then on, or everything when the group shares its
/// history.
#[utoipa::path(operation_id = "add_group_members", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)), request_body = AddMembersBody,
    responses((status = 200, description = "Those who were not in it before.", body = AddedAnswer)),
    extensions(("x-permissions" = json!(["GROUP_ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "BLOCKED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/groups/{groupId}/members")]
pub(super) async fn add_members(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<AddMembersBody>,
) -> Result<Ok200<AddedAnswer>, Fail> {
    let members =
        state.run(move |s| async move { conversations::add_members(&s, actor.user, id, body).await });
    Ok(Ok200(AddedAnswer { success: Yes, members: members.await? }))
}

/// Remove somebody from a group.
///
/// Admins remove members, the owner removes anybody; who names themselves leaves.
#[utoipa::path(operation_id = "remove_group_member", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "They are not in it any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["GROUP_ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/groups/{groupId}/members/{userId}")]
pub(super) async fn remove_member(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Key(member): Key<UserId, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { conversations::remove_member(&s, actor.user, id, member).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Leave a group.
///
/// When its owner leaves, it belongs to the admin who has been in it for longest, or else to the member who has; with the last
/// one it is gone.
#[utoipa::path(operation_id = "leave_group", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)),
    responses((status = 200, description = "One is not in it any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["PARTICIPANT"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/groups/{groupId}/leave")]
pub(super) async fn leave_group(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { conversations::leave(&s, actor.user, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Make somebody an admin of a group, or no admin any more.
///
/// Admins add and remove members, name the group and delete what others wrote.
#[utoipa::path(operation_id = "set_group_admin", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)), request_body = AdminBody,
    responses((status = 200, description = "The group as it is now.", body = GroupAnswer)),
    extensions(("x-permissions" = json!(["GROUP_OWNER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[put("/api/groups/{groupId}/admin")]
pub(super) async fn set_admin(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<AdminBody>,
) -> Result<Ok200<GroupAnswer>, Fail> {
    let group = state.run(move |s| async move { conversations::set_admin(&s, actor.user, id, body).await });
    Ok(Ok200(GroupAnswer { success: Yes, group: group.await? }))
}

/// Give a group to another of its members.
///
/// Its old owner is an admin from then on.
#[utoipa::path(operation_id = "hand_over_group", tag = "conversations", security(("token" = [])), params(("groupId" = ConversationId, Path)), request_body = HandOverBody,
    responses((status = 200, description = "The group as it is now.", body = GroupAnswer)),
    extensions(("x-permissions" = json!(["GROUP_OWNER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "FORBIDDEN", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/groups/{groupId}/transfer")]
pub(super) async fn hand_over(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(id): Key<ConversationId>,
    Valid(body): Valid<HandOverBody>,
) -> Result<Ok200<GroupAnswer>, Fail> {
    let to = body.user_id;
    let group = state.run(move |s| async move { conversations::hand_over(&s, actor.user, id, to).await });
    Ok(Ok200(GroupAnswer { success: Yes, group: group.await? }))
}
