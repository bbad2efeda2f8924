//! A conversation of two.

use std::collections::HashSet;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ConversationId, Event, Fence, Invalid, UserId};
use messaging::{Place, TimelineKind, fence, timeline};
use social::Social;

use super::{Dm, privacy, views};
use crate::event::welcome;
use crate::store::conversations::{self, NewConversation};
use crate::store::pairs::{self, Pair};
use crate::store::participants;
use crate::view::ConversationView;
use crate::{Error, Kind, Rank};

/// The conversation of two people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The conversation, as the one who asked sees it.
    pub conversation: ConversationView,
    /// Whether it was made now.
    pub created: bool,
}

impl Dm {
    /// The conversation of `user` with `other`: the one that they have, or a new one, when `other` accepts messages from
    /// `user`. There is one, however many ask at once. Tells the sessions of both of a new one.
    ///
    /// # Errors
    /// [`Error::Invalid`] with oneself; [`Error::NoUser`]; for a new one [`Error::Blocked`] and [`Error::NotAccepted`];
    /// [`Error::Database`].
    pub async fn open(&self, user: UserId, other: UserId) -> Result<Opened, Error> {
        let pair = Pair::of(user, other).ok_or_else(|| Invalid::field("userId", "must be somebody else"))?;
        if let Some(id) = self.between(user, other).await? {
            let mut conn = self.pool.get().await?;
            let (conversation, _) = views::one(&mut conn, user, id).await?;
            return Ok(Opened { conversation, created: false });
        }
        // Before the transaction: it needs connections of its own.
        let sharing = self.people.sharing_server(user, vec![other]).await?.contains(&other);
        let mut conn = self.pool.get().await?;
        let opened = conn.transaction(async |tx| self.open_in(tx, user, other, pair, sharing).await).await;
        let (opened, events) = opened?;
        self.publish(events);
        Ok(opened)
    }

    /// The conversation that the two have, if they have one.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn between(&self, user: UserId, other: UserId) -> Result<Option<ConversationId>, Error> {
        let Some(pair) = Pair::of(user, other) else { return Ok(None) };
        let mut conn = self.pool.get().await?;
        Ok(pairs::conversation(&mut conn, pair).await?)
    }

    async fn open_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        other: UserId,
        pair: Pair,
        sharing: bool,
    ) -> Result<(Opened, Vec<Event>), Error> {
        // Nobody of the two opens this conversation or blocks the other before this is done.
        Social::lock(tx, user, other).await?;
        if let Some(id) = pairs::conversation(tx, pair).await? {
            let (conversation, _) = views::one(tx, user, id).await?;
            return Ok((Opened { conversation, created: false }, Vec::new()));
        }
        let sharing = if sharing { HashSet::from([other]) } else { HashSet::new() };
        privacy::may_reach(tx, user, &[other], &sharing).await?;
        let (id, now): (ConversationId, _) = (self.env.id(), self.env.now());
        let new = NewConversation {
            id,
            kind: Kind::Direct,
            name: None,
            shares_history: false,
            member_count: 2,
            created_at: now,
            updated_at: now,
        };
        conversations::insert(tx, &new).await?;
        participants::insert(tx, id, &[user, other], Rank::Member, (1, now)).await?;
        pairs::insert(tx, pair, id).await?;
        let fence = furnish(tx, id, TimelineKind::Direct).await?;
        let (conversation, _) = views::one(tx, user, id).await?;
        let (theirs, _) = views::one(tx, other, id).await?;
        let events = vec![welcome(user, fence, conversation.clone())?, welcome(other, fence, theirs)?];
        Ok((Opened { conversation, created: true }, events))
    }
}

/// A new conversation's scope and timeline.
pub(super) async fn furnish(
    tx: &mut AsyncPgConnection,
    id: ConversationId,
    kind: TimelineKind,
) -> Result<Fence, Error> {
    let scope = id.into();
    fence::open(tx, scope).await?;
    timeline::open(tx, &[Place { timeline: id.into(), kind, scope }]).await?;
    Ok(Fence { scope, version: 1 })
}
