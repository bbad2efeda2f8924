//! Keys for other programs: made, listed, revoked, checked.

use diesel_async::AsyncConnection;
use kernel::{Actor, ApiKeyId, Role, UserId};

use super::Identity;
use crate::api_key::{self, ApiKeyBody, ApiKeyView, Found, NewKey, PREFIX};
use crate::bearer::{Hash, Secret};
use crate::credential::{Credential, Reach, Scopes};
use crate::mail::letters::Notice;
use crate::revocation::Revocation;
use crate::store::api_keys::{self, NewApiKey};
use crate::store::users;
use crate::{Error, Revealed};

/// Keys of one account.
const KEYS_MAX: usize = 50;

impl Identity {
    /// Makes a key, for who confirms that they are the account's owner, and tells them by mail. The secret is in the
    /// result and nowhere else.
    ///
    /// # Errors
    /// As [`Self::confirm`]; [`Error::Invalid`], [`Error::TooManyKeys`], [`Error::Suspended`].
    pub async fn make_key(&self, actor: Actor, mut body: ApiKeyBody) -> Result<Revealed, Error> {
        let (now, owner, password) = (self.env.now(), actor.user, body.password.take());
        let new = NewKey::parse(body, now)?;
        self.confirm(actor, password).await?;
        let secret = Secret::new(&self.env);
        let key = secret.reveal(PREFIX);
        let row = NewApiKey {
            id: self.env.id(),
            user_id: owner,
            name: &new.name,
            hash: &secret.hash(),
            prefix: &api_key::shown(&key),
            may_read: new.scopes.read,
            may_write: new.scopes.write,
            created_at: now,
            expires_at: new.expires_at,
        };
        let mut conn = self.pool.get().await?;
        let made = conn
            .transaction(async |tx| {
                users::lock(tx, owner).await?;
                self.admissible(tx, owner).await?;
                if api_keys::of(tx, owner).await?.len() >= KEYS_MAX {
                    return Err(Error::TooManyKeys);
                }
                self.tell(tx, owner, Notice::KeyMade { at: now, name: new.name.clone() }).await?;
                Ok::<_, Error>(api_keys::insert(tx, &row).await?)
            })
            .await?;
        self.jobs.wake();
        Ok(Revealed { api_key: made.into(), key })
    }

    /// The keys of an account that were not revoked, the newest first; 50 at most.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn keys(&self, owner: UserId) -> Result<Vec<ApiKeyView>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(api_keys::of(&mut conn, owner).await?.into_iter().map(Into::into).collect())
    }

    /// Revokes a key: it stops to work here at once, and on the other gateways as soon as they hear of it, seconds later
    /// at the latest.
    ///
    /// # Errors
    /// [`Error::NoKey`], [`Error::Database`].
    pub async fn revoke_key(&self, owner: UserId, id: ApiKeyId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let revoked = api_keys::revoke(&mut conn, owner, id, self.env.now()).await?;
        drop(conn);
        if !revoked {
            return Err(Error::NoKey);
        }
        self.announce(&[Revocation { session_id: id.into(), user_id: owner }]);
        Ok(())
    }

    /// What the key with this hash may do, as far as it is known here without the database.
    pub(super) fn known_key(&self, hash: &Hash) -> Option<Result<Credential, Error>> {
        let found = self.keys.get(hash, self.env.now())?;
        Some(found.ok_or(Error::KeyRefused).and_then(|found| self.admit_key(found)))
    }

    /// What the key with this hash may do.
    pub(super) async fn find_key(&self, hash: Hash) -> Result<Credential, Error> {
        let _turn = self.keys.turn().await?;
        // Found by somebody else while this one waited.
        if let Some(known) = self.known_key(&hash) {
            return known;
        }
        let mut conn = self.pool.get().await?;
        let worth = api_keys::find(&mut conn, &hash).await?;
        drop(conn);
        let found = worth.map(|(id, user, read, write, expires_at)| Found {
            actor: Actor { user, session: id.into(), role: Role::User },
            scopes: Scopes { read, write },
            expires_at,
        });
        self.keys.put(hash, found, self.env.now());
        self.admit_key(found.ok_or(Error::KeyRefused)?)
    }

    fn admit_key(&self, found: Found) -> Result<Credential, Error> {
        let Found { actor, scopes, expires_at } = found;
        let expired = expires_at.is_some_and(|at| at <= self.env.now());
        if expired || self.revoked.contains(actor.session) {
            return Err(Error::KeyRefused);
        }
        self.used.note(actor.session);
        Ok(Credential { actor, reach: Reach::Key(scopes), until: expires_at })
    }
}
