//! Two people: the locks on what is between them, and how they stand.

use diesel::QueryResult;
use diesel::sql_types::{Bool, Integer, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::UserId;

use super::requests;
use crate::relationship::Relationship;

/// The first key of the advisory locks on what is between a person and others; the second is the person's. Locks with
/// two keys never meet those with one.
const TIES: i32 = 3;

backbone::statement! {
    struct Lock { class: i32, key: i32 } -> Bool;
    "SELECT true FROM (SELECT pg_advisory_xact_lock(" {class as Integer} ", " {key as Integer} ")) AS locked"
}

backbone::statement! {
    struct Stand { actor: UserId, other: UserId } -> (Bool, Bool, Bool);
    "SELECT EXISTS (SELECT FROM friendships WHERE user_id = " {actor as Uuid} " AND friend_id = " {other as Uuid}
    "), EXISTS (SELECT FROM blocks WHERE user_id = " {actor as Uuid} " AND blocked_id = " {other as Uuid}
    "), EXISTS (SELECT FROM blocks WHERE user_id = " {other as Uuid} " AND blocked_id = " {actor as Uuid} ")"
}

/// Lets nobody else change what is between either of the two and anybody until the transaction ends: what is decided
/// from how they stand, or from counting what they have, is exact. Always in one order, so that two who act at once
/// wait for each other in turn.
pub(crate) async fn lock(tx: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<()> {
    let mut keys = [one, other].map(key);
    keys.sort_unstable();
    for key in keys {
        Lock { class: TIES, key }.execute(tx).await?;
    }
    Ok(())
}

/// The lower half of the random part: two people with the same would wait for each other, and nothing worse.
fn key(user: UserId) -> i32 {
    let [.., a, b, c, d] = user.uuid().into_bytes();
    i32::from_be_bytes([a, b, c, d])
}

/// How the two stand, as `actor` sees it.
pub(crate) async fn relationship(
    tx: &mut AsyncPgConnection,
    actor: UserId,
    other: UserId,
) -> QueryResult<Relationship> {
    let (friends, blocks, blocked) = Stand { actor, other }.get_result(tx).await?;
    let request = requests::between(tx, actor, other).await?;
    Ok(Relationship { friends, request, blocks, blocked })
}
