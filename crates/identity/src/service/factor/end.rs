//! What needs a second factor besides logging in: giving it up, and new recovery codes.

use diesel_async::AsyncConnection;
use kernel::{Actor, UserId};

use crate::audit::AuditAction;
use crate::factor::input::FactorBody;
use crate::mail::letters::Notice;
use crate::service::Identity;
use crate::store::factors::{self, Factor};
use crate::store::{accounts, recovery_codes};
use crate::{Admin, Error};

impl Identity {
    /// Gives the second factor up: logins need the password only.
    ///
    /// # Errors
    /// As [`Self::renew_recovery_codes`].
    pub async fn end_factor(&self, actor: Actor, body: FactorBody) -> Result<(), Error> {
        self.prove_both(actor, body).await?;
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            factors::remove(tx, actor.user).await?;
            self.tell(tx, actor.user, Notice::FactorOff { at: self.env.now() }).await
        })
        .await?;
        self.jobs.wake();
        Ok(())
    }

    /// New recovery codes in the place of those that there are.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::WrongPassword`], [`Error::NoFactor`], [`Error::FactorRequired`] without a code,
    /// [`Error::InvalidCode`], [`Error::TooManyTries`], [`Error::CodeSpent`], [`Error::Busy`], [`Error::Database`].
    pub async fn renew_recovery_codes(&self, actor: Actor, body: FactorBody) -> Result<Vec<String>, Error> {
        self.prove_both(actor, body).await?;
        let (written, rows) = self.new_recovery_codes(actor.user);
        let mut conn = self.pool.get().await?;
        conn.transaction(async |tx| {
            recovery_codes::replace(tx, actor.user, &rows).await?;
            self.tell(tx, actor.user, Notice::RecoveryCodes { at: self.env.now() }).await
        })
        .await?;
        self.jobs.wake();
        Ok(written)
    }

    /// Takes somebody's second factor away who lost it, and its recovery codes: logins need the password only. Ends
    /// their sessions, and tells them by mail.
    ///
    /// # Errors
    /// [`Error::OwnFactor`], [`Error::NoUser`], [`Error::NoFactor`] when none is in force, [`Error::Database`].
    pub async fn remove_factor(&self, admin: &Admin, id: UserId) -> Result<(), Error> {
        if admin.user() == id {
            return Err(Error::OwnFactor);
        }
        let mut conn = self.pool.get().await?;
        let ended = conn.transaction(async |tx| {
            accounts::hold(tx, id).await?.ok_or(Error::NoUser)?;
            factors::find(tx, id).await?.filter(Factor::is_in_force).ok_or(Error::NoFactor)?;
            factors::remove(tx, id).await?;
            self.note_act(tx, AuditAction::SecondFactorRemoved, (admin, id), None).await?;
            self.tell(tx, id, Notice::FactorRemoved { at: self.env.now() }).await?;
            self.revoke_all(tx, id, None).await
        });
        let ended = ended.await?;
        drop(conn);
        self.jobs.wake();
        self.announce(&ended);
        Ok(())
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
