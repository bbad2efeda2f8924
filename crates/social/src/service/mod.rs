//! The use cases between people. Each act is one transaction that first locks what is between the two, decides from how
//! they stand (`relationship`), changes it, and is told after the commit.

mod answer;
mod ask;
mod blocks;
mod friends;
mod parties;
mod personal;
mod relationships;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use diesel_async::AsyncPgConnection;
use futures_util::future::BoxFuture;
use kernel::{Env, Event, Internal, UserId};

use crate::SocialSettings;

pub use ask::RequestsLimit;
pub use blocks::BlocksLimit;
pub use friends::FriendsLimit;
pub use relationships::Relationships;

/// What other parts of the product must do when one person blocks another or lifts it, in the same transaction: who
/// rests on two people reaching each other takes that away here, so that it is gone when the block is acknowledged.
pub trait OnBlock: std::fmt::Debug + Send + Sync {
    /// The first of the two blocks the other from now on, or does not any more. What is between them is locked (see
    /// [`Social::lock`]). The events are published after the commit.
    fn on_block<'a>(
        &'a self,
        tx: &'a mut AsyncPgConnection,
        pair: (UserId, UserId),
    ) -> BoxFuture<'a, Result<Vec<Event>, Internal>>;
}

/// Friendships, requests for them, and blocks. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Social {
    pool: Pool,
    env: Env,
    bus: Bus,
    settings: SocialSettings,
    on_block: Arc<[Arc<dyn OnBlock>]>,
}

impl Social {
    /// The service over `pool`, which tells what it does on `bus`. Everything in `on_block` takes part in each block.
    pub fn new(
        pool: Pool,
        env: Env,
        bus: Bus,
        settings: SocialSettings,
        on_block: impl IntoIterator<Item = Arc<dyn OnBlock>>,
    ) -> Self {
        Self { pool, env, bus, settings, on_block: on_block.into_iter().collect() }
    }

    /// Tells what was committed.
    fn publish(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.bus.publish(event);
        }
    }
}
