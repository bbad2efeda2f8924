//! What guilds hold on one person: handed to them, and removed when their account is gone.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::{BoxFuture, FutureExt};
use futures_util::stream::{self, BoxStream, StreamExt};
use identity::{PersonalData, Piece};
use kernel::{Event, GuildId, Internal, Timestamp, UserId};
use serde_json::json;

use super::delete::delete_in;
use super::leave::leave_in;
use super::{Guilds, raise};
use crate::policy::{JOINED_MAX, OWNED_MAX};
use crate::store::{bans, guilds, members, memberships, silences};
use crate::view::OwnedView;
use crate::{Error, record};

const SERVERS: &str = "The servers that you are a member of, and what you are called there.";

impl Guilds {
    /// The guilds of `user` that others are members of, too: they must be given to somebody or deleted before `user`
    /// goes.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn owned_with_others(&self, user: UserId) -> Result<Vec<OwnedView>, Error> {
        let mut conn = self.pool.get().await?;
        let owned = guilds::owned_with_others(&mut conn, user, OWNED_MAX).await?;
        Ok(owned.into_iter().map(|(id, name)| OwnedView { id, name }).collect())
    }

    async fn servers_piece(self, user: UserId) -> Result<Piece, Error> {
        let mut conn = self.pool.get().await?;
        let rows = members::of_user(&mut conn, user, JOINED_MAX).await?;
        let items = rows.into_iter().map(|(guild, member, name, owner)| {
            json!({
                "serverId": guild, "name": name, "nickname": member.nickname, "joinedAt": member.joined_at,
                "isOwner": owner == user,
            })
        });
        Ok(Piece { file: "servers", about: SERVERS, items: items.collect() })
    }

    /// Ends all memberships of `user`, their bans and their time-outs. Each is a transaction of its own, for each locks a scope: one that fails leaves
    /// the others done.
    async fn leave_all(self, user: UserId) -> Result<(), Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        for membership in memberships::everywhere(&mut conn, user, JOINED_MAX, now).await? {
            let guild = membership.guild;
            let events = conn.transaction(async |tx| quit_in(tx, guild, user, now).await).await?;
            self.publish(events);
        }
        // There is nobody left to be kept out or quiet.
        bans::forget(&mut conn, user).await?;
        silences::forget(&mut conn, user).await?;
        record::forget_names(&mut conn, user).await
    }
}

/// Ends a membership for good. A guild whose owner goes belongs to who has been a member for longest from then on; one
/// without other members is deleted.
async fn quit_in(
    tx: &mut AsyncPgConnection,
    guild: GuildId,
    user: UserId,
    now: Timestamp,
) -> Result<Vec<Event>, Error> {
    let Some(membership) = memberships::one(tx, guild, user, now).await? else { return Ok(Vec::new()) };
    if membership.is_owner() {
        // The rights of two members change.
        raise(tx, guild).await?;
        if !guilds::lock_owned(tx, guild, user).await? {
            return Err(Error::NoGuild);
        }
        match members::eldest_beside(tx, guild, user).await? {
            Some(heir) => guilds::give_to(tx, guild, heir, now).await?,
            None => return Ok(vec![delete_in(tx, user, guild, now).await?]),
        }
    }
    Ok(vec![leave_in(tx, guild, user, now).await?])
}

impl PersonalData for Guilds {
    fn export(&self, user: UserId) -> BoxStream<'static, Result<Piece, Internal>> {
        stream::once(self.clone().servers_piece(user)).map(|piece| piece.map_err(Internal::new)).boxed()
    }

    fn erase(&self, user: UserId) -> BoxFuture<'static, Result<(), Internal>> {
        self.clone().leave_all(user).map(|done| done.map_err(Internal::new)).boxed()
    }
}
