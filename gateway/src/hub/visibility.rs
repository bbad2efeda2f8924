//! What sessions see of a scope's channels: compared with what they were told, and told what is different.
//!
//! A channel may be hidden from some, so no event tells everybody that it came or went. The hub knows what each session
//! was told, by `ready` and since, and tells each the difference, whatever it was that changed, and whether or not the
//! bus brought it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guilds::event::{ChannelCreated, ChannelDeleted, ChannelsReordered};
use guilds::{ChannelView, VisibleChannels};
use kernel::{ChannelId, Event, GuildId, ScopeId, Topic, Turn, UserId, Version};

use super::fence::PlanError;
use super::plan::{View, Views};
use super::{Command, Delivery, Inner, Member, lock};
use crate::ws::frame_of;

/// What one session was told, and what it would be told now.
struct Difference {
    member: Arc<Member>,
    before: Arc<VisibleChannels>,
    now: Arc<VisibleChannels>,
}

impl Inner {
    /// A session was told by `ready` that it sees this of the scope. When its sight was noted before, by a round that
    /// read access meanwhile, another round finds out whether that is still so.
    pub(super) fn told_visible(self: &Arc<Self>, member: &Member, scope: ScopeId, visible: VisibleChannels) {
        let visible = self.share(scope, Arc::new(visible));
        if lock(&member.visible_sets).insert(scope, visible).is_some() {
            self.look_again(member.user, scope);
        }
    }

    /// Tells each of these sessions what it sees and did not before, and what it does not see any more.
    pub(super) async fn tell_news(
        self: &Arc<Self>,
        scope: ScopeId,
        sessions: impl IntoIterator<Item = &Arc<Member>>,
        views: &HashMap<UserId, Arc<VisibleChannels>>,
    ) -> Result<(), PlanError> {
        let mut differences = Vec::new();
        for member in sessions {
            let Some(now) = views.get(&member.user) else {
                lock(&member.visible_sets).remove(&scope);
                continue;
            };
            let now = self.share(scope, Arc::clone(now));
            // Who comes in is told by `server-created` or `ready`.
            let before =
                Arc::clone(lock(&member.visible_sets).entry(scope).or_insert_with(|| Arc::clone(&now)));
            if before != now {
                differences.push(Difference { member: Arc::clone(member), before, now });
            }
        }
        let gained = differences.iter().flat_map(|each| gained(&each.before, &each.now));
        let gained = gained.collect::<HashSet<_>>().into_iter().collect::<Vec<_>>();
        let cards =
            if gained.is_empty() { HashMap::new() } else { self.guilds.channel_cards(&gained).await? };
        let mut told = HashMap::new();
        for Difference { member, before, now } in differences {
            let deliveries = told
                .entry((Arc::as_ptr(&before), Arc::as_ptr(&now)))
                .or_insert_with(|| deliveries(scope.into(), &before, &now, &cards));
            let same = {
                let mut visible_sets = lock(&member.visible_sets);
                let same = visible_sets.get(&scope).is_some_and(|present| Arc::ptr_eq(present, &before));
                if same {
                    visible_sets.insert(scope, now);
                }
                same
            };
            if !same {
                // It was told something else meanwhile: compare with that.
                self.look_again(member.user, scope);
                continue;
            }
            for delivery in deliveries.iter() {
                member.shard.send(Command::Tell(member.key, delivery.clone()));
            }
        }
        Ok(())
    }

    /// Hands on an event that waited for a round: one for the viewers of a channel to those alone.
    pub(super) fn pass<'a>(
        self: &Arc<Self>,
        event: &Event,
        sessions: impl IntoIterator<Item = &'a Arc<Member>>,
        (version, views): (Version, &Views),
    ) {
        let Turn::Viewers(channel) = event.header.turn else {
            self.route(event);
            if let Views::Guild(_) = views {
                self.amend(event, version);
            }
            return;
        };
        let Some(delivery) = Delivery::live(event) else { return };
        for member in sessions {
            if let Some(View::Guild(visible)) = views.of(member.user)
                && visible.contains(channel)
            {
                member.shard.send(Command::Tell(member.key, delivery.clone()));
            }
        }
    }

    /// Somebody came in by an event that says what they see, and is older than what was read since: the next round tells
    /// them of every channel once more.
    fn amend(self: &Arc<Self>, event: &Event, version: Version) {
        let (Turn::Admits, Topic::User(user), Some(fence)) =
            (event.header.turn, event.topic, event.header.fence)
        else {
            return;
        };
        if fence.version >= version {
            return;
        }
        let sessions = lock(&self.members).get(&user).cloned().unwrap_or_default();
        for member in sessions.into_values() {
            lock(&member.visible_sets).insert(fence.scope, Arc::default());
        }
        self.look_again(user, fence.scope);
    }

    fn look_again(self: &Arc<Self>, user: UserId, scope: ScopeId) {
        if let Some(mut state) = self.scopes.get_mut(&scope) {
            state.admit(user);
        }
        self.plan_soon(scope);
    }

    /// The same sight as others have, so that it is in memory once.
    fn share(&self, scope: ScopeId, visible: Arc<VisibleChannels>) -> Arc<VisibleChannels> {
        match self.scopes.get_mut(&scope) {
            Some(mut state) => state.share(visible),
            None => visible,
        }
    }
}

/// What is seen now and was not before, in order.
fn gained(before: &VisibleChannels, now: &VisibleChannels) -> Vec<ChannelId> {
    let known = before.channels().collect::<HashSet<_>>();
    now.channels().filter(|id| !known.contains(id)).collect()
}

/// What a session is told whose sight was `before` and is `now`.
fn deliveries(
    server_id: GuildId,
    before: &VisibleChannels,
    now: &VisibleChannels,
    cards: &HashMap<ChannelId, ChannelView>,
) -> Vec<Delivery> {
    let places = now.channels().enumerate().map(|(place, id)| (id, place)).collect::<HashMap<_, _>>();
    let topic = Topic::Guild(server_id);
    let lost = before.channels().filter(|id| !places.contains_key(id));
    let lost = lost.map(|channel_id| frame_of(&ChannelDeleted { channel_id, server_id }));
    let came = gained(before, now).into_iter().filter_map(|id| {
        // Gone since: the next round tells.
        let channel = ChannelView { position: places.get(&id).copied(), ..cards.get(&id)?.clone() };
        Some(frame_of(&ChannelCreated { channel }))
    });
    let mut frames = lost.chain(came).collect::<Vec<_>>();
    let stayed = before.channels().filter(|id| places.contains_key(id)).collect::<Vec<_>>();
    let order = stayed.iter().filter_map(|id| places.get(id));
    if !order.is_sorted() {
        frames.push(frame_of(&ChannelsReordered { server_id, channel_ids: now.channels().collect() }));
    }
    frames.into_iter().flatten().map(|frame| Delivery::alone(topic, frame)).collect()
}

#[cfg(test)]
mod tests {
    use guilds::ChannelKind;
    use kernel::Env;

    use super::*;

    #[test]
    fn a_sight_that_changed_is_told_as_what_went_what_came_and_the_order() {
        let env = Env::system();
        let [a, b, c]: [ChannelId; 3] = [env.id(), env.id(), env.id()];
        let visible =
            |ids: &[ChannelId]| ids.iter().map(|id| (*id, ChannelKind::Voice)).collect::<VisibleChannels>();
        let told = |before: &[ChannelId], now: &[ChannelId]| {
            deliveries(env.id(), &visible(before), &visible(now), &HashMap::new()).len()
        };
        assert_eq!(told(&[a, b], &[a, b]), 0);
        assert_eq!(told(&[a, b, c], &[a, c]), 1, "one went; the others moved up, which goes without saying");
        assert_eq!(told(&[a, b, c], &[c, a]), 2, "one went, and the others changed places");
        assert_eq!(gained(&visible(&[a]), &visible(&[b, a, c])), [b, c]);
        assert_eq!(told(&[a, b], &[]), 2);
    }
}
