//! A new channel.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Denied, Env, Event, GuildId, Permissions, Topic, UserId};
use messaging::{Place, TimelineKind, timeline};

use super::{Guilds, fence};
use crate::event::{ChannelCreated, tell};
use crate::input::{ChannelDraft, CreateChannelBody};
use crate::policy::CHANNELS_MAX;
use crate::store::channels::{self, NewChannel};
use crate::store::{guilds, standings};
use crate::view::ChannelView;
use crate::{Bound, Error};

impl Guilds {
    /// Adds a channel behind the guild's others. Tells the members.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_CHANNELS`]; [`Error::TooMany`] when there are [`CHANNELS_MAX`]; [`Error::Database`].
    pub async fn create_channel(
        &self,
        user: UserId,
        guild: GuildId,
        body: CreateChannelBody,
    ) -> Result<ChannelView, Error> {
        let draft = ChannelDraft::parse(body)?;
        let mut conn = self.pool.get().await?;
        let created =
            conn.transaction(async |tx| create_channel_in(tx, &self.env, user, guild, &draft).await).await;
        let (channel, event) = created?;
        self.publish([event]);
        Ok(channel)
    }
}

async fn create_channel_in(
    tx: &mut AsyncPgConnection,
    env: &Env,
    user: UserId,
    guild: GuildId,
    draft: &ChannelDraft,
) -> Result<(ChannelView, Event), Error> {
    // One after another, so that the positions stay dense and the count exact.
    if !guilds::lock_for(tx, guild, user).await? {
        return Err(Error::NoGuild);
    }
    let standing = standings::one(tx, guild, user).await?.ok_or(Error::NoGuild)?;
    if !standing.permissions().contains(Permissions::MANAGE_CHANNELS) {
        return Err(Denied::Missing(Permissions::MANAGE_CHANNELS).into());
    }
    let (count, position) = channels::next(tx, guild).await?;
    if count >= CHANNELS_MAX {
        return Err(Error::TooMany(Bound::Channels));
    }
    let channel = add(tx, env, guild, draft, position).await?;
    let fence = fence(tx, guild).await?;
    let event = tell(Topic::Guild(guild), fence, ChannelCreated { channel: channel.clone() })?;
    Ok((channel, event))
}

/// Adds the channel, and its timeline if messages are written there.
pub(super) async fn add(
    tx: &mut AsyncPgConnection,
    env: &Env,
    guild: GuildId,
    draft: &ChannelDraft,
    position: i32,
) -> Result<ChannelView, Error> {
    let now = env.now();
    let row = NewChannel {
        id: env.id(),
        guild_id: guild,
        kind: draft.kind,
        name: &draft.name,
        topic: draft.topic.as_deref(),
        position,
        created_at: now,
        updated_at: now,
    };
    let channel = channels::insert(tx, &row).await?;
    if draft.kind.has_timeline() {
        let place = Place { timeline: row.id.into(), kind: TimelineKind::Channel, scope: guild.into() };
        timeline::open(tx, &[place]).await?;
    }
    Ok(channel.into())
}
