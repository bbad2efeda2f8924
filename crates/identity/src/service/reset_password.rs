//! A new password for who forgot the old one, by a link in a letter.

use backbone::jobs::JobError;
use chrono::TimeDelta;
use diesel_async::AsyncConnection;
use kernel::Invalid;

use super::Identity;
use crate::input::{ForgotPasswordBody, ResetPasswordBody, address_key};
use crate::jobs::ResetLetter;
use crate::mail::Letter;
use crate::mail::letters::{self, Notice};
use crate::secret;
use crate::store::{email_changes, password_resets, users};
use crate::{Error, User};

/// How long a link works after its letter was written.
const LINK_LIFE: TimeDelta = TimeDelta::hours(1);

impl Identity {
    /// Sends a link to the account of an address, if there is one: that is found out later, so neither the answer nor the
    /// time that it takes tells.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::Invalid`], [`Error::Database`].
    pub async fn forgot_password(&self, body: ForgotPasswordBody) -> Result<(), Error> {
        let email_key = address_key("email", &body.email)?;
        self.require_mail()?;
        let mut conn = self.pool.get().await?;
        self.jobs.add(&mut conn, &ResetLetter { email_key }).await?;
        self.jobs.wake();
        Ok(())
    }

    pub(crate) async fn write_reset(self, job: ResetLetter) -> Result<(), JobError> {
        let mut conn = self.pool.get().await?;
        let user = users::by_email(&mut conn, &job.email_key).await?;
        let Some(User { id, email: Some(email), .. }) = user else { return Ok(()) };
        let token = secret::token(&self.env);
        let until = self.env.now().plus(LINK_LIFE);
        password_resets::write(&mut conn, id, &self.digests.token(&token), until).await?;
        drop(conn);
        let letter: Letter = letters::reset(self.mailer.link(&format!("/reset-password?token={token}")));
        self.mailer.send(&email, &letter).await
    }

    /// Sets the password that a link allows to set, once. Ends every session; proves the address, for the letter arrived.
    ///
    /// # Errors
    /// [`Error::InvalidCode`], [`Error::Invalid`] (the link can be used again), [`Error::Busy`], [`Error::Database`].
    pub async fn reset_password(&self, body: ResetPasswordBody) -> Result<(), Error> {
        let token = self.digests.token(&body.token);
        let user = {
            // Before the slow part, which nobody gets for nothing.
            let mut conn = self.pool.get().await?;
            let owner = password_resets::owner(&mut conn, &token, self.env.now()).await?;
            let owner = owner.ok_or(Error::InvalidCode)?;
            users::by_ids(&mut conn, &[owner]).await?.pop().ok_or(Error::InvalidCode)?
        };
        self.check_password("newPassword", &body.new_password, &user)?;
        let hash = self.hasher.hash(body.new_password).await?;
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let ended = conn
            .transaction(async |tx| {
                if password_resets::take(tx, &token, now).await? != Some(user.id) {
                    return Err(Error::InvalidCode);
                }
                users::set_password(tx, user.id, &hash, now).await?;
                users::verify_email(tx, user.id, now).await?;
                email_changes::void(tx, user.id).await?;
                let ended = self.revoke_all(tx, user.id, None).await?;
                self.notify(tx, &user, Notice::PasswordChanged { at: now }).await?;
                Ok(ended)
            })
            .await?;
        drop(conn);
        self.announce(&ended);
        self.jobs.wake();
        Ok(())
    }

    /// Whether the owner of an account may set this password.
    pub(super) fn check_password(&self, field: &str, password: &str, user: &User) -> Result<(), Invalid> {
        let mut invalid = Invalid::default();
        let known = [Some(user.username.as_str()), Some(user.name.as_str()), user.email.as_deref()];
        let known = known.into_iter().flatten().collect::<Vec<_>>();
        self.password_rules.check(&mut invalid, field, password, &known);
        invalid.into_result()
    }
}
