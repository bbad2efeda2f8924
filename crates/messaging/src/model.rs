//! Domain values.

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::Text;
use kernel::{Rev, ScopeId, Seq, TimelineId};
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
pub(crate) use named;

named! {
    /// How a message came to be.
    #[schema(as = MessageOrigin)]
    Kind {
        /// Written by its author.
        Text = "text",
        /// Tells of something that its author did.
        System = "system",
    }
}

named! {
    /// What a timeline belongs to.
    TimelineKind {
        /// A channel of a guild.
        Channel = "channel",
        /// A conversation of two.
        Direct = "direct",
        /// A conversation of several.
        Group = "group",
        /// A conversation with a machine.
        Ai = "ai",
    }
}

/// A timeline and where it belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The timeline.
    pub timeline: TimelineId,
    /// What it belongs to.
    pub kind: TimelineKind,
    /// The guild or conversation that it belongs to.
    pub scope: ScopeId,
}

/// How far a timeline is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Head {
    /// Messages ever created here.
    #[schema(value_type = i64, example = 117)]
    pub last_seq: Seq,
    /// The newest change.
    #[schema(value_type = i64, example = 131)]
    pub rev: Rev,
}
