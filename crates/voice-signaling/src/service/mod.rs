//! The use cases of voice.

mod access;
mod calls;
mod history;
mod huddles;
mod join;
mod list;
mod moderate;
mod places;
mod signal;
mod tell;
mod update;
mod watch;

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use backbone::bus::{Bus, RedisSettings};
use backbone::db::Pool;
use backbone::jobs::Queue;
use dm::Dm;
use guilds::Guilds;
use identity::{Identity, UserCard};
use kernel::{Env, Internal, ScopeId, TimelineId, UserId, VoiceSessionId};
use tokio::sync::Notify;

use crate::model::Participant;
use crate::store::Store;
use crate::{Error, VoiceSettings};

pub use history::CallsLimit;
pub use list::SessionsLimit;

/// Voice channels, huddles and calls, and who is in them. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Voice(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    around: VoiceParts,
    store: Store,
    settings: VoiceSettings,
    /// Scopes of which this process heard that rights may have changed.
    changed: Mutex<HashSet<ScopeId>>,
    /// There are some.
    wake: Notify,
}

/// What voice works with.
#[derive(Clone, Debug)]
pub struct VoiceParts {
    /// PostgreSQL, for the history of calls.
    pub pool: Pool,
    /// Time and chance.
    pub env: Env,
    /// Where it tells what happens.
    pub bus: Bus,
    /// What is to be done after a call was written down.
    pub jobs: Queue,
    /// Who may be in a channel.
    pub guilds: Guilds,
    /// Who may be in a conversation.
    pub dm: Dm,
}

impl std::ops::Deref for Inner {
    type Target = VoiceParts;

    fn deref(&self) -> &VoiceParts {
        &self.around
    }
}

/// Which session of the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Which {
    /// This one.
    Session(VoiceSessionId),
    /// The one in this channel or conversation.
    Place(TimelineId),
}

impl Which {
    fn is_of(self, participant: &Participant) -> bool {
        match self {
            Self::Session(session) => participant.session == session,
            Self::Place(place) => participant.place == place,
        }
    }
}

impl Voice {
    /// The service, which keeps who is where in Redis.
    ///
    /// # Errors
    /// The URL of Redis is malformed, or the file of its private authority cannot be read.
    pub fn new(around: VoiceParts, redis: &RedisSettings, settings: VoiceSettings) -> Result<Self, Internal> {
        let store = Store::new(redis, around.env.clone())?;
        let (changed, wake) = (Mutex::default(), Notify::new());
        Ok(Self(Arc::new(Inner { around, store, settings, changed, wake })))
    }

    /// Where somebody is, if it is there.
    async fn participant(&self, user: UserId, which: Which) -> Result<Participant, Error> {
        let found = self.0.store.participants(&[user]).await?.pop();
        found.filter(|participant| which.is_of(participant)).ok_or(Error::NoSession)
    }

    /// Somebody's card.
    async fn card(&self, user: UserId) -> Result<UserCard, Error> {
        let conn = self.0.pool.get().await?;
        // Deleted meanwhile.
        Identity::cards(&conn, &[user]).await?.remove(&user).ok_or(Error::NoParticipant)
    }
}
