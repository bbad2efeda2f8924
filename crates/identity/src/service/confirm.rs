//! Asking again who somebody is, before something that a stolen session must not do.

use chrono::TimeDelta;
use kernel::{Actor, Invalid};

use super::Identity;
use crate::Error;
use crate::store::{sessions, users};

/// A login this young is proof enough. Accounts without a password have no other.
const FRESH: TimeDelta = TimeDelta::minutes(10);

impl Identity {
    /// That the actor knows the account's password, or, without one, has just logged in.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a password when the login is old, [`Error::WrongPassword`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn confirm(&self, actor: Actor, password: Option<String>) -> Result<(), Error> {
        // Given back before the slow part.
        let mut conn = self.pool.get().await?;
        let Some(password) = password else {
            let opened_at = sessions::opened_at(&mut conn, actor.session).await?;
            let fresh = opened_at.is_some_and(|at| at.plus(FRESH) > self.env.now());
            let must = "must be given: the login is more than ten minutes old";
            return if fresh { Ok(()) } else { Err(Invalid::field("password", must).into()) };
        };
        let hash = users::password_hash(&mut conn, actor.user).await?;
        drop(conn);
        let right = self.hasher.verify(password, hash).await?;
        if right { Ok(()) } else { Err(Error::WrongPassword) }
    }
}
