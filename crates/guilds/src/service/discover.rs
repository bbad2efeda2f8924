//! Guilds that everybody can find.

use kernel::{GuildId, Limit, Page};

use super::Guilds;
use crate::Error;
use crate::input::NamePrefix;
use crate::store::discover;
use crate::view::PublicView;

/// How many servers a page has: 20 unless said otherwise, at most 100.
pub type DiscoverLimit = Limit<20, 100>;

impl Guilds {
    /// A page of the public guilds, those with the most members first; of those that have `query` in their names, if it
    /// is given. `after` is the last of the page before.
    ///
    /// # Errors
    /// [`Error::Invalid`] when `query` is empty or too long; [`Error::Database`].
    pub async fn discover(
        &self,
        query: Option<&str>,
        after: Option<GuildId>,
        limit: DiscoverLimit,
    ) -> Result<Page<PublicView>, Error> {
        let query = query.map(NamePrefix::parse).transpose()?.map(|query| query.text);
        let mut conn = self.pool.get().await?;
        let rows = discover::page(&mut conn, query.as_deref(), after, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        Ok(Page { items: items.into_iter().map(PublicView::from).collect(), has_more })
    }
}
