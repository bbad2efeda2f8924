//! Domain values.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::prelude::Queryable;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use kernel::{ConversationId, Seq, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An enum that stands in a table as its name.
macro_rules! named {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow)]
        $(#[$meta])*
        #[diesel(sql_type = Text)]
        #[serde(rename_all = "lowercase")]
        pub enum $name { $($(#[$doc])* $variant,)+ }

        impl $name {
            /// The name in tables and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }

        impl ToSql<Text, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
            }
        }

        impl FromSql<Text, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                match <String as FromSql<Text, Pg>>::from_sql(value)?.as_str() {
                    $($text => Ok(Self::$variant),)+
                    other => Err(format!("{other} is no {}", stringify!($name)).into()),
                }
            }
        }
    };
}

named! {
    /// What a conversation is.
    #[schema(as = ConversationKind)]
    Kind {
        /// Of two.
        Direct = "direct",
        /// Of several, with a name.
        Group = "group",
    }
}

named! {
    /// What somebody is in a group. In a direct conversation both are members.
    #[derive(PartialOrd, Ord)]
    #[schema(as = ConversationRole)]
    Rank {
        /// Reads and writes.
        Member = "member",
        /// Also adds and removes members, names the group, and deletes what others wrote.
        Admin = "admin",
        /// Also makes admins, and gives the group to somebody else. One a group.
        Owner = "owner",
    }
}

named! {
    /// From whom somebody accepts messages, of those who have not written to them before.
    #[derive(Default)]
    #[schema(as = AcceptMessagesFrom)]
    Accepts {
        /// Anybody.
        Everyone = "everyone",
        /// Friends, and people who share a server.
        #[default]
        Servers = "servers",
        /// Friends.
        Friends = "friends",
    }
}

/// A conversation, for one of those who are in it.
#[derive(Clone, Debug, Queryable)]
pub(crate) struct OwnConversation {
    pub(crate) id: ConversationId,
    pub(crate) kind: Kind,
    pub(crate) name: Option<String>,
    pub(crate) shares_history: bool,
    pub(crate) member_count: i32,
    pub(crate) created_at: Timestamp,
    pub(crate) updated_at: Timestamp,
    pub(crate) role: Rank,
    pub(crate) visible_from: Seq,
    pub(crate) is_pinned: bool,
    pub(crate) is_muted: bool,
    /// The other one of a direct conversation.
    pub(crate) partner: Option<UserId>,
}

/// Somebody who is in a conversation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Queryable)]
pub(crate) struct Participant {
    pub(crate) user_id: UserId,
    pub(crate) role: Rank,
    pub(crate) joined_at: Timestamp,
}
