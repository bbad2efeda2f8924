//! Changing a guild's name and settings.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use kernel::{Event, GuildId, Permissions, Topic, UserId};
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

impl Guilds {
    /// Changes the guild. Tells the members. The same values again change nothing.
    ///
    /// # Errors
    /// [`Error::Invalid`]; [`Error::NoGuild`] also when `user` is no member; [`Error::Denied`] without
    /// [`Permissions::MANAGE_SERVER`]; [`Error::Database`].
    pub async fn update(
        &self,
        user: UserId,
        guild: GuildId,
        body: UpdateGuildBody,
    ) -> Result<ServerView, Error> {
        let update = GuildUpdate::parse(body)?;
        let mut conn = self.pool.get().await?;
        let updated = conn.transaction(async |tx| self.update_in(tx, user, guild, &update).await).await;
        let (server, event) = updated?;
        self.publish(event);
        Ok(server)
    }

    async fn update_in(
        &self,
        tx: &mut AsyncPgConnection,
        user: UserId,
        guild: GuildId,
        update: &GuildUpdate,
    ) -> Result<(ServerView, Option<Event>), Error> {
        authority::in_guild(tx, self.actor(user, false), guild, Permissions::MANAGE_SERVER).await?;
        let before = guilds::lock(tx, guild).await?.ok_or(Error::NoGuild)?;
        let change = GuildChange {
            name: update.name.as_deref(),
            description: update.description.as_ref().map(Option::as_deref),
            is_public: update.is_public,
            system_messages: update.system_messages,
            updated_at: self.env.now(),
        };
        let after = guilds::update(tx, guild, &change).await?;
        let Some((old, new)) = audit::difference(fields(&before), fields(&after)) else {
            return Ok((servers::one(tx, guild, user, self.env.now()).await?, None));
        };
        let entry = Entry::new(guild, user, Action::ServerUpdate).from(old).to(new);
        audit::record(tx, &self.env, [entry]).await?;
        let event = updated(tx, after).await?;
        Ok((servers::one(tx, guild, user, self.env.now()).await?, Some(event)))
    }
}

/// Tells the members what the guild is now.
pub(super) async fn updated(tx: &mut AsyncPgConnection, guild: Guild) -> Result<Event, Error> {
    let (id, fence) = (guild.id, fence(tx, guild.id).await?);
    let code = invites::permanent(tx, id).await?;
    Ok(tell(Topic::Guild(id), fence, ServerUpdated { server: ServerInfo::new(guild, code) })?)
}

/// The guild's settings, by their names on the wire.
fn fields(guild: &Guild) -> [(&'static str, Value); 4] {
    [
        ("name", json!(guild.name)),
        ("description", json!(guild.description)),
        ("isPublic", json!(guild.is_public)),
        ("systemMessages", json!(guild.system_messages)),
    ]
}
