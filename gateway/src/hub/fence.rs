//! Holding events back while access is read again, and changing subscriptions by what was read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::Duration;

use kernel::{Event, Fence, ScopeId, Seq, Topic, Turn, UserId, Version};
use messaging::Head;
use tokio::time::sleep;

use super::plan::{ScopeKind, Views, plan};
use super::scope::{SessionTopics, Verdict};
use super::{Command, Inner, Member, Refused, SubscriptionMode, SubscriptionRequest, lock};

/// Waiting time after the database failed: doubles from the first to the last.
const BACKOFF: (Duration, Duration) = (Duration::from_millis(50), Duration::from_secs(2));
/// How often to look whether somebody else's reading of access is done.
const GLANCE: Duration = Duration::from_millis(2);

impl Inner {
    /// Lets an event through when the subscriptions of its scope agree with its version; else it waits until they do.
    pub(super) fn judge(self: &Arc<Self>, event: &Event) {
        let Some(fence) = event.header.fence else { return self.route(event) };
        self.voice.heard(event);
        self.guilds.heard(fence);
        self.dm.heard(fence);
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
            Verdict::Held(true) => self.start_planning(fence.scope),
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
            self.start_planning(scope);
        }
    }

    fn start_planning(self: &Arc<Self>, scope: ScopeId) {
        let planning = self.runtime.spawn(Arc::clone(self).replan(scope));
        let hub = Arc::clone(self);
        self.runtime.spawn(async move {
            // A panic must not leave the scope's events waiting for ever.
            if planning.await.is_err() {
                sleep(BACKOFF.1).await;
                hub.start_planning(scope);
            }
        });
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
            let waiting = events.clone();
            let round = self.round(scope, hears, &admitted, events).await;
            self.counts.planned(round.is_ok());
            match round {
                Ok(true) => pause = BACKOFF.0,
                Ok(false) => {
                    self.scopes.remove_if(&scope, |_, state| state.is_idle());
                    return;
                }
                Err(error) => {
                    tracing::warn!(%error, %scope, "access could not be read, events wait");
                    if let Some(mut state) = self.scopes.get_mut(&scope) {
                        state.put_back(admitted, waiting);
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
        mut hears: Vec<SessionTopics>,
        admitted: &HashSet<UserId>,
        events: Vec<Event>,
    ) -> Result<bool, PlanError> {
        let known = hears.iter().map(|(member, _)| member.key).collect::<HashSet<_>>();
        for sessions in admitted.iter().filter_map(|user| lock(&self.members).get(user).cloned()) {
            let new = sessions.into_values().filter(|member| !known.contains(&member.key));
            hears.extend(new.map(|member| (member, HashSet::new())));
        }
        let users = hears.iter().map(|(member, _)| member.user).collect::<HashSet<_>>();
        let (version, views) = self.look(scope, &users.into_iter().collect::<Vec<_>>()).await?;
        let fence = Fence { scope, version };
        let mut again = HashSet::new();
        for (member, heard) in &hears {
            let topics = heard.iter().map(|(topic, _)| *topic).collect();
            let change = plan(scope, &topics, views.of(member.user), member.mode);
            let lost = change.drop.into_iter().collect::<HashSet<_>>();
            for (topic, ticket) in heard.iter().filter(|(topic, _)| lost.contains(topic)) {
                // What it asked for since is by another ticket, and looked at in another round.
                if self.withdraw(member, *topic, *ticket, Some(scope)) {
                    member.shard.send(Command::Drop(member.key, *topic, *ticket));
                }
            }
            self.add(member, &change.add, fence, views.from(member.user)).await?;
            // Channels that were made after access was read, and before anybody here heard of the server, are found by
            // reading once more.
            let server = Topic::Guild(scope.into());
            if member.mode == SubscriptionMode::All
                && change.add.contains(&server)
                && self.hears(member, server)
            {
                again.insert(member.user);
            }
        }
        let sessions = || hears.iter().map(|(member, _)| member);
        if let Views::Guild(visible_sets) = &views {
            self.tell_news(scope, sessions(), visible_sets).await?;
        }
        let planned = hears.iter().map(|(member, _)| member.key).collect::<Vec<_>>();
        let agreed = self.scopes.get_mut(&scope).map(|mut state| {
            again.into_iter().for_each(|user| state.admit(user));
            state.agree(version, &planned)
        });
        let Some(agreed) = agreed else { return Ok(false) };
        if !agreed {
            if let Some(mut state) = self.scopes.get_mut(&scope) {
                state.put_back(HashSet::new(), events);
            }
            return Ok(true);
        }
        // Those that waited come first, then what came meanwhile.
        let mut batch = events;
        loop {
            for event in &batch {
                self.pass(event, sessions(), (version, &views));
            }
            match self.scopes.get_mut(&scope).and_then(|mut state| state.drain()) {
                Some(more) => batch = more,
                None => return Ok(self.scopes.get(&scope).is_some_and(|state| state.is_planning())),
            }
        }
    }

    /// What the users may see of a scope, and the version at which they may.
    async fn look(&self, scope: ScopeId, users: &[UserId]) -> Result<(Version, Views), PlanError> {
        match self.kind_of(scope).await? {
            ScopeKind::Guild => {
                let (version, visible_sets) = self.guilds.viewers(scope.into(), users).await?;
                Ok((version, Views::Guild(visible_sets)))
            }
            ScopeKind::Conversation => {
                let (version, members) = self.dm.viewers(scope.into(), users).await?;
                Ok((version, Views::Conversation(members)))
            }
        }
    }

    /// What a scope is: it never changes, and is looked up once for as long as somebody here is in it. What is gone
    /// altogether has nobody who sees it, whatever it was.
    async fn kind_of(&self, scope: ScopeId) -> Result<ScopeKind, PlanError> {
        if let Some(kind) = self.scopes.get(&scope).and_then(|state| state.kind) {
            return Ok(kind);
        }
        let is_conversation = self.dm.exists(scope.into()).await?;
        let kind = if is_conversation { ScopeKind::Conversation } else { ScopeKind::Guild };
        if let Some(mut state) = self.scopes.get_mut(&scope) {
            state.kind = Some(kind);
        }
        Ok(kind)
    }

    /// Lets a session hear more of a scope: its worker keeps what comes, until it is known from where on.
    async fn add(
        self: &Arc<Self>,
        member: &Arc<Member>,
        topics: &[Topic],
        fence: Fence,
        from: Seq,
    ) -> Result<(), PlanError> {
        let new = topics.iter().filter(|topic| !self.hears(member, **topic)).copied();
        let requests = new.map(|topic| SubscriptionRequest {
            topic,
            ticket: self.ticket(),
            fence: Some(fence),
            offered: true,
        });
        let requests = requests.collect::<Vec<_>>();
        if requests.is_empty() {
            return Ok(());
        }
        for request in &requests {
            member.shard.send(Command::Hold(
                member.key,
                request.topic,
                Some(fence.scope),
                request.ticket,
                from,
            ));
        }
        let opened = self.open_for(member, &requests).await;
        for SubscriptionRequest { topic, ticket, .. } in &requests {
            match &opened {
                Ok(heads) => {
                    let head = heads.get(topic).copied();
                    let scope = Some(fence.scope);
                    member.shard.send(Command::Release(member.key, *topic, scope, *ticket, head));
                }
                Err(_) => {
                    self.withdraw(member, *topic, *ticket, Some(fence.scope));
                    member.shard.send(Command::Drop(member.key, *topic, *ticket));
                }
            }
        }
        match opened {
            Ok(_) | Err(Refused::Gone) => Ok(()),
            Err(Refused::Log(error)) => Err(error.into()),
        }
    }

    async fn open_for(
        self: &Arc<Self>,
        member: &Arc<Member>,
        requests: &[SubscriptionRequest],
    ) -> Result<HashMap<Topic, Head>, Refused> {
        self.subscribe(member, requests).await?;
        let timelines = requests.iter().filter_map(|request| match request.topic {
            Topic::Timeline(id) => Some(id),
            _ => None,
        });
        let heads = self.messaging.heads(&timelines.collect::<Vec<_>>()).await.map_err(Refused::Log)?;
        Ok(heads.into_iter().map(|(id, head)| (Topic::Timeline(id), head)).collect())
    }
}

/// Why a round of planning failed.
#[derive(Debug, thiserror::Error)]
pub(super) enum PlanError {
    #[error(transparent)]
    Access(#[from] guilds::Error),
    #[error(transparent)]
    Conversation(#[from] dm::Error),
    #[error(transparent)]
    Log(#[from] messaging::Error),
}
