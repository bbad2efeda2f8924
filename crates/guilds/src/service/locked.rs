//! A guild, locked while a moderator acts on its members. For the crate `moderation`: each of its acts is a transaction
//! that locks the guild, acts through the lock, and tells what happened when it is committed.

use diesel_async::AsyncPgConnection;
use kernel::{ChannelId, Env, Event, Fence, GuildId, Invalid, Permissions, RoleId, Timestamp, Topic, UserId};

use super::authority::{self, Actor};
use super::{channel_views, fence, member, raise};
use crate::Error;
use crate::event::{BannedFromServer, KickedFromServer, MemberLeft, ring, tell};
use crate::model::Guild;
use crate::permissions::Membership;
use crate::store::bans::{self, Ban};
use crate::store::{channels, guilds, members, memberships, moderators, roles, silences};

/// A guild, locked against every other change of its members, roles and owner until the transaction ends.
#[derive(Debug)]
pub struct LockedGuild {
    guild: Guild,
    fence: Fence,
    now: Timestamp,
    /// Who acts; the server itself without one.
    actor: Option<Membership>,
}

/// What somebody who is removed is told.
#[derive(Clone, Debug)]
pub enum RemovalNotice {
    /// They may come back.
    Kick {
        /// The username of whoever removes them.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
    },
    /// They may not.
    Ban {
        /// The username of whoever bans them.
        by: Option<String>,
        /// Why.
        reason: Option<String>,
        /// Before then; never unless there is one.
        until: Option<Timestamp>,
    },
}

impl LockedGuild {
    /// Locks it for a member who has the permission. The guild's version is raised: what is taken away through this
    /// lock is lost at once.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `actor` is no member; [`Error::Denied`], [`Error::Database`].
    pub async fn open(
        tx: &mut AsyncPgConnection,
        env: &Env,
        guild: GuildId,
        actor: UserId,
        permission: Permissions,
    ) -> Result<Self, Error> {
        Self::opened(tx, Actor { user: actor, now: env.now(), raises: true }, guild, permission).await
    }

    /// As [`Self::open`], for what takes no right away: the version stays.
    ///
    /// # Errors
    /// As [`Self::open`].
    pub async fn open_mildly(
        tx: &mut AsyncPgConnection,
        env: &Env,
        guild: GuildId,
        actor: UserId,
        permission: Permissions,
    ) -> Result<Self, Error> {
        Self::opened(tx, Actor { user: actor, now: env.now(), raises: false }, guild, permission).await
    }

    async fn opened(
        tx: &mut AsyncPgConnection,
        actor: Actor,
        guild: GuildId,
        permission: Permissions,
    ) -> Result<Self, Error> {
        let (fence, membership) = authority::in_guild(tx, actor, guild, permission).await?;
        Self::settle(tx, guild, fence, Some(membership), actor.now).await
    }

    /// Locks it for what happens by itself. It asks nobody's permission. The version is raised.
    ///
    /// # Errors
    /// [`Error::NoGuild`], [`Error::Database`].
    pub async fn unattended(tx: &mut AsyncPgConnection, env: &Env, guild: GuildId) -> Result<Self, Error> {
        // A guild that is gone has a scope still.
        guilds::owner(tx, guild).await?.ok_or(Error::NoGuild)?;
        let fence = raise(tx, guild).await?;
        Self::settle(tx, guild, fence, None, env.now()).await
    }

    /// As [`Self::unattended`], for what takes no right away: the version stays.
    ///
    /// # Errors
    /// As [`Self::unattended`].
    pub async fn unattended_mildly(
        tx: &mut AsyncPgConnection,
        env: &Env,
        guild: GuildId,
    ) -> Result<Self, Error> {
        let fence = fence(tx, guild).await?;
        Self::settle(tx, guild, fence, None, env.now()).await
    }

    async fn settle(
        tx: &mut AsyncPgConnection,
        guild: GuildId,
        fence: Fence,
        actor: Option<Membership>,
        now: Timestamp,
    ) -> Result<Self, Error> {
        let row = guilds::lock(tx, guild).await?.ok_or(Error::NoGuild)?;
        Ok(Self { guild: row, fence, now, actor })
    }

    /// The guild.
    pub fn guild(&self) -> GuildId {
        self.guild.id
    }

    /// What events of what is done here are committed under.
    pub fn fence(&self) -> Fence {
        self.fence
    }

    /// When it was opened.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Whether the actor may act on `user`: they are no member, or stand below the actor. Whether they are a member.
    ///
    /// # Errors
    /// [`Error::Invalid`] for the actor themselves; [`Error::Hierarchy`], [`Error::Database`].
    pub async fn may_act_on(&self, tx: &mut AsyncPgConnection, user: UserId) -> Result<bool, Error> {
        if self.actor.as_ref().is_some_and(|actor| actor.user == user) {
            return Err(Invalid::field("userId", "must be somebody else").into());
        }
        let Some(other) = memberships::one(tx, self.guild.id, user, self.now).await? else {
            return Ok(false);
        };
        match &self.actor {
            Some(actor) if actor.outranks(&other) => Ok(true),
            None if !other.is_owner() => Ok(true),
            _ => Err(Error::Hierarchy),
        }
    }

    /// Whether `user` is a member who can be timed out: neither the owner nor an administrator.
    ///
    /// # Errors
    /// [`Error::NoMember`]; [`Error::Hierarchy`] for those two; [`Error::Database`].
    pub async fn can_be_timed_out(&self, tx: &mut AsyncPgConnection, user: UserId) -> Result<(), Error> {
        let other = memberships::one(tx, self.guild.id, user, self.now).await?.ok_or(Error::NoMember)?;
        if other.is_owner() || other.permissions().contains(Permissions::ADMINISTRATOR) {
            return Err(Error::Hierarchy);
        }
        Ok(())
    }

    /// Ends the membership of `user`, and says what to tell: the members, and the user's sessions. That the server is
    /// gone for them, their sessions learn from the hub, which takes it from them.
    ///
    /// # Errors
    /// [`Error::NoMember`] also for the owner; [`Error::Database`].
    pub async fn remove(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        notice: RemovalNotice,
    ) -> Result<Vec<Event>, Error> {
        let server_id = self.guild.id;
        members::remove(tx, server_id, user).await?.ok_or(Error::NoMember)?;
        let left = tell(Topic::Guild(server_id), self.fence, MemberLeft { server_id, user_id: user })?;
        Ok(vec![self.dismissal(user, notice)?, left])
    }

    /// What tells somebody that they were removed, or may not come.
    ///
    /// # Errors
    /// It cannot be encoded.
    pub fn dismissal(&self, user: UserId, notice: RemovalNotice) -> Result<Event, Error> {
        let (server_id, server_name) = (self.guild.id, self.guild.name.clone());
        let topic = Topic::User(user);
        Ok(match notice {
            RemovalNotice::Kick { by, reason } => {
                tell(topic, self.fence, KickedFromServer { server_id, server_name, kicked_by: by, reason })?
            }
            RemovalNotice::Ban { by, reason, until } => {
                let banned =
                    BannedFromServer { server_id, server_name, banned_by: by, reason, expires_at: until };
                tell(topic, self.fence, banned)?
            }
        })
    }

    /// Keeps `user` out from now on. Does not end a membership.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn ban(&self, tx: &mut AsyncPgConnection, ban: &Ban) -> Result<(), Error> {
        Ok(bans::put(tx, ban).await?)
    }

    /// Lets `user` in again; the ban that there was.
    ///
    /// # Errors
    /// [`Error::NoBan`], [`Error::Database`].
    pub async fn lift_ban(&self, tx: &mut AsyncPgConnection, user: UserId) -> Result<Ban, Error> {
        bans::lift(tx, self.guild.id, user, self.now).await?.ok_or(Error::NoBan)
    }

    /// Times the member out until a moment, or ends that; says until when they were before, and what to tell the members.
    ///
    /// # Errors
    /// [`Error::NoMember`], [`Error::Database`].
    pub async fn time_out(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        until: Option<Timestamp>,
    ) -> Result<(Option<Timestamp>, Vec<Event>), Error> {
        let guild = self.guild.id;
        let before = members::of(tx, guild, &[user]).await?.pop().ok_or(Error::NoMember)?.timed_out_until;
        members::time_out(tx, guild, user, until).await?;
        let before = before.filter(|before| *before > self.now);
        Ok((before, member::updated(tx, guild, &[user]).await?))
    }

    /// Ends the bans whose time is over; those bans. Each is returned once, whoever asks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_bans(&self, tx: &mut AsyncPgConnection) -> Result<Vec<Ban>, Error> {
        Ok(bans::end(tx, self.guild.id, self.now).await?)
    }

    /// Ends the time-outs whose time is over; whose they were, and what to tell the members. Each is returned once,
    /// whoever asks.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn end_timeouts(&self, tx: &mut AsyncPgConnection) -> Result<(Vec<UserId>, Vec<Event>), Error> {
        let over = members::end_timeouts(tx, self.guild.id, self.now).await?;
        let events = match over.as_slice() {
            [] => Vec::new(),
            over => member::updated(tx, self.guild.id, over).await?,
        };
        Ok((over, events))
    }

    /// The guild's channels in which messages are written.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn written(&self, tx: &mut AsyncPgConnection) -> Result<Vec<ChannelId>, Error> {
        Ok(channels::written(tx, self.guild.id).await?)
    }

    /// The guild's roles, without `@everyone`.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn roles(&self, tx: &mut AsyncPgConnection) -> Result<Vec<RoleId>, Error> {
        let roles = roles::of(tx, self.guild.id).await?;
        Ok(roles.into_iter().filter(|role| role.position > 0).map(|role| role.id).collect())
    }

    /// What tells hubs, and no socket, that the version was raised.
    pub fn ring(&self) -> Event {
        ring(self.guild.id, self.fence)
    }

    /// The members who have a permission because of their roles, and the owner; at most 200. `None` when everybody has
    /// it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn holders(
        &self,
        tx: &mut AsyncPgConnection,
        permission: Permissions,
    ) -> Result<Option<Vec<UserId>>, Error> {
        Ok(moderators::of(tx, self.guild.id, self.guild.owner_id, permission).await?)
    }
}

/// Whether somebody has a permission in the guild as a whole, without a lock: for reading.
///
/// # Errors
/// [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`], [`Error::Database`].
pub async fn require(
    conn: &mut AsyncPgConnection,
    env: &Env,
    guild: GuildId,
    user: UserId,
    permission: Permissions,
) -> Result<(), Error> {
    let actor = Actor { user, now: env.now(), raises: false };
    authority::membership(conn, actor, guild, permission).await.map(drop)
}

/// The channels that somebody with a permission in the guild as a whole may know of, for what is shown to them of
/// channels; `None`, when they may know of all that there are and were.
///
/// # Errors
/// [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`], [`Error::Database`].
pub async fn known(
    conn: &mut AsyncPgConnection,
    env: &Env,
    guild: GuildId,
    user: UserId,
    permission: Permissions,
) -> Result<Option<Vec<ChannelId>>, Error> {
    let actor = Actor { user, now: env.now(), raises: false };
    let membership = authority::membership(conn, actor, guild, permission).await?;
    if membership.permissions().contains(Permissions::ADMINISTRATOR) {
        return Ok(None);
    }
    let channel_access = channel_views::channel_access(conn, std::slice::from_ref(&membership)).await?;
    Ok(Some(channel_access.visible_to(&membership).channels().collect()))
}

/// Guilds in which a ban or a time-out is over, of the first `limit` of each.
///
/// # Errors
/// [`Error::Database`].
pub async fn due(conn: &mut AsyncPgConnection, env: &Env, limit: i64) -> Result<Vec<GuildId>, Error> {
    let now = env.now();
    let mut guilds = bans::due(conn, now, limit).await?;
    guilds.extend(members::due(conn, now, limit).await?);
    silences::sweep(conn, now, limit).await?;
    guilds.sort_unstable();
    guilds.dedup();
    Ok(guilds)
}

/// A page of the guild's bans in force, by user id. Asks nobody's permission.
///
/// # Errors
/// [`Error::Database`].
pub async fn bans_of(
    conn: &mut AsyncPgConnection,
    env: &Env,
    guild: GuildId,
    after: Option<UserId>,
    limit: i64,
) -> Result<Vec<Ban>, Error> {
    Ok(bans::page(conn, guild, env.now(), after, limit).await?)
}
