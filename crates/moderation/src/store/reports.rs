//! The table `reports`.

use diesel::QueryResult;
use diesel::prelude::{
    AsChangeset, BoolExpressionMethods, ExpressionMethods, Insertable, OptionalExtension, QueryDsl,
    Queryable, Selectable, SelectableHelper,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, MessageId, ReportId, Timestamp, UserId};

use crate::WhichReports;
use crate::schema::reports;
use crate::view::ReportStatus;

/// A report.
#[derive(Clone, Debug, Queryable, Selectable, Insertable)]
#[diesel(table_name = reports, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Report {
    pub(crate) id: ReportId,
    pub(crate) guild_id: GuildId,
    /// Nobody, when it was a rule of automod.
    pub(crate) reporter_id: Option<UserId>,
    pub(crate) user_id: UserId,
    pub(crate) channel_id: Option<ChannelId>,
    pub(crate) message_id: Option<MessageId>,
    pub(crate) content: Option<String>,
    pub(crate) reason: String,
    pub(crate) status: ReportStatus,
    pub(crate) handler_id: Option<UserId>,
    pub(crate) note: Option<String>,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    /// The name of the rule of automod that reported it.
    pub(crate) rule: Option<String>,
}

/// What is to be changed of a report.
#[derive(Debug, AsChangeset)]
#[diesel(table_name = reports)]
pub(crate) struct ReportChange {
    pub(crate) status: Option<ReportStatus>,
    pub(crate) handler_id: Option<Option<UserId>>,
    pub(crate) note: Option<Option<String>>,
    pub(crate) updated_at: Timestamp,
}

/// Adds a report, unless the same person has reported the same thing and nobody has dealt with it. Whether it did.
pub(crate) async fn insert(tx: &mut AsyncPgConnection, report: &Report) -> QueryResult<bool> {
    let row = diesel::insert_into(reports::table).values(report).on_conflict_do_nothing();
    row.execute(tx).await.map(|rows| rows == 1)
}

impl Report {
    /// Whether it is about somebody, or about a message in one of `known`, where that is given.
    pub(crate) fn is_of(&self, known: Option<&[ChannelId]>) -> bool {
        self.channel_id.zip(known).is_none_or(|(channel, known)| known.contains(&channel))
    }
}

/// The guild's reports in some state, at most `limit`, the oldest first; where `known` is given, of those of messages those
/// in these channels.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    which: WhichReports,
    known: Option<&[ChannelId]>,
    limit: i64,
) -> QueryResult<Vec<Report>> {
    let mut found = reports::table
        .filter(reports::guild_id.eq(guild))
        .filter(reports::status.eq(which.status))
        .into_boxed();
    if let Some(known) = known {
        found = found.filter(reports::channel_id.is_null().or(reports::channel_id.eq_any(known)));
    }
    if let Some(after) = which.after {
        found = found.filter(reports::id.gt(after));
    }
    found.order(reports::id).limit(limit).select(Report::as_select()).load(conn).await
}

/// One of the guild's reports, which nobody else changes until the transaction ends.
pub(crate) async fn lock(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    id: ReportId,
) -> QueryResult<Option<Report>> {
    let found = reports::table.find(id).filter(reports::guild_id.eq(guild)).select(Report::as_select());
    found.for_update().first(tx).await.optional()
}

/// Changes a report, and returns it as it is now.
pub(crate) async fn update(
    tx: &mut AsyncPgConnection,
    id: ReportId,
    change: &ReportChange,
) -> QueryResult<Report> {
    let row = diesel::update(reports::table.find(id)).set(change);
    row.returning(Report::as_returning()).get_result(tx).await
}

/// What somebody reported in all guilds, at most `limit`, the oldest first.
pub(crate) async fn made_by(
    conn: &mut AsyncPgConnection,
    reporter: UserId,
    after: Option<ReportId>,
    limit: i64,
) -> QueryResult<Vec<Report>> {
    let mut found = reports::table.filter(reports::reporter_id.eq(reporter)).into_boxed();
    if let Some(after) = after {
        found = found.filter(reports::id.gt(after));
    }
    found.order(reports::id).limit(limit).select(Report::as_select()).load(conn).await
}

/// Forgets what an account that is gone reported, and the words of theirs that others reported.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<()> {
    diesel::delete(reports::table.filter(reports::reporter_id.eq(user))).execute(conn).await?;
    let on_them = diesel::update(reports::table.filter(reports::user_id.eq(user)));
    on_them.set(reports::content.eq(None::<String>)).execute(conn).await.map(drop)
}
