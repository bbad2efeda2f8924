//! Asking somebody to be a friend, and the requests that wait.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::{Identity, UserCard};
use kernel::{Event, FriendRequestId, Invalid, Limit, Page, UserId};

use super::Social;
use super::parties::Parties;
use crate::Error;
use crate::event::{FriendRequestReceived, FriendRequestSent, tell};
use crate::model::{Direction, Request};
use crate::relationship::Asked;
use crate::store::requests;
use crate::view::{RequestStatus, RequestView};

/// How many requests a page has: 50 unless said otherwise, at most 100.
pub type RequestsLimit = Limit<50, 100>;

impl Social {
    /// `actor` asks `other` to be a friend. When `other` had asked before they are friends at once, and the request that
    /// is returned is that one, accepted. Tells both.
    ///
    /// # Errors
    /// [`Error::Invalid`] for oneself; [`Error::NoUser`]; [`Error::AlreadyFriends`], [`Error::AlreadyAsked`];
    /// [`Error::Blocked`] when `actor` blocks them; [`Error::Unwilling`], also when they block `actor`;
    /// [`Error::TooMany`]; [`Error::Database`].
    pub async fn ask(&self, actor: UserId, other: UserId) -> Result<RequestView, Error> {
        if actor == other {
            return Err(Invalid::field("userId", "must be somebody else").into());
        }
        let mut conn = self.pool.get().await?;
        let (view, events) = conn.transaction(async |tx| self.ask_in(tx, actor, other).await).await?;
        self.publish(events);
        Ok(view)
    }

    async fn ask_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        other: UserId,
    ) -> Result<(RequestView, [Event; 2]), Error> {
        let parties = Parties::lock(tx, actor, other).await?;
        let full = parties.full(tx, &self.settings).await?;
        let now = self.env.now();
        match parties.relationship.ask(actor, full)? {
            Asked::Crossed(request) => {
                let events = parties.befriend(tx, &request, now).await?;
                Ok((parties.view(&request, RequestStatus::Accepted), events))
            }
            Asked::Sent => {
                let request =
                    Request { id: self.env.id(), sender_id: actor, receiver_id: other, created_at: now };
                requests::insert(tx, &request).await?;
                let view = parties.view(&request, RequestStatus::Pending);
                let received = tell(other, &FriendRequestReceived { request: view.clone() })?;
                let sent = tell(actor, &FriendRequestSent { request: view.clone() })?;
                Ok((view, [received, sent]))
            }
        }
    }

    /// A page of the requests that wait, of those whom `user` asked or who asked them or both, the newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn requests(
        &self,
        user: UserId,
        way: Option<Direction>,
        before: Option<FriendRequestId>,
        limit: RequestsLimit,
    ) -> Result<Page<RequestView>, Error> {
        let mut conn = self.pool.get().await?;
        let rows = requests::page(&mut conn, user, way, before, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let people = items.iter().flat_map(|request| [request.sender_id, request.receiver_id]);
        let people = Identity::cards(&conn, &people.collect::<Vec<_>>()).await?;
        Ok(Page { items: items.iter().filter_map(|request| pending(request, &people)).collect(), has_more })
    }
}

/// The request as it is shown; `None` when one of the two is gone meanwhile.
fn pending(request: &Request, people: &HashMap<UserId, UserCard>) -> Option<RequestView> {
    let card = |id: UserId| people.get(&id).cloned();
    let (from, to) = (card(request.sender_id)?, card(request.receiver_id)?);
    Some(RequestView::new(request, from, to, RequestStatus::Pending))
}
