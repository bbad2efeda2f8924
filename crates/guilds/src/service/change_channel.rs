//! Changes of a channel, and of the order of channels.

use std::collections::HashSet;

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{ChannelId, Denied, Env, Event, GuildId, Invalid, Permissions, Topic, UserId};

use super::authority::{self, Actor, demand};
use super::{Guilds, channel_log, channel_views};
use crate::audit::{self, Entry};
use crate::event::{ChannelUpdated, ring, tell};
use crate::input::{ChangeChannelBody, ChannelPatch, OrderBody, VOICE_ONLY};
use crate::permissions::Membership;
use crate::store::channels::{self, ChannelChange};
use crate::store::memberships::MemberAtChannel;
use crate::store::overwrites;
use crate::view::ChannelView;
use crate::{ChannelKind, Error};

/// What it takes.
const NEEDS: Permissions = Permissions::MANAGE_CHANNELS;

impl Guilds {
    /// Changes a channel. Tells those who may view it, those who do no more, and those who do now.
    ///
    /// A channel that has the overwrites of the category that it stands in (or none and stands in none) gets those of the
    /// category that it comes to. Any other keeps its own, and who leaves a category keeps what it had.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::Denied`]: hidden when `user` may not view it, missing without
    /// [`Permissions::MANAGE_CHANNELS`] there and in the new category, or [`Permissions::MANAGE_ROLES`] when the
    /// move changes who may do what; [`Error::Database`].
    pub async fn change_channel(
        &self,
        user: UserId,
        channel: ChannelId,
        body: ChangeChannelBody,
    ) -> Result<ChannelView, Error> {
        let patch = ChannelPatch::parse(body)?;
        let actor = self.actor(user, patch.is_of_rank());
        let mut conn = self.pool.get().await?;
        let (channel, event) =
            conn.transaction(async |tx| change_in(tx, &self.env, actor, channel, &patch).await).await?;
        self.publish([event]);
        Ok(channel)
    }

    /// Lets channels take each other's places, in the order given. Those that are not named stay where they are. Tells
    /// each session in which order it sees them now.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`]: missing without
    /// [`Permissions::MANAGE_CHANNELS`], hidden when they may not know of one; [`Error::Database`].
    pub async fn order_channels(
        &self,
        user: UserId,
        guild: GuildId,
        body: OrderBody,
    ) -> Result<Vec<ChannelView>, Error> {
        let order = body.parse()?;
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let done = conn.transaction(async |tx| order_in(tx, &self.env, actor, guild, &order).await).await;
        let (channels, event) = done?;
        self.publish([event]);
        Ok(channels)
    }
}

async fn change_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    channel: ChannelId,
    patch: &ChannelPatch,
) -> Result<(ChannelView, Event), Error> {
    let (fence, member) = authority::at_channel(tx, actor, channel, NEEDS).await?;
    if patch
        .kind
        .is_some_and(|kind| kind != member.kind && !(kind.has_timeline() && member.kind.has_timeline()))
    {
        let must = "must stay as it is: only text and announcement can become each other";
        return Err(Invalid::field("type", must).into());
    }
    if patch.user_limit.flatten().is_some() && member.kind != ChannelKind::Voice {
        return Err(Invalid::field("userLimit", VOICE_ONLY).into());
    }
    if let Some(parent) = patch.parent {
        come_to(tx, actor, &member, parent).await?;
    }
    let change = ChannelChange {
        name: patch.name.as_deref(),
        topic: patch.topic.as_ref().map(Option::as_deref),
        kind: patch.kind,
        parent_id: patch.parent,
        user_limit: patch.user_limit,
        updated_at: actor.now,
    };
    let before = channels::by_id(tx, channel).await?.ok_or(Denied::Hidden)?;
    let changed = channels::change(tx, channel, &change).await?;
    let moved = match patch.position {
        Some(place) => put_at(tx, &member.membership, channel, place).await?,
        None => None,
    };
    let entries = channel_log::changed(actor.user, &before, &changed).into_iter().chain(moved);
    audit::record(tx, env, entries).await?;
    let guild = member.membership.guild;
    let event = tell(Topic::Guild(guild), fence, ChannelUpdated { channel: changed.into() })?;
    Ok((channel_views::channel(tx, actor.user, channel, actor.now).await?, event))
}

/// Gives a channel that comes to a category, or out of one, the overwrites that it is to have there.
async fn come_to(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    member: &MemberAtChannel,
    parent: Option<ChannelId>,
) -> Result<(), Error> {
    let Some(parent) = parent else { return Ok(()) };
    if member.kind == ChannelKind::Category {
        return Err(Invalid::field("parentId", "must not be given: a category stands in no other").into());
    }
    category(tx, actor, member.membership.guild, parent).await?;
    let present = channels::by_id(tx, member.channel).await?.ok_or(Denied::Hidden)?.parent_id;
    let own = rules(tx, Some(member.channel)).await?;
    let (before, after) = (rules(tx, present).await?, rules(tx, Some(parent)).await?);
    if own == before && own != after {
        demand(member.permissions(), Permissions::MANAGE_ROLES)?;
        overwrites::copy(tx, parent, member.channel).await?;
    }
    Ok(())
}

/// That a channel of the guild is a category where the actor may manage channels.
pub(super) async fn category(
    tx: &mut AsyncPgConnection,
    actor: Actor,
    guild: GuildId,
    id: ChannelId,
) -> Result<(), Error> {
    let must = || Invalid::field("parentId", "must be a category of this server that you may view");
    let member =
        authority::member_at(tx, actor, id, Permissions::VIEW_CHANNEL).await.map_err(
            |error| match error {
                Error::Denied(_) => must().into(),
                other => other,
            },
        )?;
    if member.kind != ChannelKind::Category || member.membership.guild != guild {
        return Err(must().into());
    }
    Ok(demand(member.permissions(), NEEDS)?)
}

/// What a channel allows and denies, to be compared; nothing, where there is no channel.
async fn rules(
    tx: &mut AsyncPgConnection,
    channel: Option<ChannelId>,
) -> Result<HashSet<(uuid::Uuid, Permissions, Permissions)>, Error> {
    let Some(channel) = channel else { return Ok(HashSet::new()) };
    let rows = overwrites::of(tx, channel).await?;
    let rules = rows.iter().map(|row| row.overwrite()).map(|rule| (rule.target, rule.allow, rule.deny));
    Ok(rules.collect())
}

/// Puts a channel in a place among those that the member sees; what to write down of it.
async fn put_at(
    tx: &mut AsyncPgConnection,
    membership: &Membership,
    channel: ChannelId,
    place: usize,
) -> Result<Option<Entry>, Error> {
    let channel_access = channel_views::channel_access(tx, std::slice::from_ref(membership)).await?;
    let before = channel_access.visible_to(membership).channels().collect::<Vec<_>>();
    let mut order = before.iter().copied().filter(|id| *id != channel).collect::<Vec<_>>();
    order.insert(place.min(order.len()), channel);
    channels::arrange(tx, &order).await?;
    Ok(channel_log::reordered(membership.user, membership.guild, &before, &order))
}

async fn order_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    guild: GuildId,
    order: &[ChannelId],
) -> Result<(Vec<ChannelView>, Event), Error> {
    let (fence, membership) = authority::in_guild(tx, actor, guild, NEEDS).await?;
    let channel_access = channel_views::channel_access(tx, std::slice::from_ref(&membership)).await?;
    let visible = channel_access.visible_to(&membership);
    if !order.iter().all(|channel| visible.contains(*channel)) {
        return Err(Denied::Hidden.into());
    }
    channels::arrange(tx, order).await?;
    let before = visible.channels().collect::<Vec<_>>();
    let channel_access = channel_views::channel_access(tx, std::slice::from_ref(&membership)).await?;
    let after = channel_access.visible_to(&membership).channels().collect::<Vec<_>>();
    audit::record(tx, env, channel_log::reordered(actor.user, guild, &before, &after)).await?;
    Ok((channel_views::views(&channel_access, &membership), ring(guild, fence)))
}
