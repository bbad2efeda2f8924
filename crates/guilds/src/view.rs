//! The JSON shapes of guilds, assembled from batches.

use identity::UserCard;
use kernel::{ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::ChannelKind;
use crate::model::{Channel, Guild, Member, OverwriteRow, Role};
use crate::store::invites::Invite;

/// A server as all of its members see it: without what depends on who looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
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
    /// A picture, as a URL.
    pub icon: Option<String>,
    /// Whether everybody can find it and join it without a code.
    #[schema(example = false)]
    pub is_public: bool,
    /// Whether joins and leaves are told in the first text channel.
    #[schema(example = false)]
    pub system_messages: bool,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A server as one of its members sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerView {
    /// What all members see.
    #[serde(flatten)]
    pub info: ServerInfo,
    /// The channels that the member may view, by position.
    pub channels: Vec<ChannelView>,
    /// What the member may do in the server as a whole; only where one server is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
}

/// A server that everybody can find.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PublicView {
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
    /// A picture, as a URL.
    pub icon: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// An invite code, for those who may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InviteView {
    /// The code.
    #[schema(example = "k7m2p9qxwa")]
    pub code: String,
    /// The server that it leads to.
    pub server_id: GuildId,
    /// Whether it is the server's permanent code.
    #[schema(example = false)]
    pub permanent: bool,
    /// How many may join by it; as many as want unless said.
    #[schema(example = 10)]
    pub max_uses: Option<i32>,
    /// How many joined by it.
    #[schema(example = 3)]
    pub uses: i32,
    /// Until when it leads there; for ever unless said.
    pub expires_at: Option<Timestamp>,
    /// Who made it.
    pub created_by: UserId,
    /// When it was made.
    pub created_at: Timestamp,
}

/// A member who came lately.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NewcomerView {
    /// Who.
    #[serde(flatten)]
    pub user: UserCard,
    /// When they joined.
    pub joined_at: Timestamp,
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
    /// The category that it stands in.
    pub parent_id: Option<ChannelId>,
    /// Of a voice channel: how many may be in it at the same time; `null` when it has no limit of its own.
    #[schema(minimum = 1, maximum = 99, example = 5)]
    pub user_limit: Option<i32>,
    /// Its place among the channels of the server that the reader sees: 0, 1, 2 … without gaps. Not in `channel-updated`,
    /// which is the same for everybody.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = 1)]
    pub position: Option<usize>,
    /// When it was made.
    pub created_at: Timestamp,
    /// What the caller may do there; nothing, when they see it only as the category above a channel. Only where channels
    /// are asked for, not in events.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<Permissions>,
}

/// A role of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleView {
    /// The role's id.
    pub id: RoleId,
    /// The server that it belongs to.
    pub server_id: GuildId,
    /// What it is called.
    #[schema(example = "Engineers")]
    pub name: String,
    /// Red, green and blue.
    #[schema(example = "#1f8b4c")]
    pub color: String,
    /// What its holders may do beyond what others may.
    pub permissions: Permissions,
    /// Its authority: 0 is `@everyone`, which every member has; 1, 2, 3 … without gaps have more and more.
    #[schema(example = 1)]
    pub position: i32,
    /// Whether everybody may mention it.
    #[schema(example = false)]
    pub mentionable: bool,
    /// Whether its holders are listed apart.
    #[schema(example = true)]
    pub hoisted: bool,
}

/// Whom an overwrite is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum OverwriteKind {
    /// The holders of a role.
    Role,
    /// One member.
    Member,
}

/// What a channel allows and denies to somebody.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct OverwriteView {
    /// The role's id, or the member's.
    #[schema(value_type = String, format = Uuid, example = "01890a5e-1f21-7b7e-a1d0-4c8e2f6b9d33")]
    pub id: Uuid,
    /// Which of the two.
    #[serde(rename = "type")]
    pub kind: OverwriteKind,
    /// What they may do there, whatever their roles say.
    pub allow: Permissions,
    /// What they may not.
    pub deny: Permissions,
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
    /// Their roles, the highest first; without `@everyone`, which everybody has.
    pub roles: Vec<RoleId>,
    /// When they joined.
    pub joined_at: Timestamp,
    /// Whether the server is theirs.
    pub is_owner: bool,
    /// Until then they may look and read, and nothing else; means nothing once it is over.
    pub timed_out_until: Option<Timestamp>,
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
    /// A picture, as a URL.
    pub icon: Option<String>,
    /// Whether everybody can find it and join it without a code.
    #[schema(example = false)]
    pub is_public: bool,
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
    pub(crate) fn new(guild: Guild, invite_code: String, channels: Vec<ChannelView>) -> Self {
        Self { info: ServerInfo::new(guild, invite_code), channels, permissions: None }
    }
}

impl ChannelView {
    /// The channel in this place of what somebody sees.
    pub(crate) fn at(position: usize, channel: &Channel) -> Self {
        Self { position: Some(position), ..Self::from(channel.clone()) }
    }

    /// With what they may do there.
    pub(crate) fn with(self, permissions: Permissions) -> Self {
        Self { permissions: Some(permissions), ..self }
    }
}

impl ServerInfo {
    pub(crate) fn new(guild: Guild, invite_code: String) -> Self {
        Self {
            id: guild.id,
            name: guild.name,
            description: guild.description,
            owner_id: guild.owner_id,
            invite_code,
            member_count: guild.member_count,
            icon: guild.icon,
            is_public: guild.is_public,
            system_messages: guild.system_messages,
            created_at: guild.created_at,
        }
    }
}

impl From<Guild> for PublicView {
    fn from(guild: Guild) -> Self {
        Self {
            id: guild.id,
            name: guild.name,
            description: guild.description,
            member_count: guild.member_count,
            icon: guild.icon,
            created_at: guild.created_at,
        }
    }
}

impl From<Invite> for InviteView {
    fn from(invite: Invite) -> Self {
        Self {
            code: invite.code,
            server_id: invite.guild_id,
            permanent: invite.permanent,
            max_uses: invite.max_uses,
            uses: invite.uses,
            expires_at: invite.expires_at,
            created_by: invite.created_by,
            created_at: invite.created_at,
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
            parent_id: channel.parent_id,
            user_limit: channel.user_limit,
            position: None,
            created_at: channel.created_at,
            permissions: None,
        }
    }
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        Self {
            id: role.id,
            server_id: role.guild_id,
            name: role.name,
            color: role.color,
            permissions: role.permissions.0,
            position: role.position,
            mentionable: role.mentionable,
            hoisted: role.hoisted,
        }
    }
}

impl From<OverwriteRow> for OverwriteView {
    fn from(row: OverwriteRow) -> Self {
        let kind = if row.is_member { OverwriteKind::Member } else { OverwriteKind::Role };
        let overwrite = row.overwrite();
        Self { id: row.target, kind, allow: overwrite.allow, deny: overwrite.deny }
    }
}

impl MemberView {
    pub(crate) fn new(member: Member, user: UserCard, owner: UserId, roles: Vec<RoleId>) -> Self {
        Self {
            is_owner: user.id == owner,
            user,
            nickname: member.nickname,
            roles,
            joined_at: member.joined_at,
            timed_out_until: member.timed_out_until,
        }
    }
}

impl PreviewView {
    pub(crate) fn new(guild: Guild, owner: UserCard) -> Self {
        Self {
            id: guild.id,
            name: guild.name,
            description: guild.description,
            member_count: guild.member_count,
            icon: guild.icon,
            is_public: guild.is_public,
            created_at: guild.created_at,
            owner: InviterView { username: owner.username, name: owner.name, avatar: owner.avatar },
        }
    }
}
