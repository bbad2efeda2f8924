//! What other parts of the product ask about two people or many. On a connection of the caller, so that it can be part of
//! a transaction of theirs.

use std::collections::{HashMap, HashSet};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use kernel::UserId;

use super::Social;
use crate::Error;
use crate::store::{blocks, friendships, pair};

impl Social {
    /// Lets nobody befriend, part, block or unblock either of the two until the transaction ends. Take it before any
    /// lock of a scope, guild or head: see the order of locks in `docs/architecture.md`.
    ///
    /// # Errors
    /// The query failed.
    pub async fn lock(tx: &mut AsyncPgConnection, one: UserId, other: UserId) -> QueryResult<()> {
        pair::lock(tx, one, other).await
    }

    /// Whether one of the two blocks the other.
    ///
    /// # Errors
    /// The query failed.
    pub async fn blocked_either(
        conn: &mut AsyncPgConnection,
        one: UserId,
        other: UserId,
    ) -> QueryResult<bool> {
        blocks::either(conn, one, other).await
    }

    /// Those of `others` who block `user`, or whom `user` blocks. One query.
    ///
    /// # Errors
    /// The query failed.
    pub async fn blocked_among(
        conn: &mut AsyncPgConnection,
        user: UserId,
        others: &[UserId],
    ) -> QueryResult<HashSet<UserId>> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        blocks::between(conn, user, others).await
    }

    /// Those of `others` who are friends of `user`. One query.
    ///
    /// # Errors
    /// The query failed.
    pub async fn friends_among(
        conn: &mut AsyncPgConnection,
        user: UserId,
        others: &[UserId],
    ) -> QueryResult<HashSet<UserId>> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        friendships::among(conn, user, others).await
    }

    /// All friends of `user`: at most [`crate::SocialSettings::friends`].
    ///
    /// # Errors
    /// The query failed.
    pub async fn friends_of(conn: &mut AsyncPgConnection, user: UserId) -> QueryResult<Vec<UserId>> {
        friendships::of(conn, user).await
    }

    /// Of some people, whom each blocks and who blocks them. One query. Those of whom there is nobody are not in it.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn blocks_of(&self, people: &[UserId]) -> Result<HashMap<UserId, Vec<UserId>>, Error> {
        let mut conn = self.pool.get().await?;
        let mut blocks = HashMap::<UserId, Vec<UserId>>::new();
        for (person, other) in blocks::of_many(&mut conn, people).await? {
            blocks.entry(person).or_default().push(other);
        }
        Ok(blocks)
    }

    /// Each of some people with each of their friends. One query.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn friendships_of(&self, people: &[UserId]) -> Result<Vec<(UserId, UserId)>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(friendships::of_many(&mut conn, people).await?)
    }

    /// Those of `others` across a block from `user`: for whoever has no connection at hand. No query for nobody.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn across_a_block(&self, user: UserId, others: &[UserId]) -> Result<HashSet<UserId>, Error> {
        if others.is_empty() {
            return Ok(HashSet::new());
        }
        let mut conn = self.pool.get().await?;
        Ok(Self::blocked_among(&mut conn, user, others).await?)
    }

    /// Those of `others` across a block from `user`, and those who are friends: for whoever has no connection at hand.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn relationships(&self, user: UserId, others: &[UserId]) -> Result<Relationships, Error> {
        let mut conn = self.pool.get().await?;
        let blocked = Self::blocked_among(&mut conn, user, others).await?;
        Ok(Relationships { friends: Self::friends_among(&mut conn, user, others).await?, blocked })
    }
}

/// How some people stand to one.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relationships {
    /// Their friends.
    pub friends: HashSet<UserId>,
    /// Those whom they block, and who block them.
    pub blocked: HashSet<UserId>,
}
