//! What a session should hear of a guild, and what must change for that. Pure.

use std::collections::HashSet;

use guilds::Sight;
use kernel::{ChannelId, GuildId, TimelineId, Topic};

/// Which channels a session wants to hear.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Appetite {
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

/// Compares what a session hears of a guild (`hears`) with what its user may (`view`: what they may know of, or `None` for who is
/// no member).
pub(crate) fn plan(
    guild: GuildId,
    hears: &HashSet<Topic>,
    view: Option<&Sight>,
    appetite: Appetite,
) -> Change {
    let Some(view) = view else {
        return Change { drop: hears.iter().copied().collect(), add: Vec::new() };
    };
    let may = |topic: &Topic| match topic {
        Topic::Guild(id) => *id == guild,
        Topic::Timeline(id) => view.contains(ChannelId::from(*id)),
        Topic::User(_) | Topic::Gateways => true,
    };
    let mut wanted = vec![Topic::Guild(guild)];
    if appetite == Appetite::All {
        wanted.extend(view.written().map(|id| Topic::Timeline(TimelineId::from(id))));
    }
    Change {
        drop: hears.iter().copied().filter(|topic| !may(topic)).collect(),
        add: wanted.into_iter().filter(|topic| !hears.contains(topic)).collect(),
    }
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
        let (env, guild) = (Env::system(), Env::system().id());
        let hears = HashSet::from([Topic::Guild(guild), timeline(env.id())]);
        let change = plan(guild, &hears, None, Appetite::All);
        assert_eq!((change.drop.len(), change.add.len()), (2, 0));
    }

    #[test]
    fn lost_channels_go_and_new_ones_come_only_to_who_wants_all() {
        let (env, guild) = (Env::system(), Env::system().id());
        let (lost, kept, new): (ChannelId, ChannelId, ChannelId) = (env.id(), env.id(), env.id());
        let hears = HashSet::from([Topic::Guild(guild), timeline(lost), timeline(kept)]);
        let view =
            [(kept, ChannelKind::Text), (new, ChannelKind::Announcement), (env.id(), ChannelKind::Voice)];
        let view = view.into_iter().collect();
        let joined = plan(guild, &hears, Some(&view), Appetite::Joined);
        assert_eq!(joined, Change { drop: vec![timeline(lost)], add: vec![] });
        let all = plan(guild, &hears, Some(&view), Appetite::All);
        assert_eq!(all, Change { drop: vec![timeline(lost)], add: vec![timeline(new)] });
        let fresh = plan(guild, &HashSet::new(), Some(&view), Appetite::Joined);
        assert_eq!(fresh.add, [Topic::Guild(guild)]);
    }
}
