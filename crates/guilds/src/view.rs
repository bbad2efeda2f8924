//! The JSON shapes of guilds, assembled from batches.

use identity::UserCard;
use kernel::{ChannelId, GuildId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ChannelKind;
use crate::model::{Channel, Guild, Member};

/// A server as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// The server's id.
    pub id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub name: String,
    /// What it is about.
    #[schema(example = "Cogs, cards and computation")]
    pub description: Option<String>,
    /// Whose it is.
    pub owner_id: UserId,
    /// Lets anybody in who has it. Does not expire.
    #[schema(example = "k7m2p9qxwa")]
    pub invite_code: String,
    /// How many members it has.
    #[schema(example = 42)]
    pub member_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// The channels that the member may view, by position.
    pub channels: Vec<ChannelView>,
}

/// A channel of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelView {
    /// The channel's id.
    pub id: ChannelId,
    /// The server that it belongs to.
    pub server_id: GuildId,
    /// What it is called.
    #[schema(example = "difference-engine")]
    pub name: String,
    /// What it is for.
    #[serde(rename = "type")]
    pub kind: ChannelKind,
    /// What it is about.
    #[schema(example = "Design no. 2")]
    pub topic: Option<String>,
    /// Its place among the server's channels: 0, 1, 2 … without gaps.
    #[schema(example = 1)]
    pub position: i32,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A member of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberView {
    /// Who.
    pub user: UserCard,
    /// What they are called in this server, when that is not their own name.
    #[schema(example = "Countess")]
    pub nickname: Option<String>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// Whether the server is theirs.
    pub is_owner: bool,
}

/// A server that somebody owns, in short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OwnedView {
    /// The server's id.
    pub id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub name: String,
}

/// A server as it shows itself to somebody who has an invite code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PreviewView {
    /// The server's id.
    pub id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub name: String,
    /// What it is about.
    #[schema(example = "Cogs, cards and computation")]
    pub description: Option<String>,
    /// How many members it has.
    #[schema(example = 42)]
    pub member_count: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// Whose it is.
    pub owner: InviterView,
}

/// The owner of a server as anybody sees them who has an invite code.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviterView {
    /// The unique name.
    #[schema(example = "ada")]
    pub username: String,
    /// The display name.
    #[schema(example = "Ada Lovelace")]
    pub name: String,
    /// A picture, as a URL.
    pub avatar: Option<String>,
}

impl ServerView {
    pub(crate) fn new(guild: Guild, invite_code: String, channels: Vec<Channel>) -> Self {
        Self {
            id: guild.id,
            name: guild.name,
            description: guild.description,
            owner_id: guild.owner_id,
            invite_code,
            member_count: guild.member_count,
            created_at: guild.created_at,
            channels: channels.into_iter().map(ChannelView::from).collect(),
        }
    }
}

impl From<Channel> for ChannelView {
    fn from(channel: Channel) -> Self {
        Self {
            id: channel.id,
            server_id: channel.guild_id,
            name: channel.name,
            kind: channel.kind,
            topic: channel.topic,
            position: channel.position,
            created_at: channel.created_at,
        }
    }
}

impl MemberView {
    pub(crate) fn new(member: Member, user: UserCard, owner: UserId) -> Self {
        Self { is_owner: user.id == owner, user, nickname: member.nickname, joined_at: member.joined_at }
    }
}

impl PreviewView {
    pub(crate) fn new(guild: Guild, owner: UserCard) -> Self {
        Self {
            id: guild.id,
            name: guild.name,
            description: guild.description,
            member_count: guild.member_count,
            created_at: guild.created_at,
            owner: InviterView { username: owner.username, name: owner.name, avatar: owner.avatar },
        }
    }
}
