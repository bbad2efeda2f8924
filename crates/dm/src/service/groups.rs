//! Making and changing groups.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ConversationId, Event, Invalid, UserId};
use messaging::TimelineKind;

use super::{Dm, hold, ids, open, views};
use crate::event::{ConversationUpdated, tell, welcome};
use crate::input::{AdminBody, CreateGroupBody, GroupDraft, GroupUpdate, UpdateGroupBody};
use crate::store::conversations::{self, ConversationChange, NewConversation};
use crate::store::participants;
use crate::view::ConversationView;
use crate::{Error, Kind, Rank};

impl Dm {
    /// Makes a group that belongs to `user`. Tells the sessions of everybody in it.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoUser`], [`Error::Blocked`], [`Error::NotAccepted`] for one of the others;
    /// [`Error::Database`].
    pub async fn create_group(&self, user: UserId, body: CreateGroupBody) -> Result<ConversationView, Error> {
        let draft = GroupDraft::parse(body, user)?;
        self.may_bring(user, &draft.members).await?;
        let mut conn = self.pool.get().await?;
        let made = conn.transaction(async |tx| self.create_in(tx, user, &draft).await).await;
        let (view, events) = made?;
        self.publish(events);
        Ok(view)
    }

    async fn create_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        draft: &GroupDraft,
    ) -> Result<(ConversationView, Vec<Event>), Error> {
        let (id, now): (ConversationId, _) = (self.env.id(), self.env.now());
        let new = NewConversation {
            id,
            kind: Kind::Group,
            name: Some(&draft.name),
            shares_history: draft.shares_history,
            member_count: i32::try_from(draft.members.len() + 1).map_err(|_| Error::Full)?,
            created_at: now,
            updated_at: now,
        };
        conversations::insert(tx, &new).await?;
        participants::insert(tx, id, &[user], Rank::Owner, (1, now)).await?;
        participants::insert(tx, id, &draft.members, Rank::Member, (1, now)).await?;
        let fence = open::furnish(tx, id, TimelineKind::Group).await?;
        let (view, _) = views::one(tx, user, id).await?;
        let mut events = vec![welcome(user, fence, view.clone())?];
        for member in &draft.members {
            // Nobody is more than a member there yet, so all see the same.
            let theirs = ConversationView { role: Rank::Member, ..view.clone() };
            events.push(welcome(*member, fence, theirs)?);
        }
        Ok((view, events))
    }

    /// Changes a group. Tells everybody in it.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoConversation`] also when `user` is not in it; [`Error::NotAGroup`],
    /// [`Error::NotAnAdmin`], [`Error::Database`].
    pub async fn update_group(
        &self,
        user: UserId,
        group: ConversationId,
        body: UpdateGroupBody,
    ) -> Result<ConversationView, Error> {
        let update = GroupUpdate::parse(body)?;
        self.change(user, group, Rank::Admin, Change::Update(update)).await
    }

    /// Makes a member an admin, or no admin any more. Tells everybody in the group.
    ///
    /// # Errors
    /// [`Error::NoConversation`], [`Error::NotAGroup`], [`Error::NotTheOwner`], [`Error::NoMember`]; [`Error::Invalid`] for
    /// the owner themselves; [`Error::Database`].
    pub async fn set_admin(
        &self,
        user: UserId,
        group: ConversationId,
        body: AdminBody,
    ) -> Result<ConversationView, Error> {
        another(user, body.user_id)?;
        let rank = if body.admin { Rank::Admin } else { Rank::Member };
        self.change(user, group, Rank::Owner, Change::Promote(body.user_id, rank)).await
    }

    /// Gives the group to another of its members; its old owner is an admin from then on. Tells everybody in the group.
    ///
    /// # Errors
    /// As [`Self::set_admin`].
    pub async fn hand_over(
        &self,
        user: UserId,
        group: ConversationId,
        to: UserId,
    ) -> Result<ConversationView, Error> {
        another(user, to)?;
        self.change(user, group, Rank::Owner, Change::HandOver(to)).await
    }

    /// Changes a group for somebody who is `least` there, and tells everybody in it what it is now.
    async fn change(
        &self,
        user: UserId,
        group: ConversationId,
        least: Rank,
        change: Change,
    ) -> Result<ConversationView, Error> {
        let mut conn = self.pool.get().await?;
        let changed = conn.transaction(async |tx| {
            let held = hold(tx, user, group, least).await?;
            self.change_in(tx, user, group, &change).await?;
            let (view, _) = views::one(tx, user, group).await?;
            let all = ids(&participants::all(tx, group).await?);
            let events = tell(all, held.fence, &ConversationUpdated { conversation: view.info.clone() })?;
            Ok::<_, Error>((view, events))
        });
        let (view, events) = changed.await?;
        self.publish(events);
        Ok(view)
    }

    async fn change_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        group: ConversationId,
        change: &Change,
    ) -> Result<(), Error> {
        match change {
            Change::Update(update) => {
                let (name, shares_history) = (update.name.as_deref(), update.shares_history);
                let change = ConversationChange { name, shares_history, updated_at: self.env.now() };
                conversations::update(tx, group, &change).await?;
            }
            Change::Promote(member, rank) => {
                participants::rank(tx, group, *member).await?.ok_or(Error::NoMember)?;
                participants::promote(tx, group, *member, *rank).await?;
            }
            Change::HandOver(to) => {
                participants::rank(tx, group, *to).await?.ok_or(Error::NoMember)?;
                // In this order: there is never more than one.
                participants::promote(tx, group, user, Rank::Admin).await?;
                participants::promote(tx, group, *to, Rank::Owner).await?;
            }
        }
        Ok(())
    }
}

/// What is to be different in a group.
#[derive(Debug)]
enum Change {
    Update(GroupUpdate),
    Promote(UserId, Rank),
    HandOver(UserId),
}

fn another(user: UserId, other: UserId) -> Result<(), Invalid> {
    if user == other { Err(Invalid::field("userId", "must be another member")) } else { Ok(()) }
}
