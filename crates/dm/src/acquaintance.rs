//! What this crate has to know of people and neither keeps itself nor may ask for.

use std::collections::HashSet;
use std::fmt::Debug;

use futures_util::future::BoxFuture;
use kernel::{Internal, UserId};

/// Who knows whom from where: the gateway asks those who keep it.
pub trait Acquaintance: Debug + Send + Sync {
    /// Those of `others` who are members of a server that `user` is a member of, too.
    fn sharing_server(
        &self,
        user: UserId,
        others: Vec<UserId>,
    ) -> BoxFuture<'_, Result<HashSet<UserId>, Internal>>;
}
