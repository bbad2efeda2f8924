//! The tables `reactions` and `reaction_counts`.

use std::collections::HashMap;

use diesel::QueryResult;
use diesel::prelude::Queryable;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, Seq, TimelineId, UserId};

/// Users who are named of those who put an emoji on a message.
pub(crate) const NAMED: i64 = 10;

/// The place of a message.
pub(crate) type MessageKey = (TimelineId, Seq);

/// An emoji of somebody on a message.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Key {
    pub(crate) message: MessageKey,
    pub(crate) emoji: String,
    pub(crate) user: UserId,
}

/// What is known of a [`Key`].
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct ReactionState {
    /// Its place among those that were asked for, from 1.
    pub(crate) number: i64,
    /// How many have put the emoji on the message.
    pub(crate) count: i32,
    /// The rev at which the first one came.
    pub(crate) since: Rev,
    /// Whether the user has.
    pub(crate) held: bool,
}

/// How many have put an emoji on a message, and the first of them.
#[derive(Clone, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct Tally {
    pub(crate) timeline: TimelineId,
    pub(crate) seq: Seq,
    pub(crate) emoji: String,
    pub(crate) count: i32,
    pub(crate) users: Vec<UserId>,
}

/// A new number of an emoji on a message: none at 0.
#[derive(Clone, Debug)]
pub(crate) struct Count {
    pub(crate) message: MessageKey,
    pub(crate) emoji: String,
    pub(crate) count: i32,
    pub(crate) since: Rev,
}

backbone::statement! {
    struct Stands<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq], emoji: &'a [&'a str], users: &'a [UserId] }
        -> (BigInt, Integer, BigInt, Bool);
    "SELECT u.number, COALESCE(c.count, 0), COALESCE(c.since, 0), r.user_id IS NOT NULL FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {emoji as Array<Text>} ", " {users as Array<Uuid>}
    ") WITH ORDINALITY AS u (timeline_id, seq, emoji, user_id, number) \
     LEFT JOIN reaction_counts c ON c.timeline_id = u.timeline_id AND c.seq = u.seq AND c.emoji = u.emoji \
     LEFT JOIN reactions r ON r.timeline_id = u.timeline_id AND r.seq = u.seq AND r.emoji = u.emoji \
     AND r.user_id = u.user_id"
}

backbone::statement! {
    struct Put<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], emoji: &'a [&'a str], users: &'a [UserId], revs: &'a [Rev],
    } -> BigInt;
    "INSERT INTO reactions (timeline_id, seq, emoji, user_id, rev) SELECT * FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {emoji as Array<Text>} ", " {users as Array<Uuid>} ", "
    {revs as Array<BigInt>} ") ON CONFLICT (timeline_id, seq, emoji, user_id) DO UPDATE SET rev = excluded.rev"
}

backbone::statement! {
    struct Take<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq], emoji: &'a [&'a str], users: &'a [UserId] } -> BigInt;
    "DELETE FROM reactions r USING unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {emoji as Array<Text>} ", " {users as Array<Uuid>}
    ") AS u (timeline_id, seq, emoji, user_id) WHERE r.timeline_id = u.timeline_id AND r.seq = u.seq \
     AND r.emoji = u.emoji AND r.user_id = u.user_id"
}

backbone::statement! {
    struct SetCounts<'a> {
        timelines: &'a [TimelineId], seqs: &'a [Seq], emoji: &'a [&'a str], counts: &'a [i32], sinces: &'a [Rev],
    } -> BigInt;
    "INSERT INTO reaction_counts (timeline_id, seq, emoji, count, since) SELECT * FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {emoji as Array<Text>} ", " {counts as Array<Integer>}
    ", " {sinces as Array<BigInt>}
    ") ON CONFLICT (timeline_id, seq, emoji) DO UPDATE SET count = excluded.count, since = excluded.since"
}

backbone::statement! {
    struct EndCounts<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq], emoji: &'a [&'a str] } -> BigInt;
    "DELETE FROM reaction_counts c USING unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ", " {emoji as Array<Text>}
    ") AS u (timeline_id, seq, emoji) WHERE c.timeline_id = u.timeline_id AND c.seq = u.seq AND c.emoji = u.emoji"
}

backbone::statement! {
    struct Clear<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq] } -> BigInt;
    "WITH u AS (SELECT * FROM unnest(" {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>}
    ") AS u (timeline_id, seq)), counts AS (DELETE FROM reaction_counts c USING u \
     WHERE c.timeline_id = u.timeline_id AND c.seq = u.seq) \
     DELETE FROM reactions r USING u WHERE r.timeline_id = u.timeline_id AND r.seq = u.seq"
}

backbone::statement! {
    struct Tallies<'a> { timelines: &'a [TimelineId], seqs: &'a [Seq], named: i64 }
        -> (Uuid, BigInt, Text, Integer, Array<Uuid>);
    "SELECT c.timeline_id, c.seq, c.emoji, c.count, first.users FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ") AS u (timeline_id, seq) \
     JOIN reaction_counts c ON c.timeline_id = u.timeline_id AND c.seq = u.seq \
     CROSS JOIN LATERAL (SELECT COALESCE(array_agg(f.user_id ORDER BY f.rev), '{}') AS users FROM \
     (SELECT r.user_id, r.rev FROM reactions r WHERE r.timeline_id = c.timeline_id AND r.seq = c.seq \
     AND r.emoji = c.emoji ORDER BY r.rev LIMIT " {named as BigInt} ") AS f) AS first ORDER BY c.since, c.emoji"
}

backbone::statement! {
    struct Own<'a> { user: UserId, timelines: &'a [TimelineId], seqs: &'a [Seq] } -> (Uuid, BigInt, Text);
    "SELECT c.timeline_id, c.seq, c.emoji FROM unnest("
    {timelines as Array<Uuid>} ", " {seqs as Array<BigInt>} ") AS u (timeline_id, seq) \
     JOIN reaction_counts c ON c.timeline_id = u.timeline_id AND c.seq = u.seq \
     JOIN reactions r ON r.timeline_id = c.timeline_id AND r.seq = c.seq AND r.emoji = c.emoji \
     AND r.user_id = " {user as Uuid}
}

/// What is known of some keys, in any order.
pub(crate) async fn stands(tx: &mut AsyncPgConnection, keys: &[Key]) -> QueryResult<Vec<ReactionState>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (timelines, seqs, emoji, users) = columns(keys);
    Stands { timelines: &timelines, seqs: &seqs, emoji: &emoji, users: &users }.load(tx).await
}

/// Adds reactions, each with its rev.
pub(crate) async fn put(tx: &mut AsyncPgConnection, put: &[(Key, Rev)]) -> QueryResult<()> {
    if put.is_empty() {
        return Ok(());
    }
    let (keys, revs): (Vec<_>, Vec<_>) = put.iter().cloned().unzip();
    let (timelines, seqs, emoji, users) = columns(&keys);
    Put { timelines: &timelines, seqs: &seqs, emoji: &emoji, users: &users, revs: &revs }
        .execute(tx)
        .await
        .map(drop)
}

/// Removes reactions.
pub(crate) async fn take(tx: &mut AsyncPgConnection, keys: &[Key]) -> QueryResult<()> {
    if keys.is_empty() {
        return Ok(());
    }
    let (timelines, seqs, emoji, users) = columns(keys);
    Take { timelines: &timelines, seqs: &seqs, emoji: &emoji, users: &users }.execute(tx).await.map(drop)
}

/// Writes how many there are now.
pub(crate) async fn count(tx: &mut AsyncPgConnection, counts: &[Count]) -> QueryResult<()> {
    let (some, none): (Vec<_>, Vec<_>) = counts.iter().partition(|count| count.count > 0);
    let timelines = |of: &[&Count]| of.iter().map(|one| one.message.0).collect::<Vec<_>>();
    let seqs = |of: &[&Count]| of.iter().map(|one| one.message.1).collect::<Vec<_>>();
    if !some.is_empty() {
        SetCounts {
            timelines: &timelines(&some),
            seqs: &seqs(&some),
            emoji: &some.iter().map(|one| one.emoji.as_str()).collect::<Vec<_>>(),
            counts: &some.iter().map(|one| one.count).collect::<Vec<_>>(),
            sinces: &some.iter().map(|one| one.since).collect::<Vec<_>>(),
        }
        .execute(tx)
        .await?;
    }
    if !none.is_empty() {
        let emoji = none.iter().map(|one| one.emoji.as_str()).collect::<Vec<_>>();
        EndCounts { timelines: &timelines(&none), seqs: &seqs(&none), emoji: &emoji }.execute(tx).await?;
    }
    Ok(())
}

/// Removes all reactions from messages.
pub(crate) async fn clear(
    tx: &mut AsyncPgConnection,
    timelines: &[TimelineId],
    seqs: &[Seq],
) -> QueryResult<()> {
    Clear { timelines, seqs }.execute(tx).await.map(drop)
}

/// What is on messages, by their places: the emoji that came first, first.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    keys: &[MessageKey],
) -> QueryResult<HashMap<MessageKey, Vec<Tally>>> {
    if keys.is_empty() {
        return Ok(HashMap::new());
    }
    let (timelines, seqs): (Vec<_>, Vec<_>) = keys.iter().copied().unzip();
    let tallies = Tallies { timelines: &timelines, seqs: &seqs, named: NAMED };
    let mut found = HashMap::<MessageKey, Vec<Tally>>::new();
    for tally in RunQueryDsl::<AsyncPgConnection>::load::<Tally>(tallies, conn).await? {
        found.entry((tally.timeline, tally.seq)).or_default().push(tally);
    }
    Ok(found)
}

/// What somebody put on messages.
pub(crate) async fn own(
    conn: &mut AsyncPgConnection,
    user: UserId,
    keys: &[MessageKey],
) -> QueryResult<Vec<(MessageKey, String)>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (timelines, seqs): (Vec<_>, Vec<_>) = keys.iter().copied().unzip();
    let rows: Vec<(TimelineId, Seq, String)> =
        Own { user, timelines: &timelines, seqs: &seqs }.load(conn).await?;
    Ok(rows.into_iter().map(|(timeline, seq, emoji)| ((timeline, seq), emoji)).collect())
}

fn columns(keys: &[Key]) -> (Vec<TimelineId>, Vec<Seq>, Vec<&str>, Vec<UserId>) {
    (
        keys.iter().map(|key| key.message.0).collect(),
        keys.iter().map(|key| key.message.1).collect(),
        keys.iter().map(|key| key.emoji.as_str()).collect(),
        keys.iter().map(|key| key.user).collect(),
    )
}
