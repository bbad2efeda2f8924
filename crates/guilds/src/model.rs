//! Domain values.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::{Queryable, Selectable};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use kernel::{ChannelId, GuildId, Permissions, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::policy;
use crate::schema::{channels, guilds, members};

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
    pub(crate) position: i32,
    pub(crate) created_at: Timestamp,
}

/// A member, without their guild.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = members, check_for_backend(Pg))]
pub(crate) struct Member {
    pub(crate) user_id: UserId,
    pub(crate) nickname: Option<String>,
    pub(crate) joined_at: Timestamp,
}

/// Where a member stands in their guild: what their permissions are computed from.
#[derive(Clone, Copy, Debug, Queryable)]
pub(crate) struct Standing {
    pub(crate) guild: GuildId,
    pub(crate) user: UserId,
    pub(crate) owner: UserId,
    everyone: i64,
}

impl Standing {
    pub(crate) fn is_owner(&self) -> bool {
        self.user == self.owner
    }

    /// What they may do in the guild as a whole.
    pub(crate) fn permissions(&self) -> Permissions {
        policy::in_guild(self.is_owner(), [Permissions::from_bits_truncate(self.everyone)])
    }

    /// What they may do in a channel of this kind.
    pub(crate) fn in_channel(&self, kind: ChannelKind) -> Permissions {
        policy::in_channel(self.permissions(), kind)
    }

    /// Whether they may know of a channel of this kind.
    pub(crate) fn views(&self, kind: ChannelKind) -> bool {
        self.in_channel(kind).contains(Permissions::VIEW_CHANNEL)
    }
}
