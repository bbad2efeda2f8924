//! What is written down of what happens to accounts.

use kernel::{AuditId, Timestamp};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::UserCard;

backbone::stored_enum! {
    /// What happened.
    pub enum AuditAction {
        /// Somebody made an account and was logged in, or logged in.
        LoginSucceeded = "login-succeeded",
        /// Somebody tried to log in with a wrong password, or to an account that does not exist.
        LoginFailed = "login-failed",
        /// Somebody knew the password of an account that may not be used.
        LoginRefused = "login-refused",
        /// An administrator suspended an account.
        UserSuspended = "user-suspended",
        /// An administrator let an account be used again.
        UserActivated = "user-activated",
        /// An administrator, or whoever runs the installation, gave an account another role.
        RoleChanged = "role-changed",
        /// An administrator took away the second factor of an account.
        SecondFactorRemoved = "second-factor-removed",
        /// An administrator deleted an account.
        UserDeleted = "user-deleted",
        /// Somebody deleted their own account.
        AccountDeleted = "account-deleted",
        /// Somebody downloaded what is held on them.
        DataExported = "data-exported",
        /// Malware was found in a file that somebody uploaded; it was refused.
        MalwareFound = "malware-found",
    }
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
