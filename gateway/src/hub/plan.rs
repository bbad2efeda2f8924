//! What a session should hear of a guild or conversation, and what must change for that. Pure.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guilds::VisibleChannels;
use kernel::{ChannelId, GuildId, ScopeId, Seq, TimelineId, Topic, UserId};

/// What a scope is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ScopeKind {
    /// A guild, with channels.
    Guild,
    /// A direct or group conversation, which is one timeline.
    Conversation,
}

/// What the users of a scope may see of it. Who is not in it sees nothing.
#[derive(Debug)]
pub(crate) enum Views {
    /// Of a guild: these channels.
    Guild(HashMap<UserId, Arc<VisibleChannels>>),
    /// Of a conversation: its timeline, from this message on.
    Conversation(HashMap<UserId, Seq>),
}

/// What one of them may see.
#[derive(Clone, Copy, Debug)]
pub(crate) enum View<'a> {
    /// These channels.
    Guild(&'a VisibleChannels),
    /// The conversation's timeline.
    Conversation,
}

impl Views {
    /// What a user may see; `None` for who is not in it.
    pub(crate) fn of(&self, user: UserId) -> Option<View<'_>> {
        match self {
            Self::Guild(visible_sets) => visible_sets.get(&user).map(|visible| View::Guild(visible)),
            Self::Conversation(members) => members.get(&user).map(|_| View::Conversation),
        }
    }

    /// The first message of each timeline that a user may see.
    pub(crate) fn from(&self, user: UserId) -> Seq {
        match self {
            Self::Guild(_) => 1,
            Self::Conversation(members) => members.get(&user).copied().unwrap_or(1),
        }
    }
}

/// Which channels a session wants to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SubscriptionMode {
    /// Those that it joined.
    Joined,
    /// Every one that its user may view (`?subscribe=all`).
    All,
}

/// What must change in a session's subscriptions.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Change {
    /// No longer to be heard.
    pub(crate) drop: Vec<Topic>,
    /// To be heard from now on.
    pub(crate) add: Vec<Topic>,
}

/// Compares what a session hears of a scope (`hears`) with what its user may (`view`: `None` for who is not in it).
pub(crate) fn plan(
    scope: ScopeId,
    hears: &HashSet<Topic>,
    view: Option<View<'_>>,
    mode: SubscriptionMode,
) -> Change {
    let wanted = match view {
        None => Vec::new(),
        Some(View::Conversation) => vec![Topic::Timeline(scope_timeline(scope))],
        Some(View::Guild(visible)) => {
            let channels = visible.written().filter(|_| mode == SubscriptionMode::All);
            let channels = channels.map(|id| Topic::Timeline(TimelineId::from(id)));
            [Topic::Guild(GuildId::from(scope))].into_iter().chain(channels).collect()
        }
    };
    let may = |topic: &Topic| match (topic, view) {
        (_, None) => false,
        (Topic::Guild(id), Some(View::Guild(_))) => ScopeId::from(*id) == scope,
        (Topic::Timeline(id), Some(View::Guild(visible))) => visible.contains(ChannelId::from(*id)),
        (Topic::Timeline(id), Some(View::Conversation)) => *id == scope_timeline(scope),
        (Topic::Guild(_), Some(View::Conversation)) => false,
        (Topic::User(_) | Topic::Gateways, Some(_)) => true,
    };
    Change {
        drop: hears.iter().copied().filter(|topic| !may(topic)).collect(),
        add: wanted.into_iter().filter(|topic| !hears.contains(topic)).collect(),
    }
}

/// The timeline of the conversation whose scope this is.
fn scope_timeline(scope: ScopeId) -> TimelineId {
    kernel::ConversationId::from(scope).into()
}

#[cfg(test)]
mod tests {
    use guilds::ChannelKind;
    use kernel::Env;

    use super::*;

    fn timeline(id: ChannelId) -> Topic {
        Topic::Timeline(id.into())
    }

    #[test]
    fn who_is_no_member_hears_nothing() {
        let (env, guild): (_, GuildId) = (Env::system(), Env::system().id());
        let hears = HashSet::from([Topic::Guild(guild), timeline(env.id())]);
        let change = plan(guild.into(), &hears, None, SubscriptionMode::All);
        assert_eq!((change.drop.len(), change.add.len()), (2, 0));
    }

    #[test]
    fn lost_channels_go_and_new_ones_come_only_to_who_wants_all() {
        let (env, guild): (_, GuildId) = (Env::system(), Env::system().id());
        let (lost, kept, new): (ChannelId, ChannelId, ChannelId) = (env.id(), env.id(), env.id());
        let hears = HashSet::from([Topic::Guild(guild), timeline(lost), timeline(kept)]);
        let view =
            [(kept, ChannelKind::Text), (new, ChannelKind::Announcement), (env.id(), ChannelKind::Voice)];
        let view = view.into_iter().collect();
        let view = Some(View::Guild(&view));
        let joined = plan(guild.into(), &hears, view, SubscriptionMode::Joined);
        assert_eq!(joined, Change { drop: vec![timeline(lost)], add: vec![] });
        let all = plan(guild.into(), &hears, view, SubscriptionMode::All);
        assert_eq!(all, Change { drop: vec![timeline(lost)], add: vec![timeline(new)] });
        let fresh = plan(guild.into(), &HashSet::new(), view, SubscriptionMode::Joined);
        assert_eq!(fresh.add, [Topic::Guild(guild)]);
    }

    #[test]
    fn a_conversation_is_heard_by_every_session_of_who_is_in_it_and_nobody_else() {
        let scope: ScopeId = Env::system().id();
        let topic = Topic::Timeline(scope_timeline(scope));
        let (nothing, it) = (HashSet::new(), HashSet::from([topic]));
        for mode in [SubscriptionMode::Joined, SubscriptionMode::All] {
            assert_eq!(plan(scope, &nothing, Some(View::Conversation), mode).add, [topic]);
            assert_eq!(plan(scope, &it, Some(View::Conversation), mode), Change::default());
            assert_eq!(plan(scope, &it, None, mode), Change { drop: vec![topic], add: vec![] });
        }
    }
}
