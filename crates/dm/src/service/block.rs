//! The end of a conversation of two, for both sides at once.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Fence, UserId};

use super::Dm;
use crate::Error;
use crate::store::pairs::{self, Pair};

impl Dm {
    /// `user` keeps `other` out from now on. Once this is committed, neither writes to the other any more: what they have
    /// written stays readable for both. Call it in the transaction that writes the block down; a block of oneself is
    /// nothing.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn block_in(
        tx: &mut AsyncPgConnection,
        user: UserId,
        other: UserId,
    ) -> Result<Option<Fence>, Error> {
        let Some(pair) = Pair::of(user, other) else { return Ok(None) };
        // Nobody opens a conversation of the two between this and the commit.
        let locked = pairs::lock(tx, pair).await?;
        let Some(conversation) = locked.conversation else {
            pairs::block(tx, pair, true).await?;
            return Ok(None);
        };
        let scope = conversation.into();
        let version = messaging::fence::raise(tx, scope).await?;
        pairs::block(tx, pair, true).await?;
        Ok(Some(Fence { scope, version }))
    }

    /// `user` does not keep `other` out any more. Call it in the transaction that removes the block.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unblock_in(tx: &mut AsyncPgConnection, user: UserId, other: UserId) -> Result<(), Error> {
        let Some(pair) = Pair::of(user, other) else { return Ok(()) };
        Ok(pairs::block(tx, pair, false).await?)
    }

    /// As [`Self::block_in`], in a transaction of its own.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn block(&self, user: UserId, other: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let fence = conn.transaction(async |tx| Self::block_in(tx, user, other).await).await?;
        if let Some(fence) = fence {
            self.heard(fence);
        }
        Ok(())
    }

    /// As [`Self::unblock_in`], in a transaction of its own.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn unblock(&self, user: UserId, other: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        Self::unblock_in(&mut conn, user, other).await
    }
}
