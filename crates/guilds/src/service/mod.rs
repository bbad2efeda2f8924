//! The use cases of guilds.

mod acquaintance;
mod admit;
mod announcements;
mod assign;
mod authority;
mod change_channel;
mod channel_log;
pub(crate) mod channel_views;
mod channels;
mod create;
mod create_channel;
mod delete;
mod delete_channel;
mod discover;
pub mod facts;
mod invites;
mod join;
mod leave;
pub mod locked;
mod member;
mod members;
mod mentions;
mod overwrites;
mod personal;
mod roles;
mod scopes;
mod servers;
mod stats;
mod transfer;
mod update;
mod voice;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use diesel_async::AsyncPgConnection;
use kernel::{Env, Event, Fence, GuildId};
use messaging::Grants;

use crate::Error;

pub use acquaintance::Place;
pub use admit::NewMember;
pub use discover::DiscoverLimit;
pub use invites::InviteBook;
pub use join::Joined;
pub use locked::{LockedGuild, RemovalNotice};
pub use members::{MemberFilter, MembersLimit};
pub use update::Updated;

/// Guilds, their channels, roles and members. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Guilds {
    pub(crate) pool: Pool,
    pub(crate) env: Env,
    bus: Bus,
    pub(crate) grants: Arc<Grants>,
}

impl Guilds {
    /// The service over `pool`, which tells what it does on `bus`.
    pub fn new(pool: Pool, env: Env, bus: Bus) -> Self {
        Self { pool, env, bus, grants: Arc::default() }
    }

    /// Tells what was committed.
    fn publish(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.bus.publish(event);
        }
    }
}

/// The fence of an event that takes no right away: the scope's present version.
async fn fence(tx: &mut AsyncPgConnection, guild: GuildId) -> Result<Fence, Error> {
    let scope = guild.into();
    let version = messaging::fence::version(tx, scope).await?.ok_or(Error::NoGuild)?;
    Ok(Fence { scope, version })
}

/// Raises the version of the guild's scope, and the fence of the events that tell why.
async fn raise(tx: &mut AsyncPgConnection, guild: GuildId) -> Result<Fence, Error> {
    let scope = guild.into();
    let version = messaging::fence::raise(tx, scope).await?;
    Ok(Fence { scope, version })
}
