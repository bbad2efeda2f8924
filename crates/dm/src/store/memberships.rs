//! Where people stand in conversations: what access is computed from, each time in one statement, so in one snapshot.

use diesel::QueryResult;
use diesel::prelude::OptionalExtension;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, Seq, UserId, Version};
use messaging::{fence, timeline};
use social::sql;

use crate::membership::Membership;

/// The columns of a [`Membership`].
type Columns = (Uuid, Uuid, BigInt, Text, Text, BigInt, Integer, Bool, Bool);

/// What [`Columns`] are made of, behind the version of the scope.
const SELECT: &str = ", c.kind, p.role, p.visible_from, c.member_count, ";
/// Where they come from; `other` is the other one of a direct conversation.
const FROM: &str = ") FROM participants p JOIN conversations c ON c.id = p.conversation_id \
     LEFT JOIN pairs q ON q.conversation_id = c.id \
     CROSS JOIN LATERAL (SELECT CASE WHEN q.low_id = p.user_id THEN q.high_id ELSE q.low_id END AS id) AS other";

backbone::statement! {
    struct Of<'a> { user: UserId, conversations: &'a [ConversationId] } -> Columns;
    "SELECT p.user_id, c.id, " [fence::VERSION] [SELECT] [sql::BLOCKS] "p.user_id" [sql::WHOM] "other.id), " [sql::BLOCKS] "other.id" [sql::WHOM] "p.user_id" [FROM] [fence::JOIN] "c.id WHERE p.user_id = " {user as Uuid}
    " AND p.conversation_id = ANY(" {conversations as Array<Uuid>} ")"
}

backbone::statement! {
    struct Among<'a> { conversation: ConversationId, users: &'a [UserId] } -> Columns;
    "SELECT p.user_id, c.id, " [fence::VERSION] [SELECT] [sql::BLOCKS] "p.user_id" [sql::WHOM] "other.id), " [sql::BLOCKS] "other.id" [sql::WHOM] "p.user_id" [FROM] [fence::JOIN] "c.id WHERE p.conversation_id = "
    {conversation as Uuid} " AND p.user_id = ANY(" {users as Array<Uuid>} ")"
}

backbone::statement! {
    // A group's owner; either of two.
    struct Keeper { conversation: ConversationId } -> Columns;
    "SELECT p.user_id, c.id, " [fence::VERSION] [SELECT] [sql::BLOCKS] "p.user_id" [sql::WHOM] "other.id), " [sql::BLOCKS] "other.id" [sql::WHOM] "p.user_id" [FROM] [fence::JOIN] "c.id WHERE (c.kind = 'direct' OR p.role = 'owner') AND p.conversation_id = "
    {conversation as Uuid} " ORDER BY p.user_id LIMIT 1"
}

backbone::statement! {
    // Those with the latest activity.
    struct Heard { user: UserId, limit: i64 } -> (Uuid, BigInt, BigInt);
    "SELECT p.conversation_id, " [fence::VERSION] ", p.visible_from FROM participants p" [fence::JOIN]
    "p.conversation_id WHERE p.user_id = " {user as Uuid} " ORDER BY GREATEST(p.joined_at, " [timeline::LATEST_AT]
    "p.conversation_id)) DESC, p.conversation_id DESC LIMIT " {limit as BigInt}
}

/// Where the user stands in those of `conversations` that they are in.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    conversations: &[ConversationId],
) -> QueryResult<Vec<Membership>> {
    Of { user, conversations }.load(conn).await
}

/// Where the user stands in the conversation; `None` when they are not in it.
pub(crate) async fn one(
    conn: &mut AsyncPgConnection,
    user: UserId,
    conversation: ConversationId,
) -> QueryResult<Option<Membership>> {
    of(conn, user, &[conversation]).await.map(|mut memberships| memberships.pop())
}

/// Where those of `users` stand who are in the conversation.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    conversation: ConversationId,
    users: &[UserId],
) -> QueryResult<Vec<Membership>> {
    Among { conversation, users }.load(conn).await
}

/// Where the owner of a group stands, or one of a conversation of two.
pub(crate) async fn keeper(
    conn: &mut AsyncPgConnection,
    conversation: ConversationId,
) -> QueryResult<Option<Membership>> {
    Keeper { conversation }.get_result(conn).await.optional()
}

/// The conversations of the user with the latest activity, each with its scope's version and the first message that they
/// may see there.
pub(crate) async fn heard(
    conn: &mut AsyncPgConnection,
    user: UserId,
    limit: i64,
) -> QueryResult<Vec<(ConversationId, Version, Seq)>> {
    Heard { user, limit }.load(conn).await
}
