//! Who is typing: told at most once a second, and over by itself.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use kernel::{ChannelId, ConversationId, Event, Fence, Header, Internal, Topic, UserId, frame};
use serde::Serialize;
use tokio::time::Instant;
use utoipa::ToSchema;

use super::payload::Payload;

/// Without another start, typing is over after this time.
pub(super) const LASTS: Duration = Duration::from_secs(5);
/// A start within this time of the last one tells nothing new.
const REPEAT: Duration = Duration::from_secs(1);
/// Channels in which one session may be typing.
const CHANNELS: usize = 16;

/// Somebody types in a channel.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserTyping {
    /// Who.
    user_id: UserId,
    /// Their unique name.
    #[schema(example = "ada")]
    username: String,
    /// Where.
    channel_id: ChannelId,
}

/// Somebody stopped to type.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserStoppedTyping {
    /// Who.
    user_id: UserId,
    /// Where.
    channel_id: ChannelId,
}

/// Somebody types in a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DmUserTyping {
    /// Who.
    user_id: UserId,
    /// Their unique name.
    #[schema(example = "ada")]
    username: String,
    /// Where.
    conversation_id: ConversationId,
}

/// Somebody stopped to type in a conversation.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct DmUserStoppedTyping {
    /// Who.
    user_id: UserId,
    /// Where.
    conversation_id: ConversationId,
}

/// Where a session is typing. Pure.
#[derive(Debug, Default)]
pub(super) struct Typing(HashMap<ChannelId, (Instant, Fence)>);

impl Typing {
    /// A start at `now`; whether others are to be told.
    pub(super) fn start(&mut self, channel: ChannelId, fence: Fence, now: Instant) -> bool {
        let last = self.0.get(&channel).map(|(at, _)| *at);
        if last.is_some_and(|last| now.saturating_duration_since(last) < REPEAT)
            || (last.is_none() && self.0.len() >= CHANNELS)
        {
            return false;
        }
        self.0.insert(channel, (now, fence));
        true
    }

    /// A stop; the fence of the start that it ends.
    pub(super) fn stop(&mut self, channel: ChannelId) -> Option<Fence> {
        self.0.remove(&channel).map(|(_, fence)| fence)
    }

    /// Where typing is over at `now`.
    pub(super) fn expired(&mut self, now: Instant) -> Vec<(ChannelId, Fence)> {
        let mut over = Vec::new();
        self.0.retain(|channel, (at, fence)| {
            let lasts = now.saturating_duration_since(*at) < LASTS;
            if !lasts {
                over.push((*channel, *fence));
            }
            lasts
        });
        over
    }

    /// When the next one is over.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.0.values().map(|(at, _)| *at + LASTS).min()
    }

    /// Everything is over.
    pub(super) fn clear(&mut self) -> Vec<(ChannelId, Fence)> {
        self.0.drain().map(|(channel, (_, fence))| (channel, fence)).collect()
    }
}

/// The event that tells of a start.
pub(super) fn started(
    user_id: UserId,
    username: &str,
    channel: ChannelId,
    fence: Fence,
) -> Result<Event, Internal> {
    let username = username.to_string();
    let frame = match conversation(channel, fence) {
        Some(conversation_id) => {
            frame(DmUserTyping::EVENT, &DmUserTyping { user_id, username, conversation_id }, None)?
        }
        None => frame(UserTyping::EVENT, &UserTyping { user_id, username, channel_id: channel }, None)?,
    };
    Ok(event(channel, fence, frame))
}

/// The event that tells of a stop.
pub(super) fn stopped(user_id: UserId, channel: ChannelId, fence: Fence) -> Result<Event, Internal> {
    let frame = match conversation(channel, fence) {
        Some(conversation_id) => {
            frame(DmUserStoppedTyping::EVENT, &DmUserStoppedTyping { user_id, conversation_id }, None)?
        }
        None => frame(UserStoppedTyping::EVENT, &UserStoppedTyping { user_id, channel_id: channel }, None)?,
    };
    Ok(event(channel, fence, frame))
}

/// The conversation, when it is one and no channel: a conversation is its own scope.
fn conversation(place: ChannelId, fence: Fence) -> Option<ConversationId> {
    (place.uuid() == fence.scope.uuid()).then(|| fence.scope.into())
}

fn event(channel: ChannelId, fence: Fence, frame: Bytes) -> Event {
    let header = Header { fence: Some(fence), ..Header::default() };
    Event { topic: Topic::Timeline(channel.into()), header, frame }
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn told_once_a_second_and_over_after_five() {
        let env = Env::system();
        let (channel, fence) = (env.id(), Fence { scope: env.id(), version: 1 });
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let mut typing = Typing::default();
        assert!(typing.start(channel, fence, at(0)));
        assert!(!typing.start(channel, fence, at(999)));
        assert!(typing.start(channel, fence, at(1_000)));
        assert_eq!(typing.next_end(), Some(at(6_000)));
        assert!(typing.expired(at(5_999)).is_empty());
        assert_eq!(typing.expired(at(6_000)), [(channel, fence)]);
        assert_eq!(typing.stop(channel), None);
        assert!((0..CHANNELS).all(|_| typing.start(env.id(), fence, at(7_000))));
        assert!(!typing.start(env.id(), fence, at(7_000)));
        assert_eq!(typing.clear().len(), CHANNELS);
    }
}
