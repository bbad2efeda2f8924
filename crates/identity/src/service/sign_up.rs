//! A new account.

use diesel_async::AsyncConnection;

use super::Identity;
use crate::input::{RegisterBody, Registration, Wish};
use crate::store::users::{self, NewUser};
use crate::{Error, Login};

impl Identity {
    /// Makes an account and logs it in. `device` is what the session list will say of it.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UsernameTaken`], [`Error::EmailTaken`], [`Error::Busy`], [`Error::Database`].
    pub async fn register(&self, body: RegisterBody, device: Option<&str>) -> Result<Login, Error> {
        let registration = Registration::parse(body)?;
        let hash = self.hasher.hash(registration.password.0).await?;
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let username = match registration.username {
            Wish::Chosen(name) => name,
            Wish::Derived(name) => self.free_username(&mut conn, &name).await?,
        };
        let user = NewUser {
            id: self.env.id(),
            username: username.as_str().into(),
            username_key: username.key(),
            name: registration.name,
            email: Some(registration.email.address),
            email_key: Some(registration.email.key),
            password_hash: Some(hash),
            created_at: now,
            updated_at: now,
        };
        conn.transaction(async |tx| {
            users::insert(tx, std::slice::from_ref(&user)).await?;
            let user = crate::User {
                id: user.id,
                username: user.username,
                name: user.name,
                email: user.email,
                avatar: None,
                bio: None,
                created_at: now,
            };
            self.open_session(tx, user, device).await
        })
        .await
    }
}
