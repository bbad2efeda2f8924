//! The use cases of keeping order. Each act is one transaction: the right and the hierarchy are looked at under the
//! guild's lock, the act, its entry in the audit log and the raised version are committed together, and then it is told.

mod audit;
pub(crate) mod automod;
mod ban;
mod expiry;
mod kick;
mod personal;
mod purge;
mod record;
pub(crate) mod reports;
mod timeout;
mod warn;

use std::collections::HashMap;

use backbone::bus::Bus;
use backbone::db::Pool;
use diesel_async::AsyncPgConnection;
use guilds::{Guilds, LockedGuild};
use identity::{Identity, UserCard};
use kernel::{Env, Event, Payload, Permissions, Topic, UserId};
use messaging::Messaging;

use crate::Error;
use crate::event::tell;

pub use ban::{Banned, BansLimit};
pub use warn::WarningsLimit;

/// Keeps order in guilds. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Moderation {
    pool: Pool,
    env: Env,
    bus: Bus,
    guilds: Guilds,
    messaging: Messaging,
}

impl Moderation {
    /// The service over `pool`, which tells what it does on `bus`.
    pub fn new(pool: Pool, env: Env, bus: Bus, guilds: Guilds, messaging: Messaging) -> Self {
        Self { pool, env, bus, guilds, messaging }
    }

    /// Tells what was committed.
    fn publish(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.bus.publish(event);
        }
    }
}

/// The two of an act: who does it, and to whom.
#[derive(Debug)]
struct Parties {
    actor: UserCard,
    other: UserCard,
}

impl Parties {
    async fn find(tx: &mut AsyncPgConnection, actor: UserId, other: UserId) -> Result<Self, Error> {
        let mut cards: HashMap<_, _> = Identity::cards(tx, &[actor, other]).await?;
        let other = cards.remove(&other).ok_or(guilds::Error::NoUser)?;
        let actor = cards.remove(&actor).unwrap_or_else(|| other.clone());
        Ok(Self { actor, other })
    }
}

/// Tells those who have a permission, and somebody else if that is given.
async fn tell_holders<T: Payload>(
    tx: &mut AsyncPgConnection,
    locked: &LockedGuild,
    permission: Permissions,
    also: Option<UserId>,
    what: &T,
) -> Result<Vec<Event>, Error> {
    let topics = match locked.holders(tx, permission).await? {
        // Everybody has it, and so hears of it.
        None => vec![Topic::Guild(locked.guild())],
        Some(mut holders) => {
            holders.extend(also.filter(|user| !holders.contains(user)));
            holders.into_iter().map(Topic::User).collect()
        }
    };
    Ok(tell(topics, locked.fence(), what)?)
}
