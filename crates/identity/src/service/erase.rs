//! The end of an account.

use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Actor, UserId};

use super::Identity;
use crate::audit::AuditAction;
use crate::store::erase;
use crate::{Admin, Client, Error, Revocation};

/// How long after the end of an account what is held on it elsewhere is looked for again: long after the last request that
/// began before.
const HEAD_START: TimeDelta = TimeDelta::seconds(60);
/// What the random part of a deleted account's username is made of, and how long it is.
const LETTERS: &[u8] = b"0123456789abcdefghjkmnpqrstvwxyz";
const LENGTH: usize = 12;

impl Identity {
    /// Deletes the actor's own account: nobody can use it from now on, and nothing in it tells who they were. What is
    /// held elsewhere is to be removed next, see [`Self::due_erasures`].
    ///
    /// # Errors
    /// [`Error::NoUser`] when it is gone, [`Error::LastAdmin`], [`Error::Database`].
    pub async fn delete_own(&self, actor: Actor) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let ended = conn.transaction(async |tx| {
            // Not where from: the person is gone.
            self.note(tx, AuditAction::AccountDeleted, actor.user, &Client::default()).await?;
            self.anonymise(tx, actor.user).await
        });
        let ended = ended.await?;
        drop(conn);
        self.announce(&ended);
        Ok(())
    }

    /// Deletes somebody's account, as [`Self::delete_own`] does.
    ///
    /// # Errors
    /// As there.
    pub async fn delete_user(&self, admin: &Admin, id: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let ended = conn.transaction(async |tx| {
            self.note_act(tx, AuditAction::UserDeleted, (admin, id), None).await?;
            self.anonymise(tx, id).await
        });
        let ended = ended.await?;
        drop(conn);
        self.announce(&ended);
        Ok(())
    }

    async fn anonymise(&self, tx: &mut AsyncPgConnection, id: UserId) -> Result<Vec<Revocation>, Error> {
        let now = self.env.now();
        self.spare_last_admin(tx, id).await?;
        let username = format!("deleted-{}", self.env.code(LETTERS, LENGTH));
        erase::anonymise(tx, id, &username, now).await?;
        erase::begin(tx, id, now, now.plus(HEAD_START)).await?;
        self.revoke_all(tx, id, None).await
    }

    /// Those whose accounts are gone while some of what is held on them elsewhere may be left, at most `limit`. Nobody
    /// else is told of them for a while, which is longer with every time.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn due_erasures(&self, limit: i64) -> Result<Vec<UserId>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(erase::due(&mut conn, self.env.now(), limit).await?)
    }

    /// Nothing is left of the user.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn finish_erasure(&self, user: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        Ok(erase::finish(&mut conn, user).await?)
    }
}
