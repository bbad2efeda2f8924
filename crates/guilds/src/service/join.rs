//! Joining a guild: with an invite code, or because it is open to everybody.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::{Identity, UserCard};
use kernel::{Event, GuildId, Topic, UserId};
use messaging::timeline;

use super::{Guilds, fence, servers};
use crate::event::{MemberJoined, ServerCreated, tell};
use crate::input::invite_code;
use crate::model::{Guild, Member};
use crate::policy::JOINED_MAX;
use crate::store::{bans, guilds, invites, members, silences};
use crate::view::{MemberView, ServerView};
use crate::{Bound, Error};

/// The guild that somebody joined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The guild, as its new member sees it.
    pub server: ServerView,
    /// Whether they are new. Not, when they were a member before.
    pub joined: bool,
}

/// The way in.
#[derive(Clone, Debug)]
enum Way {
    /// With this code.
    Code(String),
    /// Open to everybody.
    Public(GuildId),
}

impl Guilds {
    /// Makes `user` a member of the guild that the code leads to. Tells the members and the user's sessions. Nothing
    /// happens, and no use of the code is spent, when they are one already.
    ///
    /// # Errors
    /// [`Error::NoInvite`], also when the code's time or uses are over; [`Error::Banned`]; [`Error::TooMany`] when they
    /// are in [`JOINED_MAX`] guilds; [`Error::NoUser`], [`Error::Database`].
    pub async fn join(&self, user: UserId, code: &str) -> Result<Joined, Error> {
        let code = invite_code(code).ok_or(Error::NoInvite)?;
        self.enter(user, Way::Code(code)).await
    }

    /// Makes `user` a member of a public guild. Tells the members and the user's sessions. Nothing happens when they are
    /// one already.
    ///
    /// # Errors
    /// [`Error::NoGuild`], also when it is not public; [`Error::Banned`]; [`Error::TooMany`] when they are in
    /// [`JOINED_MAX`] guilds; [`Error::NoUser`], [`Error::Database`].
    pub async fn join_public(&self, user: UserId, guild: GuildId) -> Result<Joined, Error> {
        self.enter(user, Way::Public(guild)).await
    }

    async fn enter(&self, user: UserId, way: Way) -> Result<Joined, Error> {
        let mut conn = self.pool.get().await?;
        let mut cards = Identity::cards(&conn, &[user]).await?;
        let card = cards.remove(&user).ok_or(Error::NoUser)?;
        let joined = conn.transaction(async |tx| self.enter_in(tx, card, &way).await).await;
        let (joined, events) = joined?;
        self.publish(events);
        Ok(joined)
    }

    async fn enter_in(
        &self,
        tx: &mut AsyncPgConnection,
        card: UserCard,
        way: &Way,
    ) -> Result<(Joined, Vec<Event>), Error> {
        let user = card.id;
        members::lock(tx, user).await?;
        let found = way.find(tx, user).await?;
        // From here on nobody joins, is banned or becomes the owner before this is done.
        let guild = guilds::lock(tx, found.id).await?.ok_or_else(|| way.closed())?;
        if members::contains(tx, guild.id, user).await? {
            let server = servers::one(tx, guild.id, user, self.env.now()).await?;
            return Ok((Joined { server, joined: false }, Vec::new()));
        }
        self.admit_in(tx, user, &guild, way).await?;
        let now = self.env.now();
        let timed_out_until = silences::take(tx, guild.id, user, now).await?;
        let member = Member { user_id: user, nickname: None, joined_at: now, timed_out_until };
        members::insert(tx, guild.id, std::slice::from_ref(&member)).await?.ok_or_else(|| way.closed())?;
        if timed_out_until.is_some() {
            members::time_out(tx, guild.id, user, timed_out_until).await?;
        }
        let server = servers::one(tx, guild.id, user, now).await?;
        let written = server.channels.iter().filter(|channel| channel.kind.has_timeline());
        let timelines = written.map(|channel| channel.id.into()).collect::<Vec<_>>();
        // What was said before they came is nothing that they have missed.
        timeline::mark_all_read(tx, user, &timelines).await?;
        let fence = fence(tx, guild.id).await?;
        let member = MemberView::new(member, card, guild.owner_id, Vec::new());
        let events = vec![
            tell(Topic::User(user), fence, ServerCreated { server: server.clone() })?,
            tell(Topic::Guild(guild.id), fence, MemberJoined { server_id: guild.id, member })?,
        ];
        Ok((Joined { server, joined: true }, events))
    }

    /// Whether somebody new may come in this way, which uses it.
    async fn admit_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: &Guild,
        way: &Way,
    ) -> Result<(), Error> {
        let now = self.env.now();
        if let Some(ban) = bans::in_force(tx, guild.id, user, now).await? {
            return Err(Error::Banned { reason: ban.reason, until: ban.expires_at });
        }
        let open = match way {
            Way::Code(code) => invites::spend(tx, code, now).await?,
            Way::Public(_) => guild.is_public,
        };
        if !open {
            return Err(way.closed());
        }
        if members::joined(tx, user).await? >= JOINED_MAX {
            return Err(Error::TooMany(Bound::Joined));
        }
        Ok(())
    }
}

impl Way {
    /// Where it leads, for somebody who is or may become a member.
    async fn find(&self, tx: &mut AsyncPgConnection, user: UserId) -> Result<Guild, Error> {
        let found = match self {
            Self::Code(code) => invites::guild_of(tx, code).await?,
            Self::Public(guild) => guilds::open_to(tx, *guild, user).await?,
        };
        found.ok_or_else(|| self.closed())
    }

    /// What who does not get in is told.
    fn closed(&self) -> Error {
        match self {
            Self::Code(_) => Error::NoInvite,
            Self::Public(_) => Error::NoGuild,
        }
    }
}
