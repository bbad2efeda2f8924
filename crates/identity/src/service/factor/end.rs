//! What needs a second factor besides logging in: giving it up, and new recovery codes.

use diesel_async::AsyncConnection;
use kernel::Actor;

use crate::Error;
use crate::factor::input::FactorBody;
use crate::service::Identity;
use crate::store::factors::{self, Factor};
use crate::store::recovery_codes;

impl Identity {
    /// Gives the second factor up: logins need the password only.
    ///
    /// # Errors
    /// As [`Self::renew_recovery_codes`].
    pub async fn end_factor(&self, actor: Actor, body: FactorBody) -> Result<(), Error> {
        self.prove_both(actor, body).await?;
        let mut conn = self.pool.get().await?;
        Ok(factors::remove(&mut conn, actor.user).await?)
    }

    /// New recovery codes in the place of those that there are.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::WrongPassword`], [`Error::NoFactor`], [`Error::FactorRequired`] without a code,
    /// [`Error::WrongCode`], [`Error::TooManyTries`], [`Error::CodeSpent`], [`Error::Busy`], [`Error::Database`].
    pub async fn renew_recovery_codes(&self, actor: Actor, body: FactorBody) -> Result<Vec<String>, Error> {
        self.prove_both(actor, body).await?;
        let (written, rows) = self.new_recovery_codes(actor.user);
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| recovery_codes::replace(tx, actor.user, &rows).await).await?;
        Ok(written)
    }

    /// That the actor has the password and the second factor.
    async fn prove_both(&self, actor: Actor, body: FactorBody) -> Result<(), Error> {
        let given = body.given()?;
        self.confirm(actor, body.password).await?;
        let mut conn = self.pool.get().await?;
        let factor = factors::find(&mut conn, actor.user).await?.filter(Factor::is_in_force);
        let factor = factor.ok_or(Error::NoFactor)?;
        self.prove(&mut conn, &factor, given).await
    }
}
