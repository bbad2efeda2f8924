//! What becomes of a request that waits: accepted, declined, taken back.

use diesel_async::AsyncConnection;
use kernel::{FriendRequestId, UserId};

use super::Social;
use super::parties::Parties;
use crate::Error;
use crate::event::{FriendRequestCancelled, FriendRequestDeclined, tell};
use crate::model::Friend;
use crate::store::requests;

impl Social {
    /// Makes `actor`, who was asked, a friend of the one who asked. Tells both.
    ///
    /// # Errors
    /// [`Error::NoRequest`] also when somebody else was asked; [`Error::TooMany`]: then the request waits on;
    /// [`Error::Database`].
    pub async fn accept(&self, actor: UserId, id: FriendRequestId) -> Result<Friend, Error> {
        let now = self.env.now();
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let parties = Parties::of_request(tx, actor, id).await?;
            let request = parties.relationship.to(actor, id)?;
            parties.full(tx, &self.settings).await?.befriend()?;
            let events = parties.befriend(tx, &request, now).await?;
            Ok::<_, Error>((Friend { friend_id: parties.other.id, created_at: now }, events))
        });
        let (friend, events) = done.await?;
        self.publish(events);
        Ok(friend)
    }

    /// Removes a request in which `actor` was asked. Tells both.
    ///
    /// # Errors
    /// [`Error::NoRequest`] also when somebody else was asked; [`Error::Database`].
    pub async fn decline(&self, actor: UserId, id: FriendRequestId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let parties = Parties::of_request(tx, actor, id).await?;
            parties.relationship.to(actor, id)?;
            requests::delete(tx, id).await?;
            let told = declined(&parties, id, actor);
            Ok::<_, Error>([tell(actor, &told)?, tell(parties.other.id, &told)?])
        });
        let events = done.await?;
        self.publish(events);
        Ok(())
    }

    /// Takes a request of `actor` back. Tells both.
    ///
    /// # Errors
    /// [`Error::NoRequest`] also when somebody else sent it; [`Error::Database`].
    pub async fn cancel(&self, actor: UserId, id: FriendRequestId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let parties = Parties::of_request(tx, actor, id).await?;
            parties.relationship.of(actor, id)?;
            requests::delete(tx, id).await?;
            let told = cancelled(&parties, id, actor);
            Ok::<_, Error>([tell(actor, &told)?, tell(parties.other.id, &told)?])
        });
        let events = done.await?;
        self.publish(events);
        Ok(())
    }
}

/// What both are told of a request that `receiver` will not accept.
pub(super) fn declined(parties: &Parties, id: FriendRequestId, receiver: UserId) -> FriendRequestDeclined {
    FriendRequestDeclined { request_id: id, user_id: receiver, username: parties.card(receiver).username }
}

/// What both are told of a request that `sender` took back.
pub(super) fn cancelled(parties: &Parties, id: FriendRequestId, sender: UserId) -> FriendRequestCancelled {
    FriendRequestCancelled { request_id: id, user_id: sender, username: parties.card(sender).username }
}
