//! The fence in this process: which access version has been applied to the sessions of a scope. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guilds::VisibleChannels;
use kernel::{Event, Topic, Turn, UserId, Version};

use super::plan::ScopeKind;
use super::{Member, SessionKey, Ticket};

/// Events that may wait while access is read again; beyond it they are dropped, and found in the log.
const HELD: usize = 10_000;

/// A scope that has sessions here.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// What it is, once that was looked up.
    pub(super) kind: Option<ScopeKind>,
    /// The version that the subscriptions of all sessions agree with.
    applied: Version,
    present: HashMap<SessionKey, Present>,
    held: Vec<Event>,
    /// What sessions see of it, each different one once.
    visible_sets: HashSet<Arc<VisibleChannels>>,
    /// Users who were admitted by an event that is held.
    admitted: HashSet<UserId>,
    planning: bool,
    /// A round is done, and what waited for it is being let through: later events wait behind it.
    draining: bool,
}

/// What a session hears of a scope.
#[derive(Debug)]
struct Present {
    member: Arc<Member>,
    /// The version under which it was let in or planned last.
    version: Version,
    /// It was let in to something since the last round began: that round does not know of it.
    changed: bool,
    /// Each by the ticket of its subscription; by two for a moment, while one takes the other's place. No set: nearly always it
    /// is one, the server, of each of somebody's servers.
    topics: Vec<(Topic, Ticket)>,
}

/// What to do with an event.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// Let it through.
    Pass,
    /// Let it through, then plan anew.
    PassAndPlan,
    /// It is kept until access has been read again. `true`: start to read.
    Held(bool),
}

/// Whether who may hear an event is read from the database for it. For all others the version says enough.
fn reads_access(event: &Event) -> bool {
    match event.header.turn {
        Turn::Admits | Turn::Viewers(_) => true,
        Turn::None | Turn::Presence | Turn::Aware(_) | Turn::Login(_) => false,
    }
}

/// The state of a session in a scope, to be compared with what it may hear.
pub(crate) type SessionTopics = (Arc<Member>, HashSet<(Topic, Ticket)>);

impl Scope {
    /// Decides about an event of this scope at `version`.
    pub(crate) fn judge(&mut self, event: &Event, version: Version) -> Verdict {
        let reads = reads_access(event);
        if !reads && version <= self.applied && !self.draining {
            return Verdict::Pass;
        }
        if !reads && matches!(event.topic, Topic::User(_)) {
            return Verdict::PassAndPlan;
        }
        if let (Turn::Admits, Topic::User(user)) = (event.header.turn, event.topic) {
            self.admit(user);
        }
        if self.held.len() < HELD {
            self.held.push(event.clone());
        }
        Verdict::Held(self.begin())
    }

    /// This sight, or the same one that others have.
    pub(crate) fn share(&mut self, visible: Arc<VisibleChannels>) -> Arc<VisibleChannels> {
        if let Some(same) = self.visible_sets.get(&visible) {
            return Arc::clone(same);
        }
        self.visible_sets.insert(Arc::clone(&visible));
        visible
    }

    /// A user's sessions are to be let in, as far as they may.
    pub(crate) fn admit(&mut self, user: UserId) {
        self.admitted.insert(user);
    }

    /// How many events wait.
    pub(super) fn held(&self) -> usize {
        self.held.len()
    }

    /// Marks that access is being read; `false` when it is already.
    pub(crate) fn begin(&mut self) -> bool {
        !std::mem::replace(&mut self.planning, true)
    }

    /// Lets a session hear a topic under a grant of `version`; `false` when that is older than what has been applied.
    pub(crate) fn enter(
        &mut self,
        member: &Arc<Member>,
        topic: Topic,
        ticket: Ticket,
        version: Version,
    ) -> bool {
        if version < self.applied {
            return false;
        }
        if self.present.is_empty() && !self.planning {
            self.applied = version;
        }
        let present = self.present.entry(member.key).or_insert_with(|| Present {
            member: Arc::clone(member),
            version,
            changed: true,
            topics: Vec::with_capacity(1),
        });
        // The oldest of its grants decides whether it must be planned again.
        present.version = present.version.min(version);
        present.changed = true;
        present.topics.push((topic, ticket));
        true
    }

    /// A session does not hear a topic by this ticket any more.
    pub(crate) fn leave(&mut self, key: SessionKey, topic: Topic, ticket: Ticket) {
        if let Some(present) = self.present.get_mut(&key) {
            if let Some(at) = present.topics.iter().position(|each| *each == (topic, ticket)) {
                present.topics.swap_remove(at);
            }
            if present.topics.is_empty() {
                self.present.remove(&key);
            }
        }
    }

    /// The sessions that hear something of it.
    pub(crate) fn members(&self) -> Vec<Arc<Member>> {
        self.present.values().map(|present| Arc::clone(&present.member)).collect()
    }

    /// Whether sessions may still hear what they lost at `version`.
    pub(crate) fn is_behind(&self, version: Version) -> bool {
        self.applied < version && !self.present.is_empty()
    }

    /// The version that has been applied, when anybody here hears anything of the scope.
    pub(crate) fn applied_version(&self) -> Option<Version> {
        (!self.present.is_empty()).then_some(self.applied)
    }

    /// Whether nobody here hears anything of it.
    pub(crate) fn is_idle(&self) -> bool {
        self.present.is_empty() && self.held.is_empty() && self.admitted.is_empty() && !self.planning
    }

    /// What a round of planning works on: the sessions, the users who were admitted, the events that wait.
    pub(crate) fn round(&mut self) -> (Vec<SessionTopics>, HashSet<UserId>, Vec<Event>) {
        self.visible_sets.retain(|visible| Arc::strong_count(visible) > 1);
        let hears = self.present.values_mut().map(|present| {
            present.changed = false;
            (Arc::clone(&present.member), present.topics.iter().copied().collect())
        });
        let hears = hears.collect();
        (hears, std::mem::take(&mut self.admitted), std::mem::take(&mut self.held))
    }

    /// A round is done: the sessions of `planned` agree with `version`. Returns whether all do. If not, somebody came in
    /// under an older grant meanwhile: another round is due, and events of `version` wait on. If so, nobody comes in under
    /// an older grant any more, and what waited is to be let through by [`Self::drain`].
    pub(crate) fn agree(&mut self, version: Version, planned: &[SessionKey]) -> bool {
        for key in planned {
            if let Some(present) = self.present.get_mut(key).filter(|present| !present.changed) {
                present.version = present.version.max(version);
            }
        }
        self.draining = self.present.values().all(|present| present.version >= version);
        if self.draining {
            self.applied = self.applied.max(version);
        }
        self.draining
    }

    /// What arrived while those before it were let through; `None` when they all are, and events pass again.
    pub(crate) fn drain(&mut self) -> Option<Vec<Event>> {
        let applied = self.applied;
        let due = |event: &mut Event| {
            let version = event.header.fence.map_or(0, |fence| fence.version);
            !reads_access(event) && version <= applied
        };
        let batch = self.held.extract_if(.., due).collect::<Vec<_>>();
        if batch.is_empty() {
            self.draining = false;
            self.planning = !self.held.is_empty() || !self.admitted.is_empty();
            return None;
        }
        Some(batch)
    }

    /// Whether another round is due.
    pub(crate) fn is_planning(&self) -> bool {
        self.planning
    }

    /// A round failed: what it worked on waits on.
    pub(crate) fn put_back(&mut self, admitted: HashSet<UserId>, mut events: Vec<Event>) {
        self.admitted.extend(admitted);
        events.append(&mut self.held);
        events.truncate(HELD);
        self.held = events;
    }
}

#[cfg(test)]
mod tests {
    use kernel::{Env, Fence, Header, ScopeId};

    use super::*;

    fn event(scope: ScopeId, version: Version) -> Event {
        let header = Header { rev: Some(1), fence: Some(Fence { scope, version }), ..Header::default() };
        Event { topic: Topic::Timeline(Env::system().id()), header, frame: "{}".into() }
    }

    #[test]
    fn an_event_of_a_newer_version_waits_for_a_round_and_others_behind_it_for_the_same() {
        let (env, mut scope) = (Env::system(), Scope::default());
        let (id, member) = (env.id(), Arc::new(Member::for_tests(env.id())));
        assert!(scope.enter(&member, Topic::Guild(env.id()), 1, 1));
        assert_eq!(scope.judge(&event(id, 1), 1), Verdict::Pass);
        assert_eq!(scope.judge(&event(id, 2), 2), Verdict::Held(true));
        assert_eq!(scope.judge(&event(id, 2), 2), Verdict::Held(false));
        let (hears, _, events) = scope.round();
        assert_eq!((hears.len(), events.len()), (1, 2));
        assert!(scope.agree(2, &[member.key]));
        // While those two are let through, a third waits behind them.
        assert_eq!(scope.judge(&event(id, 2), 2), Verdict::Held(false));
        assert_eq!(scope.drain().map(|batch| batch.len()), Some(1));
        assert_eq!(scope.drain(), None);
        assert_eq!(scope.judge(&event(id, 2), 2), Verdict::Pass);
        assert!(!scope.enter(&member, Topic::Guild(env.id()), 2, 1), "a grant from before the change");
    }

    #[test]
    fn only_events_that_let_somebody_hear_more_have_access_read() {
        let (env, mut scope) = (Env::system(), Scope::default());
        let (id, member) = (env.id(), Arc::new(Member::for_tests(env.id())));
        scope.enter(&member, Topic::Guild(env.id()), 1, 1);
        let turned = |turn, version| {
            let event = event(id, version);
            Event { header: Header { turn, ..event.header }, ..event }
        };
        for turn in [Turn::None, Turn::Presence, Turn::Aware(env.id()), Turn::Login(env.id())] {
            assert_eq!(scope.judge(&turned(turn, 1), 1), Verdict::Pass);
        }
        assert_eq!(scope.judge(&turned(Turn::Viewers(env.id()), 1), 1), Verdict::Held(true));
        // What comes while that is read does not need another reading.
        assert_eq!(scope.judge(&turned(Turn::Presence, 1), 1), Verdict::Pass);
        scope.round();
        assert!(scope.agree(1, &[member.key]));
        assert_eq!(scope.judge(&turned(Turn::Presence, 1), 1), Verdict::Held(false));
        assert_eq!(scope.drain().map(|batch| batch.len()), Some(1));
        assert_eq!(scope.drain(), None);
        assert!(!scope.is_planning());
    }

    #[test]
    fn who_enters_while_access_is_read_is_looked_at_before_anything_passes() {
        let (env, mut scope) = (Env::system(), Scope::default());
        let (id, member) = (env.id(), Arc::new(Member::for_tests(env.id())));
        scope.enter(&member, Topic::Guild(env.id()), 1, 1);
        scope.judge(&event(id, 2), 2);
        let (_, admitted, events) = scope.round();
        // Proved before the change, entered while the round reads: the round knows nothing of this topic.
        assert!(scope.enter(&member, Topic::Timeline(env.id()), 2, 1));
        assert!(!scope.agree(2, &[member.key]));
        scope.put_back(admitted, events);
        assert_eq!(scope.judge(&event(id, 2), 2), Verdict::Held(false));
        let (hears, _, events) = scope.round();
        assert_eq!((hears[0].1.len(), events.len()), (2, 2));
        assert!(scope.agree(2, &[member.key]));
        assert_eq!(scope.drain(), None);
        assert!(!scope.is_planning());
    }

    #[test]
    fn a_subscription_that_took_anothers_place_stays_listed_when_that_goes() {
        let (env, mut scope) = (Env::system(), Scope::default());
        let (topic, member) = (Topic::Timeline(env.id()), Arc::new(Member::for_tests(env.id())));
        assert!(scope.enter(&member, topic, 1, 1) && scope.enter(&member, topic, 2, 1));
        scope.leave(member.key, topic, 1);
        let (hears, _, _) = scope.round();
        assert!(hears[0].1.iter().eq([&(topic, 2)]), "the next round can take it away");
        scope.leave(member.key, topic, 2);
        assert!(scope.agree(1, &[]) && scope.drain().is_none() && scope.is_idle());
    }
}
