//! Seeing who is still there. Every participant counts as being there for a time; the gateway that has a socket of their device
//! renews it, and whoever comes first after it is over lets them leave. So nothing depends on a gateway saying goodbye.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use kernel::{ScopeId, SessionId, UserId, Version};
use tokio::time::{Instant, MissedTickBehavior, interval, sleep};

use super::Voice;
use crate::Error;
use crate::event::Reason;

/// Participants that are looked at in one round.
const ROUND: usize = 2_000;
/// How often to look which calls have rung for long enough.
const RINGS: Duration = Duration::from_millis(500);
/// How long to wait after something failed.
const PAUSE: Duration = Duration::from_secs(1);

impl Voice {
    /// Renews those whose devices have a socket here, lets those leave whom nobody sees, and reads access again where it
    /// changed, until it is aborted.
    pub async fn run(self, is_here: impl Fn(UserId, SessionId) -> bool + Send + Sync) {
        let mut rounds = interval(self.0.settings.round());
        let mut rings = interval(RINGS);
        rounds.set_missed_tick_behavior(MissedTickBehavior::Delay);
        rings.set_missed_tick_behavior(MissedTickBehavior::Delay);
        // Redis may have been away before as well: others may not have been able to renew.
        let mut trusted = Instant::now() + self.0.settings.unseen();
        loop {
            tokio::select! {
                () = self.0.wake.notified() => self.follow_changes().await,
                _ = rings.tick() => {
                    if let Err(error) = self.stop_ringing().await {
                        tracing::warn!(%error, "calls that nobody answers could not be looked at");
                        sleep(PAUSE).await;
                    }
                }
                _ = rounds.tick() => {
                    if let Err(error) = self.round(&is_here, trusted <= Instant::now()).await {
                        tracing::warn!(%error, "who is in voice channels could not be looked at");
                        trusted = Instant::now() + self.0.settings.unseen();
                    }
                }
            }
        }
    }

    async fn follow_changes(&self) {
        let scopes = self.take_changed();
        if let Err(error) = self.read_access_again(&scopes).await {
            tracing::warn!(%error, "access to sessions could not be read");
            sleep(PAUSE).await;
            self.mark_changed(scopes);
        }
    }

    /// One look. Nobody leaves by it when Redis was away a moment ago.
    async fn round(
        &self,
        is_here: &(impl Fn(UserId, SessionId) -> bool + Send + Sync),
        trusted: bool,
    ) -> Result<(), Error> {
        let due = self.0.store.due(self.0.settings.grace(), ROUND).await?;
        let here = |user, device: Option<SessionId>| Some((user, device.filter(|id| is_here(user, *id))?));
        let (mut seen, mut over) = (Vec::new(), Vec::new());
        for each in due {
            match here(each.user, each.device) {
                Some(device) => seen.push(device),
                None if each.over && trusted => over.push(each.user),
                None => {}
            }
        }
        if !seen.is_empty() {
            let rights = self.0.store.renew(self.0.settings.unseen(), &seen).await?;
            self.compare_versions(rights).await?;
        }
        self.let_go(&over).await?;
        self.finish_others().await
    }

    /// Lets those leave whom nobody sees.
    async fn let_go(&self, over: &[UserId]) -> Result<(), Error> {
        let left = self.0.store.expire(over).await?;
        let scopes = left.iter().map(|gone| gone.scope).collect::<HashSet<_>>();
        let versions = self.versions(&scopes.into_iter().collect::<Vec<_>>()).await.unwrap_or_default();
        for gone in &left {
            let version = versions.get(&gone.scope).copied().unwrap_or(gone.version);
            self.tell_left_at(gone, Reason::Lost, version)?;
        }
        self.write_down(&left.into_iter().filter_map(|gone| gone.over).collect::<Vec<_>>()).await;
        Ok(())
    }

    /// An event of a lost right may itself be lost: versions are compared as well.
    async fn compare_versions(&self, rights: Vec<(ScopeId, Version)>) -> Result<(), Error> {
        let mut oldest = HashMap::<ScopeId, Version>::new();
        for (scope, version) in rights {
            oldest.entry(scope).and_modify(|known| *known = version.min(*known)).or_insert(version);
        }
        let scopes = oldest.keys().copied().collect::<Vec<_>>();
        let versions = self.versions(&scopes).await?;
        self.mark_changed_if(scopes, |scope| versions.get(scope) != oldest.get(scope));
        Ok(())
    }

    fn mark_changed_if(&self, scopes: Vec<ScopeId>, changed: impl Fn(&ScopeId) -> bool) {
        let changed = scopes.into_iter().filter(changed).collect::<Vec<_>>();
        if !changed.is_empty() {
            self.mark_changed(changed);
        }
    }
}
