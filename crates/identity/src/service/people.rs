//! Looking people up, and making accounts for people who come from elsewhere.

use std::collections::{HashMap, HashSet};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Timestamp, UserId};

use super::Identity;
use super::profile::claim;
use crate::input::Account;
use crate::store::users::{self, NewUser};
use crate::username::Username;
use crate::{Error, User, UserCard};

/// Somebody who comes from another system. They cannot log in.
#[derive(Clone, Debug)]
pub struct Newcomer {
    /// Their display name; the username is derived from it.
    pub name: String,
    /// When they were first seen there.
    pub seen_at: Timestamp,
}

/// Numbers tried behind a derived username before a random one.
const NUMBERS: u32 = 50;

impl Identity {
    /// The account of `id`.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when it is gone: the caller asks for themselves. [`Error::Database`].
    pub async fn me(&self, id: UserId) -> Result<User, Error> {
        let mut conn = self.pool.get().await?;
        users::by_id(&mut conn, id).await?.ok_or(Error::Unauthenticated)
    }

    /// That the account may be used: what is done in somebody's name without a login of theirs asks this.
    ///
    /// # Errors
    /// [`Error::Suspended`], [`Error::EmailNotVerified`], [`Error::InvalidCredentials`] when it is gone;
    /// [`Error::Database`].
    pub async fn may_act(&self, id: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        self.admissible(&mut conn, id).await.map(drop)
    }

    /// The account with this username, or one that looks like it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn by_username(&self, username: &str) -> Result<Option<User>, Error> {
        let Ok(username) = Username::parse(username) else { return Ok(None) };
        let mut conn = self.pool.get().await?;
        let found = users::credentials(&mut conn, &Account::Username(username.key())).await?;
        Ok(found.map(|(user, _)| user))
    }

    /// The cards of those of `ids` that exist, in one query, on a connection of the caller.
    ///
    /// # Errors
    /// The query failed.
    pub async fn cards(
        conn: &AsyncPgConnection,
        ids: &[UserId],
    ) -> diesel::QueryResult<HashMap<UserId, UserCard>> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        users::cards(conn, ids).await
    }

    /// The cards of those of `ids` whose accounts were not deleted, in one query, on a connection of the caller.
    ///
    /// # Errors
    /// The query failed.
    pub async fn alive(
        conn: &mut AsyncPgConnection,
        ids: &[UserId],
    ) -> diesel::QueryResult<HashMap<UserId, UserCard>> {
        users::alive_cards(conn, ids).await
    }

    /// Whose those of `names` are that are usernames of somebody, whatever their case and letters that look alike: by the name
    /// as it was given. In one query; what cannot be a username is nobody's.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn named<'a>(&self, names: &[&'a str]) -> Result<HashMap<&'a str, UserId>, Error> {
        let key = |name: &&'a str| Some((*name, Username::parse(name).ok()?.key()));
        let wanted = names.iter().filter_map(key).collect::<Vec<_>>();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let keys = wanted.iter().map(|(_, key)| key.clone()).collect::<Vec<_>>();
        let mut conn = self.pool.get().await?;
        let found = users::by_keys(&mut conn, &keys).await?;
        Ok(wanted.into_iter().filter_map(|(name, key)| Some((name, *found.get(&key)?))).collect())
    }

    /// Makes accounts without credentials, all or none, and returns their ids in the same order. Usernames are
    /// derived from the names and made unique.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn admit(&self, people: &[Newcomer]) -> Result<Vec<UserId>, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let wanted = people.iter().map(|person| Username::derive(&person.name)).collect::<Vec<_>>();
        let usernames = self.free_usernames(&mut conn, &wanted).await?;
        let rows = people.iter().zip(usernames).map(|(person, username)| NewUser {
            id: self.env.id_at(person.seen_at),
            username: username.as_str().into(),
            username_key: username.key(),
            name: person.name.clone(),
            email: None,
            email_key: None,
            password_hash: None,
            created_at: person.seen_at,
            updated_at: now,
        });
        let rows = rows.collect::<Vec<_>>();
        conn.transaction(async |tx| {
            users::insert(tx, &rows).await?;
            let keys = rows.iter().map(|row| row.username_key.clone()).collect::<Vec<_>>();
            claim(tx, &keys).await
        })
        .await?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    pub(super) async fn free_username(
        &self,
        conn: &mut AsyncPgConnection,
        wanted: &Username,
    ) -> Result<Username, Error> {
        let free = self.free_usernames(conn, std::slice::from_ref(wanted)).await?;
        Ok(free.into_iter().next().unwrap_or_else(|| wanted.clone()))
    }

    /// For each of `wanted` itself, or the first of it with a number, that nobody has and no other of this call got.
    async fn free_usernames(
        &self,
        conn: &mut AsyncPgConnection,
        wanted: &[Username],
    ) -> Result<Vec<Username>, Error> {
        let candidates = |name: &Username| {
            std::iter::once(name.clone()).chain((2..NUMBERS).map(|n| name.numbered(n)).collect::<Vec<_>>())
        };
        let firsts = wanted.iter().map(Username::key).collect::<Vec<_>>();
        let mut taken: HashSet<String> = users::taken(conn, &firsts).await?;
        // Only those that are taken, or wanted twice, need their numbered forms looked up.
        let mut seen = HashSet::new();
        let contested = wanted
            .iter()
            .zip(&firsts)
            .filter(|(_, key)| taken.contains(*key) || !seen.insert((*key).clone()));
        let numbered =
            contested.flat_map(|(name, _)| candidates(name)).map(|name| name.key()).collect::<Vec<_>>();
        taken.extend(users::taken(conn, &numbered).await?);
        let mut free = Vec::with_capacity(wanted.len());
        for first in wanted {
            let name = candidates(first).find(|name| !taken.contains(&name.key()));
            let name = name
                .unwrap_or_else(|| first.numbered(100_000 + u32::from_le_bytes(self.env.bytes()) % 900_000));
            taken.insert(name.key());
            free.push(name);
        }
        Ok(free)
    }
}
