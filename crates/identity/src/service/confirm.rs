//! Asking again who somebody is, before something that a stolen session must not do.

use chrono::TimeDelta;
use kernel::{Actor, Invalid};

use super::Identity;
use crate::store::{sessions, users};
use crate::{Error, User};

/// A login this young is proof enough of who somebody is.
const FRESH: TimeDelta = TimeDelta::minutes(10);

impl Identity {
    /// That the actor knows the account's password, or has just logged in.
    ///
    /// # Errors
    /// [`Error::Invalid`] without a password when the login is old, [`Error::WrongPassword`],
    /// [`Error::Unauthenticated`] when the account is gone, [`Error::Busy`], [`Error::Database`].
    pub async fn confirm(&self, actor: Actor, password: Option<String>) -> Result<(), Error> {
        if password.is_none() && self.is_fresh(actor).await? {
            return Ok(());
        }
        self.confirm_for_good(actor, password).await
    }

    /// The same before something that cannot be undone: a fresh login will do only for an account without a password.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`Error::Invalid`] also when the account has a password and it is not given.
    pub async fn confirm_for_good(&self, actor: Actor, password: Option<String>) -> Result<(), Error> {
        self.prove_owner(actor, "password", password).await.map(drop)
    }

    /// The actor's account and its password's hash, if `password`, which the input calls `field`, is right; or, of an
    /// account without one, if the login is fresh. For what a stolen token must not be enough.
    ///
    /// # Errors
    /// As [`Self::confirm_for_good`].
    pub(super) async fn prove_owner(
        &self,
        actor: Actor,
        field: &'static str,
        password: Option<String>,
    ) -> Result<(User, Option<String>), Error> {
        let found = {
            // Given back before the slow part.
            let mut conn = self.pool.get().await?;
            users::with_password(&mut conn, actor.user).await?
        };
        let (user, hash) = found.ok_or(Error::Unauthenticated)?;
        if let Some(password) = password {
            let right = self.hasher.verify(password, hash.clone()).await?;
            return if right { Ok((user, hash)) } else { Err(Error::WrongPassword { field }) };
        }
        if hash.is_some() {
            return Err(Invalid::field(field, "must be given").into());
        }
        if self.is_fresh(actor).await? {
            return Ok((user, hash));
        }
        let must = "is needed, and the account has none: log in again, and do this within ten minutes";
        Err(Invalid::field(field, must).into())
    }

    async fn is_fresh(&self, actor: Actor) -> Result<bool, Error> {
        let mut conn = self.pool.get().await?;
        let opened_at = sessions::opened_at(&mut conn, actor.session).await?;
        Ok(opened_at.is_some_and(|at| at.plus(FRESH) > self.env.now()))
    }
}
