//! Domain values.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::{Queryable, Selectable};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use kernel::{ChannelId, GuildId, Permissions, RoleId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::permissions::Overwrite;
use crate::schema::{channels, guilds, members, roles};

/// What a channel is for.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    ToSchema,
    AsExpression,
    FromSqlRow,
)]
#[diesel(sql_type = Text)]
#[serde(rename_all = "lowercase")]
pub enum ChannelKind {
    /// Writing, by everyone.
    #[default]
    Text,
    /// Writing, by those who manage messages.
    Announcement,
    /// Speaking.
    Voice,
    /// A heading above other channels.
    Category,
}

impl ChannelKind {
    /// The kinds in which messages are written: those that have a timeline.
    pub(crate) const WRITTEN: [Self; 2] = [Self::Text, Self::Announcement];

    /// The name in tables and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Announcement => "announcement",
            Self::Voice => "voice",
            Self::Category => "category",
        }
    }

    /// Whether messages are written there, so that it has a timeline.
    pub fn has_timeline(self) -> bool {
        Self::WRITTEN.contains(&self)
    }
}

impl ToSql<Text, Pg> for ChannelKind {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
    }
}

impl FromSql<Text, Pg> for ChannelKind {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        match <String as FromSql<Text, Pg>>::from_sql(value)?.as_str() {
            "text" => Ok(Self::Text),
            "announcement" => Ok(Self::Announcement),
            "voice" => Ok(Self::Voice),
            "category" => Ok(Self::Category),
            other => Err(format!("{other} is no kind of channel").into()),
        }
    }
}

/// A guild.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = guilds, check_for_backend(Pg))]
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
#[diesel(table_name = channels, check_for_backend(Pg))]
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
#[diesel(table_name = members, check_for_backend(Pg))]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) nickname: Option<String>,
    pub(crate) joined_at: Timestamp,
    pub(crate) timed_out_until: Option<Timestamp>,
}

/// A role.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = roles, check_for_backend(Pg))]
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
