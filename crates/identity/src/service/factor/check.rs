//! Using a second factor. Every try is counted in the database before its code is looked at.

use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::{TRIES, WINDOW};
use crate::Error;
use crate::factor::{Given, Method, totp};
use crate::service::Identity;
use crate::store::factors::{self, Factor};
use crate::store::recovery_codes;
use crate::vault::FACTOR_SECRET;

impl Identity {
    /// What stands between the right password and a session.
    pub(in crate::service) async fn pass_factor(
        &self,
        user: UserId,
        given: Option<Given>,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let factor = factors::find(&mut conn, user).await?;
        match factor.filter(Factor::is_in_force) {
            Some(factor) => {
                // Whoever may not log in anyway is told so now.
                self.admissible(&mut conn, user).await?;
                self.prove(&mut conn, &factor, given).await
            }
            None => Ok(()),
        }
    }

    /// That somebody has the factor.
    pub(super) async fn prove(
        &self,
        conn: &mut AsyncPgConnection,
        factor: &Factor,
        given: Option<Given>,
    ) -> Result<(), Error> {
        let user = factor.user_id;
        match given {
            None => Err(Error::FactorRequired { user, method: Method::named(&factor.method) }),
            Some(Given::Code(code)) => self.use_code(conn, user, &code).await.map(drop),
            // Not counted: nobody guesses one, and it is the way in while codes are locked.
            Some(Given::Recovery(code)) => {
                let taken = recovery_codes::take(conn, user, code.hash(user)).await?;
                if taken { Ok(()) } else { Err(Error::InvalidCode) }
            }
        }
    }

    /// Uses up six digits; returns the factor that they belong to. Not to be called in a transaction: the try must stay
    /// counted when it fails.
    pub(super) async fn use_code(
        &self,
        conn: &mut AsyncPgConnection,
        user: UserId,
        code: &str,
    ) -> Result<Factor, Error> {
        let now = self.env.now();
        let counted = factors::count_try(conn, user, now, now.plus(-WINDOW), TRIES).await?;
        let Some(factor) = counted else { return Err(self.no_more_tries(conn, user).await?) };
        let used = match Method::named(&factor.method) {
            Method::Totp => {
                let sealed = factor.secret_sealed.as_deref().unwrap_or_default();
                let secret =
                    self.vault.open(FACTOR_SECRET.of(user), sealed).map_err(kernel::Internal::from)?;
                match totp::matching(&secret, now, code) {
                    Some(step) => factors::use_step(conn, user, step).await?,
                    None => false,
                }
            }
            Method::Sms => {
                let valid = factor.code_expires_at.is_some_and(|at| at > now);
                match factor.code_hash.as_deref().filter(|hash| valid && self.is_sent(user, code, hash)) {
                    Some(hash) => factors::use_code(conn, user, hash).await?,
                    None => false,
                }
            }
        };
        if used { Ok(factor) } else { Err(Error::InvalidCode) }
    }

    /// Why no try is left.
    async fn no_more_tries(&self, conn: &mut AsyncPgConnection, user: UserId) -> Result<Error, Error> {
        let factor = factors::find(conn, user).await?.ok_or(Error::NoFactor)?;
        Ok(match Method::named(&factor.method) {
            Method::Totp => {
                let now = self.env.now();
                let until = factor.tries_since.map_or(now, |since| since.plus(WINDOW));
                let millis = until.millis() - now.millis();
                Error::TooManyTries {
                    retry_after_s: u64::try_from(millis).unwrap_or(0).div_ceil(1_000).max(1),
                }
            }
            Method::Sms => Error::CodeSpent,
        })
    }
}
