//! Reports to a server's moderators.

use actix_web::{get, post, routes, web};
use kernel::{GuildId, MessageId, ReportId};
use moderation::input::{ReportBody, ReportUserBody, UpdateReportBody};
use moderation::{ReportStatus, ReportView, Reported, ReportsLimit, WhichReports};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::messages::DoneAnswer;
use crate::actions;
use crate::http::{Caller, Created, Fail, Key, Ok200, Query, State, Valid, Yes};

/// A page of reports.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReportsAnswer {
    success: Yes,
    /// The reports, the oldest first.
    reports: Vec<ReportView>,
    /// Whether there are more.
    has_more: bool,
    /// The next page's `after`.
    next_cursor: Option<ReportId>,
}

/// A report.
#[derive(Serialize, ToSchema)]
pub(super) struct ReportAnswer {
    success: Yes,
    /// The report.
    report: ReportView,
}

/// Which reports.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ReportsQuery {
    /// Reports in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    after: Option<ReportId>,
    /// Those in this state; the open ones unless said.
    status: Option<ReportStatus>,
}

/// Report somebody.
///
/// To the moderators of a server that the caller is a member of. They are not told who reports them. Again, as long as
/// nobody has dealt with it, it changes nothing.
#[utoipa::path(tag = "moderation", security(("token" = [])), request_body = ReportUserBody,
    responses((status = 201, description = "The moderators will see it.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["MEMBER"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/users/report")]
pub(super) async fn report_user(
    state: web::Data<State>,
    Caller(actor): Caller,
    Valid(body): Valid<ReportUserBody>,
) -> Result<Created<DoneAnswer>, Fail> {
    let what = Reported { guild: body.server_id, user: body.user_id, message: None };
    state.run(move |s| async move { s.moderation.report(actor.user, what, &body.reason).await }).await?;
    Ok(Created(DoneAnswer::DONE))
}

/// Report a message.
///
/// To the moderators of its server, with what it says now.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("messageId" = MessageId, Path)), request_body = ReportBody,
    responses((status = 201, description = "The moderators will see it.", body = DoneAnswer)),
    extensions(("x-permissions" = json!(["VIEW_CHANNEL", "READ_HISTORY"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[post("/api/messages/{messageId}/report")]
pub(super) async fn report_message(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(message): Key<MessageId>,
    Valid(body): Valid<ReportBody>,
) -> Result<Created<DoneAnswer>, Fail> {
    let done = state
        .run(move |s| async move { actions::reports::message(&s, actor.user, message, &body.reason).await });
    done.await?;
    Ok(Created(DoneAnswer::DONE))
}

/// List reports.
///
/// The oldest first: a queue.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path), ReportsQuery),
    responses((status = 200, description = "A page of reports.", body = ReportsAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[get("/api/servers/{serverId}/reports")]
pub(super) async fn reports(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Query(query): Query<ReportsQuery>,
) -> Result<Ok200<ReportsAnswer>, Fail> {
    let limit = ReportsLimit::new(query.limit);
    let which = WhichReports { status: query.status.unwrap_or(ReportStatus::Open), after: query.after };
    let page = state.run(move |s| async move { s.moderation.reports(actor.user, guild, which, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|report| report.id);
    Ok(Ok200(ReportsAnswer { success: Yes, reports: page.items, has_more: page.has_more, next_cursor }))
}

/// Deal with a report.
///
/// Take it up, resolve, dismiss or open it again. What is not said stays.
#[utoipa::path(put, path = "/api/servers/{serverId}/reports", tag = "moderation", security(("token" = [])), params(("serverId" = GuildId, Path)), request_body = UpdateReportBody,
    responses((status = 200, description = "The report as it is now.", body = ReportAnswer)),
    extensions(("x-permissions" = json!(["MODERATE_MEMBERS"])), ("x-aliases" = json!(["PATCH /api/servers/{serverId}/reports"])),
        ("x-errors" = json!(["VALIDATION_FAILED", "INSUFFICIENT_PERMISSIONS", "RESOURCE_NOT_FOUND"]))))]
#[routes]
#[put("/api/servers/{serverId}/reports")]
#[patch("/api/servers/{serverId}/reports")]
pub(super) async fn update_report(
    state: web::Data<State>,
    Caller(actor): Caller,
    Key(guild): Key<GuildId>,
    Valid(body): Valid<UpdateReportBody>,
) -> Result<Ok200<ReportAnswer>, Fail> {
    let report = state.run(move |s| async move { s.moderation.update_report(actor.user, guild, body).await });
    Ok(Ok200(ReportAnswer { success: Yes, report: report.await? }))
}
