//! What administrators see and do.

use actix_web::{delete, get, post, put, web};
use identity::input::{RoleBody, SuspendBody};
use identity::{AccountView, AccountsLimit, AccountsQuery, AuditAction, AuditLimit, AuditQuery, AuditView};
use kernel::{AuditId, Role, UserId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::actions::stats::Stats;
use crate::http::{AdminCaller, Fail, Key, Ok200, Query, State, Valid, Yes};

/// How much there is of everything.
#[derive(Serialize, ToSchema)]
pub(super) struct StatsAnswer {
    success: Yes,
    #[serde(flatten)]
    stats: Stats,
}

/// A page of accounts.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AccountsAnswer {
    success: Yes,
    /// The accounts, the newest first.
    users: Vec<AccountView>,
    /// How many there are on all pages.
    #[schema(example = 1)]
    total: i64,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `cursor`.
    next_cursor: Option<UserId>,
}

/// Which accounts.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AccountsFilter {
    /// Only those that may be used, or only those that may not; `all` unless said.
    #[param(inline)]
    status: Option<AccountsStatus>,
    /// Only those with this role.
    #[param(inline)]
    role: Option<Role>,
    /// Only those whose username, name or e-mail address has this in it. `search` means the same.
    #[param(example = "lovelace")]
    query: Option<String>,
    /// As `query`.
    #[param(example = "lovelace")]
    search: Option<String>,
    /// Accounts in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    cursor: Option<UserId>,
    /// How many to pass over.
    #[param(minimum = 0, default = 0)]
    offset: Option<i64>,
}

/// Whether accounts may be used.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(super) enum AccountsStatus {
    /// They may.
    Active,
    /// They may not.
    Suspended,
    /// Either.
    All,
}

/// A page of the audit log.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditAnswer {
    success: Yes,
    /// The entries, the latest first.
    audit_log: Vec<AuditView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<AuditId>,
}

/// Which entries.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query)]
pub(super) struct AuditFilter {
    /// Only what this user did, or what is about them.
    user_id: Option<UserId>,
    /// Only what happened so.
    #[param(inline)]
    action: Option<AuditAction>,
    /// Entries in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<AuditId>,
}

/// How much there is of everything.
///
/// Counted at most every 5 minutes.
#[utoipa::path(tag = "admin", security(("token" = [])),
    responses((status = 200, description = "The numbers.", body = StatsAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])), ("x-errors" = json!(["INSUFFICIENT_PERMISSIONS"]))))]
#[get("/api/admin/stats")]
pub(super) async fn stats(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
) -> Result<Ok200<StatsAnswer>, Fail> {
    let stats = state.run(move |s| async move { actions::stats::stats(&s, &admin).await }).await?;
    Ok(Ok200(StatsAnswer { success: Yes, stats }))
}

/// List accounts.
///
/// In pages, the newest first, without those that were deleted.
#[utoipa::path(tag = "admin", security(("token" = [])), params(AccountsFilter),
    responses((status = 200, description = "A page of accounts.", body = AccountsAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS"]))))]
#[get("/api/admin/users")]
pub(super) async fn users(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Query(filter): Query<AccountsFilter>,
) -> Result<Ok200<AccountsAnswer>, Fail> {
    let suspended = match filter.status.unwrap_or(AccountsStatus::All) {
        AccountsStatus::Active => Some(false),
        AccountsStatus::Suspended => Some(true),
        AccountsStatus::All => None,
    };
    let (text, offset) = (filter.query.or(filter.search), filter.offset.unwrap_or(0));
    let query = AccountsQuery { suspended, role: filter.role, text, before: filter.cursor, offset };
    let limit = AccountsLimit::new(filter.limit);
    let found = state.run(move |s| async move { s.identity.accounts(&admin, query, limit).await });
    let (page, total) = found.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|account| account.id);
    Ok(Ok200(AccountsAnswer { success: Yes, users: page.items, total, has_more: page.has_more, next_cursor }))
}

/// Suspend an account.
///
/// Its sessions end on every gateway at once, and nobody can log in to it until it is activated; its owner is told the
/// reason. Not the last administrator's.
#[utoipa::path(tag = "admin", security(("token" = [])), params(("userId" = UserId, Path)), request_body = SuspendBody,
    responses((status = 200, description = "It may not be used any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[post("/api/admin/users/{userId}/suspend")]
pub(super) async fn suspend(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Key(id): Key<UserId>,
    Valid(body): Valid<SuspendBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.suspend(&admin, id, body).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Let a suspended account be used again.
#[utoipa::path(tag = "admin", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "It may be used.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/admin/users/{userId}/activate")]
pub(super) async fn activate(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Key(id): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.activate(&admin, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Make an account an administrator's, or an ordinary one.
///
/// Its sessions end when the role changes. Not the last administrator's.
#[utoipa::path(tag = "admin", security(("token" = [])), params(("userId" = UserId, Path)), request_body = RoleBody,
    responses((status = 200, description = "It has the role.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[put("/api/admin/users/{userId}/role")]
pub(super) async fn set_role(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Key(id): Key<UserId>,
    Valid(body): Valid<RoleBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.set_role(&admin, id, body.role).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Remove an account's second factor.
///
/// For somebody who lost it, and their recovery codes. Its sessions end on every gateway at once, and its owner is told by
/// mail. Make sure that it is them who ask: whoever has the password can log in from now on. `CONFLICT` when there is no
/// second factor in force, and for one's own, which `POST /api/auth/2fa/disable` gives up.
#[utoipa::path(tag = "admin", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "A login needs the password only.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/admin/users/{userId}/2fa")]
pub(super) async fn remove_second_factor(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Key(id): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.identity.remove_factor(&admin, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Delete an account.
///
/// As when its owner does it. Servers that they own go to who has been a member there for longest; those without other
/// members are deleted. Not the last administrator's.
#[utoipa::path(tag = "admin", security(("token" = [])), params(("userId" = UserId, Path)),
    responses((status = 200, description = "The account is gone.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND", "CONFLICT"]))))]
#[delete("/api/admin/users/{userId}")]
pub(super) async fn delete(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Key(id): Key<UserId>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { actions::erasure::delete_user(&s, &admin, id).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Read what happened to accounts.
///
/// Every login and every failed one with its address and device, and everything that administrators did; in pages, the
/// latest first. Of what somebody typed who tried to log in to an account that does not exist nothing is kept.
#[utoipa::path(tag = "admin", security(("token" = [])), params(AuditFilter),
    responses((status = 200, description = "A page of entries.", body = AuditAnswer)),
    extensions(("x-permissions" = json!(["ADMIN"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS"]))))]
#[get("/api/admin/audit-log")]
pub(super) async fn audit_log(
    state: web::Data<State>,
    AdminCaller(admin): AdminCaller,
    Query(filter): Query<AuditFilter>,
) -> Result<Ok200<AuditAnswer>, Fail> {
    let query = AuditQuery { user: filter.user_id, action: filter.action, before: filter.before };
    let limit = AuditLimit::new(filter.limit);
    let page = state.run(move |s| async move { s.identity.audit_log(&admin, query, limit).await }).await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|entry| entry.id);
    Ok(Ok200(AuditAnswer { success: Yes, audit_log: page.items, has_more: page.has_more, next_cursor }))
}
