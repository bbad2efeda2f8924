//! The table `known_devices`.

use diesel::QueryResult;
use diesel::prelude::{ExpressionMethods, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{Timestamp, UserId};

use crate::schema::known_devices;

/// Notes where an account was used from; whether it never was from there before. Places not seen since `oldest` are
/// forgotten.
pub(crate) async fn note(
    conn: &mut AsyncPgConnection,
    user: UserId,
    (family, network): (&str, &str),
    now: Timestamp,
    oldest: Timestamp,
) -> QueryResult<bool> {
    let known = known_devices::table.find((user, family, network)).filter(known_devices::seen_at.ge(oldest));
    let seen = diesel::update(known).set(known_devices::seen_at.eq(now)).execute(conn).await?;
    if seen > 0 {
        return Ok(false);
    }
    let old = known_devices::table
        .filter(known_devices::user_id.eq(user))
        .filter(known_devices::seen_at.lt(oldest));
    diesel::delete(old).execute(conn).await?;
    let row = (
        known_devices::user_id.eq(user),
        known_devices::family.eq(family),
        known_devices::network.eq(network),
        known_devices::seen_at.eq(now),
    );
    let new = diesel::insert_into(known_devices::table).values(row).on_conflict_do_nothing();
    new.execute(conn).await.map(|rows| rows == 1)
}
