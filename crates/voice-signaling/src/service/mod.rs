//! The use cases of voice.

mod access;
mod join;
mod list;
mod moderate;
mod signal;
mod tell;
mod update;
mod watch;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use backbone::bus::{Bus, RedisSettings};
use backbone::db::Pool;
use guilds::Guilds;
use identity::{Identity, UserCard};
use kernel::{ChannelId, Env, GuildId, Internal, UserId, VoiceSessionId};
use tokio::sync::Notify;

use crate::model::Participant;
use crate::store::Store;
use crate::{Error, VoiceSettings};

pub use list::SessionsLimit;

/// Voice channels, and who is in them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Voice(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    pool: Pool,
    env: Env,
    bus: Bus,
    guilds: Guilds,
    store: Store,
    settings: VoiceSettings,
    /// Guilds of which this process heard that rights may have changed.
    changed: Mutex<HashSet<GuildId>>,
    /// There are some.
    wake: Notify,
}

/// Which session of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    Session(VoiceSessionId),
    /// The one in this channel.
    Channel(ChannelId),
}

impl Which {
    fn is_of(self, participant: &Participant) -> bool {
        match self {
            Self::Session(session) => participant.session == session,
            Self::Channel(channel) => participant.place == channel,
        }
    }
}

impl Voice {
    /// The service, which keeps who is where in Redis and tells what it does on `bus`.
    ///
    /// # Errors
    /// The URL of Redis is malformed, or the file of its private authority cannot be read.
    pub fn new(
        pool: Pool,
        env: Env,
        bus: Bus,
        guilds: Guilds,
        redis: &RedisSettings,
        settings: VoiceSettings,
    ) -> Result<Self, Internal> {
        let store = Store::new(redis)?;
        let (changed, wake) = (Mutex::default(), Notify::new());
        Ok(Self(Arc::new(Inner { pool, env, bus, guilds, store, settings, changed, wake })))
    }

    /// Where somebody is, if it is there.
    async fn participant(&self, user: UserId, which: Which) -> Result<Participant, Error> {
        let found = self.0.store.participants(&[user]).await?.pop();
        found.filter(|participant| which.is_of(participant)).ok_or(Error::NoSession)
    }

    /// Somebody's card.
    async fn card(&self, user: UserId) -> Result<UserCard, Error> {
        let mut conn = self.0.pool.get().await?;
        // Deleted meanwhile.
        Identity::cards(&mut conn, &[user]).await?.remove(&user).ok_or(Error::NoParticipant)
    }
}
