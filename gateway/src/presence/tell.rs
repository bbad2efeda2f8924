//! Telling what changed to those who may know: the members of shared servers, friends, those whom one writes with; never
//! across a block.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use backbone::presence::Seen;
use guilds::Place;
use identity::PresenceView;
use identity::event::UserStatusUpdated;
use kernel::{Event, Fence, GuildId, Header, Internal, Topic, Turn, UserId, frame};
use serde::Serialize;
use tokio::time::Instant;

use super::event::{FriendStatusChanged, PresenceUpdate, UserOffline, UserOnline};
use super::partners::{self, AlreadyTold};
use super::{PresenceSettings, view};
use crate::http::ApiError;
use crate::services::Services;
use crate::ws::payload::Payload;

/// How many rounds it is believed whether a server is crowded: half a minute of seconds.
const BELIEVED: u32 = 30;
/// Members that are looked at in one step, to find out.
const STEP: i64 = 2_000;

/// Which servers are crowded, as far as somebody looked lately.
#[derive(Debug, Default)]
pub(super) struct CrowdedServers(Mutex<HashMap<GuildId, (bool, Instant)>>);

/// Tells what is new of these people: an event for each server, and one for each friend.
pub(super) async fn tell(
    services: &Services,
    crowded: &CrowdedServers,
    news: &[Seen],
    settings: &PresenceSettings,
) -> Result<(), ApiError> {
    if news.is_empty() {
        return Ok(());
    }
    let ids = news.iter().map(|seen| seen.user).collect::<Vec<_>>();
    let blocks = services.social.blocks_of(&ids).await?;
    let news = news.iter().map(|seen| (seen.user, seen)).collect::<HashMap<_, _>>();
    let mut places: HashMap<GuildId, (Place, Vec<UserId>)> = HashMap::new();
    for place in services.guilds.places_of(&ids).await? {
        places.entry(place.guild).or_insert_with(|| (place, Vec::new())).1.push(place.user);
    }
    let mut told = AlreadyTold { blocks, ..AlreadyTold::default() };
    for (place, members) in places.into_values() {
        let crowded = crowded.is_crowded(services, &place, settings).await?;
        for id in members.iter().filter(|_| !crowded) {
            told.servers.entry(*id).or_default().insert(place.guild);
        }
        let people = members.iter().filter_map(|id| news.get(id).copied());
        services.bus.publish(spread(&place, crowded, people.collect(), &told.blocks)?);
    }
    told.friends = services.social.friendships_of(&ids).await?.into_iter().collect();
    tell_friends(services, &told.friends, &news).await?;
    partners::tell(services, &news, &told).await
}

/// What hubs get of a server.
fn spread(
    place: &Place,
    crowded: bool,
    people: Vec<&Seen>,
    blocks: &HashMap<UserId, Vec<UserId>>,
) -> Result<Event, Internal> {
    let mut spread = PresenceUpdate { crowded, ..partners::spread(people.iter().copied()) };
    for seen in people {
        // Their own sessions know; also how they are when they do not want to be seen.
        spread.except.push((seen.user, seen.user));
        spread.except.extend(blocks.get(&seen.user).into_iter().flatten().map(|other| (seen.user, *other)));
    }
    let fence = Fence { scope: place.guild.into(), version: place.version };
    let header = Header { fence: Some(fence), turn: Turn::Presence, ..Header::default() };
    let frame = serde_json::to_vec(&spread).map_err(Internal::new)?.into();
    Ok(Event { topic: Topic::Guild(place.guild), header, frame })
}

/// Who has friends among them, and is there, gets one event.
async fn tell_friends(
    services: &Services,
    friends: &HashSet<(UserId, UserId)>,
    news: &HashMap<UserId, &Seen>,
) -> Result<(), ApiError> {
    let mut of = HashMap::<UserId, Vec<PresenceView>>::new();
    for (user, friend) in friends {
        of.entry(*friend).or_default().extend(news.get(user).map(|seen| view(seen)));
    }
    // Whose sessions could hear it: the others learn it when they come.
    let hearers = of.keys().copied().collect::<Vec<_>>();
    for hearer in services.presence.connected(&hearers).await {
        let Some(users) = of.remove(&hearer) else { continue };
        services.bus.publish(to_user(hearer, &FriendStatusChanged { users })?);
    }
    Ok(())
}

/// Tells two people who became friends how each other is.
pub(crate) async fn introduce(services: &Services, one: UserId, other: UserId) -> Result<(), ApiError> {
    let seen = services.presence.look(&[one, other]).await;
    for seen in seen.iter().filter(|seen| seen.is_there()) {
        let hearer = if seen.user == one { other } else { one };
        services.bus.publish(to_user(hearer, &FriendStatusChanged { users: vec![view(seen)] })?);
    }
    Ok(())
}

/// Between two people is a block from now on: each is told that the other, if they were there, is not any more, as of
/// anybody who goes.
pub(crate) async fn part(services: &Services, one: UserId, other: UserId) -> Result<(), ApiError> {
    let known = acquainted_but_for_blocks(services, one, other).await?;
    let seen = services.presence.look(&[one, other]).await;
    for seen in seen.iter().filter(|seen| known && seen.is_there()) {
        let hearer = if seen.user == one { other } else { one };
        let gone = view(&Seen { last_seen: Some(services.env.now()), ..Seen::nothing(seen.user) });
        services.bus.publish(to_user(hearer, &UserOffline { server_id: None, users: vec![gone] })?);
    }
    Ok(())
}

/// Whether the two could know of each other: who is a stranger is told nothing, not even that somebody went.
async fn acquainted_but_for_blocks(
    services: &Services,
    one: UserId,
    other: UserId,
) -> Result<bool, ApiError> {
    let member = !services.guilds.acquainted(one, &[other]).await?.is_empty();
    Ok(member || !services.dm.acquainted(one, &[other]).await?.is_empty())
}

/// An event for the sessions of one person.
pub(crate) fn to_user<T: Payload>(user: UserId, told: &T) -> Result<Event, Internal> {
    let frame = frame(T::EVENT, told, None)?;
    Ok(Event { topic: Topic::User(user), header: Header::default(), frame })
}

impl CrowdedServers {
    /// Whether more members are online than the settings call a crowd.
    async fn is_crowded(
        &self,
        services: &Services,
        place: &Place,
        settings: &PresenceSettings,
    ) -> Result<bool, ApiError> {
        let (crowd, believed) = (settings.crowd, settings.coalesce() * BELIEVED);
        if usize::try_from(place.members).unwrap_or(usize::MAX) <= crowd {
            return Ok(false);
        }
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&place.guild).copied();
        if let Some((crowded, _)) = known.filter(|(_, at)| at.elapsed() < believed) {
            return Ok(crowded);
        }
        let crowded = count(services, place.guild, crowd).await?;
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.retain(|_, (_, at)| at.elapsed() < believed);
        known.insert(place.guild, (crowded, Instant::now()));
        Ok(crowded)
    }
}

/// Counts who is online of a server, until it is a crowd.
async fn count(services: &Services, guild: GuildId, crowd: usize) -> Result<bool, ApiError> {
    let (mut online, mut after) = (0, None);
    loop {
        let members = services.guilds.member_ids(guild, after, STEP).await?;
        let Some(last) = members.last() else { return Ok(false) };
        after = Some(*last);
        online += services.presence.store().online_among(&members).await.map_or(0, |there| there.len());
        if online > crowd {
            return Ok(true);
        }
    }
}

/// The frames of changes in a server, or without one, for one kind of hearer: without `hidden`, and only `watched` if that is
/// given.
pub(crate) fn frames(
    server_id: Option<GuildId>,
    spread: &PresenceUpdate,
    hidden: &HashSet<UserId>,
    watched: Option<&HashSet<UserId>>,
) -> Vec<bytes::Bytes> {
    let pick = |users: &[PresenceView]| {
        let seen = users.iter().filter(|user| !hidden.contains(&user.id));
        let seen = seen.filter(|user| watched.is_none_or(|watched| watched.contains(&user.id)));
        Some(seen.cloned().collect::<Vec<_>>()).filter(|users| !users.is_empty())
    };
    fn told<T: Payload + Serialize>(told: &T) -> Option<bytes::Bytes> {
        frame(T::EVENT, told, None).ok()
    }
    let offline = pick(&spread.offline).and_then(|users| told(&UserOffline { server_id, users }));
    let online = pick(&spread.online).and_then(|users| told(&UserOnline { server_id, users }));
    let changed = pick(&spread.changed).and_then(|users| {
        frame(UserStatusUpdated::EVENT, &UserStatusUpdated { server_id, users }, None).ok()
    });
    [offline, online, changed].into_iter().flatten().collect()
}
