//! What moderators did to the caller.

use actix_web::{get, web};
use guilds::audit::AuditLimit;
use guilds::record::RecordView;
use kernel::AuditId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::http::{Caller, Fail, Ok200, Query, State, Yes};

/// A page of what was done to the caller.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct RecordAnswer {
    success: Yes,
    /// What was done, the newest first.
    record: Vec<RecordView>,
    /// Whether there is more.
    has_more: bool,
    /// The next page's `before`.
    next_cursor: Option<AuditId>,
}

/// Which page.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecordQuery {
    /// Entries in the page: 1 to 100, 50 unless said.
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<i64>,
    /// The `nextCursor` of the page before.
    before: Option<AuditId>,
}

/// Read what moderators did to the caller.
///
/// Kicks, bans, time-outs, warnings and changed nicknames in every server, also in those that the caller is a member of no
/// more; by whom, why and until when. The events tell of it at once; this is for who was away.
#[utoipa::path(tag = "moderation", security(("token" = [])), params(RecordQuery),
    responses((status = 200, description = "A page of it.", body = RecordAnswer)),
    extensions(("x-permissions" = json!([])), ("x-errors" = json!(["VALIDATION_FAILED"]))))]
#[get("/api/users/me/moderation")]
pub(super) async fn record(
    state: web::Data<State>,
    Caller(actor): Caller,
    Query(query): Query<RecordQuery>,
) -> Result<Ok200<RecordAnswer>, Fail> {
    let limit = AuditLimit::new(query.limit);
    let page =
        state.run(move |s| async move { s.moderation.record_of(actor.user, query.before, limit).await });
    let page = page.await?;
    let next_cursor = page.items.last().filter(|_| page.has_more).map(|entry| entry.id);
    Ok(Ok200(RecordAnswer { success: Yes, record: page.items, has_more: page.has_more, next_cursor }))
}
