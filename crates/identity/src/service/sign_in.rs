//! A login: a password becomes a session and a pair of tokens.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Actor, SessionId, UserId};

use super::Identity;
use crate::audit::AuditAction;
use crate::input::{Credentials, LoginBody};
use crate::refresh::RefreshToken;
use crate::store::sessions::{self, NewSession};
use crate::store::users::{self, AccountState};
use crate::{Client, Error, Login, TokenPair, User};

/// Sessions of one account; with one more, the least used ends.
const SESSIONS_MAX: usize = 100;

impl Identity {
    /// Logs in.
    ///
    /// # Errors
    /// [`Error::InvalidCredentials`] for an unknown account as for a wrong password, [`Error::Suspended`],
    /// [`Error::EmailNotVerified`], [`Error::Invalid`], [`Error::Busy`], [`Error::Database`]; of an account with a second
    /// factor, once the password is right, [`Error::FactorRequired`] without a code, [`Error::InvalidCode`],
    /// [`Error::TooManyTries`], [`Error::CodeSpent`].
    pub async fn login(&self, body: LoginBody, client: &Client) -> Result<Login, Error> {
        let credentials = Credentials::parse(body)?;
        let mut passed = None;
        match self.try_login(&credentials, client, &mut passed).await? {
            Some(login) => Ok(login),
            // Hashed anew by another login, or changed, while the old one was being checked: checked once more.
            None => self.try_login(&credentials, client, &mut passed).await?.ok_or(Error::InvalidCredentials),
        }
    }

    /// A login; `None` when the password's hash was replaced while it was being checked. The account whose second factor
    /// was `passed` is not asked for it again: a code works once.
    async fn try_login(
        &self,
        credentials: &Credentials,
        client: &Client,
        passed: &mut Option<UserId>,
    ) -> Result<Option<Login>, Error> {
        let found = {
            // Given back before the slow part.
            let mut conn = self.pool.get().await?;
            users::credentials(&mut conn, &credentials.account).await?
        };
        let subject = found.as_ref().map(|(user, _)| user.id);
        let outcome = self.open_with(found, credentials, client, passed).await;
        match &outcome {
            Err(
                Error::InvalidCredentials
                | Error::InvalidCode
                | Error::TooManyTries { .. }
                | Error::CodeSpent,
            ) => {
                self.note_attempt(AuditAction::LoginFailed, subject, client).await?;
            }
            Err(Error::Suspended { .. } | Error::EmailNotVerified) => {
                self.note_attempt(AuditAction::LoginRefused, subject, client).await?;
            }
            _ => {}
        }
        outcome
    }

    /// Opens a session of an account that was found, or was not, if this is its password; `None` when the password's hash
    /// was replaced while it was being checked.
    async fn open_with(
        &self,
        found: Option<(User, Option<String>)>,
        credentials: &Credentials,
        client: &Client,
        passed: &mut Option<UserId>,
    ) -> Result<Option<Login>, Error> {
        let (user, hash) = found.unzip();
        let hash = hash.flatten();
        let verified = self.hasher.verify(credentials.password.clone(), hash.clone()).await?;
        let user = user.filter(|_| verified).ok_or(Error::InvalidCredentials)?;
        if passed.is_none_or(|passed| passed != user.id) {
            self.pass_factor(user.id, credentials.second.clone()).await?;
            *passed = Some(user.id);
        }
        let mut conn = self.pool.get().await?;
        let opened = conn
            .transaction(async |tx| {
                let standing = self.admissible(tx, user.id).await?;
                if standing.password_hash != hash {
                    return Ok(None);
                }
                let user = User { role: standing.role, ..user };
                self.watch_device(tx, &user, client).await?;
                self.open_session(tx, user, client).await.map(Some)
            })
            .await?;
        drop(conn);
        let Some((login, ended)) = opened else { return Ok(None) };
        self.announce(&ended);
        self.jobs.wake();
        self.strengthen(&login.user, hash, credentials.password.clone()).await;
        Ok(Some(login))
    }

    /// Hashes the password of an account anew when `hash` was made with less work than is asked for now. A login does not
    /// fail over it.
    async fn strengthen(&self, user: &User, hash: Option<String>, password: String) {
        let Some(hash) = hash.filter(|hash| self.hasher.is_weak(hash)) else { return };
        let renew = async {
            let new = self.hasher.hash(password).await?;
            let mut conn = self.pool.get().await?;
            users::swap_password(&mut conn, user.id, (Some(&hash), &new), self.env.now()).await?;
            Ok::<_, Error>(())
        };
        if let Err(error) = renew.await {
            tracing::warn!(%error, user = %user.id, "a password could not be hashed anew");
        }
    }

    /// How an account stands that a session may be opened for. What could forbid it waits until the transaction ends,
    /// and then finds the session.
    ///
    /// # Errors
    /// [`Error::Suspended`], [`Error::EmailNotVerified`], [`Error::InvalidCredentials`] when there is no such account any
    /// more.
    pub(super) async fn admissible(
        &self,
        tx: &mut AsyncPgConnection,
        id: UserId,
    ) -> Result<AccountState, Error> {
        let standing = users::standing(tx, id).await?.filter(|standing| standing.deleted_at.is_none());
        let standing = standing.ok_or(Error::InvalidCredentials)?;
        if standing.suspended_at.is_some() {
            return Err(Error::Suspended { reason: standing.suspended_reason.unwrap_or_default() });
        }
        if self.require_verified_email && standing.email.is_some() && standing.email_verified_at.is_none() {
            return Err(Error::EmailNotVerified);
        }
        Ok(standing)
    }

    /// Opens a session and writes that down, in a transaction that found the account to be [`Self::admissible`]. The sessions that had to end
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
        self.note(tx, AuditAction::LoginSucceeded, user.id, client).await?;
        let open = sessions::open_of(tx, user.id, now).await?;
        let spare = open.into_iter().skip(SESSIONS_MAX).map(|session| session.id);
        let spare = spare.filter(|id| *id != actor.session).collect::<Vec<SessionId>>();
        let ended = self.revoke_sessions(tx, user.id, &spare).await?;
        let phone = self.phone_of(&user);
        Ok((Login { user, phone, session: actor.session, tokens }, ended))
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
