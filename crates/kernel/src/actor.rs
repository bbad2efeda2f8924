//! Who asks.

use crate::{SessionId, UserId};

/// The authenticated caller of a command or request. Made by `identity` from a token that it checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor {
    /// The account.
    pub user: UserId,
    /// The login that the token belongs to.
    pub session: SessionId,
}
