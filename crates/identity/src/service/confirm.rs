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
        if let Some(password) = password {
            return match self.prove_password(actor, password).await {
                Err(Error::InvalidCredentials) => Err(Error::WrongPassword),
                proved => proved.map(drop),
            };
        }
        let mut conn = self.pool.get().await?;
        let opened_at = sessions::opened_at(&mut conn, actor.session).await?;
        let fresh = opened_at.is_some_and(|at| at.plus(FRESH) > self.env.now());
        let must = "must be given: the login is more than ten minutes old";
        if fresh { Ok(()) } else { Err(Invalid::field("password", must).into()) }
    }

    /// The same before something that cannot be undone: a fresh login will do only for an account without a password.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`Error::Invalid`] also when the account has a password and it is not given,
    /// [`Error::Unauthenticated`] when the account is gone.
    pub async fn confirm_for_good(&self, actor: Actor, password: Option<String>) -> Result<(), Error> {
        let found = users::with_password(&mut *self.pool.get().await?, actor.user).await?;
        let (_, hash) = found.ok_or(Error::Unauthenticated)?;
        if hash.is_some() && password.is_none() {
            return Err(Invalid::field("password", "must be given").into());
        }
        self.confirm(actor, password).await
    }
}
