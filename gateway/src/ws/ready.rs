//! What a session is told first: where everything stands, in as many events as it needs.

use std::collections::{BTreeMap, HashMap};

use dm::ConversationView;
use guilds::ServerView;
use identity::SelfView;
use kernel::{ChannelId, SessionId, TimelineId};
use messaging::Unread;
use serde::Serialize;
use utoipa::ToSchema;
use voice_signaling::SessionState;

use super::Outbox;
use crate::actions::friends::FriendView;
use crate::http::State;
use crate::hub::Member;
use crate::presence::event::OnlineUsers;

/// About how many bytes the servers of one event have; what is more follows in `ready-more`.
const PART: usize = 128 * 1024;
/// About how many of them are conversations.
const CONVERSATIONS: usize = 48 * 1024;
/// About how many of them are voice sessions.
const VOICE: usize = 16 * 1024;
/// Friends in one event: at most about 400 bytes each.
const FRIENDS: usize = 150;
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
    /// The conversations that the user is in, the one with the latest activity first. The session hears them from the start.
    conversations: &'a [ConversationView],
    /// Where the user stands in each of those channels and conversations, by id.
    unread: BTreeMap<ChannelId, Unread>,
    /// The user's friends, by their ids.
    friends: &'a [FriendView],
    /// Who is in voice channels, huddles and calls in those servers and conversations.
    voice_sessions: &'a [SessionState],
    /// Whether more follows in `ready-more`.
    more: bool,
}

/// The rest of a long `ready`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ReadyMore<'a> {
    /// More servers.
    servers: &'a [ServerView],
    /// More conversations.
    conversations: &'a [ConversationView],
    /// Where the user stands in their channels and in those, by id.
    unread: BTreeMap<ChannelId, Unread>,
    /// More friends.
    friends: &'a [FriendView],
    /// More voice sessions.
    voice_sessions: &'a [SessionState],
    /// Whether yet more follows.
    more: bool,
}

/// Where everything stands for somebody.
pub(super) struct Beginning {
    pub(super) user: SelfView,
    pub(super) servers: Vec<ServerView>,
    pub(super) conversations: Vec<ConversationView>,
    pub(super) unread: HashMap<TimelineId, Unread>,
    pub(super) friends: Vec<FriendView>,
    pub(super) voice: Vec<SessionState>,
    pub(super) online: OnlineUsers,
}

/// The channels of a server in which messages are written.
pub(super) fn written(server: &ServerView) -> impl Iterator<Item = ChannelId> {
    server.channels.iter().filter(|channel| channel.kind.has_timeline()).map(|channel| channel.id)
}

/// Sends `ready` and what does not fit into it, as fast as the client reads. `false` when the session ends meanwhile.
pub(super) async fn send(state: &State, member: &Member, outbox: &Outbox, begin: &Beginning) -> bool {
    let unread = |servers: &[ServerView], conversations: &[ConversationView]| {
        let channels = servers.iter().flat_map(written);
        let all = channels.chain(conversations.iter().map(|each| TimelineId::from(each.info.id).into()));
        all.filter_map(|id| Some((id, *begin.unread.get(&id.into())?))).collect::<BTreeMap<_, _>>()
    };
    let mut servers =
        runs(&begin.servers, PART, |server| size(server) + written(server).count() * UNREAD).into_iter();
    let mut talks = runs(&begin.conversations, CONVERSATIONS, |each| size(each) + UNREAD).into_iter();
    let mut friends = begin.friends.chunks(FRIENDS);
    let mut voice = runs(&begin.voice, VOICE, size).into_iter();
    let mut next = || match (servers.next(), talks.next(), friends.next(), voice.next()) {
        (None, None, None, None) => None,
        (servers, talks, friends, voice) => Some((
            servers.unwrap_or_default(),
            talks.unwrap_or_default(),
            friends.unwrap_or_default(),
            voice.unwrap_or_default(),
        )),
    };
    let (first, mut part) = (next().unwrap_or_default(), next());
    let (servers, conversations, friends, voice_sessions) = first;
    let ready = Ready {
        user: &begin.user,
        session_id: member.session(),
        heartbeat_interval: state.settings().ws.heartbeat_s * 1_000,
        servers,
        conversations,
        unread: unread(servers, conversations),
        friends,
        voice_sessions,
        more: part.is_some(),
    };
    if !outbox.tell_in_time(&ready).await {
        return false;
    }
    while let Some((servers, conversations, friends, voice_sessions)) = part {
        part = next();
        let (unread, more) = (unread(servers, conversations), part.is_some());
        let more = ReadyMore { servers, conversations, unread, friends, voice_sessions, more };
        if !outbox.tell_in_time(&more).await {
            return false;
        }
    }
    true
}

/// About how many bytes it has as JSON.
fn size<T: Serialize>(item: &T) -> usize {
    serde_json::to_string(item).map_or(0, |text| text.len())
}

/// The items in runs of about so many bytes, at least one item each.
fn runs<T>(items: &[T], most: usize, size: impl Fn(&T) -> usize) -> Vec<&[T]> {
    let (mut runs, mut rest) = (Vec::new(), items);
    while !rest.is_empty() {
        let mut bytes = 0;
        let fits = rest.iter().take_while(|item| {
            let first = bytes == 0;
            bytes += size(item);
            first || bytes <= most
        });
        let (run, others) = rest.split_at(fits.count());
        runs.push(run);
        rest = others;
    }
    runs
}
