//! Who is in a guild.

use kernel::{GuildId, Limit, Page, RoleId, UserId};

use super::{Guilds, member};
use crate::Error;
use crate::input::NamePrefix;
use crate::store::{members, memberships, roster};
use crate::view::MemberView;

/// How many members a page has: 50 unless said otherwise, at most 100.
pub type MembersLimit = Limit<50, 100>;

/// Which members. Each condition that is given holds.
#[derive(Clone, Debug, Default)]
pub struct MemberFilter {
    /// Those behind this one, by user id.
    pub after: Option<UserId>,
    /// Those who have this role.
    pub role: Option<RoleId>,
    /// Those whose nickname, username or name begins like this, without regard to case.
    pub name: Option<String>,
}

impl Guilds {
    /// A page of the guild's members by user id.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Invalid`] when the name is empty or too long;
    /// [`Error::Database`].
    pub async fn members(
        &self,
        user: UserId,
        guild: GuildId,
        which: MemberFilter,
        limit: MembersLimit,
    ) -> Result<Page<MemberView>, Error> {
        let name = which.name.as_deref().map(NamePrefix::parse).transpose()?;
        let mut conn = self.pool.get().await?;
        let caller = memberships::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let wanted = roster::Wanted { guild, after: which.after, role: which.role, name: name.as_ref() };
        let rows = match roster::ids(&mut conn, wanted, limit.get() + 1).await? {
            Some(ids) => members::of(&mut conn, guild, &ids).await?,
            None => members::page(&mut conn, guild, which.after, limit.get() + 1).await?,
        };
        let Page { items, has_more } = Page::of(rows, limit.get());
        Ok(Page { items: member::views(&mut conn, guild, items, caller.owner).await?, has_more })
    }
}
