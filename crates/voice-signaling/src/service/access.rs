//! Who loses the right to be in a voice channel leaves it.

use std::collections::HashMap;

use kernel::{Event, GuildId, Permissions, ScopeId, Topic, Turn, Version, can};

use super::Voice;
use crate::Error;
use crate::event::Reason;
use crate::model::{Participant, Settled};
use crate::store::Verdict;

impl Voice {
    /// This process heard an event: rights may have changed. Never waits.
    pub fn heard(&self, event: &Event) {
        // What is written changes no rights, nor does who is there; those who listen to neither are few.
        let quiet = matches!(event.topic, Topic::Timeline(_) | Topic::Gateways)
            || matches!(event.header.turn, Turn::Presence | Turn::Aware(_) | Turn::Login(_));
        if let Some(fence) = event.header.fence.filter(|_| !quiet) {
            self.mark_changed([fence.scope.into()]);
        }
    }

    /// Rights in these guilds may have changed: to be read again.
    pub(super) fn mark_changed(&self, guilds: impl IntoIterator<Item = GuildId>) {
        self.0.changed.lock().unwrap_or_else(std::sync::PoisonError::into_inner).extend(guilds);
        self.0.wake.notify_one();
    }

    pub(super) fn take_changed(&self) -> Vec<GuildId> {
        let mut changed = self.0.changed.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        changed.drain().collect()
    }

    /// Reads the access of everybody in the voice channels of these guilds again: who has lost it leaves, who may not
    /// speak any more is suppressed.
    pub(super) async fn read_access_again(&self, guilds: &[GuildId]) -> Result<(), Error> {
        let scopes = guilds.iter().copied().map(ScopeId::from).collect::<Vec<_>>();
        let mut people = HashMap::<GuildId, Vec<Participant>>::new();
        for session in self.0.store.of(&scopes).await? {
            people.entry(session.scope.into()).or_default().extend(session.people);
        }
        let versions = self.0.guilds.versions(&people.keys().copied().collect::<Vec<_>>()).await?;
        for (guild, people) in people {
            let version = versions.get(&guild).copied().unwrap_or(Version::MAX);
            if people.iter().any(|each| each.version < version) {
                self.settle(guild, people).await?;
            }
        }
        Ok(())
    }

    async fn settle(&self, guild: GuildId, people: Vec<Participant>) -> Result<(), Error> {
        let places = people.iter().map(|each| (each.user, each.place)).collect();
        let (version, grants) = self.0.guilds.voice_access_among(guild, &places).await?;
        // Who came under a newer right than was read is right.
        let older = people.into_iter().filter(|each| each.version < version);
        let verdicts = older.map(|participant| {
            let grant = grants.get(&participant.user);
            let allowed = grant.and_then(|grant| grant.require::<can::Connect>().ok());
            Verdict { may: allowed.map(|allowed| allowed.has(Permissions::SPEAK)), participant }
        });
        let verdicts = verdicts.collect::<Vec<_>>();
        for settled in self.0.store.settle(version, &verdicts).await? {
            match settled {
                Settled::Left(left) => {
                    self.tell_left_at(&left, Reason::Forbidden, version)?;
                    if !grants.contains_key(&left.user) {
                        self.tell_themselves(&left, Reason::Forbidden)?;
                    }
                }
                Settled::Otherwise(now) => self.tell_state_at(&now, version)?,
            }
        }
        Ok(())
    }
}
