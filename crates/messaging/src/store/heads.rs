//! The heads of timelines, locked for writing.

use diesel::QueryResult;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, ScopeId, Seq, TimelineId, Version};

use crate::model::{Place, TimelineKind};

/// A head, and the version of its scope.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct Locked {
    pub(crate) id: TimelineId,
    kind: TimelineKind,
    scope_id: ScopeId,
    pub(crate) last_seq: Seq,
    pub(crate) rev: Rev,
    /// How many of its messages are replies in threads.
    pub(crate) replies: i64,
    pub(crate) version: Version,
}

impl Locked {
    pub(crate) fn place(&self) -> Place {
        Place { timeline: self.id, kind: self.kind, scope: self.scope_id }
    }
}

backbone::statement! {
    // In the order of ids, so that no two writers wait for each other.
    struct Lock<'a> { ids: &'a [TimelineId] } -> (Uuid, Text, Uuid, BigInt, BigInt, BigInt, BigInt);
    "SELECT t.id, t.kind, t.scope_id, t.last_seq, t.rev, t.replies, s.version \
     FROM timelines t JOIN scopes s ON s.id = t.scope_id \
     WHERE t.closed_at IS NULL AND t.id = ANY(" {ids as Array<Uuid>} ") ORDER BY t.id FOR UPDATE OF t"
}

/// Locks the heads of `ids` until the transaction ends. The scopes' versions are true only while
/// [`crate::fence::hold`] keeps them.
pub(crate) async fn lock(mut tx: &AsyncPgConnection, ids: &[TimelineId]) -> QueryResult<Vec<Locked>> {
    Lock { ids }.load(&mut tx).await
}
