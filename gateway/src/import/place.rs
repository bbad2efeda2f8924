//! Where an import goes: whose server, which channel.

use guilds::input::{CreateChannelBody, CreateGuildBody};
use guilds::{ChannelView, ServerView};
use identity::Newcomer;
use kernel::text::display_name;
use kernel::{Allowed, ChannelId, GuildId, UserId, can};

use super::{ImportError, IrcOptions};
use crate::services::Services;

/// Whose servers are when nobody else is said. Nobody can log in to it.
const ARCHIVIST: &str = "irc-archive";

/// A channel, and who writes there.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    /// Whose server it is, or who else may manage messages there.
    pub(super) owner: UserId,
    /// The server.
    pub(super) guild: GuildId,
    /// The channel.
    channel: ChannelId,
}

impl Place {
    /// Finds the place that the options say, and makes what is missing of it.
    pub(super) async fn find(services: &Services, options: &IrcOptions) -> Result<Self, ImportError> {
        let owner = owner(services, options.owner.as_deref()).await?;
        let server = server(services, owner, &options.server).await?;
        let channel = channel(services, owner, server, &options.channel).await?;
        Ok(Self { owner, guild: channel.server_id, channel: channel.id })
    }

    /// The proof that the owner may import here, as of now.
    pub(super) async fn authorise(
        &self,
        services: &Services,
    ) -> Result<Allowed<can::ManageMessages>, ImportError> {
        Ok(services.guilds.access(self.owner, self.channel).await?.require()?)
    }
}

async fn owner(services: &Services, named: Option<&str>) -> Result<UserId, ImportError> {
    let found = services.identity.by_username(named.unwrap_or(ARCHIVIST)).await?;
    match (found, named) {
        (Some(user), Some(_)) => Ok(user.id),
        (None, Some(named)) => Err(ImportError::NoOwner(named.to_string())),
        // Whoever took the name before the first import shall not own what is imported.
        (Some(user), None) if user.email.is_some() => Err(ImportError::OwnerTaken(user.username)),
        (Some(user), None) => Ok(user.id),
        (None, None) => {
            let archivist = Newcomer { name: ARCHIVIST.to_string(), seen_at: services.env.now() };
            let ids = services.identity.admit(&[archivist]).await?;
            ids.first().copied().ok_or_else(|| ImportError::NoOwner(ARCHIVIST.to_string()))
        }
    }
}

async fn server(services: &Services, owner: UserId, name: &str) -> Result<ServerView, ImportError> {
    let wanted = tidy(name);
    let mut servers = services.guilds.list(owner).await?;
    servers.retain(|server| server.info.name == wanted);
    // Their own before one where they are only a member.
    servers.sort_by_key(|server| server.info.owner_id != owner);
    match servers.into_iter().next() {
        Some(server) => Ok(server),
        None => {
            let body = CreateGuildBody { name: name.to_string(), description: None };
            Ok(services.guilds.create(owner, body).await?)
        }
    }
}

async fn channel(
    services: &Services,
    owner: UserId,
    server: ServerView,
    name: &str,
) -> Result<ChannelView, ImportError> {
    let wanted = tidy(name);
    let mut channels = server.channels.into_iter();
    match channels.find(|channel| channel.name == wanted && channel.kind.has_timeline()) {
        Some(channel) => Ok(channel),
        None => {
            let body = CreateChannelBody {
                name: name.to_string(),
                kind: None,
                topic: None,
                parent_id: None,
                user_limit: None,
            };
            Ok(services.guilds.create_channel(owner, server.info.id, body).await?)
        }
    }
}

/// The name as a server or channel of that name has it. What cannot be one is refused when it is made.
fn tidy(name: &str) -> String {
    display_name(name, guilds::input::NAME_MAX).unwrap_or_default()
}
