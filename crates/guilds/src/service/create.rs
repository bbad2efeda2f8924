//! A new guild.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Timestamp, Topic, UserId};

use super::{Guilds, create_channel, fence, invites, servers};
use crate::event::{ServerCreated, tell};
use crate::input::{ChannelDraft, CreateGuildBody, GuildDraft};
use crate::model::Member;
use crate::policy::{JOINED_MAX, OWNED_MAX};
use crate::store::guilds::{self, NewGuild};
use crate::store::invites::NewInvite;
use crate::store::{self, members, roles};
use crate::view::ServerView;
use crate::{Bound, ChannelKind, Error};

/// The channels that every guild begins with, in their order.
const FIRST_CHANNELS: [(&str, ChannelKind); 2] =
    [("general", ChannelKind::Text), ("General", ChannelKind::Voice)];

impl Guilds {
    /// Makes a guild that belongs to `user`: its only member, with a role that every member has, a text channel
    /// `general`, a voice channel `General` and a permanent invite code. Tells the user's sessions.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::TooMany`] when they own [`OWNED_MAX`] guilds or are in [`JOINED_MAX`];
    /// [`Error::NoUser`], [`Error::Database`].
    pub async fn create(&self, user: UserId, body: CreateGuildBody) -> Result<ServerView, Error> {
        let draft = GuildDraft::parse(body)?;
        let mut conn = self.pool.get().await?;
        let created = conn.transaction(async |tx| self.create_in(tx, user, &draft).await).await;
        let (server, event) = created?;
        self.publish([event]);
        Ok(server)
    }

    async fn create_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        draft: &GuildDraft,
    ) -> Result<(ServerView, Event), Error> {
        members::lock(tx, user).await?;
        if guilds::owned(tx, user).await? >= OWNED_MAX {
            return Err(Error::TooMany(Bound::Owned));
        }
        if members::joined(tx, user).await? >= JOINED_MAX {
            return Err(Error::TooMany(Bound::Joined));
        }
        let (id, now) = (self.env.id(), self.env.now());
        self.furnish(tx, id, user, draft, now).await?;
        let owner = Member { user_id: user, nickname: None, joined_at: now, timed_out_until: None };
        members::insert(tx, id, &[owner]).await?;
        let server = servers::one(tx, id, user, now).await?;
        let fence = fence(tx, id).await?;
        let event = tell(Topic::User(user), fence, ServerCreated { server: server.clone() })?;
        Ok((server, event))
    }

    /// Everything of a new guild but its members.
    async fn furnish(
        &self,
        tx: &mut AsyncPgConnection,
        id: GuildId,
        owner: UserId,
        draft: &GuildDraft,
        now: Timestamp,
    ) -> Result<(), Error> {
        let (name, description) = (draft.name.as_str(), draft.description.as_deref());
        let guild = NewGuild { id, name, description, owner_id: owner, created_at: now, updated_at: now };
        guilds::insert(tx, &guild).await?;
        messaging::fence::open(tx, id.into()).await?;
        roles::insert_everyone(tx, self.env.id(), id).await?;
        for (place, (name, kind)) in (0..).zip(FIRST_CHANNELS) {
            let draft = ChannelDraft { name: name.into(), kind, topic: None, parent: None, user_limit: None };
            create_channel::add(tx, &self.env, id, &draft, place).await?;
        }
        let code = invites::new_code(&self.env);
        let invite = NewInvite {
            code: &code,
            guild_id: id,
            created_by: owner,
            created_at: now,
            permanent: true,
            max_uses: None,
            expires_at: None,
        };
        store::invites::insert(tx, &invite).await?;
        Ok(())
    }
}
