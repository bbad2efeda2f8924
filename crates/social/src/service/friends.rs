//! Having friends, and removing one.

use diesel_async::AsyncConnection;
use identity::UserCard;
use kernel::{Event, Limit, Page, UserId};

use super::Social;
use super::parties::Parties;
use crate::Error;
use crate::event::{FriendRemoved, tell};
use crate::model::Friend;
use crate::store::friendships;

/// How many friends a page has: 100 unless said otherwise, at most 200.
pub type FriendsLimit = Limit<100, 200>;

impl Social {
    /// A page of the friends of `user`, by their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn friends(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: FriendsLimit,
    ) -> Result<Page<Friend>, Error> {
        let mut conn = self.pool.get().await?;
        let rows = friendships::page(&mut conn, user, after, limit.get() + 1).await?;
        Ok(Page::of(rows, limit.get()))
    }

    /// All friends of `user`, by their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn all_friends(&self, user: UserId) -> Result<Vec<Friend>, Error> {
        let mut conn = self.pool.get().await?;
        Ok(friendships::page(&mut conn, user, None, self.settings.friends).await?)
    }

    /// Ends a friendship. Tells both.
    ///
    /// # Errors
    /// [`Error::NoFriend`] also when there is no such account; [`Error::Database`].
    pub async fn remove(&self, actor: UserId, friend: UserId) -> Result<(), Error> {
        if actor == friend {
            return Err(Error::NoFriend);
        }
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let parties = match Parties::lock(tx, actor, friend).await {
                Err(Error::NoUser) => return Err(Error::NoFriend),
                locked => locked?,
            };
            if !friendships::delete(tx, actor, friend).await? {
                return Err(Error::NoFriend);
            }
            removed(&parties)
        });
        let events = done.await?;
        self.publish(events);
        Ok(())
    }
}

/// What both are told of a friendship that is over.
pub(super) fn removed(parties: &Parties) -> Result<[Event; 2], Error> {
    let told = |friend: &UserCard| FriendRemoved { friend_id: friend.id, friend: friend.clone() };
    let (actor, other) = (&parties.actor, &parties.other);
    Ok([tell(actor.id, &told(other))?, tell(other.id, &told(actor))?])
}
