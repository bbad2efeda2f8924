//! Joining a guild with an invite code.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::{Identity, UserCard};
use kernel::{Event, Topic, UserId};
use messaging::timeline;

use super::{Guilds, fence, servers};
use crate::event::{MemberJoined, ServerCreated, tell};
use crate::input::invite_code;
use crate::model::Member;
use crate::policy::JOINED_MAX;
use crate::store::{guilds, members};
use crate::view::{MemberView, ServerView};
use crate::{Bound, Error};

/// The guild that an invite code led to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Joined {
    /// The guild, as its new member sees it.
    pub server: ServerView,
    /// Whether they are new. Not, when they were a member before.
    pub joined: bool,
}

impl Guilds {
    /// Makes `user` a member of the guild that the code leads to. Tells the members and the user's sessions. Nothing
    /// happens when they are one already.
    ///
    /// # Errors
    /// [`Error::NoInvite`]; [`Error::TooMany`] when they are in [`JOINED_MAX`] guilds; [`Error::NoUser`],
    /// [`Error::Database`].
    pub async fn join(&self, user: UserId, code: &str) -> Result<Joined, Error> {
        let code = invite_code(code).ok_or(Error::NoInvite)?;
        let mut conn = self.pool.get().await?;
        let mut cards = Identity::cards(&mut conn, &[user]).await?;
        let card = cards.remove(&user).ok_or(Error::NoUser)?;
        let joined = conn.transaction(async |tx| self.join_in(tx, card, &code).await).await;
        let (joined, events) = joined?;
        self.publish(events);
        Ok(joined)
    }

    async fn join_in(
        &self,
        tx: &mut AsyncPgConnection,
        card: UserCard,
        code: &str,
    ) -> Result<(Joined, Vec<Event>), Error> {
        let user = card.id;
        members::lock(tx, user).await?;
        let guild = guilds::by_code(tx, code).await?.ok_or(Error::NoInvite)?;
        let member = Member { user_id: user, nickname: None, joined_at: self.env.now() };
        let added = members::insert(tx, guild.id, std::slice::from_ref(&member)).await?;
        let new = added.ok_or(Error::NoInvite)? == 1;
        let server = servers::one(tx, guild.id, user, self.env.now()).await?;
        if !new {
            return Ok((Joined { server, joined: false }, Vec::new()));
        }
        // Only now: who is a member already may always join again.
        if members::joined(tx, user).await? > JOINED_MAX {
            return Err(Error::TooMany(Bound::Joined));
        }
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
}
