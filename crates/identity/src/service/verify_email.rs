//! Proving that mail to an account's address reaches its owner, with a code from a letter.

use backbone::jobs::JobError;
use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Actor, Invalid, UserId};

use super::Identity;
use crate::Error;
use crate::input::{ResendBody, VerifyEmailBody, address_key};
use crate::jobs::{Resend, VerificationLetter, Whose};
use crate::mail::letters;
use crate::secret::{self, Purpose};
use crate::store::{email_codes, users};

/// How long a code works after its letter was written.
pub(super) const CODE_LIFE: TimeDelta = TimeDelta::minutes(10);
/// Codes that may be tried for one letter.
pub(super) const CODE_TRIES: i32 = 5;

impl Identity {
    /// Proves the address of an account: of `email`, else of `caller`. The account exists or not: the answer to a code
    /// that does not fit is the same.
    ///
    /// # Errors
    /// [`Error::InvalidCode`], [`Error::Invalid`] when there is neither an address nor a caller, [`Error::Database`].
    pub async fn verify_email(&self, body: VerifyEmailBody, caller: Option<Actor>) -> Result<(), Error> {
        let whose = whose(body.email.as_deref(), caller)?;
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let whose = match &whose {
            Whose::Address(key) => email_codes::Whose::Address(key),
            Whose::Account(id) => email_codes::Whose::Account(*id),
        };
        // Counted, and committed, before it is compared: guesses at once are guesses in a row.
        let open = email_codes::attempt(&mut conn, whose, CODE_TRIES, now).await?;
        let (user, kept) = open.ok_or(Error::InvalidCode)?;
        if !secret::is(Some(&kept), &self.digests.code(Purpose::Verify, user, &body.code)) {
            return Err(Error::InvalidCode);
        }
        conn.transaction(async |tx| {
            if !email_codes::take(tx, user, &kept).await? {
                return Err(Error::InvalidCode);
            }
            Ok(users::verify_email(tx, user, now).await?)
        })
        .await
    }

    /// Sends another code to an account that exists and has not proved its address; the earlier one is void. Whether
    /// there is such an account is found out later, so the answer does not tell.
    ///
    /// # Errors
    /// [`Error::NoMail`], [`Error::Invalid`] when there is neither an address nor a caller, [`Error::Database`].
    pub async fn resend_verification(&self, body: ResendBody, caller: Option<Actor>) -> Result<(), Error> {
        let whose = whose(body.email.as_deref(), caller)?;
        self.require_mail()?;
        let mut conn = self.pool.get().await?;
        self.jobs.add(&mut conn, &Resend { whose }).await?;
        self.jobs.wake();
        Ok(())
    }

    pub(crate) async fn do_resend(self, job: Resend) -> Result<(), JobError> {
        let mut conn = self.pool.get().await?;
        let user = match &job.whose {
            Whose::Address(key) => users::by_email(&mut conn, key).await?,
            Whose::Account(id) => users::by_ids(&mut conn, &[*id]).await?.pop(),
        };
        let Some(user) = user.filter(|user| user.email_verified_at.is_none()) else { return Ok(()) };
        conn.transaction(async |tx| self.ask_to_verify(tx, user.id).await).await?;
        self.jobs.wake();
        Ok(())
    }

    /// Lets a code be sent to an account, where letters leave at all.
    pub(super) async fn ask_to_verify(&self, tx: &mut AsyncPgConnection, user: UserId) -> Result<(), Error> {
        if !self.mailer.is_configured() {
            return Ok(());
        }
        let request = self.env.id();
        email_codes::open(tx, user, request, self.env.now()).await?;
        Ok(self.jobs.add(tx, &VerificationLetter { user, request }).await?)
    }

    pub(crate) async fn write_verification(self, job: VerificationLetter) -> Result<(), JobError> {
        let code = secret::code(&self.env);
        let hash = self.digests.code(Purpose::Verify, job.user, &code);
        let until = self.env.now().plus(CODE_LIFE);
        let mut conn = self.pool.get().await?;
        if !email_codes::write(&mut conn, job.user, job.request, &hash, until).await? {
            return Ok(());
        }
        let user = users::by_ids(&mut conn, &[job.user]).await?.pop();
        drop(conn);
        match user.and_then(|user| user.email) {
            Some(email) => {
                // In the fragment, which no server and no log sees.
                let address = url::form_urlencoded::Serializer::new(String::new())
                    .append_pair("email", &email)
                    .finish();
                let link = self.mailer.link(&format!("/verify-email#{address}"));
                self.mailer.send(&email, &letters::verification(code, link)).await
            }
            None => Ok(()),
        }
    }
}

/// Whom an address, or else a token, names.
fn whose(email: Option<&str>, caller: Option<Actor>) -> Result<Whose, Invalid> {
    match (email, caller) {
        (Some(email), _) => address_key("email", email).map(Whose::Address),
        (None, Some(actor)) => Ok(Whose::Account(actor.user)),
        (None, None) => Err(Invalid::field("email", "must be given, or an access token")),
    }
}
