//! The table `delivery_marks`: what has reached a session of a member. A mark never goes back.

use diesel::QueryResult;
use diesel::sql_types::{Array, BigInt, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Rev, Seq, TimelineId, UserId};

backbone::statement! {
    // A session knows how far it got by rev; the newest message of that rev or an older one is where the mark goes. Nothing
    // is written when it was there before, or when more was read: who has read a message has got it. In one order, so that
    // two gateways do not wait for each other.
    struct Move<'a> { users: &'a [UserId], timelines: &'a [TimelineId], revs: &'a [Rev] } -> BigInt;
    "INSERT INTO delivery_marks AS d (user_id, timeline_id, seq) SELECT u.user_id, u.timeline_id, m.seq FROM unnest("
    {users as Array<Uuid>} ", " {timelines as Array<Uuid>} ", " {revs as Array<BigInt>}
    ") AS u (user_id, timeline_id, rev) CROSS JOIN LATERAL (SELECT x.seq FROM messages x \
     WHERE x.timeline_id = u.timeline_id AND x.created_rev <= u.rev ORDER BY x.seq DESC LIMIT 1) AS m \
     WHERE COALESCE((SELECT k.seq FROM delivery_marks k WHERE k.timeline_id = u.timeline_id AND k.user_id = u.user_id), 0) < m.seq \
     AND COALESCE((SELECT r.seq FROM read_marks r WHERE r.timeline_id = u.timeline_id AND r.user_id = u.user_id), 0) < m.seq \
     ORDER BY u.timeline_id, u.user_id ON CONFLICT (timeline_id, user_id) DO UPDATE SET seq = excluded.seq \
     WHERE d.seq < excluded.seq"
}

backbone::statement! {
    struct Of { timeline: TimelineId } -> (Uuid, BigInt, BigInt);
    "SELECT COALESCE(d.user_id, r.user_id), COALESCE(d.seq, 0), COALESCE(r.seq, 0) FROM \
     (SELECT user_id, seq FROM delivery_marks WHERE timeline_id = " {timeline as Uuid} ") AS d FULL JOIN \
     (SELECT user_id, seq FROM read_marks WHERE timeline_id = " {timeline as Uuid} ") AS r ON r.user_id = d.user_id"
}

/// Moves marks on, each user and timeline at most once, to the newest message that was there at a rev.
pub(crate) async fn advance(
    conn: &mut AsyncPgConnection,
    marks: &[(UserId, TimelineId, Rev)],
) -> QueryResult<()> {
    let users = marks.iter().map(|(user, ..)| *user).collect::<Vec<_>>();
    let timelines = marks.iter().map(|(_, timeline, _)| *timeline).collect::<Vec<_>>();
    let revs = marks.iter().map(|(.., rev)| *rev).collect::<Vec<_>>();
    Move { users: &users, timelines: &timelines, revs: &revs }.execute(conn).await.map(drop)
}

/// Of everybody who has a mark in a timeline: what has reached them, and what they have read.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    timeline: TimelineId,
) -> QueryResult<Vec<(UserId, Seq, Seq)>> {
    Of { timeline }.load(conn).await
}
