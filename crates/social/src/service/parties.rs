//! The two of an act, and how they stand while nobody else can change it.

use diesel_async::AsyncPgConnection;
use identity::{Identity, UserCard};
use kernel::{Event, FriendRequestId, Timestamp, UserId};

use crate::event::{FriendRequestAccepted, tell};
use crate::model::Request;
use crate::relationship::{Full, Relationship};
use crate::store::{friendships, pair, requests};
use crate::view::{RequestStatus, RequestView};
use crate::{Error, SocialSettings};

/// The two of an act.
#[derive(Debug)]
pub(super) struct Parties {
    pub(super) actor: UserCard,
    pub(super) other: UserCard,
    pub(super) relationship: Relationship,
}

impl Parties {
    /// Locks what is between the two, and reads it.
    ///
    /// # Errors
    /// [`Error::NoUser`] when one of them is gone.
    pub(super) async fn lock(
        tx: &mut AsyncPgConnection,
        actor: UserId,
        other: UserId,
    ) -> Result<Self, Error> {
        pair::lock(tx, actor, other).await?;
        let mut cards = Identity::alive(tx, &[actor, other]).await?;
        let other = cards.remove(&other).ok_or(Error::NoUser)?;
        let actor = cards.remove(&actor).ok_or(Error::NoUser)?;
        let relationship = pair::relationship(tx, actor.id, other.id).await?;
        Ok(Self { actor, other, relationship })
    }

    /// The same, for those of whom one asked the other in a request of this id. Another one that is between them by now
    /// is not it: `relationship` says.
    ///
    /// # Errors
    /// [`Error::NoRequest`].
    pub(super) async fn of_request(
        tx: &mut AsyncPgConnection,
        actor: UserId,
        id: FriendRequestId,
    ) -> Result<Self, Error> {
        let found = requests::find(tx, id).await?;
        let found = found.filter(|found| [found.sender_id, found.receiver_id].contains(&actor));
        let other = found.ok_or(Error::NoRequest)?.beside(actor);
        match Self::lock(tx, actor, other).await {
            Err(Error::NoUser) => Err(Error::NoRequest),
            locked => locked,
        }
    }

    /// Of what the two have as many as one may have. Always the same queries, so that their time tells nothing.
    pub(super) async fn full(
        &self,
        tx: &mut AsyncPgConnection,
        settings: &SocialSettings,
    ) -> Result<Full, Error> {
        Ok(Full {
            friends: friendships::count(tx, self.actor.id).await? >= settings.friends,
            their_friends: friendships::count(tx, self.other.id).await? >= settings.friends,
            outgoing: requests::sent(tx, self.actor.id).await? >= settings.outgoing,
            their_incoming: requests::received(tx, self.other.id).await? >= settings.incoming,
        })
    }

    /// Makes them friends by a request of one of them, which is answered by it.
    pub(super) async fn befriend(
        &self,
        tx: &mut AsyncPgConnection,
        request: &Request,
        since: Timestamp,
    ) -> Result<[Event; 2], Error> {
        requests::delete(tx, request.id).await?;
        friendships::insert(tx, (self.actor.id, self.other.id), since).await?;
        let told = |friend: &UserCard| FriendRequestAccepted {
            request_id: request.id,
            friend: friend.clone(),
            since,
        };
        Ok([tell(self.actor.id, &told(&self.other))?, tell(self.other.id, &told(&self.actor))?])
    }

    /// One of the two, by the id.
    pub(super) fn card(&self, id: UserId) -> UserCard {
        if id == self.actor.id { self.actor.clone() } else { self.other.clone() }
    }

    /// The request as both see it.
    pub(super) fn view(&self, request: &Request, status: RequestStatus) -> RequestView {
        RequestView::new(request, self.card(request.sender_id), self.card(request.receiver_id), status)
    }
}
