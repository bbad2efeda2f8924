//! Another address for an account, confirmed at the new one and, when that was verified, at the old one.

use backbone::jobs::JobError;
use diesel_async::AsyncConnection;
use kernel::{Actor, Invalid};

use super::Identity;
use super::verify_email::{CODE_LIFE, CODE_TRIES};
use crate::input::{ChangeEmailBody, ConfirmEmailChangeBody, Email};
use crate::jobs::ChangeLetter;
use crate::mail::letters::{self, Notice};
use crate::secret::{self, Purpose};
use crate::store::email_changes::{self, Change, Side};
use crate::store::{email_codes, password_resets, users};
use crate::{Error, SelfView};

impl Identity {
    /// Asks for another address: sends a code there, and one to the present address if that was verified. An earlier wish
    /// is void. Whether the present address has to confirm.
    ///
    /// # Errors
    /// As [`Self::confirm_for_good`]; [`Error::EmailTaken`], [`Error::Invalid`], [`Error::NoMail`].
    pub async fn change_email(&self, actor: Actor, body: ChangeEmailBody) -> Result<bool, Error> {
        let email = Email::parse(&body.new_email).map_err(|must| Invalid::field("newEmail", must))?;
        self.require_mail()?;
        let (user, _) = self.prove_owner(actor, "password", body.password).await?;
        let mut conn = self.pool.get().await?;
        match users::by_email(&mut conn, &email.key).await? {
            Some(other) if other.id == user.id => {
                return Err(Invalid::field("newEmail", "must be another one than the present").into());
            }
            Some(_) => return Err(Error::EmailTaken),
            None => {}
        }
        let change = Change {
            user_id: user.id,
            request_id: self.env.id(),
            email: email.address,
            email_key: email.key,
            from_old: user.email.is_some() && user.email_verified_at.is_some(),
            old_hash: None,
            new_hash: None,
            tries: 0,
            expires_at: self.env.now(),
        };
        let letter = |side| ChangeLetter { user: user.id, request: change.request_id, side };
        conn.transaction(async |tx| {
            email_changes::open(tx, &change).await?;
            self.jobs.add(tx, &letter(Side::New)).await?;
            if change.from_old {
                self.jobs.add(tx, &letter(Side::Old)).await?;
            }
            Ok::<_, Error>(())
        })
        .await?;
        self.jobs.wake();
        Ok(change.from_old)
    }

    pub(crate) async fn write_change(self, job: ChangeLetter) -> Result<(), JobError> {
        let code = secret::code(&self.env);
        let hash = self.digests.code(purpose(job.side), job.user, &code);
        let until = self.env.now().plus(CODE_LIFE);
        let mut conn = self.pool.get().await?;
        let wish = (job.user, job.request, job.side);
        let Some(new) = email_changes::write(&mut conn, wish, &hash, until).await? else { return Ok(()) };
        let present = users::by_ids(&mut conn, &[job.user]).await?.pop().and_then(|user| user.email);
        drop(conn);
        match (job.side, present) {
            (Side::New, _) => {
                let link = self.mailer.link("/confirm-email-change");
                self.mailer.send(&new, &letters::confirm_moving(code, link)).await
            }
            (Side::Old, Some(old)) => self.mailer.send(&old, &letters::confirm_leaving(code)).await,
            (Side::Old, None) => Ok(()),
        }
    }

    /// Gives the account the address that was asked for, with the codes from the letters. Codes and links that were sent
    /// to the old address are void; it gets a notice.
    ///
    /// # Errors
    /// [`Error::InvalidCode`], [`Error::EmailTaken`] when it went to another account meanwhile, [`Error::Database`].
    pub async fn confirm_email_change(
        &self,
        actor: Actor,
        body: ConfirmEmailChangeBody,
    ) -> Result<SelfView, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let open = email_changes::attempt(&mut conn, actor.user, CODE_TRIES, now).await?;
        let change = open.filter(|change| self.is_confirmed(change, &body)).ok_or(Error::InvalidCode)?;
        let moved = conn
            .transaction(async |tx| {
                if !email_changes::take(tx, &change).await? {
                    return Err(Error::InvalidCode);
                }
                let before = users::by_ids(tx, &[actor.user]).await?.pop().ok_or(Error::Unauthenticated)?;
                let moved =
                    users::move_email(tx, actor.user, (&change.email, &change.email_key), now).await?;
                email_codes::void(tx, actor.user).await?;
                password_resets::void(tx, actor.user).await?;
                self.notify(tx, &before, Notice::EmailChanged { at: now }).await?;
                Ok(moved)
            })
            .await?;
        drop(conn);
        self.jobs.wake();
        Ok(self.own_view(moved))
    }

    fn is_confirmed(&self, change: &Change, body: &ConfirmEmailChangeBody) -> bool {
        let fits = |side, kept: &Option<Vec<u8>>, code: &str| {
            secret::is(kept.as_deref(), &self.digests.code(purpose(side), change.user_id, code))
        };
        let new = fits(Side::New, &change.new_hash, &body.new_code);
        let old = fits(Side::Old, &change.old_hash, body.old_code.as_deref().unwrap_or_default());
        new && (old || !change.from_old)
    }
}

fn purpose(side: Side) -> Purpose {
    match side {
        Side::Old => Purpose::LeaveAddress,
        Side::New => Purpose::TakeAddress,
    }
}
