//! Which sessions listen to which topics, and the way of an event to them.

use std::collections::hash_map::Entry as Seat;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use backbone::bus::Joined;
use dashmap::mapref::entry::Entry as Place;
use futures_util::future::join_all;
use kernel::{Event, Fence, Rev, ScopeId, Topic, Turn};

use super::sequence::Sequence;
use super::{Command, Delivery, Inner, Member, Refused, SessionKey, ShardSender, Ticket, catch_up};

/// A topic that has listeners here.
#[derive(Default)]
pub(super) struct Entry {
    listeners: Vec<Worker>,
    /// Joined on the bus; for a timeline its sequence has started, too.
    joined: Option<Joined>,
    pub(super) sequence: Sequence<Delivery>,
    /// Somebody is reading the log for it.
    pub(super) catching_up: bool,
}

/// The sessions of one worker that listen to a topic, each by the ticket of its latest subscription.
struct Worker {
    shard: ShardSender,
    sessions: HashMap<SessionKey, Ticket>,
}

/// A topic that a session wants to hear. With a fence, it belongs to its scope, and the session's access was proved at
/// its version.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SubscriptionRequest {
    pub(crate) topic: Topic,
    pub(crate) ticket: Ticket,
    pub(crate) fence: Option<Fence>,
    /// The hub's idea: what the session asked for itself goes before it.
    pub(crate) offered: bool,
}

/// How a request was met.
enum Entered {
    /// The session hears the topic now.
    New,
    /// It heard it before, and goes on.
    Again,
    /// Its access has changed since it was proved.
    Stale,
}

impl Inner {
    /// Lets a session's worker hear topics; see [`super::Hub::subscribe`].
    pub(super) async fn subscribe(
        &self,
        member: &Arc<Member>,
        requests: &[SubscriptionRequest],
    ) -> Result<Vec<Topic>, Refused> {
        let (mut new, mut topics, mut stale) = (Vec::new(), Vec::with_capacity(requests.len()), Vec::new());
        for request in requests {
            match self.enter(member, request) {
                Entered::New => new.push(request),
                Entered::Again => {}
                Entered::Stale => {
                    stale.push(request.topic);
                    continue;
                }
            }
            topics.push(request.topic);
        }
        let opened = self.open(&topics).await;
        let gone = member.gone.load(Ordering::Acquire);
        if opened.is_err() || gone {
            // Only what this call brought: what was heard before goes on.
            for request in new {
                self.withdraw(member, request.topic, request.ticket, request.fence.map(|fence| fence.scope));
            }
        }
        opened.map_err(Refused::Log)?;
        if gone { Err(Refused::Gone) } else { Ok(stale) }
    }

    /// Listed in the scope before it hears, and until it does not hear any more: a round of planning that does not know
    /// of it could not take it away.
    fn enter(&self, member: &Arc<Member>, request: &SubscriptionRequest) -> Entered {
        if let Some(fence) = request.fence {
            let mut scope = self.scopes.entry(fence.scope).or_default();
            if !scope.enter(member, request.topic, request.ticket, fence.version) {
                return Entered::Stale;
            }
        }
        let Some(void) = self.topics.entry(request.topic).or_default().seat(member, request) else {
            return Entered::New;
        };
        self.unlist(member.key, request.topic, void, request.fence.map(|fence| fence.scope));
        Entered::Again
    }

    /// Joins those of the topics that are not joined yet. Somebody else may be doing the same at this moment: the
    /// second finds it done.
    async fn open(&self, topics: &[Topic]) -> Result<(), messaging::Error> {
        let closed = |topic: &Topic| self.topics.get(topic).is_some_and(|entry| entry.joined.is_none());
        let closed = topics.iter().copied().filter(closed).collect::<Vec<_>>();
        let joined = join_all(closed.iter().map(|topic| self.bus.join(*topic))).await;
        let timelines = closed.iter().filter_map(|topic| match topic {
            Topic::Timeline(id) => Some(*id),
            _ => None,
        });
        // Read after joining: what is committed later is heard, or found missing.
        let mut heads = HashMap::new();
        for chunk in timelines.collect::<Vec<_>>().chunks(catch_up::CHUNK) {
            heads.extend(self.messaging.heads(chunk).await?);
        }
        for joined in joined {
            let Some(mut entry) = self.topics.get_mut(&joined.topic()) else { continue };
            if let Topic::Timeline(id) = joined.topic() {
                // One that is gone has no head and no events.
                let Some(head) = heads.get(&id) else { continue };
                let ready = entry.sequence.start(head.rev);
                entry.deliver(ready.into_iter().map(|(_, delivery)| delivery));
            }
            entry.joined.get_or_insert(joined);
        }
        Ok(())
    }

    /// Whether the session hears the topic by this ticket.
    pub(super) fn confirms(
        &self,
        member_key: SessionKey,
        shard: usize,
        topic: Topic,
        ticket: Ticket,
    ) -> bool {
        let entry = self.topics.get(&topic);
        entry.is_some_and(|entry| {
            let worker = entry.listeners.iter().find(|worker| worker.shard.id == shard);
            worker.is_some_and(|worker| worker.sessions.get(&member_key) == Some(&ticket))
        })
    }

    /// Whether the session hears the topic.
    pub(super) fn hears(&self, member: &Member, topic: Topic) -> bool {
        let entry = self.topics.get(&topic);
        entry.is_some_and(|entry| {
            entry.listeners.iter().any(|worker| worker.sessions.contains_key(&member.key))
        })
    }

    /// Takes a topic from a session when it still hears it by this ticket. Returns whether it did.
    pub(super) fn withdraw(
        &self,
        member: &Member,
        topic: Topic,
        ticket: Ticket,
        scope: Option<ScopeId>,
    ) -> bool {
        self.forget(member.key, member.shard.id, topic, Some(ticket), scope)
    }

    /// Takes a topic from a session that gave it up itself: by a ticket only when it still hears it by that one. Returns
    /// whether it did.
    pub(super) fn forget(
        &self,
        key: SessionKey,
        shard: usize,
        topic: Topic,
        ticket: Option<Ticket>,
        scope: Option<ScopeId>,
    ) -> bool {
        let taken = self.take(key, shard, topic, ticket);
        if let Some(taken) = taken {
            self.unlist(key, topic, taken, scope);
        }
        taken.is_some()
    }

    fn take(&self, key: SessionKey, shard: usize, topic: Topic, ticket: Option<Ticket>) -> Option<Ticket> {
        let Place::Occupied(mut place) = self.topics.entry(topic) else { return None };
        let listeners = &mut place.get_mut().listeners;
        let worker = listeners.iter_mut().find(|worker| worker.shard.id == shard)?;
        let held = *worker.sessions.get(&key)?;
        if ticket.is_some_and(|ticket| ticket != held) {
            return None;
        }
        worker.sessions.remove(&key);
        listeners.retain(|worker| !worker.sessions.is_empty());
        if listeners.is_empty() {
            place.remove();
        }
        Some(held)
    }

    fn unlist(&self, key: SessionKey, topic: Topic, ticket: Ticket, scope: Option<ScopeId>) {
        if let Some(scope) = scope
            && let Place::Occupied(mut place) = self.scopes.entry(scope)
        {
            place.get_mut().leave(key, topic, ticket);
            if place.get().is_idle() {
                place.remove();
            }
        }
    }

    /// Hands an event on, past the fence.
    pub(super) fn route(self: &Arc<Self>, event: &Event) {
        match (event.header.turn, event.topic) {
            (Turn::Presence, _) => return self.spread(event),
            (Turn::Aware(channel), _) => return self.to_aware(event, channel),
            (Turn::Login(session), Topic::User(user)) => return self.to_login(event, user, session),
            _ => {}
        }
        // What is for hubs alone, or for some of those who listen, is not for all of them.
        if event.frame.is_empty() || matches!(event.header.turn, Turn::Viewers(_)) {
            return;
        }
        let Some(delivery) = Delivery::live(event) else { return };
        let Some(rev) = delivery.rev else {
            if let Some(entry) = self.topics.get(&event.topic) {
                entry.deliver([delivery]);
            }
            return;
        };
        let gap = self.advance(event.topic, |sequence| sequence.push(rev, delivery));
        if gap {
            self.catch_up(event.topic, None);
        }
    }

    /// Takes a timeline's sequence further and delivers what may leave. Returns whether something is missing.
    pub(super) fn advance(
        &self,
        topic: Topic,
        step: impl FnOnce(&mut Sequence<Delivery>) -> Vec<(Rev, Delivery)>,
    ) -> bool {
        let Some(mut entry) = self.topics.get_mut(&topic) else { return false };
        let ready = step(&mut entry.sequence);
        // Under the lock: the order in which they leave is the order in which workers get them.
        entry.deliver(ready.into_iter().map(|(_, delivery)| delivery));
        entry.sequence.has_gap()
    }
}

impl Entry {
    /// Lets the session hear the topic by the request's ticket; when it heard it before, returns the ticket that is void now.
    fn seat(&mut self, member: &Member, request: &SubscriptionRequest) -> Option<Ticket> {
        match self.worker(&member.shard).entry(member.key) {
            Seat::Vacant(seat) => {
                seat.insert(request.ticket);
                None
            }
            Seat::Occupied(_) if request.offered => Some(request.ticket),
            Seat::Occupied(mut seat) => Some(seat.insert(request.ticket)),
        }
    }

    fn worker(&mut self, shard: &ShardSender) -> &mut HashMap<SessionKey, Ticket> {
        let known = self.listeners.iter().position(|worker| worker.shard.id == shard.id);
        let at = known.unwrap_or_else(|| {
            // Most topics are one user's, with one worker.
            self.listeners.reserve_exact(1);
            self.listeners.push(Worker { shard: shard.clone(), sessions: HashMap::new() });
            self.listeners.len() - 1
        });
        #[expect(clippy::indexing_slicing, reason = "found or pushed just now")]
        &mut self.listeners[at].sessions
    }

    /// To all but these sessions.
    pub(super) fn deliver_but(&self, sessions: &Arc<HashSet<SessionKey>>, delivery: &Delivery) {
        for worker in &self.listeners {
            worker.shard.send(Command::DeliverBut(Arc::clone(sessions), delivery.clone()));
        }
    }

    fn deliver(&self, deliveries: impl IntoIterator<Item = Delivery>) {
        for delivery in deliveries {
            for worker in &self.listeners {
                worker.shard.send(Command::Deliver(delivery.clone()));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn what_a_session_asks_for_goes_before_what_the_hub_offers_whichever_comes_first() {
        let env = Env::system();
        let (member, topic) = (Member::for_tests(env.id()), Topic::Timeline(env.id()));
        let request = |ticket, offered| SubscriptionRequest { topic, ticket, fence: None, offered };
        for (first, second, void) in [(false, true, 2), (true, false, 1), (false, false, 1)] {
            let mut entry = Entry::default();
            assert_eq!(entry.seat(&member, &request(1, first)), None);
            assert_eq!(entry.seat(&member, &request(2, second)), Some(void));
            assert_eq!(entry.worker(&member.shard).get(&member.key), Some(&(3 - void)));
        }
    }
}
