//! What is written down of what happens to accounts.

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use kernel::{AuditId, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::UserCard;

macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $name:ident = $wire:literal;)+) => {
        /// What happened.
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema, AsExpression, FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(rename_all = "kebab-case")]
        pub enum AuditAction {
            $($(#[doc = $doc])+ $name,)+
        }

        impl AuditAction {
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),+];

            /// The name in the table and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $wire,)+ }
            }

            fn named(name: &str) -> Option<Self> {
                match name {
                    $($wire => Some(Self::$name),)+
                    _ => None,
                }
            }
        }
    };
}

actions! {
    /// Somebody made an account and was logged in, or logged in.
    LoginSucceeded = "login-succeeded";
    /// Somebody tried to log in with a wrong password, or to an account that does not exist.
    LoginFailed = "login-failed";
    /// Somebody knew the password of an account that may not be used.
    LoginRefused = "login-refused";
    /// An administrator suspended an account.
    UserSuspended = "user-suspended";
    /// An administrator let an account be used again.
    UserActivated = "user-activated";
    /// An administrator, or whoever runs the installation, gave an account another role.
    RoleChanged = "role-changed";
    /// An administrator took away the second factor of an account.
    SecondFactorRemoved = "second-factor-removed";
    /// An administrator deleted an account.
    UserDeleted = "user-deleted";
    /// Somebody deleted their own account.
    AccountDeleted = "account-deleted";
    /// Somebody downloaded what is held on them.
    DataExported = "data-exported";
    /// Malware was found in a file that somebody uploaded; it was refused.
    MalwareFound = "malware-found";
}

/// Something that happened, as administrators see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuditView {
    /// The entry's id.
    pub id: AuditId,
    /// When.
    pub created_at: Timestamp,
    /// What.
    pub action: AuditAction,
    /// Who did it; `null` when nobody proved who they are.
    pub actor: Option<UserCard>,
    /// Whose account it is about; `null` when there is no such account.
    pub subject: Option<UserCard>,
    /// Where it was done from.
    #[schema(example = "192.0.2.7")]
    pub address: Option<String>,
    /// What the client called itself.
    #[schema(example = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0")]
    pub device: Option<String>,
    /// More: the `reason` of a suspension, the roles `before` and `after` a change, the `malware` that was found.
    #[schema(value_type = Option<Object>)]
    pub details: Option<Value>,
}

mod sql {
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::Text;

    use super::AuditAction;

    impl ToSql<Text, Pg> for AuditAction {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            <str as ToSql<Text, Pg>>::to_sql(self.as_str(), out)
        }
    }

    impl FromSql<Text, Pg> for AuditAction {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let name = <String as FromSql<Text, Pg>>::from_sql(value)?;
            Self::named(&name).ok_or_else(|| format!("no action: {name:?}").into())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::AuditAction;

    #[test]
    fn an_action_has_one_name() {
        for action in AuditAction::ALL {
            assert_eq!(serde_json::to_value(action).unwrap(), action.as_str());
            assert_eq!(AuditAction::named(action.as_str()), Some(*action));
        }
    }
}
