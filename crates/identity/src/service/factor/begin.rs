//! The first step to a second factor: a secret, or a code that is sent.

use kernel::{Actor, Invalid, UserId};

use super::BeginView;
use crate::factor::input::{BeginFactorBody, Wanted};
use crate::factor::{Method, totp};
use crate::service::Identity;
use crate::store::factors::{self, NewFactor};
use crate::store::users;
use crate::vault::{FACTOR_PHONE, FACTOR_SECRET};
use crate::{Error, Phone};

impl Identity {
    /// Prepares a second factor. Logins need it only after [`Self::verify_factor`]; for [`Method::Sms`],
    /// [`Self::text_code`] sends the first code.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::WrongPassword`], [`Error::FactorInForce`], [`Error::NoTexts`], [`Error::Busy`],
    /// [`Error::Database`].
    pub async fn begin_factor(&self, actor: Actor, body: BeginFactorBody) -> Result<BeginView, Error> {
        let wanted = body.wanted()?;
        self.confirm(actor, body.password).await?;
        match wanted {
            Wanted::Totp => self.begin_totp(actor.user).await,
            Wanted::Sms(phone) => self.begin_sms(actor.user, phone).await,
        }
    }

    async fn begin_totp(&self, user: UserId) -> Result<BeginView, Error> {
        let secret = totp::secret(&self.env);
        let factor = NewFactor {
            user_id: user,
            method: Method::Totp.name(),
            secret_sealed: Some(self.vault.seal(FACTOR_SECRET.of(user), &secret)?),
            phone_sealed: None,
        };
        let mut conn = self.pool.get().await?;
        let owner = users::by_ids(&mut conn, &[user]).await?.pop().ok_or(Error::Unauthenticated)?;
        if !factors::begin(&mut conn, &factor).await? {
            return Err(Error::FactorInForce);
        }
        Ok(BeginView {
            method: Method::Totp,
            secret: Some(totp::written(&secret)),
            otpauth_url: Some(totp::url(&self.factor.name, &owner.username, &secret)),
        })
    }

    async fn begin_sms(&self, user: UserId, phone: Option<Phone>) -> Result<BeginView, Error> {
        self.texts()?;
        let mut conn = self.pool.get().await?;
        let phone = match phone {
            Some(phone) => phone,
            None => {
                let own = self.phones(&mut conn, &[user]).await?.remove(&user);
                own.ok_or_else(|| Invalid::field("phone", "must be given: the account has no number"))?
            }
        };
        let factor = NewFactor {
            user_id: user,
            method: Method::Sms.name(),
            secret_sealed: None,
            phone_sealed: Some(self.vault.seal(FACTOR_PHONE.of(user), phone.as_str().as_bytes())?),
        };
        if !factors::begin(&mut conn, &factor).await? {
            return Err(Error::FactorInForce);
        }
        Ok(BeginView { method: Method::Sms, secret: None, otpauth_url: None })
    }
}
