//! A one-time code becomes a session: of the account that is linked, of the one with the same verified address, or of a new
//! one.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use chrono::TimeDelta;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::UserId;

use crate::bearer::Hash;
use crate::factor::Given;
use crate::input::{Email, email_key};
use crate::mail::letters::Notice;
use crate::oauth::{OauthCodeBody, Presented, Proof};
use crate::service::{Identity, profile::claim, sign_up::TRIES};
use crate::store::oauth::{self, Code};
use crate::store::users::{self, NewUser};
use crate::username::Username;
use crate::{Client, Error, Login, Revocation};

/// How long a code works for who was asked for a second factor: as long as one that is sent by text message.
const ASKED_TTL: TimeDelta = TimeDelta::minutes(10);

/// Who a provider's user is here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Here {
    /// Who it was linked to.
    Linked(UserId),
    /// Who has the same address; both sides checked it.
    SameAddress(UserId),
    /// Nobody yet.
    Nobody,
}

impl Identity {
    /// Logs in with a code that [`Self::finish_oauth`] gave. An account is made for who has none.
    ///
    /// # Errors
    /// As [`Self::login`] for the second factor; [`Error::CodeRefused`], [`Error::LinkFirst`], [`Error::Suspended`], [`Error::EmailNotVerified`], [`Error::Invalid`], [`Error::Database`].
    pub async fn oauth_login(
        &self,
        provider: &str,
        body: OauthCodeBody,
        client: &Client,
    ) -> Result<Login, Error> {
        let second = body.second()?;
        let (hash, proof) = self.present(provider, &body.code, &body.verifier).await?;
        let here = {
            // Given back before the second factor takes one of its own.
            let mut conn = self.pool.get().await?;
            self.recognise(&mut conn, &proof).await?
        };
        if let Here::Linked(user) | Here::SameAddress(user) = here {
            self.pass_second(&hash, user, second).await?;
        }
        let mut conn = self.pool.get().await?;
        let mut tries = TRIES;
        let (login, ended) = loop {
            let username = match here {
                Here::Nobody => Some(self.free_username(&mut conn, &wanted_username(&proof)).await?),
                _ => None,
            };
            tries -= 1;
            match self.enter(&mut conn, &hash, &proof, here, username, client).await {
                // Somebody else was given the same name at the same moment.
                Err(Error::UsernameTaken) if tries > 0 => {}
                done => break done?,
            }
        };
        drop(conn);
        self.announce(&ended);
        self.jobs.wake();
        Ok(login)
    }

    /// A second factor stands between a provider and a session, too. Who is asked for it may present the code again.
    async fn pass_second(&self, code: &Hash, user: UserId, given: Option<Given>) -> Result<(), Error> {
        let passed = self.pass_factor(user, given).await;
        if let Err(Error::FactorRequired { .. }) = passed {
            let mut conn = self.pool.get().await?;
            oauth::keep_code(&mut conn, code, self.env.now().plus(ASKED_TTL)).await?;
        }
        passed
    }

    /// What a code that works stands for. Whoever presents it with a wrong verifier has not begun: it is void.
    pub(super) async fn present(
        &self,
        provider: &str,
        code: &str,
        verifier: &str,
    ) -> Result<(Hash, Proof), Error> {
        self.provider(provider)?;
        let presented = Presented::parse(code, verifier)?;
        let hash = presented.code.ok_or(Error::CodeRefused)?;
        let mut conn = self.pool.get().await?;
        let now = self.env.now();
        let code = oauth::code(&mut conn, &hash).await?;
        let code = code.filter(|code| code.expires_at > now && code.provider == provider);
        let code = code.ok_or(Error::CodeRefused)?;
        if verify_slices_are_equal(&code.challenge, &presented.challenge).is_err() {
            oauth::take_code(&mut conn, &hash).await?;
            return Err(Error::CodeRefused);
        }
        Ok((hash, code.into()))
    }

    async fn recognise(&self, conn: &mut AsyncPgConnection, proof: &Proof) -> Result<Here, Error> {
        if let Some(user) = oauth::linked(conn, proof).await? {
            return Ok(Here::Linked(user));
        }
        let Some(email) = &proof.email else { return Ok(Here::Nobody) };
        match users::by_email(conn, &email_key(email)).await? {
            None => Ok(Here::Nobody),
            Some(user) if proof.email_verified && user.email_verified_at.is_some() => {
                Ok(Here::SameAddress(user.id))
            }
            Some(_) => Err(Error::LinkFirst),
        }
    }

    /// Uses the code up and opens the session, both or neither.
    async fn enter(
        &self,
        conn: &mut AsyncPgConnection,
        code: &Hash,
        proof: &Proof,
        here: Here,
        username: Option<Username>,
        client: &Client,
    ) -> Result<(Login, Vec<Revocation>), Error> {
        conn.transaction(async |tx| {
            // What changed since it was looked at was not asked for.
            if !oauth::take_code(tx, code).await? || self.recognise(tx, proof).await? != here {
                return Err(Error::CodeRefused);
            }
            let id = match (here, username) {
                (Here::Linked(user) | Here::SameAddress(user), _) => user,
                (Here::Nobody, Some(username)) => self.settle(tx, proof, &username).await?,
                (Here::Nobody, None) => return Err(Error::CodeRefused),
            };
            self.admissible(tx, id).await?;
            // Linked to another account a moment ago: their first login, twice at once.
            oauth::link(tx, id, proof, self.env.now()).await?.ok_or(Error::CodeRefused)?;
            let user = users::by_ids(tx, &[id]).await?.pop().ok_or(Error::CodeRefused)?;
            if let Here::SameAddress(_) = here {
                let provider = self.providers.label(&proof.provider);
                self.notify(tx, &user, Notice::ProviderLinked { at: self.env.now(), provider }).await?;
            }
            match here {
                Here::Nobody => self.remember_device(tx, &user, client).await.map(drop)?,
                Here::Linked(_) | Here::SameAddress(_) => self.watch_device(tx, &user, client).await?,
            }
            self.open_session(tx, user, client).await
        })
        .await
    }

    /// Makes the account. An address that the provider did not check is not taken over.
    async fn settle(
        &self,
        tx: &mut AsyncPgConnection,
        proof: &Proof,
        username: &Username,
    ) -> Result<UserId, Error> {
        let now = self.env.now();
        let email =
            proof.email.as_deref().filter(|_| proof.email_verified).and_then(|text| Email::parse(text).ok());
        let (email, email_key) = email.map(|email| (email.address, email.key)).unzip();
        let verified = email.is_some();
        let user = NewUser {
            id: self.env.id(),
            username: username.as_str().into(),
            username_key: username.key(),
            name: proof.name.clone().unwrap_or_else(|| username.as_str().into()),
            email,
            email_key,
            password_hash: None,
            created_at: now,
            updated_at: now,
        };
        users::insert(tx, std::slice::from_ref(&user)).await?;
        claim(tx, std::slice::from_ref(&user.username_key)).await?;
        if verified {
            users::verify_email(tx, user.id, now).await?;
        }
        Ok(user.id)
    }
}

/// What somebody new may want to be called.
fn wanted_username(proof: &Proof) -> Username {
    let local = proof.email.as_deref().and_then(|email| email.split('@').next());
    Username::derive(proof.name.as_deref().or(local).unwrap_or_default())
}

impl From<Code> for Proof {
    fn from(code: Code) -> Self {
        let Code { provider, subject, email, email_verified, name, .. } = code;
        Self { provider, subject, email, email_verified, name }
    }
}
