//! What the owner of an account sees of its sessions and does to them.

use diesel_async::AsyncConnection;
use kernel::{Actor, SessionId};

use super::Identity;
use crate::store::{sessions, users};
use crate::{Error, SessionView};

impl Identity {
    /// The actor's sessions that are not over, the last used first; 100 at most.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn sessions(&self, actor: Actor) -> Result<Vec<SessionView>, Error> {
        let mut conn = self.pool.get().await?;
        let open = sessions::open_of(&mut conn, actor.user, self.env.now()).await?;
        Ok(open.into_iter().map(|session| SessionView::of(session, actor.session)).collect())
    }

    /// Ends the actor's session: its tokens stop to work here at once, and on the other gateways as soon as they hear
    /// of it, seconds later at the latest.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn log_out(&self, actor: Actor) -> Result<(), Error> {
        match self.end_session(actor, actor.session).await {
            // It is over: that is what was asked for.
            Err(Error::NoSession) => Ok(()),
            done => done,
        }
    }

    /// Ends one session of the actor.
    ///
    /// # Errors
    /// [`Error::NoSession`], [`Error::Database`].
    pub async fn end_session(&self, actor: Actor, session: SessionId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let ended = self.revoke_sessions(&mut conn, actor.user, &[session]).await?;
        drop(conn);
        self.announce(&ended);
        if ended.is_empty() { Err(Error::NoSession) } else { Ok(()) }
    }

    /// Ends every session of the actor, this one too.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn log_out_everywhere(&self, actor: Actor) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let ended = conn
            .transaction(async |tx| {
                users::lock(tx, actor.user).await?;
                self.revoke_all(tx, actor.user, None).await
            })
            .await?;
        drop(conn);
        self.announce(&ended);
        Ok(())
    }
}
