//! The table `automod_tallies`: what somebody has done how often lately.
//!
//! A row is changed by one statement, under its lock. So of several messages at once, on whatever gateways, each sees those
//! that were counted before it, and exactly so many get through as may.

use chrono::TimeDelta;
use diesel::QueryResult;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::{BigInt, Integer, Jsonb, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{AutomodRuleId, MessageId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::automod::Tally;

backbone::statement! {
    // What is too old is forgotten. A message that was counted already, by its id or nonce, is not counted once more, but
    // for as much as it is now. When the limit is exceeded nothing is added: whoever is not there came too late.
    struct Count<'a> { rule: AutomodRuleId, user: UserId, what: Uuid, one: &'a Value, ends: Timestamp, since: i64, limit: i64 }
        -> Jsonb;
    "INSERT INTO automod_tallies AS t (rule_id, user_id, what, seen, ends_at) VALUES (" {rule as SqlUuid} ", " {user as SqlUuid}
    ", " {what as SqlUuid} ", " {one as Jsonb} ", " {ends as Timestamptz} ") \
     ON CONFLICT (rule_id, user_id, what) DO UPDATE SET ends_at = GREATEST(t.ends_at, EXCLUDED.ends_at), seen = (\
     SELECT COALESCE(jsonb_agg(CASE WHEN same THEN jsonb_set(one, '{n}', \
     to_jsonb(GREATEST((one->>'n')::bigint, (EXCLUDED.seen->0->>'n')::bigint))) ELSE one END ORDER BY place), '[]') \
     || CASE WHEN COALESCE(bool_or(same), false) OR COALESCE(sum((one->>'n')::bigint), 0) > " {limit as BigInt}
    " THEN '[]'::jsonb ELSE EXCLUDED.seen END FROM (SELECT one, place, COALESCE(one->'id' = EXCLUDED.seen->0->'id', false) \
     OR COALESCE(one->>'nonce' = EXCLUDED.seen->0->>'nonce', false) AS same \
     FROM jsonb_array_elements(t.seen) WITH ORDINALITY AS x(one, place) WHERE (one->>'at')::bigint > " {since as BigInt}
    ") AS lately) RETURNING seen"
}

backbone::statement! {
    struct Forget<'a> { rule: AutomodRuleId, user: UserId, what: Uuid, one: &'a Value } -> Integer;
    "UPDATE automod_tallies SET seen = (SELECT COALESCE(jsonb_agg(one ORDER BY place), '[]') \
     FROM jsonb_array_elements(seen) WITH ORDINALITY AS x(one, place) WHERE NOT one @> (" {one as Jsonb} "::jsonb->0)) \
     WHERE rule_id = " {rule as SqlUuid} " AND user_id = " {user as SqlUuid} " AND what = " {what as SqlUuid}
}

backbone::statement! {
    struct Over { now: Timestamp, limit: i64 } -> Integer;
    "DELETE FROM automod_tallies WHERE ctid = ANY(ARRAY(SELECT ctid FROM automod_tallies WHERE ends_at < "
    {now as Timestamptz} " LIMIT " {limit as BigInt} " FOR UPDATE SKIP LOCKED))"
}

/// Something that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Deed {
    id: MessageId,
    nonce: Option<String>,
    n: i64,
    at: i64,
}

#[derive(FromSqlRow)]
struct Deeds(Vec<Deed>);

impl FromSql<Jsonb, Pg> for Deeds {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(serde_json::from_value(FromSql::<Jsonb, Pg>::from_sql(value)?)?))
    }
}

/// A message that is counted for a rule.
#[derive(Clone, Debug)]
pub(crate) struct Counted {
    pub(crate) rule: AutomodRuleId,
    pub(crate) user: UserId,
    pub(crate) tally: Tally,
    pub(crate) message: MessageId,
    pub(crate) nonce: Option<String>,
    pub(crate) at: Timestamp,
}

impl Counted {
    fn deed(&self) -> Deed {
        let (id, nonce) = (self.message, self.nonce.clone());
        Deed { id, nonce, n: i64::from(self.tally.count), at: self.at.millis() }
    }
}

/// Counts a message. Whether it is one too many.
pub(crate) async fn count(conn: &mut AsyncPgConnection, counted: &Counted) -> QueryResult<bool> {
    let Tally { what, limit, seconds, .. } = counted.tally;
    let deed = counted.deed();
    let window = TimeDelta::seconds(i64::from(seconds));
    let statement = Count {
        rule: counted.rule,
        user: counted.user,
        what,
        one: &json!([deed]),
        ends: counted.at.plus(window),
        since: counted.at.plus(-window).millis(),
        limit: i64::from(limit),
    };
    let Deeds(seen) = statement.get_result(conn).await?;
    Ok(is_too_many(&seen, &deed, i64::from(limit)))
}

/// A message that was counted and is not written after all: it counts no more. One that was counted before stays.
pub(crate) async fn forget(conn: &mut AsyncPgConnection, counted: &Counted) -> QueryResult<()> {
    // By its time as well: what was there before has another one.
    let deed = counted.deed();
    let one = json!([{ "id": deed.id, "at": deed.at }]);
    let (rule, user, what) = (counted.rule, counted.user, counted.tally.what);
    Forget { rule, user, what, one: &one }.execute(conn).await.map(drop)
}

/// Removes up to `limit` rows that tell nothing any more; how many.
pub(crate) async fn sweep(conn: &mut AsyncPgConnection, now: Timestamp, limit: i64) -> QueryResult<usize> {
    Over { now, limit }.execute(conn).await
}

/// Whether the deed, together with those that were seen before it, is more than may be.
fn is_too_many(seen: &[Deed], deed: &Deed, limit: i64) -> bool {
    let same = |other: &Deed| other.id == deed.id || (deed.nonce.is_some() && other.nonce == deed.nonce);
    let Some(place) = seen.iter().position(same) else { return true };
    seen.iter().take(place + 1).map(|one| one.n).sum::<i64>() > limit
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    fn deed(n: i64, nonce: Option<&str>) -> Deed {
        Deed { id: Env::system().id(), nonce: nonce.map(Into::into), n, at: 0 }
    }

    #[test]
    fn who_came_first_is_not_too_many_because_of_who_came_later() {
        let seen = [deed(1, Some("a")), deed(1, None), deed(1, Some("c"))];
        let over = seen.iter().map(|deed| is_too_many(&seen, deed, 2)).collect::<Vec<_>>();
        assert_eq!(over, [false, false, true]);
        // The same message once more, under another id: its nonce tells.
        assert!(!is_too_many(&seen, &deed(1, Some("a")), 2));
        assert!(is_too_many(&seen, &deed(1, None), 2), "it was not even added");
        assert!(is_too_many(&[deed(3, Some("x"))], &deed(3, Some("x")), 2));
    }
}
