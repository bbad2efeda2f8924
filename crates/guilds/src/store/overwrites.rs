//! The table `overwrites`.

use backbone::db::any_of;
use diesel::QueryResult;
use diesel::dsl::count_star;
use diesel::prelude::{ExpressionMethods, IntoSql, QueryDsl};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use kernel::{ChannelId, GuildId, Permissions, RoleId, UserId};
use uuid::Uuid;

use crate::model::OverwriteRow;
use crate::schema::overwrites;

/// Whom an overwrite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    Role(RoleId),
    Member(UserId),
}

impl Target {
    pub(crate) fn uuid(self) -> Uuid {
        match self {
            Self::Role(id) => id.uuid(),
            Self::Member(id) => id.uuid(),
        }
    }
}

type Columns = (
    overwrites::channel_id,
    overwrites::target_id,
    diesel::dsl::IsNotNull<overwrites::user_id>,
    overwrites::allow,
    overwrites::deny,
);

/// What an [`OverwriteRow`] is made of.
fn columns() -> Columns {
    let is_member = overwrites::user_id.is_not_null();
    (overwrites::channel_id, overwrites::target_id, is_member, overwrites::allow, overwrites::deny)
}

/// Those of the channels of `guilds` that are for one of `targets`.
pub(crate) async fn among(
    conn: &mut AsyncPgConnection,
    guilds: &[GuildId],
    targets: &[Uuid],
) -> QueryResult<Vec<OverwriteRow>> {
    overwrites::table
        .filter(any_of(overwrites::guild_id, guilds))
        .filter(any_of(overwrites::target_id, targets))
        .select(columns())
        .load(conn)
        .await
}

/// Those of the channel, roles first.
pub(crate) async fn of(conn: &mut AsyncPgConnection, channel: ChannelId) -> QueryResult<Vec<OverwriteRow>> {
    let of_channel = overwrites::table.filter(overwrites::channel_id.eq(channel));
    let order = (overwrites::user_id.is_not_null(), overwrites::target_id);
    of_channel.order(order).select(columns()).load(conn).await
}

/// How many the channel has.
pub(crate) async fn count(conn: &mut AsyncPgConnection, channel: ChannelId) -> QueryResult<i64> {
    overwrites::table.filter(overwrites::channel_id.eq(channel)).select(count_star()).get_result(conn).await
}

/// Puts one in the place of what there was for its target.
pub(crate) async fn put(
    tx: &mut AsyncPgConnection,
    (guild, channel): (GuildId, ChannelId),
    target: Target,
    allow: Permissions,
    deny: Permissions,
) -> QueryResult<()> {
    let (role, user) = match target {
        Target::Role(id) => (Some(id), None),
        Target::Member(id) => (None, Some(id)),
    };
    let bits = (overwrites::allow.eq(allow.bits()), overwrites::deny.eq(deny.bits()));
    let row = (
        overwrites::channel_id.eq(channel),
        overwrites::guild_id.eq(guild),
        overwrites::role_id.eq(role),
        overwrites::user_id.eq(user),
    );
    diesel::insert_into(overwrites::table)
        .values((row, bits))
        .on_conflict((overwrites::channel_id, overwrites::target_id))
        .do_update()
        .set(bits)
        .execute(tx)
        .await
        .map(drop)
}

/// Removes the target's.
pub(crate) async fn remove(tx: &mut AsyncPgConnection, channel: ChannelId, target: Uuid) -> QueryResult<()> {
    diesel::delete(overwrites::table.find((channel, target))).execute(tx).await.map(drop)
}

/// Gives a channel the same as another of its guild, in place of its own.
pub(crate) async fn copy(tx: &mut AsyncPgConnection, from: ChannelId, to: ChannelId) -> QueryResult<()> {
    diesel::delete(overwrites::table.filter(overwrites::channel_id.eq(to))).execute(tx).await?;
    let same = overwrites::table.filter(overwrites::channel_id.eq(from)).select((
        to.into_sql::<diesel::sql_types::Uuid>(),
        overwrites::guild_id,
        overwrites::role_id,
        overwrites::user_id,
        overwrites::allow,
        overwrites::deny,
    ));
    let into = (
        overwrites::channel_id,
        overwrites::guild_id,
        overwrites::role_id,
        overwrites::user_id,
        overwrites::allow,
        overwrites::deny,
    );
    diesel::insert_into(overwrites::table).values(same).into_columns(into).execute(tx).await.map(drop)
}
