//! The second step to a second factor: the first code puts it in force.

use diesel_async::AsyncConnection;
use kernel::{Actor, UserId};

use crate::Error;
use crate::factor::input::VerifyFactorBody;
use crate::factor::recovery::{COUNT, RecoveryCode};
use crate::factor::{Given, Method};
use crate::mail::letters::Notice;
use crate::service::Identity;
use crate::store::factors;
use crate::store::recovery_codes::{self, NewCode};

impl Identity {
    /// Puts the factor in force that was prepared, and returns the recovery codes, which nobody can read again.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::NoFactor`], [`Error::FactorInForce`], [`Error::InvalidCode`],
    /// [`Error::TooManyTries`], [`Error::CodeSpent`], [`Error::Database`].
    pub async fn verify_factor(&self, actor: Actor, body: VerifyFactorBody) -> Result<Vec<String>, Error> {
        let given = body.given()?;
        let mut conn = self.pool.get().await?;
        let waiting = factors::find(&mut conn, actor.user).await?.ok_or(Error::NoFactor)?;
        if waiting.is_in_force() {
            return Err(Error::FactorInForce);
        }
        // There are no recovery codes yet.
        let Given::Code(code) = given else { return Err(Error::InvalidCode) };
        let proved = self.use_code(&mut conn, actor.user, &code).await?;
        let (written, rows) = self.new_recovery_codes(actor.user);
        conn.transaction(async |tx| {
            // Another factor may have been prepared since.
            if !factors::enable(tx, &proved, self.env.now()).await? {
                return Err(Error::NoFactor);
            }
            recovery_codes::replace(tx, actor.user, &rows).await?;
            let method = Method::named(&proved.method);
            self.tell(tx, actor.user, Notice::FactorOn { at: self.env.now(), method }).await
        })
        .await?;
        self.jobs.wake();
        Ok(written)
    }

    /// New recovery codes, as their owner gets them and as they are stored.
    pub(super) fn new_recovery_codes(&self, user: UserId) -> (Vec<String>, Vec<NewCode>) {
        let codes = (0..COUNT).map(|_| RecoveryCode::new(&self.env)).collect::<Vec<_>>();
        let rows = codes.iter().map(|code| NewCode { user_id: user, code_hash: code.hash(user) });
        (codes.iter().map(RecoveryCode::written).collect(), rows.collect())
    }
}
