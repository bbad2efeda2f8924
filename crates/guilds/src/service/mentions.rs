//! Whom a message in a channel can mention.

use std::collections::HashSet;

use kernel::{ChannelId, GuildId, RoleId, UserId};
use messaging::mentions::Callable;

use super::{Guilds, channel_views};
use crate::Error;
use crate::store::{channels, memberships, roles};

impl Guilds {
    /// The roles that a message in the channel can mention, and those of `users` who may view it: nobody else is mentioned
    /// there. Nothing and nobody without such a channel.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn callable(
        &self,
        channel: ChannelId,
        users: &[UserId],
    ) -> Result<(Vec<Callable>, HashSet<UserId>), Error> {
        let mut conn = self.pool.get().await?;
        let Some(place) = channels::by_id(&mut conn, channel).await? else { return Ok(Default::default()) };
        let roles = roles::of(&mut conn, place.guild_id).await?.into_iter();
        let roles = roles.filter(|role| role.position > 0);
        let roles = roles.map(|role| Callable { id: role.id, name: role.name, by_all: role.mentionable });
        if users.is_empty() {
            return Ok((roles.collect(), HashSet::new()));
        }
        let memberships = memberships::among(&mut conn, &[place.guild_id], users, self.env.now()).await?;
        let channel_access = channel_views::channel_access(&mut conn, &memberships).await?;
        let viewers =
            memberships.iter().filter(|membership| channel_access.sight_of(membership).contains(channel));
        Ok((roles.collect(), viewers.map(|membership| membership.user).collect()))
    }

    /// The roles of a user in some guilds: what a message must mention to mention them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn roles_of(&self, user: UserId, guilds: &[GuildId]) -> Result<Vec<RoleId>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(roles::of_user(&mut conn, guilds, user).await?)
    }
}
