//! Parts of the list of members: by role, by the beginning of a name, or by both; in the order of user ids.

use diesel::QueryResult;
use diesel::sql_types::{BigInt, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use identity::names;
use kernel::{GuildId, RoleId, UserId};

use crate::input::NamePrefix;

/// Whom to look for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wanted<'a> {
    pub(crate) guild: GuildId,
    pub(crate) after: Option<UserId>,
    pub(crate) role: Option<RoleId>,
    pub(crate) name: Option<&'a NamePrefix>,
}

backbone::statement! {
    struct ByRole { guild: GuildId, role: RoleId, after: UserId, limit: i64 } -> (Uuid,);
    "SELECT user_id FROM member_roles WHERE role_id = " {role as Uuid} " AND guild_id = " {guild as Uuid}
    " AND user_id > " {after as Uuid} " ORDER BY user_id LIMIT " {limit as BigInt}
}

backbone::statement! {
    struct ByName<'a> { guild: GuildId, text: &'a str, end: &'a str, after: UserId, limit: i64 } -> (Uuid,);
    "SELECT user_id FROM members WHERE guild_id = " {guild as Uuid} " AND user_id > " {after as Uuid} " AND user_id IN ("
    [names::BY_USERNAME] {text as Text} [names::TO_USERNAME] {end as Text} " UNION ALL "
    [names::BY_NAME] {text as Text} [names::TO_NAME] {end as Text}
    " UNION ALL SELECT user_id FROM members WHERE guild_id = " {guild as Uuid} " AND lower(nickname) ~>=~ " {text as Text}
    " AND lower(nickname) ~<~ " {end as Text} ") ORDER BY user_id LIMIT " {limit as BigInt}
}

backbone::statement! {
    struct ByBoth<'a> { guild: GuildId, role: RoleId, text: &'a str, end: &'a str, after: UserId, limit: i64 } -> (Uuid,);
    "SELECT user_id FROM member_roles WHERE role_id = " {role as Uuid} " AND guild_id = " {guild as Uuid}
    " AND user_id > " {after as Uuid} " AND user_id IN ("
    [names::BY_USERNAME] {text as Text} [names::TO_USERNAME] {end as Text} " UNION ALL "
    [names::BY_NAME] {text as Text} [names::TO_NAME] {end as Text}
    " UNION ALL SELECT user_id FROM members WHERE guild_id = " {guild as Uuid} " AND lower(nickname) ~>=~ " {text as Text}
    " AND lower(nickname) ~<~ " {end as Text} ") ORDER BY user_id LIMIT " {limit as BigInt}
}

/// At most `limit` members, in order; `None` when every member is wanted.
pub(crate) async fn ids(
    conn: &mut AsyncPgConnection,
    wanted: Wanted<'_>,
    limit: i64,
) -> QueryResult<Option<Vec<UserId>>> {
    let Wanted { guild, after, role, name } = wanted;
    let after = after.unwrap_or(UserId::from_uuid(uuid::Uuid::nil()));
    let found: Vec<(UserId,)> = match (role, name) {
        (None, None) => return Ok(None),
        (Some(role), None) => ByRole { guild, role, after, limit }.load(conn).await?,
        (None, Some(name)) => {
            ByName { guild, text: &name.text, end: &name.end, after, limit }.load(conn).await?
        }
        (Some(role), Some(name)) => {
            ByBoth { guild, role, text: &name.text, end: &name.end, after, limit }.load(conn).await?
        }
    };
    Ok(Some(found.into_iter().map(|(id,)| id).collect()))
}
