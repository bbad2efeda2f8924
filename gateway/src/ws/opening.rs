//! The beginning of a session: it hears its own topics first, then is told where everything stands, so that nothing
//! falls between the two.

use std::collections::HashSet;
use std::sync::Arc;

use kernel::{ConversationId, Fence, ScopeId, Seq, TimelineId, Topic};

use super::Outbox;
use super::ready::{Beginning, send, written};
use crate::actions;
use crate::actions::presence::OnlineLimit;
use crate::http::{ApiError, State};
use crate::hub::{Member, Refused, Released, Shard, SubscriptionMode, SubscriptionRequest, tell_lost};
use crate::presence::event::OnlineUsers;
use crate::services::Services;

/// A topic that a session hears from the start: under which fence, and from which message on.
type Wanted = (Topic, Option<Fence>, Seq);

/// What a session hears from the start.
struct Heard {
    topics: Vec<Wanted>,
    /// Those of the topics that are conversations, the one with the latest activity first.
    conversations: Vec<ConversationId>,
}

/// Subscribes the session to its user, its guilds and, with an appetite for all, its channels, and sends `ready`.
pub(super) async fn open(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    outbox: &Outbox,
) -> Result<(), ApiError> {
    let mine = Topic::User(member.user);
    hear(state, shard, member, &[(mine, None, 1)]).await?;
    let (who, all) = (Arc::clone(member), Arc::clone(member));
    let Heard { topics, conversations } =
        state.run(move |services| async move { wanted(&services, &who).await }).await?;
    let stale = hear(state, shard, member, &topics).await?;
    let mut begin =
        state.run(move |services| async move { beginning(&services, &all, &conversations).await }).await?;
    member.introduce(&begin.user.user.username);
    for server in &begin.servers {
        let seen = server.channels.iter().map(|channel| (channel.id, channel.kind));
        state.hub().told_visible(member, server.info.id.into(), seen.collect());
    }
    // Only now: of what happens from here on the session hears, since the hub knows which channels it was told of.
    let (scopes, places) = talk_places(&begin);
    begin.voice = state
        .run(move |s| async move { Ok::<_, ApiError>(actions::voice::beginning(&s, &scopes, &places).await) })
        .await?;
    if !send(state, member, outbox, &begin).await {
        return Ok(());
    }
    let mut heard = Vec::with_capacity(topics.len() + 1);
    for (topic, ..) in topics.iter().filter(|(topic, ..)| !stale.contains(topic)) {
        let stands = match topic {
            Topic::Timeline(id) => begin.unread.get(id).map_or(0, |unread| unread.rev),
            _ => 0,
        };
        heard.push((*topic, stands));
    }
    // Last, so that what the user gains again comes after what they lose here.
    heard.push((mine, 0));
    for (topic, stands) in heard {
        loop {
            match shard.release(member.key, topic, stands, None) {
                Released::All => break,
                // Since `ready` was read, which says that it is theirs.
                Released::Lost => break tell_lost(outbox, topic),
                Released::Partly if outbox.room().await => {}
                Released::Partly => return Ok(()),
            }
        }
    }
    shard.ready(member.key);
    outbox.tell(&begin.online);
    // Lost while it was being opened, or raised for others: the hub adds what is still due.
    let due = topics.iter().filter(|(topic, ..)| stale.contains(topic));
    let due = due.filter_map(|(_, fence, _)| Some((*fence)?.scope)).chain(unheard(member, &topics, &begin));
    state.hub().replan(member, due.collect::<HashSet<_>>());
    Ok(())
}

/// The servers of a session that hears everything, in which channels were made before it heard of the server.
fn unheard(member: &Member, topics: &[Wanted], begin: &Beginning) -> impl Iterator<Item = ScopeId> {
    let topics = topics.iter().map(|(topic, ..)| *topic).collect::<HashSet<_>>();
    let servers = begin.servers.iter().filter(|_| member.mode == SubscriptionMode::All);
    let unheard = servers.filter(move |server| {
        written(server).any(|channel| !topics.contains(&Topic::Timeline(channel.into())))
    });
    unheard.map(|server| server.info.id.into())
}

/// Holds and subscribes topics; returns those whose access has changed meanwhile.
async fn hear(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    topics: &[Wanted],
) -> Result<Vec<Topic>, ApiError> {
    let requests = topics.iter().map(|(topic, fence, from)| {
        let hold = shard.hold(member.key, *topic, fence.map(|fence| fence.scope), *from);
        SubscriptionRequest { topic: *topic, ticket: hold.ticket, fence: *fence, offered: false }
    });
    let (hub, who, requests) = (state.hub().clone(), Arc::clone(member), requests.collect::<Vec<_>>());
    let stale = state.run(move |_| async move { hub.subscribe(&who, &requests).await }).await?;
    for topic in &stale {
        shard.give_up(member.key, *topic);
    }
    Ok(stale)
}

/// What the session hears from the start.
async fn wanted(services: &Services, member: &Member) -> Result<Heard, ApiError> {
    let scopes = services.guilds.scopes_of(member.user).await?;
    let mut topics = scopes
        .iter()
        .map(|(guild, version)| {
            (Topic::Guild(*guild), Some(Fence { scope: (*guild).into(), version: *version }), 1)
        })
        .collect::<Vec<_>>();
    if member.mode == SubscriptionMode::All {
        let guilds = scopes.iter().map(|(guild, _)| *guild).collect::<Vec<_>>();
        let visible = services.guilds.visible_channels(member.user, Some(&guilds)).await?;
        for (guild, version) in &scopes {
            let fence = Fence { scope: (*guild).into(), version: *version };
            let channels = visible.get(guild).into_iter().flatten();
            topics.extend(channels.map(|channel| (Topic::Timeline((*channel).into()), Some(fence), 1)));
        }
    }
    let mut conversations = Vec::new();
    for (conversation, version, from) in services.dm.scopes_of(member.user).await? {
        let fence = Fence { scope: conversation.into(), version };
        topics.push((Topic::Timeline(conversation.into()), Some(fence), from));
        conversations.push(conversation);
    }
    Ok(Heard { topics, conversations })
}

/// Where everything stands, read after the topics are heard. A conversation that was joined since is not in it: the user is
/// told of it behind it, as of any later one.
async fn beginning(
    services: &Services,
    member: &Member,
    conversations: &[ConversationId],
) -> Result<Beginning, ApiError> {
    let asked = services.env.now();
    let user = services.identity.me(member.user).await?;
    member.appear();
    services.presence.enter(&user, asked).await;
    let user = services.identity.own_view(user);
    let (servers, roles) = services.guilds.beginning(member.user).await?;
    let conversations = services.dm.views(member.user, conversations).await?;
    let timelines = servers.iter().flat_map(written).map(TimelineId::from);
    let timelines = timelines.chain(conversations.iter().map(|each| each.info.id.into())).collect::<Vec<_>>();
    let unread = services.messaging.unread(member.user, &roles, &timelines).await?;
    let friends = actions::friends::all(services, member.user).await?;
    let known = friends.iter().map(|friend| friend.user.user.id).collect::<Vec<_>>();
    let online =
        actions::presence::online(services, member.user, &known, None, OnlineLimit::default()).await?;
    let users = online.users.into_iter().map(|(_, seen)| seen).collect();
    let online = OnlineUsers { users, has_more: online.next.is_some() };
    Ok(Beginning { user, servers, conversations, unread, friends, voice: Vec::new(), online })
}

/// Where there may be voice sessions that the user may know of, and the scopes of these places.
fn talk_places(begin: &Beginning) -> (Vec<ScopeId>, HashSet<TimelineId>) {
    let servers = begin.servers.iter().map(|server| ScopeId::from(server.info.id));
    let conversations = begin.conversations.iter().map(|each| each.info.id);
    let scopes = servers.chain(conversations.clone().map(ScopeId::from)).collect();
    let channels = begin.servers.iter().flat_map(|server| &server.channels);
    let channels = channels.map(|channel| TimelineId::from(channel.id));
    (scopes, channels.chain(conversations.map(TimelineId::from)).collect())
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Gone => Self::new(kernel::Code::Unavailable, "the session has ended"),
            Refused::Log(error) => error.into(),
        }
    }
}
