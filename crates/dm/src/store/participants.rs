//! The table `participants`.

use std::collections::HashSet;

use diesel::QueryResult;
use diesel::dsl::not;
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl};
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ConversationId, Seq, Timestamp, UserId};

use crate::Rank;
use crate::model::Participant;
use crate::schema::participants;

backbone::statement! {
    struct Insert<'a> {
        conversation: ConversationId, users: &'a [UserId], role: Rank, visible_from: Seq, joined_at: Timestamp,
    } -> Uuid;
    "INSERT INTO participants (conversation_id, user_id, role, visible_from, joined_at) SELECT "
    {conversation as Uuid} ", id, " {role as Text} ", " {visible_from as BigInt} ", " {joined_at as Timestamptz}
    " FROM unnest(" {users as Array<Uuid>} ") AS u (id) ORDER BY id ON CONFLICT DO NOTHING RETURNING user_id"
}

backbone::statement! {
    struct Sharing<'a> { user: UserId, others: &'a [UserId] } -> (Uuid,);
    "SELECT DISTINCT o.user_id FROM participants o WHERE o.user_id = ANY(" {others as Array<Uuid>}
    ") AND EXISTS (SELECT FROM participants m WHERE m.user_id = " {user as Uuid}
    " AND m.conversation_id = o.conversation_id)"
}

backbone::statement! {
    struct Partners<'a> { users: &'a [UserId], most: i64 } -> (Uuid, Uuid);
    "SELECT u.id, p.user_id FROM unnest(" {users as Array<Uuid>} ") AS u (id) CROSS JOIN LATERAL (SELECT o.user_id \
     FROM participants m JOIN participants o ON o.conversation_id = m.conversation_id AND o.user_id <> u.id \
     WHERE m.user_id = u.id ORDER BY m.conversation_id DESC LIMIT " {most as BigInt} ") AS p"
}

backbone::statement! {
    struct Companions { user: UserId, after: UserId, limit: i64 } -> (Uuid,);
    "SELECT DISTINCT o.user_id FROM participants m JOIN participants o ON o.conversation_id = m.conversation_id \
     WHERE m.user_id = " {user as Uuid} " AND o.user_id > " {after as Uuid} " ORDER BY o.user_id LIMIT "
    {limit as BigInt}
}

/// Adds those who are not in it yet, and returns them.
pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    conversation: ConversationId,
    users: &[UserId],
    role: Rank,
    (visible_from, joined_at): (Seq, Timestamp),
) -> QueryResult<Vec<UserId>> {
    Insert { conversation, users, role, visible_from, joined_at }.load(tx).await
}

/// Removes somebody; returns what they were.
pub(crate) async fn remove(
    tx: &mut AsyncPgConnection,
    conversation: ConversationId,
    user: UserId,
) -> QueryResult<Option<Rank>> {
    let row = diesel::delete(participants::table.find((conversation, user)));
    row.returning(participants::role).get_result(tx).await.optional()
}

/// What somebody is there; `None` when they are not in it.
pub(crate) async fn rank(
    tx: &mut AsyncPgConnection,
    conversation: ConversationId,
    user: UserId,
) -> QueryResult<Option<Rank>> {
    participants::table.find((conversation, user)).select(participants::role).first(tx).await.optional()
}

/// Somebody who is in it is this from now on.
pub(crate) async fn promote(
    tx: &mut AsyncPgConnection,
    conversation: ConversationId,
    user: UserId,
    role: Rank,
) -> QueryResult<()> {
    let row = diesel::update(participants::table.find((conversation, user)));
    row.set(participants::role.eq(role)).execute(tx).await.map(drop)
}

/// Who takes the owner's place: of the admins, else of all, who came first.
pub(crate) async fn heir(
    tx: &mut AsyncPgConnection,
    conversation: ConversationId,
) -> QueryResult<Option<UserId>> {
    participants::table
        .filter(participants::conversation_id.eq(conversation))
        .order((participants::role.ne(Rank::Admin), participants::joined_at, participants::user_id))
        .select(participants::user_id)
        .first(tx)
        .await
        .optional()
}

/// Everybody who is in it, in the order of coming. A conversation has at most [`crate::MEMBERS_MAX`].
pub(crate) async fn all(
    conn: &mut AsyncPgConnection,
    conversation: ConversationId,
) -> QueryResult<Vec<Participant>> {
    let all = participants::table.filter(participants::conversation_id.eq(conversation));
    all.order((participants::joined_at, participants::user_id))
        .select((participants::user_id, participants::role, participants::joined_at))
        .load(conn)
        .await
}

/// Those of `users` who are in it.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    conversation: ConversationId,
    users: &[UserId],
) -> QueryResult<Vec<(UserId, Seq)>> {
    let all = participants::table.filter(participants::conversation_id.eq(conversation));
    let some = all.filter(participants::user_id.eq_any(users));
    some.select((participants::user_id, participants::visible_from)).load(conn).await
}

/// The owners and admins of some groups.
pub(crate) async fn leaders(
    conn: &mut AsyncPgConnection,
    conversations: &[ConversationId],
) -> QueryResult<Vec<(ConversationId, UserId, Rank)>> {
    participants::table
        .filter(participants::conversation_id.eq_any(conversations))
        .filter(not(participants::role.eq(Rank::Member)))
        .order((participants::joined_at, participants::user_id))
        .select((participants::conversation_id, participants::user_id, participants::role))
        .load(conn)
        .await
}

/// At most `limit` of the user's conversations behind one, by id: for what goes through all of them.
pub(crate) async fn of_user(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: Option<ConversationId>,
    limit: i64,
) -> QueryResult<Vec<ConversationId>> {
    let after = after.unwrap_or(ConversationId::from_uuid(uuid::Uuid::nil()));
    participants::table
        .filter(participants::user_id.eq(user))
        .filter(participants::conversation_id.gt(after))
        .order(participants::conversation_id)
        .limit(limit)
        .select(participants::conversation_id)
        .load(conn)
        .await
}

/// Changes what the conversation is for one of those who are in it; returns what it is now.
pub(crate) async fn configure(
    conn: &mut AsyncPgConnection,
    conversation: ConversationId,
    user: UserId,
    (is_pinned, is_muted): (Option<bool>, Option<bool>),
) -> QueryResult<Option<(bool, bool)>> {
    let columns = (participants::is_pinned, participants::is_muted);
    let row = participants::table.find((conversation, user));
    if is_pinned.is_none() && is_muted.is_none() {
        return row.select(columns).first(conn).await.optional();
    }
    let change = (
        is_pinned.map(|is| participants::is_pinned.eq(is)),
        is_muted.map(|is| participants::is_muted.eq(is)),
    );
    diesel::update(row).set(change).returning(columns).get_result(conn).await.optional()
}

/// Those of `others` who are in a conversation with `user`.
pub(crate) async fn sharing(
    conn: &mut AsyncPgConnection,
    user: UserId,
    others: &[UserId],
) -> QueryResult<HashSet<UserId>> {
    let found: Vec<(UserId,)> = Sharing { user, others }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}

/// Each of `users` with others who are in their newest conversations, at most so many each.
pub(crate) async fn partners(
    conn: &mut AsyncPgConnection,
    users: &[UserId],
    most: i64,
) -> QueryResult<Vec<(UserId, UserId)>> {
    Partners { users, most }.load(conn).await
}

/// At most `limit` of those who are in a conversation with `user`, after `after`, by id; `user` is one of them.
pub(crate) async fn companions(
    conn: &mut AsyncPgConnection,
    user: UserId,
    after: UserId,
    limit: i64,
) -> QueryResult<Vec<UserId>> {
    let found: Vec<(UserId,)> = Companions { user, after, limit }.load(conn).await?;
    Ok(found.into_iter().map(|(id,)| id).collect())
}
