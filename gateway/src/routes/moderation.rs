//! Keeping order in a server. Everything but reading needs that the caller's highest role is above the other's.

use actix_web::{delete, get, post, web};
use guilds::audit::{Action, AuditLimit, EntryView, Filter};
use kernel::{AuditId, GuildId, Timestamp, UserId, WarningId};
use moderation::input::{BanBody, KickBody, TimeoutBody, WarnBody};
use moderation::{BanView, BansLimit, WarningView, WarningsLimit};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A ban.
#[derive(Serialize, ToSchema)]
pub(super) struct BanAnswer {
    success: Yes,
    /// The ban.
    ban: BanView,
}

/// A page of bans.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct BansAnswer {
    success: Yes,
    /// The bans in force, by user id.
    bans: Vec<BanView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<UserId>,
}

/// Which page of bans.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct BansQuery {
    /// Bans in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<UserId>,
}

/// A time-out.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TimeoutAnswer {
    success: Yes,
    /// Until when.
    expires_at: Timestamp,
}

/// A warning.
#[derive(Serialize, ToSchema)]
pub(super) struct WarningAnswer {
    success: Yes,
    /// The warning.
    warning: WarningView,
}

/// A page of warnings.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WarningsAnswer {
    success: Yes,
    /// The warnings, the newest first.
    warnings: Vec<WarningView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<WarningId>,
}

/// Which page of warnings.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct WarningsQuery {
    /// Warnings in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<WarningId>,
}

/// A page of what was done.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ServerAuditAnswer {
    success: Yes,
    /// What was done, the newest first.
    audit_log: Vec<EntryView>,
    /// Whether there is more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<AuditId>,
}

/// What was done by whom to whom.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub(super) struct AuditQuery {
    /// Entries in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<AuditId>,
    /// By this user.
    actor_id: Option<UserId>,
    /// To this member, role, channel, warning or report.
    #[param(value_type = Option<String>, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    target_id: Option<Uuid>,
    /// This kind of act.
    action: Option<Action>,
}

/// Remove a member.
///
/// They may come back. No message reaches them from then on, and none is accepted from them.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)), request_body = KickBody,
    responses((status = 200, description = "They are no member any more.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["KICK_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/servers/{serverId}/members/{userId}/kick")]
pub(super) async fn kick(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<KickBody>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state
        .run(move |s| async move { actions::servers::kick(&s, actor.user, guild, user, body).await })
        .await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Ban somebody.
///
/// They are removed, and no way leads back before the ban ends; also who is no member yet can be banned.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)), request_body = BanBody,
    responses((status = 200, description = "The ban.", body = BanAnswer)),
    extensions(("x-permissions" = json!(["BAN_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/servers/{serverId}/members/{userId}/ban")]
pub(super) async fn ban(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<BanBody>,
) -> Result<Ok200<BanAnswer>, Fail> {
    let made =
        state.run(move |s| async move { actions::servers::ban(&s, actor.user, guild, user, body).await });
    Ok(Ok200(BanAnswer { success: Yes, ban: made.await? }))
}

/// Time a member out.
///
/// Until it ends they may look and read, and nothing else. Not the owner, and no administrator.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)), request_body = TimeoutBody,
    responses((status = 200, description = "Until when.", body = TimeoutAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/servers/{serverId}/members/{userId}/timeout")]
pub(super) async fn time_out(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<TimeoutBody>,
) -> Result<Ok200<TimeoutAnswer>, Fail> {
    let until = state.run(move |s| async move { s.moderation.time_out(actor.user, guild, user, body).await });
    Ok(Ok200(TimeoutAnswer { success: Yes, expires_at: until.await? }))
}

/// End a time-out.
///
/// Before its time.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "They may write again.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/servers/{serverId}/members/{userId}/timeout")]
pub(super) async fn end_timeout(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.moderation.end_timeout(actor.user, guild, user).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Warn a member.
///
/// The warning is kept.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)), request_body = WarnBody,
    responses((status = 201, description = "The warning.", body = WarningAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/servers/{serverId}/members/{userId}/warn")]
pub(super) async fn warn(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Valid(body): Valid<WarnBody>,
) -> Result<Created<WarningAnswer>, Fail> {
    let made = state.run(move |s| async move { s.moderation.warn(actor.user, guild, user, body).await });
    Ok(Created(WarningAnswer { success: Yes, warning: made.await? }))
}

/// List somebody's warnings.
///
/// The newest first; also of those who left.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path), WarningsQuery),
    responses((status = 200, description = "A page of warnings.", body = WarningsAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/members/{userId}/warnings")]
pub(super) async fn warnings(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Query(query): Query<WarningsQuery>,
) -> Result<Ok200<WarningsAnswer>, Fail> {
    let limit = WarningsLimit::new(query.limit);
    let page = state.run(move |s| async move {
        s.moderation.warnings(actor.user, guild, user, query.before, limit).await
    });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|warning| warning.id);
    Ok(Ok200(WarningsAnswer { success: Yes, warnings: page.items, has_more: page.has_more, next_cursor }))
}

/// Take a warning back.
///
/// It is gone; that it was there stays in the audit log.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path), ("warningId" = WarningId, Path)),
    responses((status = 200, description = "It is taken back.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "ROLE_HIERARCHY", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/servers/{serverId}/members/{userId}/warnings/{warningId}")]
pub(super) async fn delete_warning(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
    Key(warning): Key<WarningId, 2>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state
        .run(move |s| async move { s.moderation.delete_warning(actor.user, guild, user, warning).await })
        .await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// List bans.
///
/// Those in force.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), BansQuery),
    responses((status = 200, description = "A page of bans.", body = BansAnswer)),
    extensions(("x-permissions" = json!(["BAN_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/bans")]
pub(super) async fn bans(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Query(query): Query<BansQuery>,
) -> Result<Ok200<BansAnswer>, Fail> {
    let limit = BansLimit::new(query.limit);
    let page =
        state.run(move |s| async move { s.moderation.bans(actor.user, guild, query.after, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|one| one.user.id);
    Ok(Ok200(BansAnswer { success: Yes, bans: page.items, has_more: page.has_more, next_cursor }))
}

/// Lift a ban.
///
/// They may join again.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ("userId" = UserId, Path)),
    responses((status = 200, description = "They may join again.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["BAN_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[delete("/api/servers/{serverId}/bans/{userId}")]
pub(super) async fn unban(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Key(user): Key<UserId, 1>,
) -> Result<Ok200<DoneAnswer>, Fail> {
    state.run(move |s| async move { s.moderation.unban(actor.user, guild, user).await }).await?;
    Ok(Ok200(DoneAnswer::DONE))
}

/// Read the audit log.
///
/// Who did what to whom, before and after, and why; the newest first. Without what tells of a channel that the caller may
/// not view.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), AuditQuery),
    responses((status = 200, description = "A page of the log.", body = ServerAuditAnswer)),
    extensions(("x-permissions" = json!(["VIEW_AUDIT_LOG"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/audit-log")]
pub(super) async fn audit_log(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Query(query): Query<AuditQuery>,
) -> Result<Ok200<ServerAuditAnswer>, Fail> {
    let limit = AuditLimit::new(query.limit);
    let AuditQuery { before, actor_id, target_id, action, .. } = query;
    let filter = Filter { before, actor: actor_id, target: target_id, action };
    let page =
        state.run(move |s| async move { s.moderation.audit_log(actor.user, guild, filter, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|entry| entry.id);
    Ok(Ok200(ServerAuditAnswer { success: Yes, audit_log: page.items, has_more: page.has_more, next_cursor }))
}
