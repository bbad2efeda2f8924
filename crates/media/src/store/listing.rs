//! The files of a timeline, in the table `attachments`.

use diesel::QueryResult;
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::{ExpressionMethods, QueryDsl, SelectableHelper};
use diesel::sql_types::{BigInt, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AttachmentId, Seq, TimelineId, UserId};

use crate::kind::Kind;
use crate::listing::Listed;
use crate::model::Attachment;
use crate::schema::attachments::{self, dsl};

backbone::statement! {
    struct Totals { timeline: TimelineId, from: Seq } -> (Text, BigInt, BigInt);
    "SELECT kind, count(*), sum(size)::bigint FROM attachments WHERE timeline_id = " {timeline as Uuid}
    " AND removed_at IS NULL AND seq >= " {from as BigInt} " GROUP BY kind ORDER BY kind"
}

pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    wanted: Listed,
    limit: i64,
) -> QueryResult<Vec<Attachment>> {
    let Listed { timeline, from, kind, clips, before } = wanted;
    let there = attachments::table.filter(dsl::timeline_id.eq(timeline)).filter(dsl::removed_at.is_null());
    let mut query = there.filter(dsl::seq.ge(from)).into_boxed();
    if let Some(kind) = kind {
        query = query.filter(dsl::kind.eq(kind));
    }
    if clips {
        query = query.filter(is_clip());
    }
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    query.order(dsl::id.desc()).limit(limit).select(Attachment::as_select()).load(conn).await
}

pub(crate) async fn own_clips(
    conn: &mut AsyncPgConnection,
    user: UserId,
    before: Option<AttachmentId>,
    limit: i64,
) -> QueryResult<Vec<Attachment>> {
    let theirs = attachments::table.filter(dsl::uploader_id.eq(user)).filter(dsl::removed_at.is_null());
    let sent = theirs.filter(dsl::message_id.is_not_null()).filter(is_clip());
    let mut query = sent.into_boxed();
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    query.order(dsl::id.desc()).limit(limit).select(Attachment::as_select()).load(conn).await
}

/// Written out, so that a prepared query finds its index.
fn is_clip() -> SqlLiteral<Bool> {
    sql("purpose = 'clip'")
}

pub(crate) async fn totals(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    from: Seq,
) -> QueryResult<Vec<(Kind, i64, i64)>> {
    Totals { timeline, from }.load(conn).await
}
