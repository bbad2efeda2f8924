//! Who keeps order in a guild.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Bool, Nullable, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{GuildId, Permissions, UserId};

/// How many are told of an act.
const MAX: i64 = 200;

backbone::statement! {
    // NULL stands for everybody.
    struct Holders { guild: GuildId, owner: UserId, bits: i64, limit: i64 } -> (Nullable<Uuid>, Bool);
    "SELECT " {owner as Uuid} "::uuid, false UNION (SELECT mr.user_id, r.position = 0 FROM roles r \
     LEFT JOIN member_roles mr ON mr.role_id = r.id WHERE r.guild_id = " {guild as Uuid}
    " AND r.permissions & " {bits as BigInt} " <> 0 AND (r.position = 0 OR mr.user_id IS NOT NULL) LIMIT " {limit as BigInt} ")"
}

/// The members who have the permission by their roles, and the owner; `None` when all members have it.
pub(crate) async fn of(
    conn: &mut AsyncPgConnection,
    guild: GuildId,
    owner: UserId,
    permission: Permissions,
) -> QueryResult<Option<Vec<UserId>>> {
    let bits = (permission | Permissions::ADMINISTRATOR).bits();
    let rows: Vec<(Option<UserId>, bool)> = Holders { guild, owner, bits, limit: MAX }.load(conn).await?;
    if rows.iter().any(|(_, everyone)| *everyone) {
        return Ok(None);
    }
    let mut holders = rows.into_iter().filter_map(|(user, _)| user).collect::<Vec<_>>();
    holders.sort_unstable();
    holders.dedup();
    Ok(Some(holders))
}
