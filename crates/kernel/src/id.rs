//! One type per kind of id, so that a channel's id cannot be passed where a user's is due.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        ///
        /// A UUIDv7: a lower-case string with dashes on the wire, sortable by the time it was made.
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
        #[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
        #[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Uuid))]
        #[serde(transparent)]
        #[schema(value_type = String, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
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
    UserId;
    /// One login on one device.
    SessionId;
    /// A guild: called a server on the wire.
    GuildId;
    /// A channel of a guild.
    ChannelId;
    /// A role of a guild.
    RoleId;
    /// A message.
    MessageId;
    /// A place where messages are written. Equal to the id of the channel or conversation that it belongs to.
    TimelineId;
    /// What access is granted by: a guild or a conversation. Equal to its id.
    ScopeId;
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
