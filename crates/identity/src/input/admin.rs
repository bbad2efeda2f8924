//! What administrators say.

use kernel::{Invalid, Role};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::multiline;

/// Characters that a reason may have.
const REASON_MAX: usize = 500;

/// Why an account may not be used.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
pub struct SuspendBody {
    /// What the owner of the account is told, 1 to 500 characters.
    #[schema(example = "advertising in every channel", min_length = 1, max_length = 500)]
    pub reason: String,
}

/// What an account is to be.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
pub struct RoleBody {
    /// What it is in the whole installation.
    #[schema(example = "admin")]
    pub role: Role,
}

/// A reason that says something.
pub(crate) struct Reason(pub(crate) String);

impl Reason {
    pub(crate) fn parse(body: &SuspendBody) -> Result<Self, Invalid> {
        let reason = multiline(&body.reason, REASON_MAX).map_err(|must| Invalid::field("reason", must))?;
        reason.map(Self).ok_or_else(|| Invalid::field("reason", "must not be empty"))
    }
}
