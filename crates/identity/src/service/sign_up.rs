//! A new account.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::Identity;
use super::profile::claim;
use crate::input::{NameChoice, RegisterBody, Registration};
use crate::store::users::{self, NewUser};
use crate::username::Username;
use crate::{Client, Error, Login};

/// How often a derived username that was taken at the same moment is derived anew.
pub(super) const TRIES: u32 = 20;

impl Identity {
    /// Makes an account and logs it in. A code to prove the address is sent where letters leave at all.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UsernameTaken`], [`Error::EmailTaken`], [`Error::Busy`], [`Error::Database`].
    pub async fn register(&self, body: RegisterBody, client: &Client) -> Result<Login, Error> {
        let registration = Registration::parse(body, self.password_rules)?;
        let hash = self.hasher.hash(registration.password.0.clone()).await?;
        let mut conn = self.pool.get().await?;
        let mut tries = TRIES;
        loop {
            let (username, derived) = match &registration.username {
                NameChoice::Chosen(name) => (name.clone(), false),
                NameChoice::Derived(name) => (self.free_username(&mut conn, name).await?, true),
            };
            tries -= 1;
            match self.enrol(&mut conn, &registration, &hash, &username, client).await {
                // Somebody else was given the same name at the same moment.
                Err(Error::UsernameTaken) if derived && tries > 0 => {}
                done => return done,
            }
        }
    }

    async fn enrol(
        &self,
        conn: &mut AsyncPgConnection,
        registration: &Registration,
        hash: &str,
        username: &Username,
        client: &Client,
    ) -> Result<Login, Error> {
        let now = self.env.now();
        let user = NewUser {
            id: self.env.id(),
            username: username.as_str().into(),
            username_key: username.key(),
            name: registration.name.clone(),
            email: Some(registration.email.address.clone()),
            email_key: Some(registration.email.key.clone()),
            password_hash: Some(hash.into()),
            created_at: now,
            updated_at: now,
        };
        conn.transaction(async |tx| {
            users::insert(tx, std::slice::from_ref(&user)).await?;
            claim(tx, std::slice::from_ref(&user.username_key)).await?;
            if let Some(phone) = &registration.phone {
                self.set_phone(tx, user.id, Some(phone)).await?;
            }
            let user = users::by_ids(tx, &[user.id]).await?.pop().ok_or(Error::Unauthenticated)?;
            self.ask_to_verify(tx, user.id).await?;
            self.remember_device(tx, &user, client).await?;
            self.open_session(tx, user, client).await.map(|(login, _)| login)
        })
        .await
        .inspect(|_| self.jobs.wake())
    }
}
