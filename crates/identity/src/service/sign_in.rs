//! A login: a password becomes a session and a token.

use diesel_async::AsyncPgConnection;
use kernel::{Actor, SessionId};

use super::Identity;
use crate::input::{Credentials, LoginBody};
use crate::store::sessions::{self, NewSession};
use crate::store::users;
use crate::{Error, Login, User};

/// How much of what a client says of itself is kept.
const DEVICE_MAX: usize = 200;

impl Identity {
    /// Logs in. `device` is what the session list will say of it.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for an unknown account as for a wrong password, [`Error::Invalid`],
    /// [`Error::Busy`], [`Error::Database`].
    pub async fn login(&self, body: LoginBody, device: Option<&str>) -> Result<Login, Error> {
        let credentials = Credentials::parse(body)?;
        let found = {
            // Given back before the slow part.
            let mut conn = self.pool.get().await?;
            users::credentials(&mut conn, &credentials.account).await?
        };
        let (user, hash) = found.unzip();
        let verified = self.hasher.verify(credentials.password, hash.flatten()).await?;
        let user = user.filter(|_| verified).ok_or(Error::InvalidCredentials)?;
        let mut conn = self.pool.get().await?;
        self.open_session(&mut conn, user, device).await
    }

    pub(super) async fn open_session(
        &self,
        conn: &mut AsyncPgConnection,
        user: User,
        device: Option<&str>,
    ) -> Result<Login, Error> {
        let now = self.env.now();
        let expires_at = now.plus(self.token_ttl);
        let id: SessionId = self.env.id();
        let device = device
            .map(|device| device.chars().filter(|c| !c.is_control()).take(DEVICE_MAX).collect::<String>());
        let session =
            NewSession { id, user_id: user.id, device: device.as_deref(), created_at: now, expires_at };
        sessions::insert(conn, &session).await?;
        let token = self.tokens.sign(Actor { user: user.id, session: id }, expires_at)?;
        Ok(Login { user, token, expires_at })
    }
}
