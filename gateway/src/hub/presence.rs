//! Changes of presence in a server, on their way to the sessions of its members: the same bytes for nearly all of them;
//! others for who is not to hear of somebody; and, in a crowded server, for those who watch.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{Event, GuildId, Topic, UserId};

use super::delivery::text;
use super::{Command, Delivery, Hub, Inner, Member, SessionKey, ShardSender, lock};
use crate::presence::event::PresenceUpdate;
use crate::presence::frames;

/// Whom the sessions of each server watch.
pub(super) type Watches = HashMap<GuildId, HashMap<SessionKey, Watch>>;

/// A part of a server's list of members that a session looks at.
#[derive(Debug)]
pub(super) struct Watch {
    shard: ShardSender,
    user: UserId,
    users: HashSet<UserId>,
}

impl Hub {
    /// The session looks at these members of the server from now on, and at no others of it.
    pub(crate) fn watch(&self, member: &Member, guild: GuildId, users: HashSet<UserId>) {
        let watch = Watch { shard: member.shard.clone(), user: member.user, users };
        lock(&self.0.watches).entry(guild).or_default().insert(member.key, watch);
    }
}

impl Inner {
    /// The session watches nothing any more.
    pub(super) fn unwatch(&self, key: SessionKey) {
        lock(&self.watches).retain(|_, sessions| {
            sessions.remove(&key);
            !sessions.is_empty()
        });
    }

    /// Hands on the changes of a server.
    pub(super) fn spread(&self, event: &Event) {
        let Topic::Guild(guild) = event.topic else { return };
        if !self.topics.contains_key(&event.topic) {
            return;
        }
        let Ok(spread) = serde_json::from_slice::<PresenceUpdate>(&event.frame) else { return };
        if spread.crowded { self.to_watchers(guild, &spread) } else { self.to_all(guild, &spread) }
    }

    /// To everybody who listens, but for who is not to hear of somebody: they get the rest.
    fn to_all(&self, guild: GuildId, spread: &PresenceUpdate) {
        let mut hidden = HashMap::<UserId, HashSet<UserId>>::new();
        for (about, hearer) in &spread.except {
            hidden.entry(*hearer).or_default().insert(*about);
        }
        let special = {
            let members = lock(&self.members);
            let here = hidden.iter().filter_map(|(hearer, hidden)| Some((members.get(hearer)?, hidden)));
            here.flat_map(|(sessions, hidden)| {
                sessions.values().map(move |member| (Arc::clone(member), hidden))
            })
            .collect::<Vec<_>>()
        };
        let keys = special.iter().map(|(member, _)| member.key).collect::<HashSet<_>>();
        let (topic, keys) = (Topic::Guild(guild), Arc::new(keys));
        if let Some(entry) = self.topics.get(&topic) {
            for delivery in deliveries(guild, spread, &HashSet::new(), None) {
                entry.deliver_but(&keys, &delivery);
            }
        }
        for (member, hidden) in special {
            for delivery in deliveries(guild, spread, hidden, None) {
                // The worker knows whether the session hears the server.
                member.shard.send(Command::Tell(member.key, delivery));
            }
        }
    }

    /// To those who watch somebody of them.
    fn to_watchers(&self, guild: GuildId, spread: &PresenceUpdate) {
        for (key, watch) in lock(&self.watches).get(&guild).into_iter().flatten() {
            let hidden = spread.except.iter().filter(|(_, hearer)| *hearer == watch.user);
            let hidden = hidden.map(|(about, _)| *about).collect();
            for delivery in deliveries(guild, spread, &hidden, Some(&watch.users)) {
                watch.shard.send(Command::Tell(*key, delivery));
            }
        }
    }
}

fn deliveries(
    guild: GuildId,
    spread: &PresenceUpdate,
    hidden: &HashSet<UserId>,
    watched: Option<&HashSet<UserId>>,
) -> Vec<Delivery> {
    let frames = frames(Some(guild), spread, hidden, watched).into_iter();
    frames.filter_map(|frame| Some(Delivery::alone(Topic::Guild(guild), text(&frame)?))).collect()
}
