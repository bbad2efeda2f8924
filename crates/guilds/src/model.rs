//! Domain values.

use diesel::prelude::{Queryable, Selectable};
use kernel::{ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId};
use uuid::Uuid;

use crate::permissions::Overwrite;
use crate::schema::{channels, guilds, members, roles};

backbone::stored_enum! {
    /// What a channel is for.
    #[derive(Default)]
    pub enum ChannelKind {
        /// Writing, by everyone.
        #[default]
        Text = "text",
        /// Writing, by those who manage messages.
        Announcement = "announcement",
        /// Speaking.
        Voice = "voice",
        /// A heading above other channels.
        Category = "category",
    }
}

impl ChannelKind {
    /// The kinds in which messages are written: those that have a timeline.
    pub(crate) const WRITTEN: [Self; 2] = [Self::Text, Self::Announcement];

    /// Whether messages are written there, so that it has a timeline.
    pub fn has_timeline(self) -> bool {
        Self::WRITTEN.contains(&self)
    }
}

/// A guild.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = guilds, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Guild {
    pub(crate) id: GuildId,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) owner_id: UserId,
    pub(crate) member_count: i64,
    pub(crate) created_at: Timestamp,
    pub(crate) is_public: bool,
    pub(crate) system_messages: bool,
    pub(crate) icon: Option<String>,
}

/// A channel.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = channels, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Channel {
    pub(crate) id: ChannelId,
    pub(crate) guild_id: GuildId,
    pub(crate) kind: ChannelKind,
    pub(crate) name: String,
    pub(crate) topic: Option<String>,
    pub(crate) parent_id: Option<ChannelId>,
    pub(crate) created_at: Timestamp,
    pub(crate) user_limit: Option<i32>,
}

/// A member, without their guild.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) nickname: Option<String>,
    pub(crate) joined_at: Timestamp,
    pub(crate) timed_out_until: Option<Timestamp>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(diesel::pg::Pg))]
pub(crate) struct Role {
    pub(crate) id: RoleId,
    pub(crate) guild_id: GuildId,
    pub(crate) name: String,
    pub(crate) color: String,
    #[diesel(deserialize_as = i64)]
    pub(crate) permissions: Bits,
    pub(crate) position: i32,
    pub(crate) mentionable: bool,
    pub(crate) hoisted: bool,
}

/// Permissions as a table holds them: what is no permission any more is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bits(pub(crate) Permissions);

impl From<i64> for Bits {
    fn from(bits: i64) -> Self {
        Self(Permissions::from_bits_truncate(bits))
    }
}

/// What a channel allows and denies to a role, or to one member.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct OverwriteRow {
    pub(crate) channel: ChannelId,
    pub(crate) target: Uuid,
    pub(crate) is_member: bool,
    allow: i64,
    deny: i64,
}

impl OverwriteRow {
    pub(crate) fn overwrite(&self) -> Overwrite {
        let bits = Permissions::from_bits_truncate;
        Overwrite { target: self.target, allow: bits(self.allow), deny: bits(self.deny) }
    }
}
