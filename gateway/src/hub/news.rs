//! What sessions see of a scope's channels: compared with what they were told, and told what is different.
//!
//! A channel may be hidden from some, so no event tells everybody that it came or went. The hub knows what each session
//! was told, by `ready` and since, and tells each the difference, whatever it was that changed, and whether or not the
//! bus brought it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guilds::event::{ChannelCreated, ChannelDeleted, ChannelsReordered};
use guilds::{ChannelView, Sight};
use kernel::{ChannelId, Event, GuildId, ScopeId, Topic, Turn, UserId, Version};

use super::fence::PlanError;
use super::plan::{View, Views};
use super::{Command, Inner, Member, Parcel, lock};
use crate::ws::text_of;

/// What one session was told, and what it would be told now.
struct Difference {
    member: Arc<Member>,
    before: Arc<Sight>,
    now: Arc<Sight>,
}

impl Inner {
    /// A session was told by `ready` that it sees this of the scope. When its sight was noted before, by a round that
    /// read access meanwhile, another round finds out whether that is still so.
    pub(super) fn told_sight(self: &Arc<Self>, member: &Member, scope: ScopeId, sight: Sight) {
        let sight = self.share(scope, Arc::new(sight));
        if lock(&member.sights).insert(scope, sight).is_some() {
            self.look_again(member.user, scope);
        }
    }

    /// Tells each of these sessions what it sees and did not before, and what it does not see any more.
    pub(super) async fn tell_news(
        self: &Arc<Self>,
        scope: ScopeId,
        sessions: impl IntoIterator<Item = &Arc<Member>>,
        views: &HashMap<UserId, Arc<Sight>>,
    ) -> Result<(), PlanError> {
        let mut differences = Vec::new();
        for member in sessions {
            let Some(now) = views.get(&member.user) else {
                lock(&member.sights).remove(&scope);
                continue;
            };
            let now = self.share(scope, Arc::clone(now));
            // Who comes in is told by `server-created` or `ready`.
            let before = Arc::clone(lock(&member.sights).entry(scope).or_insert_with(|| Arc::clone(&now)));
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
            let parcels = told
                .entry((Arc::as_ptr(&before), Arc::as_ptr(&now)))
                .or_insert_with(|| parcels(scope.into(), &before, &now, &cards));
            let same = {
                let mut sights = lock(&member.sights);
                let same = sights.get(&scope).is_some_and(|present| Arc::ptr_eq(present, &before));
                if same {
                    sights.insert(scope, now);
                }
                same
            };
            if !same {
                // It was told something else meanwhile: compare with that.
                self.look_again(member.user, scope);
                continue;
            }
            for parcel in parcels.iter() {
                member.shard.send(Command::Tell(member.key, parcel.clone()));
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
        let Some(parcel) = Parcel::live(event) else { return };
        for member in sessions {
            if let Some(View::Guild(sight)) = views.of(member.user)
                && sight.contains(channel)
            {
                member.shard.send(Command::Tell(member.key, parcel.clone()));
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
            lock(&member.sights).insert(fence.scope, Arc::default());
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
    fn share(&self, scope: ScopeId, sight: Arc<Sight>) -> Arc<Sight> {
        match self.scopes.get_mut(&scope) {
            Some(mut state) => state.share(sight),
            None => sight,
        }
    }
}

/// What is seen now and was not before, in order.
fn gained(before: &Sight, now: &Sight) -> Vec<ChannelId> {
    let known = before.channels().collect::<HashSet<_>>();
    now.channels().filter(|id| !known.contains(id)).collect()
}

/// What a session is told whose sight was `before` and is `now`.
fn parcels(
    server_id: GuildId,
    before: &Sight,
    now: &Sight,
    cards: &HashMap<ChannelId, ChannelView>,
) -> Vec<Parcel> {
    let places = now.channels().enumerate().map(|(place, id)| (id, place)).collect::<HashMap<_, _>>();
    let topic = Topic::Guild(server_id);
    let lost = before.channels().filter(|id| !places.contains_key(id));
    let lost = lost.map(|channel_id| text_of(&ChannelDeleted { channel_id, server_id }));
    let came = gained(before, now).into_iter().filter_map(|id| {
        // Gone since: the next round tells.
        let channel = ChannelView { position: places.get(&id).copied(), ..cards.get(&id)?.clone() };
        Some(text_of(&ChannelCreated { channel }))
    });
    let mut frames = lost.chain(came).collect::<Vec<_>>();
    let stayed = before.channels().filter(|id| places.contains_key(id)).collect::<Vec<_>>();
    let order = stayed.iter().filter_map(|id| places.get(id));
    if !order.is_sorted() {
        frames.push(text_of(&ChannelsReordered { server_id, channel_ids: now.channels().collect() }));
    }
    frames.into_iter().flatten().map(|frame| Parcel::alone(topic, frame)).collect()
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
        let sight = |ids: &[ChannelId]| ids.iter().map(|id| (*id, ChannelKind::Voice)).collect::<Sight>();
        let told = |before: &[ChannelId], now: &[ChannelId]| {
            parcels(env.id(), &sight(before), &sight(now), &HashMap::new()).len()
        };
        assert_eq!(told(&[a, b], &[a, b]), 0);
        assert_eq!(told(&[a, b, c], &[a, c]), 1, "one went; the others moved up, which goes without saying");
        assert_eq!(told(&[a, b, c], &[c, a]), 2, "one went, and the others changed places");
        assert_eq!(gained(&sight(&[a]), &sight(&[b, a, c])), [b, c]);
        assert_eq!(told(&[a, b], &[]), 2);
    }
}
