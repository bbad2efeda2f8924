//! Telling those who share nothing but a conversation with who changed: nobody hears of anybody twice.

use std::collections::{HashMap, HashSet};

use backbone::presence::{Before, Seen};
use kernel::{Event, GuildId, Header, Topic, UserId};

use super::event::PresenceUpdate;
use super::tell::frames;
use super::view;
use crate::http::ApiError;
use crate::services::Services;

/// People whose partners are looked up in one step: each has at most [`dm::PARTNERS_MAX`].
const STEP: usize = 50;

/// Who was told by another tie.
#[derive(Debug, Default)]
pub(super) struct AlreadyTold {
    /// The servers in which each was told of, to everybody.
    pub(super) servers: HashMap<UserId, HashSet<GuildId>>,
    /// Who is whose friend.
    pub(super) friends: HashSet<(UserId, UserId)>,
    /// Whom each is kept from.
    pub(super) blocks: HashMap<UserId, Vec<UserId>>,
}

/// Tells what is new of these people to those whom they write with, and who could hear it: one event of a kind for each.
pub(super) async fn tell(
    services: &Services,
    news: &HashMap<UserId, &Seen>,
    told: &AlreadyTold,
) -> Result<(), ApiError> {
    let ids = news.keys().copied().collect::<Vec<_>>();
    for ids in ids.chunks(STEP) {
        let mut due = HashMap::<UserId, Vec<UserId>>::new();
        for (user, hearer) in services.dm.partners_of(ids).await? {
            if !told.knows(user, hearer) {
                due.entry(hearer).or_default().push(user);
            }
        }
        // Whose sessions could hear it: the others learn it when they come.
        let hearers = due.keys().copied().collect::<Vec<_>>();
        let here = services.presence.connected(&hearers).await;
        let mut joined = HashMap::<UserId, HashSet<GuildId>>::new();
        for place in services.guilds.places_of(&here).await? {
            joined.entry(place.user).or_default().insert(place.guild);
        }
        for hearer in here {
            let users = due.remove(&hearer).unwrap_or_default().into_iter();
            let servers = joined.remove(&hearer).unwrap_or_default();
            let new = users.filter(|user| !told.in_one_of(*user, &servers));
            let spread = spread(new.filter_map(|user| news.get(&user).copied()));
            for frame in frames(None, &spread, &HashSet::new(), None) {
                services.bus.publish(Event { topic: Topic::User(hearer), header: Header::default(), frame });
            }
        }
    }
    Ok(())
}

impl AlreadyTold {
    /// Whether the hearer is not to hear of the user, or heard as a friend.
    fn knows(&self, user: UserId, hearer: UserId) -> bool {
        let blocked = self.blocks.get(&user).is_some_and(|others| others.contains(&hearer));
        blocked || self.friends.contains(&(user, hearer))
    }

    /// Whether it was told in one of these servers.
    fn in_one_of(&self, user: UserId, servers: &HashSet<GuildId>) -> bool {
        self.servers.get(&user).is_some_and(|told| !told.is_disjoint(servers))
    }
}

/// What is new of these.
pub(super) fn spread<'a>(people: impl Iterator<Item = &'a Seen>) -> PresenceUpdate {
    let mut spread = PresenceUpdate::default();
    for seen in people {
        match (seen.is_there(), seen.before) {
            (false, _) => spread.offline.push(view(seen)),
            (true, Some(Before::Gone)) => spread.online.push(view(seen)),
            (true, _) => spread.changed.push(view(seen)),
        }
    }
    spread
}
