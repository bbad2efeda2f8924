//! The table `pairs`: two people, in one row whoever comes first. And who of them keeps the other out.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, Bool, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, UserId};
use social::sql;

use crate::schema::pairs;

/// Two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    low: UserId,
    high: UserId,
}

impl Pair {
    /// `None` when they are one.
    pub(crate) fn of(one: UserId, other: UserId) -> Option<Self> {
        (one != other).then(|| Self { low: one.min(other), high: one.max(other) })
    }
}

backbone::statement! {
    struct Walls<'a> { user: UserId, others: &'a [UserId] } -> (Uuid, Bool, Bool);
    "SELECT o.id, " [sql::BLOCKS] {user as Uuid} [sql::WHOM] "o.id), " [sql::BLOCKS] "o.id" [sql::WHOM] {user as Uuid}
    ") FROM unnest(" {others as Array<Uuid>} ") AS o (id)"
}

/// The conversation that the two have.
pub(crate) async fn conversation(
    conn: &mut AsyncPgConnection,
    pair: Pair,
) -> QueryResult<Option<ConversationId>> {
    let row = pairs::table.find((pair.low, pair.high)).select(pairs::conversation_id);
    row.first(conn).await.optional()
}

/// The two have this conversation from now on.
pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    pair: Pair,
    conversation: ConversationId,
) -> QueryResult<()> {
    let row =
        (pairs::low_id.eq(pair.low), pairs::high_id.eq(pair.high), pairs::conversation_id.eq(conversation));
    diesel::insert_into(pairs::table).values(row).execute(tx).await.map(drop)
}

/// Each of `others`, whether the user blocks them, and whether they block the user.
pub(crate) async fn walls(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<Vec<(UserId, bool, bool)>> {
    Walls { user, others }.load(conn).await
}
