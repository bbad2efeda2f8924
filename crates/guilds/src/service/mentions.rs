//! Whom a message in a channel can mention.

use std::collections::HashSet;

use kernel::{ChannelId, GuildId, Permissions, RoleId, UserId};
use messaging::mentions::Callable;

use super::Guilds;
use crate::Error;
use crate::store::{memberships, roles};

impl Guilds {
    /// The roles that a message in the channel can mention; none without such a channel. One query.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn callable(&self, channel: ChannelId) -> Result<Vec<Callable>, Error> {
        let mut conn = self.pool.get().await?;
        let roles = roles::of_channel(&mut conn, channel).await?.into_iter();
        Ok(roles.map(|(id, name, by_all)| Callable { id, name, by_all }).collect())
    }

    /// Those of `users` who may view the channel: nobody else is mentioned there. One query, and none for nobody.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn viewers_of(&self, channel: ChannelId, users: &[UserId]) -> Result<HashSet<UserId>, Error> {
        if users.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.pool.get().await?;
        let members = memberships::of_channel(&mut conn, channel, users, self.env.now()).await?;
        let viewers =
            members.iter().filter(|member| member.permissions().contains(Permissions::VIEW_CHANNEL));
        Ok(viewers.map(|member| member.membership.user).collect())
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
