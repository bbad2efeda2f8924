//! Who loses the right to be in a session leaves it.

use std::collections::HashMap;

use kernel::{Event, Grant, Permissions, ScopeId, Topic, Turn, UserId, Version, can};

use super::Voice;
use crate::Error;
use crate::event::Reason;
use crate::event::call::Silence;
use crate::model::{Participant, Session, Settled};
use crate::store::Verdict;

impl Voice {
    /// This process heard an event: rights may have changed. Never waits.
    pub fn heard(&self, event: &Event) {
        // What is written changes no rights, nor does who is there; those who listen to neither are few.
        let quiet = matches!(event.topic, Topic::Timeline(_) | Topic::Gateways)
            || matches!(event.header.turn, Turn::Presence | Turn::Aware(_) | Turn::Login(_));
        if let Some(fence) = event.header.fence.filter(|_| !quiet) {
            self.mark_changed([fence.scope]);
        }
    }

    /// Rights in these scopes may have changed: to be read again.
    pub(super) fn mark_changed(&self, scopes: impl IntoIterator<Item = ScopeId>) {
        self.0.changed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(scopes);
        self.0.wake.notify_one();
    }

    pub(super) fn take_changed(&self) -> Vec<ScopeId> {
        let mut changed = self.0.changed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        changed.drain().collect()
    }

    /// Reads the access of everybody in the sessions of these scopes again: who has lost it leaves, or is rung no more; who may
    /// not speak any more is suppressed.
    pub(super) async fn read_access_again(&self, scopes: &[ScopeId]) -> Result<(), Error> {
        let mut sessions = HashMap::<ScopeId, Vec<Session>>::new();
        for session in self.0.store.of(scopes).await? {
            sessions.entry(session.scope).or_default().push(session);
        }
        let versions = self.versions(&sessions.keys().copied().collect::<Vec<_>>()).await?;
        for (scope, sessions) in sessions {
            let version = versions.get(&scope).copied().unwrap_or(Version::MAX);
            if sessions.iter().any(|session| is_behind(session, version)) {
                self.settle(scope, &sessions).await?;
            }
        }
        Ok(())
    }

    async fn settle(&self, scope: ScopeId, sessions: &[Session]) -> Result<(), Error> {
        let concerned =
            sessions.iter().flat_map(|session| session.concerned().map(|user| (user, session.place)));
        let (version, grants) = self.access_among(scope, concerned.collect()).await?;
        let verdicts = sessions.iter().flat_map(|session| verdicts(session, version, &grants));
        let verdicts = verdicts.collect::<Vec<_>>();
        let mut over = Vec::new();
        for settled in self.0.store.settle(version, &verdicts).await? {
            match settled {
                Settled::Left(left) => {
                    self.tell_left_at(&left, Reason::Forbidden, version)?;
                    if !grants.contains_key(&left.user) {
                        self.tell_themselves(&left, Reason::Forbidden)?;
                    }
                    over.extend(left.over);
                }
                Settled::Otherwise(now) => self.tell_state_at(&now, version).await?,
                Settled::Silenced(silenced) => {
                    self.tell_silenced(&silenced, Silence::Forbidden)?;
                    over.extend(silenced.over);
                }
            }
        }
        self.write_down(&over).await;
        Ok(())
    }
}

/// Whether somebody in it, or whom it rings, was looked at under an older version.
fn is_behind(session: &Session, version: Version) -> bool {
    let rung = !session.ringing.is_empty() && session.version < version;
    rung || session.participants.iter().any(|each| each.version < version)
}

/// What follows for everybody in a session, and whom it rings, from rights that were read at a version. Who came under a newer
/// right is right.
fn verdicts(session: &Session, version: Version, grants: &HashMap<UserId, Grant>) -> Vec<Verdict> {
    let may = |user: UserId| {
        let allowed = grants.get(&user).and_then(|grant| grant.require::<can::Connect>().ok());
        allowed.map(|allowed| allowed.has(Permissions::SPEAK))
    };
    let verdict =
        |user, version| Verdict { user, place: session.place, session: session.id, version, may: may(user) };
    let older = session.participants.iter().filter(|each: &&Participant| each.version < version);
    let older = older.map(|each| verdict(each.user, Some(each.version)));
    let rung = session.ringing.iter().filter(|_| session.version < version);
    older.chain(rung.map(|user| verdict(*user, None))).collect()
}
