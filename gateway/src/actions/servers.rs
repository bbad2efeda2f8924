//! Coming, going and being removed: the membership, and what the server tells of it in its first text channel.

use guilds::input::UpdateGuildBody;
use guilds::{Joined, ServerView};
use kernel::{GuildId, Patch, UserId, can};
use media::Owner;
use moderation::BanView;
use moderation::input::{BanBody, KickBody};

use crate::http::ApiError;
use crate::services::Services;

/// What is told of who was kicked or banned.
const REMOVED: &str = "was removed from the server";

/// Joins a server by an invite code.
pub(crate) async fn join(services: &Services, user: UserId, code: &str) -> Result<Joined, ApiError> {
    welcome(services, user, services.guilds.join(user, code).await?).await
}

/// Joins a public server.
pub(crate) async fn join_public(
    services: &Services,
    user: UserId,
    guild: GuildId,
) -> Result<Joined, ApiError> {
    welcome(services, user, services.guilds.join_public(user, guild).await?).await
}

/// Leaves a server.
pub(crate) async fn leave(services: &Services, user: UserId, guild: GuildId) -> Result<(), ApiError> {
    services.guilds.leave(user, guild).await?;
    announce(services, guild, user, "left the server").await;
    Ok(())
}

/// Removes a member.
pub(crate) async fn kick(
    services: &Services,
    actor: UserId,
    guild: GuildId,
    member: UserId,
    body: KickBody,
) -> Result<(), ApiError> {
    services.moderation.kick(actor, guild, member, body).await?;
    announce(services, guild, member, REMOVED).await;
    Ok(())
}

/// Keeps somebody out.
pub(crate) async fn ban(
    services: &Services,
    actor: UserId,
    guild: GuildId,
    user: UserId,
    body: BanBody,
) -> Result<BanView, ApiError> {
    let banned = services.moderation.ban(actor, guild, user, body).await?;
    if banned.removed {
        announce(services, guild, user, REMOVED).await;
    }
    Ok(banned.ban)
}

/// Changes a server's name and settings, and makes its picture of a file if one is named.
pub(crate) async fn update(
    services: &Services,
    user: UserId,
    guild: GuildId,
    body: UpdateGuildBody,
) -> Result<ServerView, ApiError> {
    let picture = match body.icon {
        Patch::Set(file) => {
            // Before anything is worked at; and once more when it is changed.
            services.guilds.may_update(user, guild).await?;
            Some(services.media.again(Owner::Guild(guild), user, file).await?)
        }
        Patch::Keep | Patch::Clear => None,
    };
    super::media::change_server(services, user, guild, body, picture).await
}

/// Deletes a server.
pub(crate) async fn delete(services: &Services, user: UserId, guild: GuildId) -> Result<(), ApiError> {
    services.guilds.delete(user, guild).await?;
    Ok(services.media.retire_all(Owner::Guild(guild)).await?)
}

async fn welcome(services: &Services, user: UserId, joined: Joined) -> Result<Joined, ApiError> {
    if joined.joined {
        announce(services, joined.server.info.id, user, "joined the server").await;
    }
    Ok(joined)
}

/// How often to prove and write before giving up, while access changes.
const TRIES: u32 = 4;

/// Tells in the server what happened to `about`, if the server wants that. What happened stays true without it, so that
/// it could not be told is for the log.
async fn announce(services: &Services, guild: GuildId, about: UserId, words: &str) {
    for _ in 0..TRIES {
        match told(services, guild, about, words).await {
            Err(error) if error.code == kernel::Code::Conflict => {}
            Err(error) => return tracing::warn!(%error, %guild, "a system message could not be written"),
            Ok(()) => return,
        }
    }
}

async fn told(services: &Services, guild: GuildId, about: UserId, words: &str) -> Result<(), ApiError> {
    if let Some(grant) = services.guilds.announcer(guild).await? {
        services.messaging.announce(grant.require::<can::ManageMessages>()?, about, words, None).await?;
    }
    Ok(())
}
