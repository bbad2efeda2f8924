//! Listening to channels: hear first, then read what was missed, then let through what arrived meanwhile.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use bytestring::ByteString;
use kernel::{Allowed, ChannelId, Fence, Grant, Rev, Topic, can};
use messaging::{ChangesLimit, Feed, Head};
use serde::Serialize;
use utoipa::ToSchema;

use super::Outbox;
use super::session::tell;
use crate::http::{ApiError, State};
use crate::hub::{Member, Parcel, Shard};
use crate::services::Services;

/// Changes that are replayed into a session per channel; beyond it the client reloads by REST.
const REPLAY: i64 = 500;
/// Channels that one session may listen to.
pub(super) const TIMELINES_MAX: usize = 20_000;

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
    pub(crate) from_rev: Rev,
    /// Where it stands after reloading.
    pub(crate) to_rev: Rev,
}

/// What became of a wish to listen.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Where each channel stands.
    pub(super) joined: Vec<ChannelJoined>,
    /// Those that do not exist or may not be seen.
    pub(super) gone: Vec<ChannelId>,
}

struct Missed {
    head: Head,
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
    wishes: HashMap<ChannelId, Option<Rev>>,
    announce: bool,
) -> Result<Outcome, ApiError> {
    let mut outcome = Outcome::default();
    let mut open = wishes;
    // Access may change while the channels are joined: those are authorised again, once.
    for _ in 0..2 {
        let (user, ids) = (member.user, open.keys().copied().collect::<Vec<_>>());
        let grants = state.run(move |s| async move { s.guilds.access_many(user, &ids).await }).await?;
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
        let missed = hear(state, shard, member, &views, &open).await?;
        for (channel, allowed) in views {
            let topic = Topic::Timeline(channel.into());
            let Some(missed) = missed.get(&channel) else { continue };
            if announce {
                tell(outbox, "channel-joined", &ChannelJoined { channel_id: channel, head: missed.head });
            }
            replay(outbox, channel, missed);
            open.remove(&channel);
            if shard.release(member.key, topic, missed.head.rev) {
                outcome.joined.push(ChannelJoined { channel_id: channel, head: missed.head });
            } else {
                outcome.gone.push(allowed.timeline().into());
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
/// in the answer, and not held any more.
async fn hear(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    views: &[(ChannelId, Allowed<can::View>)],
    since: &HashMap<ChannelId, Option<Rev>>,
) -> Result<HashMap<ChannelId, Missed>, ApiError> {
    let mut new = Vec::new();
    for (channel, allowed) in views {
        let topic = Topic::Timeline((*channel).into());
        if shard.hold(member.key, topic, Some(allowed.scope())) {
            new.push((topic, Some(Fence { scope: allowed.scope(), version: allowed.version() })));
        }
    }
    let wishes = views
        .iter()
        .map(|(id, allowed)| (*id, **allowed, since.get(id).copied().flatten()))
        .collect::<Vec<_>>();
    let (hub, who, topics) = (state.hub().clone(), Arc::clone(member), new.clone());
    let read = state.run(move |services| async move {
        let stale = hub.subscribe(&who, &topics).await?;
        let missed = missed(&services, &wishes).await;
        Ok::<_, ApiError>((stale, missed))
    });
    let fresh = new.iter().map(|(topic, _)| *topic).collect::<HashSet<_>>();
    let give_up = |topic: Topic| {
        if fresh.contains(&topic)
            && let Some(scope) = shard.leave(member.key, topic)
        {
            state.hub().forget(member.key, member.shard.id, &[(topic, scope)]);
        } else {
            shard.release(member.key, topic, 0);
        }
    };
    let (stale, missed) = match read.await {
        Ok((stale, Ok(missed))) => (stale, missed),
        Ok((_, Err(error))) => {
            views.iter().for_each(|(channel, _)| give_up(Topic::Timeline((*channel).into())));
            return Err(error);
        }
        Err(error) => {
            // The hub forgot them itself.
            for (topic, _) in &new {
                shard.leave(member.key, *topic);
            }
            return Err(error);
        }
    };
    for topic in &stale {
        shard.leave(member.key, *topic);
    }
    for (channel, _) in views {
        let topic = Topic::Timeline((*channel).into());
        if !missed.contains_key(channel) && !stale.contains(&topic) {
            give_up(topic);
        }
    }
    Ok(missed.into_iter().filter(|(id, _)| !stale.contains(&Topic::Timeline((*id).into()))).collect())
}

/// Where each channel stands, and what changed since the rev that was asked for. One query for all heads, and one more
/// for each channel that did change.
async fn missed(
    services: &Services,
    wishes: &[(ChannelId, Grant, Option<Rev>)],
) -> Result<HashMap<ChannelId, Missed>, ApiError> {
    let ids = wishes.iter().map(|(_, grant, _)| grant.timeline()).collect::<Vec<_>>();
    let heads = services.messaging.heads(&ids).await?.into_iter().collect::<HashMap<_, _>>();
    let mut missed = HashMap::with_capacity(wishes.len());
    for (channel, grant, since) in wishes {
        let Some(head) = heads.get(&grant.timeline()).copied() else { continue };
        let readable = grant.require::<can::ReadHistory>();
        let found = match (since, readable) {
            (Some(since), Ok(allowed)) if *since < head.rev => {
                match services.messaging.replay(allowed, *since, ChangesLimit::new(Some(REPLAY))).await {
                    Ok(feed) => Missed { head: feed.head, replay: Some((*since, feed)) },
                    Err(messaging::Error::Stale | messaging::Error::NoTimeline) => continue,
                    Err(error) => return Err(error.into()),
                }
            }
            _ => Missed { head, replay: None },
        };
        missed.insert(*channel, found);
    }
    Ok(missed)
}

fn replay(outbox: &Outbox, channel: ChannelId, missed: &Missed) {
    let Some((since, feed)) = &missed.replay else { return };
    if feed.has_more {
        let gap = TimelineGap { timeline: channel, from_rev: *since, to_rev: missed.head.rev };
        return tell(outbox, "timeline-gap", &gap);
    }
    let topic = Topic::Timeline(channel.into());
    let frames = feed.items.iter().filter_map(|item| Parcel::row(topic, item)?.frame(*since).cloned());
    frames.for_each(|frame: ByteString| outbox.push(frame));
}
