//! What ends by itself. A ban or a time-out is over when its time is, whether it was noticed or not; here it is noticed,
//! written down and told, once, whichever gateway comes first.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use guilds::audit::{self, Action, Entry};
use guilds::{LockedGuild, locked};
use kernel::{Event, GuildId, Permissions};
use serde_json::json;

use super::{Moderation, tell_holders};
use crate::Error;
use crate::event::MemberUnbanned;

/// Bans and time-outs that are looked at in one round.
const ROUND: i64 = 500;

impl Moderation {
    /// Tells of the bans and time-outs that are over. Returns how many there were.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn notice_ends(&self) -> Result<usize, Error> {
        let mut conn = self.pool.get().await?;
        let mut ended = 0;
        // One transaction a guild: the locks are the guild's.
        for guild in locked::due(&mut conn, &self.env, ROUND).await? {
            let done = conn.transaction(async |tx| self.ends_in(tx, guild).await).await;
            match done {
                Ok((count, events)) => {
                    ended += count;
                    self.publish(events);
                }
                // It was deleted meanwhile, and everything of it with it.
                Err(Error::Guild(guilds::Error::NoGuild)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(ended)
    }

    async fn ends_in(
        &self,
        tx: &mut AsyncPgConnection,
        guild: GuildId,
    ) -> Result<(usize, Vec<Event>), Error> {
        let locked = LockedGuild::unattended_mildly(tx, &self.env, guild).await?;
        let bans = locked.end_bans(tx).await?;
        let (members, mut events) = locked.end_timeouts(tx).await?;
        let unbanned = bans.iter().map(|ban| {
            let was = json!({ "reason": ban.reason, "expiresAt": ban.expires_at });
            Entry::new(guild, None, Action::MemberUnban).on(ban.user_id).from(was)
        });
        let freed =
            members.iter().map(|member| Entry::new(guild, None, Action::MemberTimeoutEnd).on(*member));
        audit::record(tx, &self.env, unbanned.chain(freed)).await?;
        for ban in &bans {
            let over = MemberUnbanned { server_id: guild, user_id: ban.user_id, unbanned_by: None };
            events.extend(tell_holders(tx, &locked, Permissions::BAN_MEMBERS, None, &over).await?);
        }
        Ok((bans.len() + members.len(), events))
    }
}
