//! Who is there by this gateway, and what of it Redis does not know yet. In memory, so that sessions come and go without
//! waiting.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use backbone::presence::{Activity, Chosen, Here};
use kernel::UserId;
use tokio::time::Instant;

/// Everybody who is there by this gateway, or was a moment ago.
#[derive(Debug, Default)]
pub(super) struct LocalPresence {
    people: HashMap<UserId, Local>,
    /// Redis has to be told how they are there.
    unsaid: HashSet<UserId>,
    /// Redis has to be told that they are gone.
    gone: HashSet<UserId>,
    /// How they are seen may have changed: to be settled, and told.
    unsettled: HashSet<UserId>,
}

#[derive(Debug)]
struct Local {
    sessions: usize,
    /// When they did something last.
    active: Instant,
    activity: Activity,
    /// When they are gone, unless they come back.
    leaves: Option<Instant>,
    chosen: Chosen,
}

/// What Redis is to be told.
#[derive(Debug, Default)]
pub(super) struct PendingWrites {
    pub(super) here: Vec<Here>,
    pub(super) gone: Vec<UserId>,
}

impl LocalPresence {
    /// A session begins. Returns what Redis has not been told of them, if there is something.
    pub(super) fn enter(&mut self, user: UserId, chosen: Chosen, now: Instant) -> Option<Here> {
        self.gone.remove(&user);
        let local = self.people.entry(user).or_insert_with(|| {
            self.unsaid.insert(user);
            let chosen = chosen.clone();
            Local { sessions: 0, active: now, activity: Activity::Active, leaves: None, chosen }
        });
        local.sessions += 1;
        local.leaves = None;
        self.act(user, now);
        self.choose(user, chosen);
        self.unsaid.contains(&user).then(|| self.here(user)).flatten()
    }

    /// A session ends.
    pub(super) fn exit(&mut self, user: UserId, now: Instant, grace: Duration) {
        if let Some(local) = self.people.get_mut(&user) {
            local.sessions = local.sessions.saturating_sub(1);
            if local.sessions == 0 {
                local.leaves = Some(now + grace);
            }
        }
    }

    /// They do something.
    pub(super) fn act(&mut self, user: UserId, now: Instant) {
        if let Some(local) = self.people.get_mut(&user) {
            local.active = now;
            if local.activity == Activity::Idle {
                local.activity = Activity::Active;
                self.unsaid.insert(user);
            }
        }
    }

    /// They chose how to be seen, here or elsewhere.
    pub(super) fn choose(&mut self, user: UserId, chosen: Chosen) {
        if let Some(local) = self.people.get_mut(&user)
            && local.chosen.version <= chosen.version
        {
            if local.chosen.status != chosen.status || local.chosen.message != chosen.message {
                self.unsaid.insert(user);
            }
            local.chosen = chosen;
        }
    }

    /// How they are seen may have changed.
    pub(super) fn unsettle(&mut self, users: impl IntoIterator<Item = UserId>) {
        self.unsettled.extend(users);
    }

    /// Everybody here, to be told anew: what Redis knew may be gone. `known` is who Redis thinks is here.
    pub(super) fn again(&mut self, known: Vec<UserId>) {
        self.unsaid.extend(self.people.keys());
        self.gone.extend(known.into_iter().filter(|user| !self.people.contains_key(user)));
    }

    /// Everybody here.
    pub(super) fn everybody(&self) -> Vec<UserId> {
        self.people.keys().copied().collect()
    }

    /// Lets time pass, and takes what Redis is to be told.
    pub(super) fn due(&mut self, now: Instant, away_after: Duration) -> PendingWrites {
        let left = self.people.extract_if(|_, local| local.leaves.is_some_and(|at| at <= now));
        self.gone.extend(left.map(|(user, _)| user));
        for (user, local) in &mut self.people {
            if local.activity == Activity::Active && now.duration_since(local.active) >= away_after {
                local.activity = Activity::Idle;
                self.unsaid.insert(*user);
            }
        }
        let unsaid = std::mem::take(&mut self.unsaid);
        let here = unsaid.into_iter().filter_map(|user| self.here(user)).collect();
        let due = PendingWrites { here, gone: self.gone.drain().collect() };
        self.unsettled.extend(due.here.iter().map(|here| here.user).chain(due.gone.iter().copied()));
        due
    }

    fn here(&self, user: UserId) -> Option<Here> {
        let local = self.people.get(&user)?;
        Some(Here { user, activity: local.activity, chosen: Some(local.chosen.clone()) })
    }

    /// Redis could not be told: later.
    pub(super) fn put_back(&mut self, due: PendingWrites) {
        self.unsaid.extend(due.here.into_iter().map(|here| here.user));
        let people = &self.people;
        self.gone.extend(due.gone.into_iter().filter(|user| !people.contains_key(user)));
    }

    /// Takes whose change is to be settled, at most `limit`.
    pub(super) fn take_unsettled(&mut self, limit: usize) -> Vec<UserId> {
        let taken = self.unsettled.iter().take(limit).copied().collect::<Vec<_>>();
        for user in &taken {
            self.unsettled.remove(user);
        }
        taken
    }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    const GRACE: Duration = Duration::from_secs(10);
    const AWAY: Duration = Duration::from_secs(300);

    fn chosen(version: i64, status: &str) -> Chosen {
        Chosen { version, status: status.into(), message: String::new() }
    }

    #[test]
    fn who_comes_back_within_the_grace_was_never_gone() {
        let (mut local, user, start) = (LocalPresence::default(), Env::system().id(), Instant::now());
        let unsaid = local.enter(user, chosen(1, "online"), start);
        assert_eq!(local.due(start, AWAY).here, unsaid.into_iter().collect::<Vec<_>>());
        let unsaid = local.enter(user, chosen(2, "online"), start);
        assert_eq!(unsaid, None, "Redis knows");
        local.exit(user, start, GRACE);
        let due = local.due(start + GRACE * 2, AWAY);
        assert!(due.gone.is_empty() && due.here.is_empty(), "another session is there");
        local.exit(user, start, GRACE);
        assert!(local.due(start + GRACE / 2, AWAY).gone.is_empty());
        local.enter(user, chosen(3, "online"), start + GRACE / 2);
        assert!(local.due(start + GRACE * 2, AWAY).gone.is_empty());
        local.exit(user, start + GRACE * 2, GRACE);
        assert_eq!(local.due(start + GRACE * 3, AWAY).gone, [user]);
        assert_eq!(local.take_unsettled(10), [user]);
    }

    #[test]
    fn who_does_nothing_is_away_and_back_with_the_first_command() {
        let (mut local, user, start) = (LocalPresence::default(), Env::system().id(), Instant::now());
        local.enter(user, chosen(1, "online"), start);
        local.due(start, AWAY);
        let due = local.due(start + AWAY, AWAY);
        assert_eq!(due.here.first().map(|here| here.activity), Some(Activity::Idle));
        local.act(user, start + AWAY);
        let due = local.due(start + AWAY, AWAY);
        assert_eq!(due.here.first().map(|here| here.activity), Some(Activity::Active));
        assert!(local.due(start + AWAY, AWAY).here.is_empty());
    }

    #[test]
    fn of_two_choices_the_later_counts_and_what_redis_was_not_told_stays_due() {
        let (mut local, user, start) = (LocalPresence::default(), Env::system().id(), Instant::now());
        local.enter(user, chosen(5, "offline"), start);
        local.choose(user, chosen(4, "online"));
        let due = local.due(start, AWAY);
        assert_eq!(due.here[0].chosen.as_ref().unwrap().status, "offline");
        local.put_back(due);
        assert_eq!(local.due(start, AWAY).here.len(), 1);
        local.exit(user, start, Duration::ZERO);
        let due = local.due(start, AWAY);
        local.enter(user, chosen(6, "online"), start);
        local.put_back(due);
        assert!(local.due(start, AWAY).gone.is_empty(), "came back before Redis knew");
    }
}
