//! Members who come from another system.

use diesel_async::AsyncConnection;
use kernel::text::display_name;
use kernel::{GuildId, Timestamp, UserId};

use super::Guilds;
use crate::Error;
use crate::input::NICKNAME_MAX;
use crate::model::Member;
use crate::store::members;

/// Somebody who was a member elsewhere.
#[derive(Clone, Debug)]
pub struct NewMember {
    /// Their account.
    pub user: UserId,
    /// What they were called there. One that is no display name of at most [`NICKNAME_MAX`] characters is left out.
    pub nickname: Option<String>,
    /// When they joined there.
    pub joined_at: Timestamp,
}

impl Guilds {
    /// Makes people members of the guild, all or none, and returns how many are new. Nobody is told on the bus, and
    /// nobody's limit of guilds is asked for: for imports.
    ///
    /// # Errors
    /// [`Error::NoGuild`], [`Error::NoUser`] when one of them has no account, [`Error::Database`].
    pub async fn admit(&self, guild: GuildId, people: &[NewMember]) -> Result<usize, Error> {
        let nickname = |name: &String| display_name(name, NICKNAME_MAX).ok();
        let rows = people.iter().map(|person| Member {
            user_id: person.user,
            nickname: person.nickname.as_ref().and_then(nickname),
            joined_at: person.joined_at,
            timed_out_until: None,
        });
        let rows = rows.collect::<Vec<_>>();
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| members::insert(tx, guild, &rows).await?.ok_or(Error::NoGuild)).await
    }
}
