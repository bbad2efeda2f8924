//! Holding events back while access is read again, and changing subscriptions by what was read.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use guilds::Error as GuildsError;
use kernel::{Event, Fence, GuildId, ScopeId, Topic, Turn, UserId};
use tokio::time::sleep;

use super::plan::plan;
use super::scope::{Hears, Scope, Verdict};
use super::{Command, Hub, Inner, Member, lock};

/// Waiting time after the database failed: doubles from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// How often to look whether somebody else's reading of access is done.
const GLANCE: Duration = Duration::from_millis(2);

impl Inner {
    /// Lets an event through when the subscriptions of its scope agree with its version; else it waits until they do.
    pub(super) fn judge(self: &Arc<Self>, event: &Event) {
        let Some(fence) = event.header.fence else { return self.route(event) };
        let verdict = match self.scopes.get_mut(&fence.scope) {
            Some(mut scope) => scope.judge(event, fence.version),
            None if self.welcomes(event) => {
                self.scopes.entry(fence.scope).or_default().judge(event, fence.version)
            }
            None => Verdict::Pass,
        };
        match verdict {
            Verdict::Pass => self.route(event),
            Verdict::PassAndPlan => {
                self.route(event);
                self.plan_soon(fence.scope);
            }
            Verdict::Held(true) => {
                self.runtime.spawn(Arc::clone(self).replan(fence.scope));
            }
            Verdict::Held(false) => {}
        }
    }

    /// Whether the event admits a user who has sessions here.
    fn welcomes(&self, event: &Event) -> bool {
        match event.topic {
            Topic::User(user) => event.header.turn == Turn::Admits && lock(&self.members).contains_key(&user),
            _ => false,
        }
    }

    /// Reads access to the scope again, unless somebody is at it or nobody here is in it.
    pub(super) fn plan_soon(self: &Arc<Self>, scope: ScopeId) {
        if self.scopes.get_mut(&scope).is_some_and(|mut state| state.begin()) {
            self.runtime.spawn(Arc::clone(self).replan(scope));
        }
    }

    /// Waits until the subscriptions of the scope agree with at least this version.
    pub(super) async fn settle(self: &Arc<Self>, fence: Fence) {
        while self.scopes.get(&fence.scope).is_some_and(|scope| scope.is_behind(fence.version)) {
            self.plan_soon(fence.scope);
            sleep(GLANCE).await;
        }
    }

    /// Rounds of reading access and changing subscriptions, until nothing waits any more.
    async fn replan(self: Arc<Self>, scope: ScopeId) {
        let mut pause = BACKOFF.0;
        loop {
            let Some((hears, admitted, events)) = self.scopes.get_mut(&scope).map(|mut s| s.round()) else {
                return;
            };
            match self.round(scope, hears, &admitted).await {
                Ok(again) => {
                    pause = BACKOFF.0;
                    for event in &events {
                        self.route(event);
                    }
                    if !again {
                        self.scopes.remove_if(&scope, |_, state| state.is_idle());
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(%error, %scope, "access could not be read, events wait");
                    if let Some(mut state) = self.scopes.get_mut(&scope) {
                        state.put_back(admitted, events);
                    }
                    sleep(pause).await;
                    pause = (pause * 2).min(BACKOFF.1);
                }
            }
        }
    }

    /// One round. Returns whether another one is due.
    async fn round(
        self: &Arc<Self>,
        scope: ScopeId,
        mut hears: Vec<Hears>,
        admitted: &HashSet<UserId>,
    ) -> Result<bool, GuildsError> {
        let guild = GuildId::from(scope);
        let known = hears.iter().map(|(member, _)| member.key).collect::<HashSet<_>>();
        for sessions in admitted.iter().filter_map(|user| lock(&self.members).get(user).cloned()) {
            let new = sessions.into_values().filter(|member| !known.contains(&member.key));
            hears.extend(new.map(|member| (member, HashSet::new())));
        }
        let users = hears.iter().map(|(member, _)| member.user).collect::<HashSet<_>>();
        let (version, views) = self.guilds.viewers(guild, &users.into_iter().collect::<Vec<_>>()).await?;
        for (member, topics) in &hears {
            let change = plan(guild, topics, views.get(&member.user), member.appetite);
            for topic in &change.drop {
                self.forget(member.key, member.shard.id, *topic, Some(scope));
            }
            if !change.drop.is_empty() {
                member.shard.send(Command::Drop(member.key, change.drop));
            }
            self.add(member, &change.add, Fence { scope, version }).await;
        }
        let planned = hears.iter().map(|(member, _)| member.key).collect::<Vec<_>>();
        let done =
            |mut state: dashmap::mapref::one::RefMut<'_, ScopeId, Scope>| state.applied(version, &planned);
        Ok(self.scopes.get_mut(&scope).is_some_and(done))
    }

    /// Lets a session hear more of a scope. What cannot be opened now is found by its next join or resume.
    async fn add(self: &Arc<Self>, member: &Arc<Member>, topics: &[Topic], fence: Fence) {
        if topics.is_empty() {
            return;
        }
        let wanted = topics.iter().map(|topic| (*topic, Some(fence))).collect::<Vec<_>>();
        if let Ok(stale) = Hub(Arc::clone(self)).subscribe(member, &wanted).await {
            for topic in topics.iter().filter(|topic| !stale.contains(topic)) {
                member.shard.send(Command::Add(member.key, *topic, Some(fence.scope)));
            }
        }
    }
}
