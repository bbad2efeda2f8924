//! The beginning of a session: it hears its own topics first, then is told where everything stands, so that nothing
//! falls between the two.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use guilds::ServerView;
use identity::SelfView;
use kernel::{ChannelId, Fence, ScopeId, SessionId, TimelineId, Topic};
use messaging::Unread;
use serde::Serialize;
use utoipa::ToSchema;

use super::Outbox;
use crate::http::{ApiError, State};
use crate::hub::{Appetite, Member, Refused, Released, Shard, Wish, tell_lost};
use crate::services::Services;

/// About how many bytes one event has; what is more follows in `ready-more`.
const PART: usize = 192 * 1024;
/// About how many bytes one channel's unread state has.
const UNREAD: usize = 144;

/// The first event of a session.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Ready<'a> {
    /// Who it speaks for.
    user: &'a SelfView,
    /// The login that the token belongs to, or the API key.
    session_id: SessionId,
    /// How often the server pings, milliseconds.
    #[schema(example = 25_000)]
    heartbeat_interval: u64,
    /// The servers that the user is a member of, with the channels that they may view.
    servers: &'a [ServerView],
    /// Where the user stands in each of those channels, by id.
    unread: BTreeMap<ChannelId, Unread>,
    /// Whether more servers follow in `ready-more`.
    more: bool,
}

/// The rest of a long `ready`.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadyMore<'a> {
    /// More servers.
    servers: &'a [ServerView],
    /// Where the user stands in their channels, by id.
    unread: BTreeMap<ChannelId, Unread>,
    /// Whether yet more follow.
    more: bool,
}

struct Beginning {
    user: SelfView,
    servers: Vec<ServerView>,
    unread: HashMap<TimelineId, Unread>,
}

/// Subscribes the session to its user, its guilds and, with an appetite for all, its channels, and sends `ready`.
pub(super) async fn open(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    outbox: &Outbox,
) -> Result<(), ApiError> {
    let mine = Topic::User(member.user);
    hear(state, shard, member, &[(mine, None)]).await?;
    let (who, all) = (Arc::clone(member), Arc::clone(member));
    let topics = state.run(move |services| async move { wanted(&services, &who).await }).await?;
    let stale = hear(state, shard, member, &topics).await?;
    let begin = state.run(move |services| async move { beginning(&services, &all).await }).await?;
    member.introduce(&begin.user.user.username);
    for server in &begin.servers {
        let seen = server.channels.iter().map(|channel| (channel.id, channel.kind));
        state.hub().told_sight(member, server.id.into(), seen.collect());
    }
    if !send(state, member, outbox, &begin).await {
        return Ok(());
    }
    let mut heard = Vec::with_capacity(topics.len() + 1);
    for (topic, _) in topics.iter().filter(|(topic, _)| !stale.contains(topic)) {
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
            match shard.release(member.key, topic, stands) {
                Released::All => break,
                // Since `ready` was read, which says that it is theirs.
                Released::Lost => break tell_lost(outbox, topic),
                Released::Partly if outbox.room().await => {}
                Released::Partly => return Ok(()),
            }
        }
    }
    shard.ready(member.key);
    // Lost while it was being opened, or raised for others: the hub adds what is still due.
    let due = topics.iter().filter(|(topic, _)| stale.contains(topic));
    let due = due.filter_map(|(_, fence)| Some((*fence)?.scope)).chain(unheard(member, &topics, &begin));
    state.hub().replan(member, due.collect::<HashSet<_>>());
    Ok(())
}

/// The servers of a session that hears everything, in which channels were made before it heard of the server.
fn unheard(
    member: &Member,
    topics: &[(Topic, Option<Fence>)],
    begin: &Beginning,
) -> impl Iterator<Item = ScopeId> {
    let topics = topics.iter().map(|(topic, _)| *topic).collect::<HashSet<_>>();
    let servers = begin.servers.iter().filter(|_| member.appetite == Appetite::All);
    let unheard = servers.filter(move |server| {
        written(server).any(|channel| !topics.contains(&Topic::Timeline(channel.into())))
    });
    unheard.map(|server| server.id.into())
}

/// Holds and subscribes topics; returns those whose access has changed meanwhile.
async fn hear(
    state: &State,
    shard: &Shard,
    member: &Arc<Member>,
    topics: &[(Topic, Option<Fence>)],
) -> Result<Vec<Topic>, ApiError> {
    let wishes = topics.iter().map(|(topic, fence)| {
        let hold = shard.hold(member.key, *topic, fence.map(|fence| fence.scope));
        Wish { topic: *topic, ticket: hold.ticket, fence: *fence, offered: false }
    });
    let (hub, who, wishes) = (state.hub().clone(), Arc::clone(member), wishes.collect::<Vec<_>>());
    let stale = state.run(move |_| async move { hub.subscribe(&who, &wishes).await }).await?;
    for topic in &stale {
        shard.leave(member.key, *topic);
    }
    Ok(stale)
}

/// What the session hears from the start.
async fn wanted(services: &Services, member: &Member) -> Result<Vec<(Topic, Option<Fence>)>, ApiError> {
    let scopes = services.guilds.scopes_of(member.user).await?;
    let mut topics = scopes
        .iter()
        .map(|(guild, version)| {
            (Topic::Guild(*guild), Some(Fence { scope: (*guild).into(), version: *version }))
        })
        .collect::<Vec<_>>();
    if member.appetite == Appetite::All {
        let guilds = scopes.iter().map(|(guild, _)| *guild).collect::<Vec<_>>();
        let visible = services.guilds.visible_channels(member.user, Some(&guilds)).await?;
        for (guild, version) in &scopes {
            let fence = Fence { scope: (*guild).into(), version: *version };
            let channels = visible.get(guild).into_iter().flatten();
            topics.extend(channels.map(|channel| (Topic::Timeline((*channel).into()), Some(fence))));
        }
    }
    Ok(topics)
}

/// Where everything stands, read after the topics are heard.
async fn beginning(services: &Services, member: &Member) -> Result<Beginning, ApiError> {
    let user = services.identity.myself(member.user).await?;
    let servers = services.guilds.list(member.user).await?;
    let timelines = servers.iter().flat_map(written).map(TimelineId::from).collect::<Vec<_>>();
    let guilds = servers.iter().map(|server| server.id).collect::<Vec<_>>();
    let roles = services.guilds.roles_of(member.user, &guilds).await?;
    let unread = services.messaging.unread(member.user, &roles, &timelines).await?;
    Ok(Beginning { user, servers, unread })
}

/// The channels of a server in which messages are written.
fn written(server: &ServerView) -> impl Iterator<Item = ChannelId> {
    server.channels.iter().filter(|channel| channel.kind.has_timeline()).map(|channel| channel.id)
}

/// Sends `ready` and what does not fit into it, as fast as the client reads. `false` when the session ends meanwhile.
async fn send(state: &State, member: &Member, outbox: &Outbox, begin: &Beginning) -> bool {
    let unread = |servers: &[ServerView]| {
        let channels = servers.iter().flat_map(written);
        channels.filter_map(|id| Some((id, *begin.unread.get(&id.into())?))).collect::<BTreeMap<_, _>>()
    };
    let mut parts = parts(&begin.servers).into_iter().peekable();
    let servers = parts.next().unwrap_or_default();
    let ready = Ready {
        user: &begin.user,
        session_id: member.session(),
        heartbeat_interval: state.settings().ws.heartbeat_s * 1_000,
        servers,
        unread: unread(servers),
        more: parts.peek().is_some(),
    };
    if !outbox.tell_in_time(&ready).await {
        return false;
    }
    while let Some(servers) = parts.next() {
        let more = ReadyMore { servers, unread: unread(servers), more: parts.peek().is_some() };
        if !outbox.tell_in_time(&more).await {
            return false;
        }
    }
    true
}

/// The servers in runs of about [`PART`] bytes, at least one server each.
fn parts(servers: &[ServerView]) -> Vec<&[ServerView]> {
    let size = |server: &ServerView| {
        serde_json::to_string(server).map_or(0, |text| text.len()) + written(server).count() * UNREAD
    };
    let (mut parts, mut rest) = (Vec::new(), servers);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|server| {
            let first = bytes == 0;
            bytes += size(server);
            first || bytes <= PART
        });
        let (part, others) = rest.split_at(fits.count());
        parts.push(part);
        rest = others;
    }
    parts
}

impl From<Refused> for ApiError {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Gone => Self::new(kernel::Code::Unavailable, "the session has ended"),
            Refused::Log(error) => error.into(),
        }
    }
}
