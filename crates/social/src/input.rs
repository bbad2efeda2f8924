//! What clients send.

use kernel::UserId;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Whom to ask to be a friend.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AskBody {
    /// Their username, without regard to case.
    #[schema(example = "charles")]
    pub username: String,
}

/// Whom to block.
#[derive(Clone, Copy, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BlockBody {
    /// Whom.
    pub user_id: UserId,
}
