//! Changing a guild's name and settings.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Patch, Permissions, Topic, UserId};
use serde_json::{Value, json};

use super::{Guilds, authority, fence, servers};
use crate::Error;
use crate::audit::{self, Action, Entry};
use crate::event::{ServerUpdated, tell};
use crate::input::{GuildUpdate, UpdateGuildBody};
use crate::model::Guild;
use crate::store::guilds::{self, GuildChange};
use crate::store::invites;
use crate::view::{ServerInfo, ServerView};

/// A guild that was changed.
#[derive(Clone, Debug)]
pub struct Updated {
    /// As it is now, for who changed it.
    pub server: ServerView,
    /// The URL of the picture that it has no more.
    pub former_icon: Option<String>,
}

impl Guilds {
    /// Takes an icon that does not exist any more from a guild that still has it; whether it had. Nobody is told: it could not
    /// be shown before either.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn lose_icon(&self, guild: GuildId, icon: &str) -> Result<bool, Error> {
        let mut conn = self.pool.get().await?;
        Ok(guilds::lose_icon(&mut conn, guild, icon, self.env.now()).await?)
    }

    /// Changes the guild. Tells the members. The same values again change nothing. `icon` is the URL of what was made of the
    /// picture that the body names, if it names one.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_SERVER`]; [`Error::Database`].
    pub async fn update(
        &self,
        user: UserId,
        guild: GuildId,
        body: UpdateGuildBody,
        icon: Option<String>,
    ) -> Result<Updated, Error> {
        self.apply(user, guild, GuildUpdate::parse(body, icon)?).await
    }

    /// That `user` may change the guild.
    ///
    /// # Errors
    /// As [`Self::update`].
    pub async fn may_update(&self, user: UserId, guild: GuildId) -> Result<(), Error> {
        let mut conn = self.pool.get().await?;
        let actor = self.actor(user, false);
        authority::membership(&mut conn, actor, guild, Permissions::MANAGE_SERVER).await.map(drop)
    }

    async fn apply(&self, user: UserId, guild: GuildId, update: GuildUpdate) -> Result<Updated, Error> {
        let mut conn = self.pool.get().await?;
        let updated = conn.transaction(async |tx| self.update_in(tx, user, guild, &update).await).await;
        let (updated, event) = updated?;
        self.publish(event);
        Ok(updated)
    }

    async fn update_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
        update: &GuildUpdate,
    ) -> Result<(Updated, Option<Event>), Error> {
        authority::in_guild(tx, self.actor(user, false), guild, Permissions::MANAGE_SERVER).await?;
        let before = guilds::lock(tx, guild).await?.ok_or(Error::NoGuild)?;
        let change = GuildChange {
            name: update.name.as_deref(),
            description: update.description.as_ref().map(Option::as_deref),
            icon: update.icon.as_ref().into_change().map(|icon| icon.map(String::as_str)),
            is_public: update.is_public,
            system_messages: update.system_messages,
            updated_at: self.env.now(),
        };
        let after = guilds::update(tx, guild, &change).await?;
        let former_icon = before.icon.clone().filter(|_| update.icon != Patch::Keep);
        let Some((old, new)) = audit::difference(fields(&before), fields(&after)) else {
            let server = servers::one(tx, guild, user, self.env.now()).await?;
            return Ok((Updated { server, former_icon }, None));
        };
        let entry = Entry::new(guild, user, Action::ServerUpdate).from(old).to(new);
        audit::record(tx, &self.env, [entry]).await?;
        let event = updated(tx, after).await?;
        let server = servers::one(tx, guild, user, self.env.now()).await?;
        Ok((Updated { server, former_icon }, Some(event)))
    }
}

/// Tells the members what the guild is now.
pub(super) async fn updated(tx: &mut AsyncPgConnection, guild: Guild) -> Result<Event, Error> {
    let (id, fence) = (guild.id, fence(tx, guild.id).await?);
    let code = invites::permanent(tx, id).await?;
    Ok(tell(Topic::Guild(id), fence, ServerUpdated { server: ServerInfo::new(guild, code) })?)
}

/// The guild's settings, by their names on the wire.
fn fields(guild: &Guild) -> [(&'static str, Value); 5] {
    [
        ("name", json!(guild.name)),
        ("description", json!(guild.description)),
        ("icon", json!(guild.icon)),
        ("isPublic", json!(guild.is_public)),
        ("systemMessages", json!(guild.system_messages)),
    ]
}
