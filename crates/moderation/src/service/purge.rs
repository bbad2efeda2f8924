//! Deleting what somebody wrote, in slices, through the writers of the log: each message leaves its tombstone and its
//! event, as if somebody had deleted it by hand.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::join_all;
use kernel::{ChannelId, Seq, can};
use messaging::Authored;

use super::Moderation;
use crate::Error;
use crate::store::purges::{self, Purge};

/// Messages that are looked at in one step, and so deleted at most.
const SLICE: i64 = 500;

impl Moderation {
    /// Goes one step on with one of the deletions that are due. Returns whether there was one.
    ///
    /// # Errors
    /// [`Error::Guild`], [`Error::Log`], [`Error::Database`]: the step is done again.
    pub async fn purge_some(&self) -> Result<bool, Error> {
        let mut conn = self.pool.get().await?;
        // The row is locked as long as this lasts: other gateways take another one.
        conn.transaction(async |tx| {
            let Some(purge) = purges::next(tx).await? else { return Ok(false) };
            self.step(tx, &purge).await?;
            Ok(true)
        })
        .await
    }

    async fn step(&self, tx: &mut AsyncPgConnection, purge: &Purge) -> Result<(), Error> {
        let (channel, others) = match purge.channels.as_slice() {
            [channel, others @ ..] => (*channel, others),
            [] => return Ok(purges::advance(tx, purge.id, &[], None).await?),
        };
        match self.delete_some(purge, channel).await? {
            Some(before) => Ok(purges::advance(tx, purge.id, &purge.channels, Some(before)).await?),
            None => Ok(purges::advance(tx, purge.id, others, None).await?),
        }
    }

    /// Deletes what is theirs in a part of the channel; where to go on there.
    async fn delete_some(&self, purge: &Purge, channel: ChannelId) -> Result<Option<Seq>, Error> {
        let Some(grant) = self.guilds.steward(purge.guild_id, channel).await? else { return Ok(None) };
        let allowed = grant.require::<can::ManageMessages>().map_err(guilds::Error::from)?;
        let period = (purge.since, purge.until);
        let found = self.messaging.authored(allowed, purge.user_id, period, purge.before_seq, SLICE).await;
        let Authored { messages, next } = match found {
            Err(messaging::Error::NoTimeline) => return Ok(None),
            found => found?,
        };
        let seen = grant.require::<can::View>().map_err(guilds::Error::from)?;
        let deleted = join_all(messages.into_iter().map(|message| self.messaging.delete(seen, message)));
        for done in deleted.await {
            match done {
                // Deleted by somebody else, with its channel or alone.
                Ok(()) | Err(messaging::Error::NoMessage | messaging::Error::NoTimeline) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(next)
    }
}
