//! Not wanting to hear of somebody.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use identity::Identity;
use kernel::{Event, Invalid, Limit, Page, UserId};

use super::parties::Parties;
use super::{Social, answer, friends};
use crate::error::Bound;
use crate::event::{UserBlocked, UserUnblocked, tell};
use crate::store::{blocks, friendships, requests};
use crate::view::BlockedView;
use crate::{Error, OnBlock};

/// How many blocked people a page has: 50 unless said otherwise, at most 100.
pub type BlocksLimit = Limit<50, 100>;

impl Social {
    /// `actor` blocks `other`: they are no friends any more, no request is between them, and neither reaches the other.
    /// Nothing happens when they do already. `other` is told what a removal, or the end of a request, would tell them;
    /// of the block only the sessions of `actor` are told.
    ///
    /// # Errors
    /// [`Error::Invalid`] for oneself; [`Error::NoUser`]; [`Error::TooMany`]; [`Error::Database`],
    /// [`Error::Internal`].
    pub async fn block(&self, actor: UserId, other: UserId) -> Result<(), Error> {
        if actor == other {
            return Err(Invalid::field("userId", "must be somebody else").into());
        }
        let mut conn = self.pool.get().await?;
        let events = conn.transaction(async |tx| self.block_in(tx, actor, other).await).await?;
        self.publish(events);
        Ok(())
    }

    async fn block_in(
        &self,
        tx: &mut AsyncPgConnection,
        actor: UserId,
        other: UserId,
    ) -> Result<Vec<Event>, Error> {
        let parties = Parties::lock(tx, actor, other).await?;
        if parties.relationship.blocks {
            return Ok(Vec::new());
        }
        if blocks::count(tx, actor).await? >= self.settings.blocks {
            return Err(Error::TooMany(Bound::Blocks));
        }
        blocks::insert(tx, actor, other, self.env.now()).await?;
        let mut events = part(tx, &parties).await?;
        events.extend(self.sever(tx, (actor, other)).await?);
        let username = parties.other.username;
        events.push(tell(actor, &UserBlocked { user_id: other, username })?);
        Ok(events)
    }

    /// `actor` does not block `other` any more. Nothing happens when they do not. What the block ended does not come
    /// back.
    ///
    /// # Errors
    /// [`Error::NoUser`], [`Error::Database`], [`Error::Internal`].
    pub async fn unblock(&self, actor: UserId, other: UserId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| {
            let parties = Parties::lock(tx, actor, other).await?;
            if !blocks::delete(tx, actor, other).await? {
                return Ok(Vec::new());
            }
            let mut events = self.sever(tx, (actor, other)).await?;
            let username = parties.other.username;
            events.push(tell(actor, &UserUnblocked { user_id: other, username })?);
            Ok::<_, Error>(events)
        });
        let events = done.await?;
        self.publish(events);
        Ok(())
    }

    /// A page of the people whom `user` blocks, by their ids.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn blocked(
        &self,
        user: UserId,
        after: Option<UserId>,
        limit: BlocksLimit,
    ) -> Result<Page<BlockedView>, Error> {
        let mut conn = self.pool.get().await?;
        let rows = blocks::page(&mut conn, user, after, limit.get() + 1).await?;
        let Page { items, has_more } = Page::of(rows, limit.get());
        let ids = items.iter().map(|block| block.blocked_id).collect::<Vec<_>>();
        let mut cards = Identity::cards(&conn, &ids).await?;
        let views = items.into_iter().filter_map(|block| {
            let user = cards.remove(&block.blocked_id)?;
            Some(BlockedView { user, blocked_at: block.created_at })
        });
        Ok(Page { items: views.collect(), has_more })
    }

    /// Lets the others who rest on it do their part.
    async fn sever(&self, tx: &mut AsyncPgConnection, pair: (UserId, UserId)) -> Result<Vec<Event>, Error> {
        let mut events = Vec::new();
        for part in self.on_block.iter() {
            events.extend(OnBlock::on_block(part.as_ref(), tx, pair).await?);
        }
        Ok(events)
    }
}

/// Ends what is between the two, and tells both what they would be told without a block.
async fn part(tx: &mut AsyncPgConnection, parties: &Parties) -> Result<Vec<Event>, Error> {
    let (actor, other) = (parties.actor.id, parties.other.id);
    let mut events = Vec::new();
    if friendships::delete(tx, actor, other).await? {
        events.extend(friends::removed(parties)?);
    }
    if let Some(request) = parties.relationship.request {
        requests::delete(tx, request.id).await?;
        if request.sender_id == actor {
            let told = answer::cancelled(parties, request.id, actor);
            events.extend([tell(actor, &told)?, tell(other, &told)?]);
        } else {
            let told = answer::declined(parties, request.id, actor);
            events.extend([tell(actor, &told)?, tell(other, &told)?]);
        }
    }
    Ok(events)
}
