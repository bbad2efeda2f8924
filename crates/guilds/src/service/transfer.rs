//! Giving a guild to somebody else.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Invalid, UserId};
use serde_json::json;

use super::{Guilds, member, raise, servers, update};
use crate::audit::{self, Action, Entry};
use crate::policy::OWNED_MAX;
use crate::store::{guilds, members, memberships};
use crate::view::ServerView;
use crate::{Bound, Error};

impl Guilds {
    /// Gives the guild to another of its members. From then on its old owner has the rights of their roles. Tells the
    /// members.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::NotTheOwner`]; [`Error::Invalid`] when `to` owns it
    /// already; [`Error::NoMember`]; [`Error::TooMany`] when they own [`OWNED_MAX`]; [`Error::Database`].
    pub async fn transfer(&self, user: UserId, guild: GuildId, to: UserId) -> Result<ServerView, Error> {
        let mut conn = self.pool.get().await?;
        let given = conn.transaction(async |tx| self.transfer_in(tx, user, guild, to).await).await;
        let (server, events) = given?;
        self.publish(events);
        Ok(server)
    }

    async fn transfer_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
        to: UserId,
    ) -> Result<(ServerView, Vec<Event>), Error> {
        // Before anything is locked, so that nobody else can lock it; and again since.
        let now = self.env.now();
        let membership = memberships::one(tx, guild, user, now).await?.ok_or(Error::NoGuild)?;
        if !membership.is_owner() {
            return Err(Error::NotTheOwner);
        }
        if to == user {
            return Err(Invalid::field("userId", "must be another member").into());
        }
        memberships::one(tx, guild, to, now).await?.ok_or(Error::NoMember)?;
        // The new owner's count of guilds stays exact.
        members::lock(tx, to).await?;
        raise(tx, guild).await?;
        let owned = guilds::lock(tx, guild).await?.ok_or(Error::NoGuild)?;
        if owned.owner_id != user {
            return Err(Error::NotTheOwner);
        }
        memberships::one(tx, guild, to, now).await?.ok_or(Error::NoMember)?;
        if guilds::owned(tx, to).await? >= OWNED_MAX {
            return Err(Error::TooMany(Bound::TheirOwned));
        }
        let after = guilds::set_owner(tx, guild, to, now).await?;
        // An owner cannot be timed out.
        members::time_out(tx, guild, to, None).await?;
        let entry = Entry::new(guild, user, Action::ServerTransfer).on(to);
        let entry = entry.from(json!({ "ownerId": user })).to(json!({ "ownerId": to }));
        audit::record(tx, &self.env, [entry]).await?;
        let mut events = vec![update::updated(tx, after).await?];
        events.extend(member::updated(tx, guild, &[user, to]).await?);
        Ok((servers::one(tx, guild, user, now).await?, events))
    }
}
