//! What the audit log says of channels.

use kernel::{ChannelId, GuildId, UserId};
use serde_json::{Value, json};

use crate::audit::{Action, Entry, difference};
use crate::model::Channel;
use crate::view::OverwriteView;

/// That a channel was made.
pub(super) fn made(actor: UserId, channel: &Channel) -> Entry {
    whole(actor, Action::ChannelCreate, channel).to(fields(channel).into_iter().collect())
}

/// That a channel was deleted.
pub(super) fn deleted(actor: UserId, channel: &Channel) -> Entry {
    whole(actor, Action::ChannelDelete, channel).from(fields(channel).into_iter().collect())
}

fn whole(actor: UserId, action: Action, channel: &Channel) -> Entry {
    let entry = Entry::new(channel.guild_id, actor, action).on(channel.id);
    entry.telling_of([channel.id].into_iter().chain(channel.parent_id))
}

/// That a channel is another, if it is.
pub(super) fn changed(actor: UserId, before: &Channel, after: &Channel) -> Option<Entry> {
    let (old, new) = difference(fields(before), fields(after))?;
    // The categories only where they are named.
    let moved = before.parent_id != after.parent_id;
    let parents = [before.parent_id, after.parent_id].into_iter().flatten().filter(|_| moved);
    let entry = Entry::new(after.guild_id, actor, Action::ChannelUpdate).on(after.id);
    Some(entry.from(old).to(new).telling_of([after.id].into_iter().chain(parents)))
}

/// That channels stand in another order, if they do.
pub(super) fn reordered(
    actor: UserId,
    guild: GuildId,
    before: &[ChannelId],
    after: &[ChannelId],
) -> Option<Entry> {
    let entry = Entry::new(guild, actor, Action::ChannelsReorder);
    let entry = entry.from(json!({ "channelIds": before })).to(json!({ "channelIds": after }));
    (before != after).then(|| entry.telling_of(after.iter().copied()))
}

/// That a channel allows and denies something else to somebody, or nothing any more.
pub(super) fn ruled(
    actor: UserId,
    (guild, channel): (GuildId, ChannelId),
    before: Option<OverwriteView>,
    after: Option<OverwriteView>,
) -> Option<Entry> {
    let action = if after.is_some() { Action::OverwriteUpdate } else { Action::OverwriteDelete };
    let entry = Entry::new(guild, actor, action).on(channel).telling_of([channel]);
    let differ = before != after;
    differ.then(|| Entry {
        before: before.map(|rule| json!(rule)),
        after: after.map(|rule| json!(rule)),
        ..entry
    })
}

fn fields(channel: &Channel) -> [(&'static str, Value); 5] {
    [
        ("name", json!(channel.name)),
        ("type", json!(channel.kind)),
        ("topic", json!(channel.topic)),
        ("parentId", json!(channel.parent_id)),
        ("userLimit", json!(channel.user_limit)),
    ]
}
