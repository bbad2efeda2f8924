//! What this crate has to know of people and does not keep itself.

use std::collections::HashMap;
use std::fmt::Debug;

use futures_util::future::BoxFuture;
use kernel::{Internal, UserId};

/// How somebody is connected to somebody else.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tie {
    /// They are friends.
    pub friends: bool,
    /// They are members of the same server.
    pub share_server: bool,
}

/// Who knows whom: the gateway asks those who keep it.
pub trait Acquaintance: Debug + Send + Sync {
    /// How `user` is connected to each of `others` who has an account. Who is not in the answer has none.
    fn ties(
        &self,
        user: UserId,
        others: Vec<UserId>,
    ) -> BoxFuture<'_, Result<HashMap<UserId, Tie>, Internal>>;
}
