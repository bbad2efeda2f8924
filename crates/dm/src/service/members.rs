//! Coming into a group and going.

use std::collections::{HashMap, HashSet};

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ConversationId, Event, UserId};
use messaging::timeline;

use super::{Dm, Held, hold, ids, views};
use crate::event::{ConversationMemberAdded, ConversationMemberRemoved, ConversationUpdated, tell, welcome};
use crate::input::AddMembersBody;
use crate::store::{conversations, participants};
use crate::view::{ConversationView, ParticipantView};
use crate::{Error, MEMBERS_MAX, Rank};

/// How somebody left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// Who owns the group instead.
    pub heir: Option<UserId>,
    /// Whether nobody is left, so that the group is gone.
    pub gone: bool,
}

impl Dm {
    /// Adds people to a group, and returns those who were not in it. They read what is written from now on, or everything
    /// when the group shares its history. Tells everybody in it, and the new ones' sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoConversation`] also when `user` is not in it; [`Error::NotAGroup`],
    /// [`Error::NotAnAdmin`], [`Error::Full`]; [`Error::NoUser`], [`Error::Blocked`], [`Error::NotAccepted`] for one of
    /// them; [`Error::Database`].
    pub async fn add_members(
        &self,
        user: UserId,
        group: ConversationId,
        body: AddMembersBody,
    ) -> Result<Vec<ParticipantView>, Error> {
        let people = body.parse(user)?;
        self.may_bring(user, &people).await?;
        let mut conn = self.pool.get().await?;
        let added = conn.transaction(async |tx| self.add_in(tx, user, group, &people).await).await;
        let (members, events) = added?;
        self.publish(events);
        Ok(members)
    }

    async fn add_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        group: ConversationId,
        people: &[UserId],
    ) -> Result<(Vec<ParticipantView>, Vec<Event>), Error> {
        let held = hold(tx, user, group, Rank::Admin).await?;
        let before = ids(&participants::all(tx, group).await?);
        let (heads, now) = (timeline::heads(tx, &[group.into()]).await?, self.env.now());
        // Exact: while the scope's lock is held alone nothing is written.
        let end = heads.first().map_or(0, |(_, head)| head.last_seq);
        let visible_from = if held.shares_history { 1 } else { end + 1 };
        let new = participants::insert(tx, group, people, Rank::Member, (visible_from, now)).await?;
        if new.is_empty() {
            return Ok((Vec::new(), Vec::new()));
        }
        let count = i32::try_from(new.len()).map_or(i32::MAX, |new| held.members.saturating_add(new));
        if count > MEMBERS_MAX {
            return Err(Error::Full);
        }
        conversations::count(tx, group, count).await?;
        let new = new.into_iter().collect::<HashSet<_>>();
        // What was said before they came is nothing that they have missed.
        timeline::mark_read_by(tx, &new.iter().copied().collect::<Vec<_>>(), group.into(), end).await?;
        let mut rows = participants::all(tx, group).await?;
        rows.retain(|row| new.contains(&row.user_id));
        let members = views::participants(tx, &rows, &HashMap::new()).await?;
        let told =
            ConversationMemberAdded { conversation_id: group, members: members.clone(), member_count: count };
        let mut events = tell(before, held.fence, &told)?;
        // All of them see the same: they are members, and have set nothing yet.
        let (view, _) = views::one(tx, user, group).await?;
        let view = ConversationView { role: Rank::Member, is_pinned: false, is_muted: false, ..view };
        for member in &new {
            events.push(welcome(*member, held.fence, view.clone())?);
        }
        Ok((members, events))
    }

    /// Removes somebody from a group. Once this returns no message reaches them any more, and none is accepted from them.
    /// Tells everybody who was in it.
    ///
    /// # Errors
    /// [`Error::NoConversation`] also when `user` is not in it; [`Error::NotAGroup`], [`Error::NotAnAdmin`],
    /// [`Error::NoMember`], [`Error::Rank`], [`Error::Database`].
    pub async fn remove_member(
        &self,
        user: UserId,
        group: ConversationId,
        member: UserId,
    ) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let removed = conn.transaction(async |tx| {
            let held = hold(tx, user, group, Rank::Admin).await?;
            let rank = participants::rank(tx, group, member).await?.ok_or(Error::NoMember)?;
            if rank >= held.rank {
                return Err(Error::Rank);
            }
            take(tx, group, member, &held).await
        });
        self.publish(removed.await?);
        Ok(())
    }

    /// Leaves a group. When the owner leaves, the admin who has been in it for longest owns it, or else the member who has;
    /// with the last one it is gone. Once this returns no message reaches them any more, and none is accepted from them.
    /// Tells everybody who was in it.
    ///
    /// # Errors
    /// [`Error::NoConversation`] also when `user` is not in it; [`Error::NotAGroup`], [`Error::Database`].
    pub async fn leave_group(&self, user: UserId, group: ConversationId) -> Result<Left, Error> {
        let mut conn = self.pool.get().await?;
        let left = conn.transaction(async |tx| self.leave_in(tx, user, group).await).await;
        let (left, events) = left?;
        self.publish(events);
        Ok(left)
    }

    pub(super) async fn leave_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        group: ConversationId,
    ) -> Result<(Left, Vec<Event>), Error> {
        let held = hold(tx, user, group, Rank::Member).await?;
        let mut events = take(tx, group, user, &held).await?;
        if held.members <= 1 {
            timeline::close(tx, &[group.into()], self.env.now()).await?;
            conversations::delete(tx, group).await?;
            return Ok((Left { heir: None, gone: true }, events));
        }
        let heir = if held.rank == Rank::Owner { participants::heir(tx, group).await? } else { None };
        if let Some(heir) = heir {
            participants::promote(tx, group, heir, Rank::Owner).await?;
            let (view, _) = views::one(tx, heir, group).await?;
            let all = ids(&participants::all(tx, group).await?);
            events.extend(tell(all, held.fence, &ConversationUpdated { conversation: view.info })?);
        }
        Ok((Left { heir, gone: false }, events))
    }
}

/// Takes somebody out who is in the group. The events are to be published when the transaction is committed.
async fn take(
    tx: &mut AsyncPgConnection,
    group: ConversationId,
    user: UserId,
    held: &Held,
) -> Result<Vec<Event>, Error> {
    let before = ids(&participants::all(tx, group).await?);
    participants::remove(tx, group, user).await?.ok_or(Error::NoMember)?;
    let member_count = held.members - 1;
    conversations::count(tx, group, member_count).await?;
    let told = ConversationMemberRemoved { conversation_id: group, user_id: user, member_count };
    Ok(tell(before, held.fence, &told)?)
}
