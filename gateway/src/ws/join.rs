//! Listening to channels: hear first, then read what was missed, then let through what arrived meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kernel::{Allowed, ChannelId, Fence, Grant, Rev, Topic, can};
use messaging::{ChangesLimit, Feed, Head};
use serde::Serialize;
use utoipa::ToSchema;

use super::Outbox;
use super::payload::ChannelLeft;
use crate::actions::place;
use crate::http::{ApiError, State};
use crate::hub::{Delivery, Member, Released, Shard, SubscriptionRequest};
use crate::services::Services;

/// Changes that are replayed into a session per channel; beyond it the client reloads by REST.
pub(crate) const REPLAY: i64 = 500;
/// Channels that one session may listen to.
pub(crate) const TIMELINES_MAX: usize = 20_000;

/// A session listens to a channel from now on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChannelJoined {
    /// The channel.
    pub(crate) channel_id: ChannelId,
    #[serde(flatten)]
    pub(crate) head: Head,
}

/// More was missed than is replayed: reload the channel by REST.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TimelineGap {
    /// The channel.
    pub(crate) timeline: ChannelId,
    /// Where the client stood.
    #[schema(value_type = i64, example = 117)]
    pub(crate) from_rev: Rev,
    /// Where it stands after reloading.
    #[schema(value_type = i64, example = 917)]
    pub(crate) to_rev: Rev,
}

/// What became of a request to listen.
#[derive(Debug, Default, Serialize, ToSchema)]
#[schema(as = JoinAck)]
pub(super) struct Outcome {
    /// The channels that the session listens to from now on, and where each stands.
    #[serde(rename = "channels")]
    pub(super) joined: Vec<ChannelJoined>,
    /// Those that do not exist or may not be seen.
    #[schema(example = json!([]))]
    pub(super) gone: Vec<ChannelId>,
}

struct Missed {
    head: Head,
    /// Live events up to here are covered by what the client knows.
    floor: Rev,
    /// From where, and what; `None` when there is nothing to replay.
    replay: Option<(Rev, Feed)>,
}

/// Lets the session listen to channels; with a rev, what changed since is replayed first. `announce` sends
/// `channel-joined` for each before its replay.
pub(super) async fn join(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    outbox: &Outbox,
    requests: HashMap<ChannelId, Option<Rev>>,
    announce: bool,
) -> Result<Outcome, ApiError> {
    let mut lost = HashSet::new();
    let outcome = listen(state, shard, member, outbox, requests, announce, &mut lost).await;
    // An error says nothing of the channels that were heard before. Who comes back elsewhere asks for them again.
    if outcome.is_err() && !outbox.is_leaving() {
        for channel_id in lost {
            outbox.tell(&ChannelLeft { channel_id });
        }
    }
    outcome
}

async fn listen(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    outbox: &Outbox,
    requests: HashMap<ChannelId, Option<Rev>>,
    announce: bool,
    lost: &mut HashSet<ChannelId>,
) -> Result<Outcome, ApiError> {
    let mut outcome = Outcome::default();
    let mut open = requests;
    // Access may change while the channels are joined: those are authorised again, once.
    for _ in 0..2 {
        let (user, ids) = (member.user, open.keys().copied().collect::<Vec<_>>());
        let grants = state.run(move |s| async move { place::access_many(&s, user, &ids).await }).await?;
        let mut views = Vec::with_capacity(grants.len());
        open.retain(|channel, _| match grants.get(channel).map(|grant| grant.require::<can::View>()) {
            Some(Ok(allowed)) => {
                views.push((*channel, allowed));
                true
            }
            _ => {
                outcome.gone.push(*channel);
                false
            }
        });
        let missed = hear(state, shard, member, outbox, &views, &open, lost).await?;
        for (channel, _) in views {
            let Some(missed) = missed.get(&channel) else { continue };
            open.remove(&channel);
            if announce {
                outbox.tell(&ChannelJoined { channel_id: channel, head: missed.head });
            }
            match replay(shard, member, outbox, channel, missed).await {
                Released::All => {
                    outcome.joined.push(ChannelJoined { channel_id: channel, head: missed.head });
                }
                Released::Lost => outcome.gone.push(channel),
                Released::Partly => return Err(ApiError::stopping()),
            }
        }
        if open.is_empty() {
            return Ok(outcome);
        }
    }
    outcome.gone.extend(open.into_keys());
    Ok(outcome)
}

/// Holds and subscribes the channels, then reads what was missed of each. Those whose access changed meanwhile are not
/// in the answer, and not listened to any more; in `lost`, if they were before.
async fn hear(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    outbox: &Outbox,
    views: &[(ChannelId, Allowed<can::View>)],
    since: &HashMap<ChannelId, Option<Rev>>,
    lost: &mut HashSet<ChannelId>,
) -> Result<HashMap<ChannelId, Missed>, ApiError> {
    let mut requests = Vec::with_capacity(views.len());
    let (mut again, mut told) = (HashSet::new(), HashMap::with_capacity(views.len()));
    for (channel, allowed) in views {
        let topic = Topic::Timeline((*channel).into());
        let hold = shard.hold(member.key, topic, Some(allowed.scope()), allowed.visible_from());
        if hold.again {
            again.insert(*channel);
        }
        told.insert(*channel, hold.told);
        let fence = Fence { scope: allowed.scope(), version: allowed.version() };
        requests.push(SubscriptionRequest { topic, ticket: hold.ticket, fence: Some(fence), offered: false });
    }
    // Between the moment when the client asked and this one it may have been told more, where it heard the channel already, or
    // until it was taken from it.
    let stood = |id: &ChannelId| {
        let since = since.get(id).copied().flatten()?;
        Some(told.get(id).map_or(since, |told| told.beyond(since)))
    };
    let asked = views.iter().map(|(id, allowed)| (*id, **allowed, stood(id))).collect::<Vec<_>>();
    let (hub, who, all) = (state.hub().clone(), Arc::clone(member), requests.clone());
    let read = state.run(move |services| async move {
        let stale = hub.subscribe(&who, &all).await?;
        let missed = missed(&services, &asked).await?;
        Ok::<_, ApiError>((stale, missed))
    });
    let mut give_up = |channel: &ChannelId| {
        shard.give_up(member.key, Topic::Timeline((*channel).into()));
        if again.contains(channel) {
            lost.insert(*channel);
        }
    };
    let (stale, mut missed) = match read.await {
        Ok(read) => read,
        Err(error) => {
            for ((channel, _), request) in views.iter().zip(&requests) {
                // What was heard before goes on, when the hub agrees.
                let goes_on = again.contains(channel)
                    && state.hub().confirms(member.key, member.shard.id, request.topic, request.ticket)
                    && go_live(shard, member, outbox, request.topic, (0, None)).await != Released::Lost;
                if !goes_on {
                    give_up(channel);
                }
            }
            return Err(error);
        }
    };
    for (channel, _) in views {
        if stale.contains(&Topic::Timeline((*channel).into())) {
            missed.remove(channel);
        }
        if !missed.contains_key(channel) {
            give_up(channel);
        }
    }
    // Who listened already and asked for no replay has lost nothing: it goes on from where it stood.
    for (_, missed) in
        missed.iter_mut().filter(|(channel, missed)| again.contains(*channel) && missed.replay.is_none())
    {
        missed.floor = 0;
    }
    Ok(missed)
}

/// Where each channel stands, and what changed since the rev that was asked for. One query for all heads, and one more
/// for each channel that did change.
async fn missed(
    services: &Services,
    requests: &[(ChannelId, Grant, Option<Rev>)],
) -> Result<HashMap<ChannelId, Missed>, ApiError> {
    let ids = requests.iter().map(|(_, grant, _)| grant.timeline()).collect::<Vec<_>>();
    let heads = services.messaging.heads(&ids).await?.into_iter().collect::<HashMap<_, _>>();
    let mut missed = HashMap::with_capacity(requests.len());
    for (channel, grant, since) in requests {
        let Some(head) = heads.get(&grant.timeline()).copied() else { continue };
        let readable = grant.require::<can::ReadHistory>();
        let found = match (since, readable) {
            (Some(since), Ok(allowed)) if *since < head.rev => {
                match services.messaging.replay(allowed, *since, ChangesLimit::new(Some(REPLAY))).await {
                    Ok(feed) => {
                        Missed { head: feed.head, floor: feed.head.rev, replay: Some((*since, feed)) }
                    }
                    Err(messaging::Error::Stale | messaging::Error::NoTimeline) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            _ => Missed { head, floor: head.rev, replay: None },
        };
        missed.insert(*channel, found);
    }
    Ok(missed)
}

/// Sends what was missed, as fast as the client reads, then what arrived meanwhile.
async fn replay(
    shard: &Shard,
    member: &Member,
    outbox: &Outbox,
    channel: ChannelId,
    missed: &Missed,
) -> Released {
    let topic = Topic::Timeline(channel.into());
    let mut sent = None;
    match &missed.replay {
        Some((since, feed)) if feed.has_more => {
            let gap = TimelineGap { timeline: channel, from_rev: *since, to_rev: missed.head.rev };
            outbox.tell(&gap);
        }
        Some((since, feed)) => {
            let frames = feed
                .items
                .iter()
                .filter_map(|item| Delivery::row(topic, item, *since)?.frame(*since, *since).cloned());
            for frame in frames.collect::<Vec<_>>() {
                if !outbox.room().await {
                    return Released::Partly;
                }
                outbox.push(frame);
            }
            sent = Some(*since);
        }
        None => {}
    }
    go_live(shard, member, outbox, topic, (missed.floor, sent)).await
}

/// Sends what arrived behind `floor`, where what is beyond `since` was sent just now, as fast as the client reads; partly when
/// the session ends, or is to, before that is done.
async fn go_live(
    shard: &Shard,
    member: &Member,
    outbox: &Outbox,
    topic: Topic,
    (floor, since): (Rev, Option<Rev>),
) -> Released {
    loop {
        match shard.release(member.key, topic, floor, since) {
            Released::Partly if outbox.room().await => {}
            released => return released,
        }
    }
}
