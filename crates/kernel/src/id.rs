//! One type per kind of id, so that a channel's id cannot be passed where a user's is due.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident = $example:literal;)+) => {$(
        $(#[$doc])+
        ///
        /// A UUIDv7: a lower-case string with dashes on the wire, sortable by the time it was made.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Uuid))]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, example = $example)]
        pub struct $name(Uuid);

        impl $name {
            /// The id that `uuid` stands for, as a table or another system holds it.
            pub const fn from_uuid(uuid: Uuid) -> Self { Self(uuid) }
            /// The plain UUID.
            pub const fn uuid(self) -> Uuid { self.0 }
        }

        impl From<Uuid> for $name {
            fn from(uuid: Uuid) -> Self { Self(uuid) }
        }

        impl From<$name> for Uuid {
            fn from(id: $name) -> Self { id.0 }
        }

        impl FromStr for $name {
            type Err = uuid::Error;
            fn from_str(text: &str) -> Result<Self, Self::Err> { Uuid::from_str(text).map(Self) }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result { fmt::Display::fmt(&self.0, f) }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({})", stringify!($name), self.0)
            }
        }

        #[cfg(feature = "diesel")]
        const _: () = {
            use diesel::deserialize::{self, FromSql};
            use diesel::pg::{Pg, PgValue};
            use diesel::serialize::{self, Output, ToSql};

            impl ToSql<diesel::sql_types::Uuid, Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                    ToSql::<diesel::sql_types::Uuid, Pg>::to_sql(&self.0, out)
                }
            }

            impl FromSql<diesel::sql_types::Uuid, Pg> for $name {
                fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                    FromSql::<diesel::sql_types::Uuid, Pg>::from_sql(value).map(Self)
                }
            }
        };
    )+};
}

ids! {
    /// A person, or another program that acts as one.
    UserId = "01890a5d-ac96-774b-bcce-b302099a8057";
    /// One login on one device.
    SessionId = "01890a5d-b0c1-7a10-9f3e-5d2c41e87a90";
    /// An entry of an audit log: that of accounts, or a server's.
    AuditId = "01890a62-3d0e-7f19-8c44-7a6b5c4d3e2f";
    /// A key that another program calls with.
    ApiKeyId = "01890a5d-b7e2-7c44-8d19-2f6a0b3c4d5e";
    /// A guild: called a server on the wire.
    GuildId = "01890a5e-1f20-7c3d-8a41-0e9b7d6c5f12";
    /// A channel of a guild.
    ChannelId = "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7";
    /// A role of a guild.
    RoleId = "01890a5e-1f21-7b7e-a1d0-4c8e2f6b9d33";
    /// A warning that a member got.
    WarningId = "01890a61-2b10-7d41-8f3a-6c0e1d2b3a4f";
    /// A report of a person or message.
    ReportId = "01890a61-3c21-7a52-9e4b-7d1f2e3c4b5a";
    /// A conversation of two or of a group.
    ConversationId = "01890a63-5a40-7e21-9b3c-2d1e0f4a5b6c";
    /// A friend request.
    FriendRequestId = "01890a61-4d32-7b63-8f5c-8e2a3f4d5c6b";
    /// A rule of a server's automod.
    AutomodRuleId = "01890a61-4d32-7b63-8c5d-8e2a3f4b5c6d";
    /// A message.
    MessageId = "01890a60-7c3b-7e55-9c0a-1b2d3f4e5a6b";
    /// A file that somebody uploaded.
    AttachmentId = "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30";
    /// An avatar, or the icon of a server.
    PictureId = "01890a63-5f20-7b3b-8e66-9c8d7e6f5a41";
    /// A message that is to be sent later.
    ScheduledId = "01890a63-4e1f-7a2b-9d55-8b7c6d5e4f30";
    /// People who hear and see each other: in a voice channel, say.
    VoiceSessionId = "01890a64-6b51-7f32-8c4d-3e2f1a5b6c7d";
    /// A place where messages are written. Equal to the id of the channel or conversation that it belongs to.
    TimelineId = "01890a5e-1f24-7d02-b6c8-93f1a2b4d6e7";
    /// What access is granted by: a guild or a conversation. Equal to its id.
    ScopeId = "01890a5e-1f20-7c3d-8a41-0e9b7d6c5f12";
}

/// A key stands where a login would: what it opens is ended by the same revocations.
impl From<ApiKeyId> for SessionId {
    fn from(id: ApiKeyId) -> Self {
        Self(id.0)
    }
}

impl From<ChannelId> for TimelineId {
    fn from(id: ChannelId) -> Self {
        Self(id.0)
    }
}

impl From<TimelineId> for ChannelId {
    fn from(id: TimelineId) -> Self {
        Self(id.0)
    }
}

impl From<GuildId> for ScopeId {
    fn from(id: GuildId) -> Self {
        Self(id.0)
    }
}

impl From<ScopeId> for GuildId {
    fn from(id: ScopeId) -> Self {
        Self(id.0)
    }
}

impl From<ConversationId> for TimelineId {
    fn from(id: ConversationId) -> Self {
        Self(id.0)
    }
}

impl From<TimelineId> for ConversationId {
    fn from(id: TimelineId) -> Self {
        Self(id.0)
    }
}

impl From<ConversationId> for ScopeId {
    fn from(id: ConversationId) -> Self {
        Self(id.0)
    }
}

/// Whom somebody reaches: a block by them or of them raises the version of that scope.
impl From<UserId> for ScopeId {
    fn from(id: UserId) -> Self {
        Self(id.0)
    }
}

impl From<ScopeId> for ConversationId {
    fn from(id: ScopeId) -> Self {
        Self(id.0)
    }
}
