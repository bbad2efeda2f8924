//! The table `pairs`: two people, in one row whoever comes first.

use diesel::QueryResult;
use diesel::prelude::{BoolExpressionMethods, ExpressionMethods, OptionalExtension, QueryDsl, Queryable};
use diesel::sql_types::{Bool, Nullable, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, UserId};

use crate::schema::pairs;

/// Two people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pair {
    low: UserId,
    high: UserId,
    /// Whether the one who asks has the lower id.
    first: bool,
}

impl Pair {
    /// `None` when they are one.
    pub(crate) fn of(asker: UserId, other: UserId) -> Option<Self> {
        match asker.cmp(&other) {
            std::cmp::Ordering::Less => Some(Self { low: asker, high: other, first: true }),
            std::cmp::Ordering::Greater => Some(Self { low: other, high: asker, first: false }),
            std::cmp::Ordering::Equal => None,
        }
    }
}

#[derive(Debug, Queryable)]
struct Row {
    conversation: Option<ConversationId>,
    low_blocks: bool,
    high_blocks: bool,
}

/// A pair whose row is locked, for one of the two.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Locked {
    pub(crate) conversation: Option<ConversationId>,
    /// Whether they keep the other one out.
    pub(crate) blocks: bool,
    /// Whether the other one keeps them out.
    pub(crate) blocked: bool,
}

backbone::statement! {
    // Makes the row if there is none, and locks it in any case.
    struct Lock { low: UserId, high: UserId } -> (Nullable<Uuid>, Bool, Bool);
    "INSERT INTO pairs AS q (low_id, high_id) VALUES (" {low as Uuid} ", " {high as Uuid}
    ") ON CONFLICT (low_id, high_id) DO UPDATE SET low_id = q.low_id RETURNING conversation_id, low_blocks, high_blocks"
}

/// Lets nobody else open the pair's conversation or close it until the transaction ends.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, pair: Pair) -> QueryResult<Locked> {
    let row: Row = Lock { low: pair.low, high: pair.high }.get_result(tx).await?;
    let (blocks, blocked) =
        if pair.first { (row.low_blocks, row.high_blocks) } else { (row.high_blocks, row.low_blocks) };
    Ok(Locked { conversation: row.conversation, blocks, blocked })
}

/// The conversation that the two have.
pub(crate) async fn conversation(
    conn: &mut AsyncPgConnection,
    pair: Pair,
) -> QueryResult<Option<ConversationId>> {
    let row = pairs::table.find((pair.low, pair.high)).select(pairs::conversation_id);
    row.first(conn).await.optional().map(Option::flatten)
}

/// The two have this conversation from now on.
pub(crate) async fn join(
    tx: &mut AsyncPgConnection,
    pair: Pair,
    conversation: ConversationId,
) -> QueryResult<()> {
    let row = diesel::update(pairs::table.find((pair.low, pair.high)));
    row.set(pairs::conversation_id.eq(conversation)).execute(tx).await.map(drop)
}

/// The one who asks keeps the other one out from now on, or not any more.
pub(crate) async fn block(tx: &mut AsyncPgConnection, pair: Pair, blocks: bool) -> QueryResult<()> {
    let row = diesel::update(pairs::table.find((pair.low, pair.high)));
    if pair.first {
        row.set(pairs::low_blocks.eq(blocks)).execute(tx).await.map(drop)
    } else {
        row.set(pairs::high_blocks.eq(blocks)).execute(tx).await.map(drop)
    }
}

/// Those of whom there is a row with the user and who keep them out, or whom they keep out: of a few people.
pub(crate) async fn divided(
    tx: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<Vec<(UserId, bool)>> {
    let low = pairs::table.filter(pairs::low_id.eq(user)).filter(pairs::high_id.eq_any(others));
    let low =
        low.filter(pairs::low_blocks.or(pairs::high_blocks)).select((pairs::high_id, pairs::low_blocks));
    let mut divided: Vec<(UserId, bool)> = low.load(tx).await?;
    let high = pairs::table.filter(pairs::high_id.eq(user)).filter(pairs::low_id.eq_any(others));
    let high =
        high.filter(pairs::low_blocks.or(pairs::high_blocks)).select((pairs::low_id, pairs::high_blocks));
    divided.extend(high.load::<(UserId, bool)>(tx).await?);
    Ok(divided)
}
