//! Another password for who knows the present one, or the first one of an account that was made through a provider.

use diesel_async::AsyncConnection;
use kernel::{Actor, Invalid};

use super::Identity;
use crate::input::ChangePasswordBody;
use crate::mail::letters::Notice;
use crate::store::{email_changes, password_resets, users};
use crate::{Client, Error, Login, User};

impl Identity {
    /// Sets another password; of an account without one, the first, soon after a login. Ends every session, the caller's too, for whoever had the old password may have opened any
    /// of them; the caller goes on in a new one.
    ///
    /// # Errors
    /// As [`Self::confirm_for_good`]; [`Error::Invalid`], [`Error::Suspended`].
    pub async fn change_password(
        &self,
        actor: Actor,
        body: ChangePasswordBody,
        client: &Client,
    ) -> Result<Login, Error> {
        let (user, old) = self.prove_owner(actor, "currentPassword", body.current_password.clone()).await?;
        if body.current_password.as_ref() == Some(&body.new_password) {
            return Err(Invalid::field("newPassword", "must be another one than the present").into());
        }
        self.check_password("newPassword", &body.new_password, &user)?;
        let new = self.hasher.hash(body.new_password).await?;
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let (login, ended) = conn
            .transaction(async |tx| {
                // Changed by another while this one was being hashed.
                if !users::swap_password(tx, user.id, (old.as_deref(), &new), now).await? {
                    return Err(Error::WrongPassword { field: "currentPassword" });
                }
                let standing = self.admissible(tx, user.id).await?;
                // Whoever had the old password may have asked for them.
                password_resets::void(tx, user.id).await?;
                email_changes::void(tx, user.id).await?;
                let mut ended = self.revoke_all(tx, user.id, None).await?;
                self.notify(tx, &user, Notice::PasswordChanged { at: now }).await?;
                let user = User { role: standing.role, ..user };
                let (login, spare) = self.open_session(tx, user, client).await?;
                ended.extend(spare);
                Ok((login, ended))
            })
            .await?;
        drop(conn);
        self.announce(&ended);
        self.jobs.wake();
        Ok(login)
    }
}
