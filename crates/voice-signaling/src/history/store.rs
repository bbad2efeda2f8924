//! The tables `calls` and `call_people`.

use std::collections::{HashMap, HashSet};

use diesel::QueryResult;
use diesel::dsl::{exists, not};
use diesel::prelude::{ExpressionMethods, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{UserId, VoiceSessionId};

use super::row::{CallPerson, PastCall, WithPeople};
use crate::model::EndedCall;
use crate::schema::{call_people, calls};

/// Adds those calls that are not there yet. Which these are: of those who add the same at once, one.
pub(crate) async fn insert(
    tx: &mut AsyncPgConnection,
    ended: &[EndedCall],
) -> QueryResult<Vec<VoiceSessionId>> {
    let rows = ended.iter().map(PastCall::from).collect::<Vec<_>>();
    let insert = diesel::insert_into(calls::table).values(rows).on_conflict_do_nothing();
    let new: Vec<VoiceSessionId> = insert.returning(calls::id).get_results(tx).await?;
    let added = new.iter().copied().collect::<HashSet<_>>();
    let people = ended.iter().filter(|call| added.contains(&call.id)).flat_map(|call| {
        call.people.iter().map(|(user, part)| CallPerson { user_id: *user, call_id: call.id, part: *part })
    });
    let people = people.collect::<Vec<_>>();
    diesel::insert_into(call_people::table).values(people).execute(tx).await?;
    Ok(new)
}

/// A call, whoever it concerned.
pub(crate) async fn find(conn: &mut AsyncPgConnection, id: VoiceSessionId) -> QueryResult<Option<PastCall>> {
    calls::table.find(id).select(PastCall::as_select()).first(conn).await.optional()
}

/// Those that concerned somebody before one of them, the last first: of one id alone, or all.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    user: UserId,
    only: Option<VoiceSessionId>,
    before: Option<VoiceSessionId>,
    limit: i64,
) -> QueryResult<Vec<PastCall>> {
    let mine = call_people::table.inner_join(calls::table).filter(call_people::user_id.eq(user));
    let mut mine = mine.select(PastCall::as_select()).into_boxed();
    if let Some(only) = only {
        mine = mine.filter(call_people::call_id.eq(only));
    }
    if let Some(before) = before {
        mine = mine.filter(call_people::call_id.lt(before));
    }
    mine.order(call_people::call_id.desc()).limit(limit).load(conn).await
}

/// The same calls, with everybody whom they concerned.
pub(crate) async fn with_people(
    conn: &mut AsyncPgConnection,
    rows: Vec<PastCall>,
) -> QueryResult<Vec<WithPeople>> {
    let ids = rows.iter().map(|call| call.id).collect::<Vec<_>>();
    let people = call_people::table.filter(call_people::call_id.eq_any(ids));
    let people: Vec<CallPerson> = people.select(CallPerson::as_select()).load(conn).await?;
    let mut of = HashMap::<VoiceSessionId, HashMap<_, _>>::new();
    for CallPerson { user_id, call_id, part } in people {
        of.entry(call_id).or_default().insert(user_id, part);
    }
    let with = |call: PastCall| {
        let people = of.remove(&call.id).unwrap_or_default();
        (call, people)
    };
    Ok(rows.into_iter().map(with).collect())
}

/// Forgets what became of at most so many calls for somebody, and the calls that concern nobody any more. How many it were.
pub(crate) async fn forget(tx: &mut AsyncPgConnection, user: UserId, limit: i64) -> QueryResult<usize> {
    let some = call_people::table.filter(call_people::user_id.eq(user)).select(call_people::call_id);
    let some: Vec<VoiceSessionId> = some.order(call_people::call_id).limit(limit).load(tx).await?;
    let mine =
        call_people::table.filter(call_people::user_id.eq(user)).filter(call_people::call_id.eq_any(&some));
    diesel::delete(mine).execute(tx).await?;
    let others = call_people::table.filter(call_people::call_id.eq(calls::id));
    let empty = calls::table.filter(calls::id.eq_any(&some)).filter(not(exists(others)));
    diesel::delete(empty).execute(tx).await?;
    Ok(some.len())
}
