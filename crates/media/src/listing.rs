//! The files of a channel or conversation, for who knows what of it the reader may see.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use kernel::{AttachmentId, Seq, TimelineId, UserId};

use crate::kind::Kind;
use crate::model::Attachment;
use crate::store::listing;

/// Which files of a timeline.
#[derive(Clone, Copy, Debug)]
pub struct Listed {
    /// Where they were sent.
    pub timeline: TimelineId,
    /// Those of this message and later ones.
    pub from: Seq,
    /// Only those of this kind.
    pub kind: Option<Kind>,
    /// Only clips.
    pub clips: bool,
    /// Those that were uploaded before this one.
    pub before: Option<AttachmentId>,
}

/// How many files there are of a kind, and what they take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Total {
    /// The kind.
    pub kind: Kind,
    /// Files.
    pub count: i64,
    /// Bytes.
    pub bytes: i64,
}

/// At most `limit` files, the last uploaded first.
///
/// # Errors
/// Of the database.
pub async fn list(conn: &mut AsyncPgConnection, wanted: Listed, limit: i64) -> QueryResult<Vec<Attachment>> {
    listing::page(conn, wanted, limit).await
}

/// At most `limit` clips that the user sent, the last uploaded first; those that were uploaded before `before`.
///
/// # Errors
/// Of the database.
pub async fn own_clips(
    conn: &mut AsyncPgConnection,
    user: UserId,
    before: Option<AttachmentId>,
    limit: i64,
) -> QueryResult<Vec<Attachment>> {
    listing::own_clips(conn, user, before, limit).await
}

/// How many files of each kind the timeline has, of the message `from` and later ones. Kinds without any are left out.
///
/// # Errors
/// Of the database.
pub async fn totals(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
    from: Seq,
) -> QueryResult<Vec<Total>> {
    let rows = listing::totals(conn, timeline, from).await?;
    Ok(rows.into_iter().map(|(kind, count, bytes)| Total { kind, count, bytes }).collect())
}
