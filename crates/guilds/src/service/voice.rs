//! What voice asks of a guild, beside access.

use kernel::{ChannelId, Denied, GuildId, Invalid, Permissions, UserId};

use super::Guilds;
use crate::Error;
use crate::permissions::Membership;
use crate::store::{channels, memberships};

impl Guilds {
    /// How many may be in a voice channel at the same time, where it has a limit of its own.
    ///
    /// # Errors
    /// [`Error::Denied`] with [`Denied::Hidden`] when there is no such channel; [`Error::Database`].
    pub async fn user_limit(&self, channel: ChannelId) -> Result<Option<i32>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(channels::by_id(&mut conn, channel).await?.ok_or(Denied::Hidden)?.user_limit)
    }

    /// Whether `actor` has a permission in the guild, and stands above a member of it.
    ///
    /// # Errors
    /// [`Error::NoGuild`] when the actor is no member; [`Error::Invalid`] for the actor themselves; [`Error::Denied`],
    /// [`Error::NoMember`], [`Error::Hierarchy`], [`Error::Database`].
    pub async fn may_act_on(
        &self,
        actor: UserId,
        guild: GuildId,
        member: UserId,
        permission: Permissions,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let mut found = memberships::among(&mut conn, &[guild], &[actor, member], self.env.now()).await?;
        let mine =
            found.extract_if(.., |membership| membership.user == actor).next().ok_or(Error::NoGuild)?;
        if !mine.permissions().contains(permission) {
            return Err(Denied::lacking(permission, mine.silence(Membership::permissions)).into());
        }
        if actor == member {
            return Err(Invalid::field("userId", "must be somebody else").into());
        }
        let theirs = found.pop().ok_or(Error::NoMember)?;
        if mine.outranks(&theirs) { Ok(()) } else { Err(Error::Hierarchy) }
    }
}
