//! A refresh token becomes the next pair of tokens.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::Actor;

use super::Identity;
use crate::input::RefreshBody;
use crate::refresh::{RefreshToken, Verdict, judge};
use crate::store::sessions::{self, Held, Rotation};
use crate::store::users;
use crate::{Client, Error, Login, Revocation};

/// What a use of a refresh token comes to.
enum Outcome {
    Refreshed(Box<Login>),
    /// Its session is over now.
    Ended(Vec<Revocation>),
}

impl Identity {
    /// The next pair of tokens of a session. The token that it is asked with works once; for 30 seconds more it yields
    /// the same pair again, unless that was used meanwhile, for answers get lost. Any other second use ends the session:
    /// two have the token.
    ///
    /// # Errors
    /// [`Error::RefreshRefused`], [`Error::Suspended`], [`Error::EmailNotVerified`], [`Error::Database`].
    pub async fn refresh(&self, body: RefreshBody, client: &Client) -> Result<Login, Error> {
        let token = RefreshToken::parse(body.refresh_token.trim()).ok_or(Error::RefreshRefused)?;
        let mut conn = self.pool.get().await?;
        let outcome = conn.transaction(async |tx| self.use_token(tx, &token, client).await).await?;
        drop(conn);
        match outcome {
            Outcome::Refreshed(login) => Ok(*login),
            Outcome::Ended(revoked) => {
                self.announce(&revoked);
                Err(Error::RefreshRefused)
            }
        }
    }

    async fn use_token(
        &self,
        tx: &mut AsyncPgConnection,
        token: &RefreshToken,
        client: &Client,
    ) -> Result<Outcome, Error> {
        let now = self.env.now();
        let found = sessions::by_token(tx, &token.hash()).await?;
        let open = found.filter(|(_, held)| held.revoked_at.is_none() && held.expires_at > now);
        let (presented, held) = open.ok_or(Error::RefreshRefused)?;
        let next = self.refresh_tokens.next(token);
        let since = match judge(presented, held.generation, held.rotated_at, now) {
            Verdict::Rotate => {
                let expires_at = now.plus(self.refresh_ttl);
                let address = client.address().map(|address| address.to_string());
                let rotation = Rotation { generation: held.generation + 1, now, expires_at, address };
                sessions::rotate(tx, held.id, rotation, next.hash()).await?;
                now
            }
            Verdict::Repeat => held.rotated_at,
            Verdict::Stolen => {
                tracing::warn!(user = %held.user_id, session = %held.id, "a refresh token was used twice");
                return Ok(Outcome::Ended(self.revoke_sessions(tx, held.user_id, &[held.id]).await?));
            }
        };
        self.go_on(tx, &held, &next, since).await.map(|login| Outcome::Refreshed(Box::new(login)))
    }

    async fn go_on(
        &self,
        tx: &mut AsyncPgConnection,
        held: &Held,
        next: &RefreshToken,
        since: kernel::Timestamp,
    ) -> Result<Login, Error> {
        self.admissible(tx, held.user_id).await?;
        let user = users::by_ids(tx, &[held.user_id]).await?.pop().ok_or(Error::RefreshRefused)?;
        let actor = Actor { user: user.id, session: held.id, role: user.role };
        let phone = self.phone_of(&user);
        Ok(Login { tokens: self.pair(actor, next, since)?, user, phone, session: held.id })
    }
}
