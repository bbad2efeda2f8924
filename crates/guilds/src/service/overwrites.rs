//! What channels allow and deny to some.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ChannelId, Env, Event, Permissions, Topic, UserId};
use uuid::Uuid;

use super::authority::{self, Actor, demand};
use super::{Guilds, channel_log};
use crate::audit;
use crate::event::{ChannelUpdated, tell};
use crate::input::OverwriteBody;
use crate::model::OverwriteRow;
use crate::permissions::Membership;
use crate::policy::OVERWRITES_MAX;
use crate::store::memberships::MemberAtChannel;
use crate::store::overwrites::{self, Target};
use crate::store::{channels, memberships, roles};
use crate::view::{ChannelView, OverwriteView};
use crate::{Bound, Error};

/// What it takes to see and change them.
const NEEDS: Permissions = Permissions::MANAGE_ROLES;

impl Guilds {
    /// The channel's overwrites, those for roles first.
    ///
    /// # Errors
    /// [`Error::Denied`]: hidden when `user` may not view the channel, missing without
    /// [`Permissions::MANAGE_ROLES`] there; [`Error::Database`].
    pub async fn overwrites(&self, user: UserId, channel: ChannelId) -> Result<Vec<OverwriteView>, Error> {
        let mut conn = self.pool.get().await?;
        authority::member_at(&mut conn, self.actor(user, false), channel, NEEDS).await?;
        let rows = overwrites::of(&mut conn, channel).await?;
        Ok(rows.into_iter().map(OverwriteView::from).collect())
    }

    /// The channel's overwrite for one role or member.
    ///
    /// # Errors
    /// As [`Self::overwrites`]; [`Error::NoOverwrite`].
    pub async fn overwrite(
        &self,
        user: UserId,
        channel: ChannelId,
        target: Uuid,
    ) -> Result<OverwriteView, Error> {
        let all = self.overwrites(user, channel).await?;
        all.into_iter().find(|overwrite| overwrite.id == target).ok_or(Error::NoOverwrite)
    }

    /// Lets the channel allow and deny something to a role or member. Once this returns nobody who lost a right by it
    /// can use it any more. Tells those who may view the channel, those who do no more, and those who do now.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Denied`] as [`Self::overwrites`], and for what is changed and not one's own there;
    /// [`Error::NoRole`] when the target is neither a role nor a member of the guild; [`Error::Hierarchy`] when it does
    /// not stand below `user`; [`Error::TooMany`] when the channel has [`OVERWRITES_MAX`]; [`Error::Database`].
    pub async fn put_overwrite(
        &self,
        user: UserId,
        channel: ChannelId,
        target: Uuid,
        body: OverwriteBody,
    ) -> Result<OverwriteView, Error> {
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let done =
            conn.transaction(async |tx| put_in(tx, &self.env, actor, channel, target, body).await).await;
        let (overwrite, event) = done?;
        self.publish([event]);
        Ok(overwrite)
    }

    /// Removes the channel's overwrite for a role or member. The same rules and events as
    /// [`Self::put_overwrite`].
    ///
    /// # Errors
    /// As [`Self::put_overwrite`]; [`Error::NoOverwrite`].
    pub async fn delete_overwrite(
        &self,
        user: UserId,
        channel: ChannelId,
        target: Uuid,
    ) -> Result<(), Error> {
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let event =
            conn.transaction(async |tx| delete_in(tx, &self.env, actor, channel, target).await).await?;
        self.publish([event]);
        Ok(())
    }
}

async fn put_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    channel: ChannelId,
    target: Uuid,
    body: OverwriteBody,
) -> Result<(OverwriteView, Event), Error> {
    let (fence, member) = authority::at_channel(tx, actor, channel, NEEDS).await?;
    let present = find(tx, channel, target).await?;
    let target = below(tx, actor, &member.membership, target).await?;
    let (was_allowed, was_denied) = present.as_ref().map(bits).unwrap_or_default();
    let (allow, deny) = body.over(was_allowed, was_denied)?;
    demand(member.permissions(), (allow ^ was_allowed) | (deny ^ was_denied))?;
    if present.is_none() && overwrites::count(tx, channel).await? >= OVERWRITES_MAX {
        return Err(Error::TooMany(Bound::Overwrites));
    }
    overwrites::put(tx, (member.membership.guild, channel), target, allow, deny).await?;
    let put = OverwriteView::from(find(tx, channel, target.uuid()).await?.ok_or(Error::NoOverwrite)?);
    let place = (member.membership.guild, channel);
    let entry = channel_log::ruled(actor.user, place, present.map(Into::into), Some(put.clone()));
    audit::record(tx, env, entry).await?;
    Ok((put, updated(tx, &member, fence).await?))
}

async fn delete_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    channel: ChannelId,
    target: Uuid,
) -> Result<Event, Error> {
    let (fence, member) = authority::at_channel(tx, actor, channel, NEEDS).await?;
    let present = find(tx, channel, target).await?.ok_or(Error::NoOverwrite)?;
    match below(tx, actor, &member.membership, target).await {
        // Theirs who left: nobody stands below them any more.
        Err(Error::NoRole) => {}
        other => drop(other?),
    }
    let (allow, deny) = bits(&present);
    demand(member.permissions(), allow | deny)?;
    overwrites::remove(tx, channel, target).await?;
    let place = (member.membership.guild, channel);
    let entry = channel_log::ruled(actor.user, place, Some(present.into()), None);
    audit::record(tx, env, entry).await?;
    updated(tx, &member, fence).await
}

fn bits(row: &OverwriteRow) -> (Permissions, Permissions) {
    let overwrite = row.overwrite();
    (overwrite.allow, overwrite.deny)
}

async fn find(
    tx: &mut AsyncPgConnection,
    channel: ChannelId,
    target: Uuid,
) -> Result<Option<OverwriteRow>, Error> {
    Ok(overwrites::of(tx, channel).await?.into_iter().find(|row| row.target == target))
}

/// The role or member of the guild that `id` names, if it stands below the actor.
async fn below(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    membership: &Membership,
    id: Uuid,
) -> Result<Target, Error> {
    let role = roles::by_id(tx, id.into()).await?.filter(|role| role.guild_id == membership.guild);
    if let Some(role) = role {
        let below = membership.is_above(role.position);
        return below.then_some(Target::Role(role.id)).ok_or(Error::Hierarchy);
    }
    let member = memberships::one(tx, membership.guild, id.into(), actor.now).await?.ok_or(Error::NoRole)?;
    // The owner may write down something for themselves, too: it changes nothing for as long as they own the guild.
    let below = membership.is_owner() || membership.outranks(&member);
    below.then_some(Target::Member(member.user)).ok_or(Error::Hierarchy)
}

/// Tells those who may view the channel that what may be done there has changed.
async fn updated(
    tx: &mut AsyncPgConnection,
    member: &MemberAtChannel,
    fence: kernel::Fence,
) -> Result<Event, Error> {
    let channel = channels::by_id(tx, member.channel).await?.ok_or(kernel::Denied::Hidden)?;
    let channel = ChannelView::from(channel);
    Ok(tell(Topic::Guild(member.membership.guild), fence, ChannelUpdated { channel })?)
}
