//! A login: a password becomes a session and a pair of tokens.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Actor, SessionId, UserId};

use super::Identity;
use crate::input::{Credentials, LoginBody};
use crate::refresh::RefreshToken;
use crate::store::sessions::{self, NewSession};
use crate::store::users::{self, Standing};
use crate::{Client, Error, Login, TokenPair, User};

/// Sessions of one account; with one more, the least used ends.
const SESSIONS_MAX: usize = 100;

impl Identity {
    /// Logs in.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for an unknown account as for a wrong password, [`Error::Suspended`],
    /// [`Error::Invalid`], [`Error::Busy`], [`Error::Database`]; of an account with a second factor, once the password
    /// is right, [`Error::FactorRequired`] without a code, [`Error::WrongCode`], [`Error::TooManyTries`],
    /// [`Error::CodeSpent`].
    pub async fn login(&self, body: LoginBody, client: &Client) -> Result<Login, Error> {
        let credentials = Credentials::parse(body)?;
        let found = {
            // Given back before the slow part.
            let mut conn = self.pool.get().await?;
            users::credentials(&mut conn, &credentials.account).await?
        };
        let (user, hash) = found.unzip();
        let hash = hash.flatten();
        let verified = self.hasher.verify(credentials.password, hash.clone()).await?;
        let user = user.filter(|_| verified).ok_or(Error::InvalidCredentials)?;
        self.pass_factor(user.id, credentials.second).await?;
        let mut conn = self.pool.get().await?;
        let (login, ended) = conn
            .transaction(async |tx| {
                let standing = self.admissible(tx, user.id).await?;
                // Changed while the old one was being checked.
                if standing.password_hash != hash {
                    return Err(Error::InvalidCredentials);
                }
                self.open_session(tx, User { role: standing.role, ..user }, client).await
            })
            .await?;
        drop(conn);
        self.announce(&ended);
        Ok(login)
    }

    /// How an account stands that a session may be opened for. What could forbid it waits until the transaction ends,
    /// and then finds the session.
    ///
    /// # Errors
    /// [`Error::Suspended`], [`Error::InvalidCredentials`] when there is no such account any more.
    pub(super) async fn admissible(&self, tx: &mut AsyncPgConnection, id: UserId) -> Result<Standing, Error> {
        let standing = users::standing(tx, id).await?.filter(|standing| standing.deleted_at.is_none());
        let standing = standing.ok_or(Error::InvalidCredentials)?;
        if standing.suspended_at.is_some() {
            return Err(Error::Suspended { reason: standing.suspended_reason.unwrap_or_default() });
        }
        Ok(standing)
    }

    /// Opens a session, in a transaction that found the account to be [`Self::admissible`]. The sessions that had to end
    /// for it are to be [announced](Self::announce) after the commit.
    pub(super) async fn open_session(
        &self,
        tx: &mut AsyncPgConnection,
        user: User,
        client: &Client,
    ) -> Result<(Login, Vec<crate::Revocation>), Error> {
        let now = self.env.now();
        let refresh = self.refresh_tokens.first(&self.env);
        let actor = Actor { user: user.id, session: self.env.id(), role: user.role };
        let tokens = self.pair(actor, &refresh, now)?;
        let session = NewSession {
            id: actor.session,
            user_id: user.id,
            device: client.device(),
            address: client.address().map(|address| address.to_string()),
            created_at: now,
            last_used_at: now,
            rotated_at: now,
            expires_at: tokens.refresh_expires_at,
        };
        sessions::insert(tx, &session, refresh.hash()).await?;
        let open = sessions::open_of(tx, user.id, now).await?;
        let spare = open.into_iter().skip(SESSIONS_MAX).map(|session| session.id);
        let spare = spare.filter(|id| *id != actor.session).collect::<Vec<SessionId>>();
        let ended = self.revoke_sessions(tx, user.id, &spare).await?;
        Ok((Login { user, session: actor.session, tokens }, ended))
    }

    /// The pair of tokens of a session that was opened or refreshed at `since`: the same for the same arguments.
    pub(super) fn pair(
        &self,
        actor: Actor,
        refresh: &RefreshToken,
        since: kernel::Timestamp,
    ) -> Result<TokenPair, Error> {
        let expires_at = since.plus(self.token_ttl);
        Ok(TokenPair {
            access: self.tokens.sign(actor, since, expires_at)?,
            expires_at,
            refresh: refresh.reveal(),
            refresh_expires_at: since.plus(self.refresh_ttl),
        })
    }
}
