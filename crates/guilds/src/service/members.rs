//! Who is in a guild.

use identity::Identity;
use kernel::{GuildId, Limit, Page, UserId};

use super::Guilds;
use crate::Error;
use crate::store::{members, roles, standings};
use crate::view::MemberView;

/// How many members a page has: 50 unless said otherwise, at most 100.
pub type MembersLimit = Limit<50, 100>;

impl Guilds {
    /// A page of the guild's members by user id, those after `after`.
    ///
    /// # Errors
    /// [`Error::NoGuild`] also when `user` is no member; [`Error::Database`].
    pub async fn members(
        &self,
        user: UserId,
        guild: GuildId,
        after: Option<UserId>,
        limit: MembersLimit,
    ) -> Result<Page<MemberView>, Error> {
        let mut conn = self.pool.get().await?;
        let caller = standings::one(&mut conn, guild, user, self.env.now()).await?.ok_or(Error::NoGuild)?;
        let rows = members::page(&mut conn, guild, after, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let ids = items.iter().map(|member| member.user_id).collect::<Vec<_>>();
        let mut cards = Identity::cards(&mut conn, &ids).await?;
        let mut held = roles::held(&mut conn, guild, &ids).await?;
        let views = items.into_iter().filter_map(|member| {
            let card = cards.remove(&member.user_id)?;
            let roles = held.remove(&member.user_id).unwrap_or_default();
            Some(MemberView::new(member, card, caller.owner, roles))
        });
        Ok(Page { items: views.collect(), has_more })
    }
}
