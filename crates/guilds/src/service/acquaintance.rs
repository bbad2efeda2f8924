//! Who knows whom from a guild.

use std::collections::HashSet;

use kernel::{GuildId, UserId, Version};

use super::Guilds;
use crate::Error;
use crate::store::members;

/// Somebody's membership of a guild, and the guild as presence is told there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The guild.
    pub guild: GuildId,
    /// The member.
    pub user: UserId,
    /// The scope's version, of the same moment.
    pub version: Version,
    /// How many members the guild has.
    pub members: i64,
}

impl Guilds {
    /// Where these are members. One query.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn places_of(&self, users: &[UserId]) -> Result<Vec<Place>, Error> {
        if users.is_empty() {
            return Ok(Vec::new());
        }
        let mut conn = self.pool.get().await?;
        let places = members::places(&mut conn, users).await?.into_iter();
        let place = |(guild, user, version, members)| Place { guild, user, version, members };
        Ok(places.map(place).collect())
    }

    /// At most `limit` members after `after`, by id: for who has no member to ask for.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn member_ids(
        &self,
        guild: GuildId,
        after: Option<UserId>,
        limit: i64,
    ) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(members::ids(&mut conn, guild, after, limit).await?)
    }

    /// A part of the list of members by id, from the `from`th on (0 is the first), at most `count`, for a member.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Database`].
    pub async fn stretch(
        &self,
        user: UserId,
        guild: GuildId,
        from: i64,
        count: i64,
    ) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        if !members::contains(&mut conn, guild, user).await? {
            return Err(Error::NoGuild);
        }
        Ok(members::stretch(&mut conn, guild, from, count).await?)
    }

    /// Those of `others` who are members of a guild that `user` is a member of, too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn acquainted(&self, user: UserId, others: &[UserId]) -> Result<HashSet<UserId>, Error> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.pool.get().await?;
        Ok(members::sharing(&mut conn, user, others).await?)
    }

    /// At most `limit` of those who are members of a guild that `user` is a member of, after `after`, by id; `user` too, who
    /// is a member of each of them.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn companions(&self, user: UserId, after: UserId, limit: i64) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(members::companions(&mut conn, user, after, limit).await?)
    }
}
