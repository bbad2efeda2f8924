//! Who asks.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{SessionId, UserId};

/// The authenticated caller of a command or request. Made by `identity` from a token or key that it checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// The login that the token belongs to, or what stands for it: the API key.
    pub session: SessionId,
    /// What the account is in the whole installation. By an API key nobody is more than a user.
    pub role: Role,
}

/// What an account is in the whole installation, apart from any server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[cfg_attr(feature = "diesel", derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow))]
#[cfg_attr(feature = "diesel", diesel(sql_type = diesel::sql_types::Text))]
#[serde(rename_all = "lowercase")]
pub enum Role {
    /// Like everybody.
    #[default]
    User,
    /// May suspend and delete accounts and read what was done to them.
    Admin,
}

impl Role {
    /// The name in tables and on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Admin => "admin",
        }
    }
}

#[cfg(feature = "diesel")]
mod sql {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Text;

    use super::Role;

    impl ToSql<Text, Pg> for Role {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
        }
    }

    impl FromSql<Text, Pg> for Role {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            match <String as FromSql<Text, Pg>>::from_sql(value)?.as_str() {
                "user" => Ok(Self::User),
                "admin" => Ok(Self::Admin),
                other => Err(format!("no role: {other:?}").into()),
            }
        }
    }
}
