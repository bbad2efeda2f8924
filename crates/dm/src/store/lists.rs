//! The conversations of somebody, in the order of a list.

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, Timestamp, UserId};
use messaging::timeline;

use crate::Kind;
use crate::model::OwnConversation;

/// A place in a list: pinned ones first, then by activity.
pub(crate) type ListPosition = (bool, Timestamp, ConversationId);

backbone::statement! {
    // One index for all of the user's; two look-ups by key each for what is newest there; then the page is cut off.
    struct Page {
        user: UserId, kind: Option<Kind>, behind: Option<bool>, at: Option<Timestamp>, id: Option<ConversationId>, limit: i64,
    } -> (Bool, Timestamptz, Uuid);
    "SELECT is_pinned, activity, id FROM (SELECT p.is_pinned, p.conversation_id AS id, GREATEST(p.joined_at, "
    [timeline::LATEST_AT] "p.conversation_id)) AS activity FROM participants p WHERE p.user_id = " {user as Uuid}
    ") AS mine WHERE (" {kind as Nullable<Text>} "::text IS NULL OR EXISTS (SELECT FROM conversations c WHERE c.id = mine.id AND c.kind = "
    {kind as Nullable<Text>} ")) AND (" {behind as Nullable<Bool>}
    "::boolean IS NULL OR (is_pinned, activity, id) < (" {behind as Nullable<Bool>} ", " {at as Nullable<Timestamptz>} ", "
    {id as Nullable<Uuid>} ")) ORDER BY is_pinned DESC, activity DESC, id DESC LIMIT " {limit as BigInt}
}

backbone::statement! {
    struct ByIds<'a> { user: UserId, ids: &'a [ConversationId] } -> (
        Uuid, Text, Nullable<Text>, Bool, Integer, Timestamptz, Timestamptz, Text, BigInt, Bool, Bool, Nullable<Uuid>,
    );
    "SELECT c.id, c.kind, c.name, c.shares_history, c.member_count, c.created_at, c.updated_at, p.role, p.visible_from, \
     p.is_pinned, p.is_muted, CASE WHEN q.low_id = p.user_id THEN q.high_id ELSE q.low_id END \
     FROM participants p JOIN conversations c ON c.id = p.conversation_id LEFT JOIN pairs q ON q.conversation_id = c.id \
     WHERE p.user_id = " {user as Uuid} " AND p.conversation_id = ANY(" {ids as Array<Uuid>} ")"
}

/// At most `limit` of the user's conversations behind a place.
pub(crate) async fn page(
    conn: &mut AsyncPgConnection,
    user: UserId,
    kind: Option<Kind>,
    behind: Option<ListPosition>,
    limit: i64,
) -> QueryResult<Vec<ListPosition>> {
    let (behind, at, id) = match behind {
        Some((pinned, at, id)) => (Some(pinned), Some(at), Some(id)),
        None => (None, None, None),
    };
    Page { user, kind, behind, at, id, limit }.load(conn).await
}

/// Those of `ids` that the user is in, in no order.
pub(crate) async fn by_ids(
    conn: &mut AsyncPgConnection,
    user: UserId,
    ids: &[ConversationId],
) -> QueryResult<Vec<OwnConversation>> {
    ByIds { user, ids }.load(conn).await
}
