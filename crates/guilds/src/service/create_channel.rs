//! A new channel.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Env, Event, GuildId, Permissions, UserId};
use messaging::{Place, TimelineKind, timeline};

use super::authority::{self, Actor};
use super::{Guilds, change_channel, channel_log, channel_views};
use crate::audit;
use crate::event::ring;
use crate::input::{ChannelDraft, CreateChannelBody};
use crate::model::Channel;
use crate::policy::CHANNELS_MAX;
use crate::store::channels::{self, NewChannel};
use crate::store::overwrites;
use crate::view::ChannelView;
use crate::{Bound, Error};

impl Guilds {
    /// Adds a channel behind the guild's others; one in a category starts with the category's overwrites. Tells those who
    /// may view it.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_CHANNELS`], also in the category; [`Error::TooMany`] when there are [`CHANNELS_MAX`];
    /// [`Error::Database`].
    pub async fn create_channel(
        &self,
        user: UserId,
        guild: GuildId,
        body: CreateChannelBody,
    ) -> Result<ChannelView, Error> {
        let draft = ChannelDraft::parse(body)?;
        // It takes nothing away, but whoever missed the event finds it by the version.
        let actor = self.actor(user, true);
        let mut conn = self.pool.get().await?;
        let created = conn.transaction(async |tx| create_in(tx, &self.env, actor, guild, &draft).await).await;
        let (channel, event) = created?;
        self.publish([event]);
        Ok(channel)
    }
}

async fn create_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    actor: Actor,
    guild: GuildId,
    draft: &ChannelDraft,
) -> Result<(ChannelView, Event), Error> {
    // One after another, so that the positions stay dense and the count exact.
    let (fence, _) = authority::in_guild(tx, actor, guild, Permissions::MANAGE_CHANNELS).await?;
    if let Some(parent) = draft.parent {
        change_channel::category(tx, actor, guild, parent).await?;
    }
    let (count, position) = channels::next(tx, guild).await?;
    if count >= CHANNELS_MAX {
        return Err(Error::TooMany(Bound::Channels));
    }
    let channel = add(tx, env, guild, draft, position).await?;
    audit::record(tx, env, [channel_log::made(actor.user, &channel)]).await?;
    Ok((channel_views::channel(tx, actor.user, channel.id, actor.now).await?, ring(guild, fence)))
}

/// Adds the channel, and its timeline if messages are written there.
pub(super) async fn add(
    tx: &mut AsyncPgConnection,
    env: &Env,
    guild: GuildId,
    draft: &ChannelDraft,
    position: i32,
) -> Result<Channel, Error> {
    let (id, now) = (env.id(), env.now());
    let row = NewChannel {
        id,
        guild_id: guild,
        kind: draft.kind,
        name: &draft.name,
        topic: draft.topic.as_deref(),
        parent_id: draft.parent,
        user_limit: draft.user_limit,
        position,
        created_at: now,
        updated_at: now,
    };
    let channel = channels::insert(tx, &row).await?;
    if let Some(parent) = draft.parent {
        overwrites::copy(tx, parent, id).await?;
    }
    if draft.kind.has_timeline() {
        let place = Place { timeline: id.into(), kind: TimelineKind::Channel, scope: guild.into() };
        timeline::open(tx, &[place]).await?;
    }
    Ok(channel)
}
