//! The use cases of conversations.

mod block;
mod groups;
pub(crate) mod list;
mod members;
pub(crate) mod open;
mod personal;
mod privacy;
mod scopes;
pub(crate) mod views;

use std::sync::Arc;

use backbone::bus::Bus;
use backbone::db::Pool;
use diesel_async::AsyncPgConnection;
use kernel::{ConversationId, Env, Event, Fence, UserId};
use messaging::{Grants, Messaging};

use crate::model::Participant;
use crate::store::{conversations, memberships, participants};
use crate::{Acquaintance, Error, Kind, Rank};

pub use block::DirectEnds;
pub use members::Left;

/// Direct and group conversations. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Dm {
    pub(crate) pool: Pool,
    pub(crate) env: Env,
    bus: Bus,
    log: Messaging,
    people: Arc<dyn Acquaintance>,
    pub(crate) grants: Arc<Grants>,
}

impl Dm {
    /// The service over `pool`, which tells what it does on `bus`, and asks `people` who knows whom.
    pub fn new(pool: Pool, env: Env, bus: Bus, log: Messaging, people: Arc<dyn Acquaintance>) -> Self {
        Self { pool, env, bus, log, people, grants: Arc::default() }
    }

    /// Tells what was committed.
    fn publish(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.bus.publish(event);
        }
    }
}

/// A group that its caller may change, while nobody else does.
#[derive(Debug)]
struct Held {
    fence: Fence,
    /// What the caller is there.
    rank: Rank,
    shares_history: bool,
    members: i32,
}

/// Raises the version of the group's scope and locks its row, for somebody who is `least` there, as every change of a group
/// does: so it stops those who write for a moment, and one rule holds for all. What the caller is, is looked at before the
/// first lock, so that strangers cannot lock anything, and again behind the last.
async fn hold(
    tx: &mut AsyncPgConnection,
    user: UserId,
    group: ConversationId,
    least: Rank,
) -> Result<Held, Error> {
    let membership = memberships::one(tx, user, group).await?.ok_or(Error::NoConversation)?;
    if membership.kind != Kind::Group {
        return Err(Error::NotAGroup);
    }
    enough(membership.role, least)?;
    let scope = group.into();
    let fence = Fence { scope, version: messaging::fence::raise(tx, scope).await? };
    let (_, shares_history, members) = conversations::lock(tx, group).await?.ok_or(Error::NoConversation)?;
    let rank = participants::rank(tx, group, user).await?.ok_or(Error::NoConversation)?;
    enough(rank, least)?;
    Ok(Held { fence, rank, shares_history, members })
}

fn enough(rank: Rank, least: Rank) -> Result<(), Error> {
    match least {
        _ if rank >= least => Ok(()),
        Rank::Owner => Err(Error::NotTheOwner),
        Rank::Admin | Rank::Member => Err(Error::NotAnAdmin),
    }
}

/// Their ids.
fn ids(participants: &[Participant]) -> Vec<UserId> {
    participants.iter().map(|participant| participant.user_id).collect()
}
