//! Finding messages: from names to ids, and from a reader to the places that they may read.

use std::collections::HashMap;

use kernel::{Allowed, ChannelId, Grant, GuildId, TimelineId, UserId, can};
use messaging::search::{Hit, Mentioned, Search, SearchLimit, SearchPage, Typed};

use super::place;
use super::place::TRIES;
use crate::http::ApiError;
use crate::services::Services;

/// What somebody looks for, with names as they wrote them.
#[derive(Clone, Debug)]
pub(crate) struct SearchRequest {
    /// What they typed. Its names are of people and channels.
    pub(crate) typed: Typed,
    /// In this server alone.
    pub(crate) server: Option<GuildId>,
    /// In this channel or conversation alone.
    pub(crate) channel: Option<ChannelId>,
    /// What has no names in it.
    pub(crate) search: Search,
    pub(crate) limit: SearchLimit,
}

/// What was found, and what the places are called.
pub(crate) struct Found {
    pub(crate) page: SearchPage,
    pub(crate) names: HashMap<TimelineId, String>,
}

impl Found {
    /// What the channel or conversation of a message is called.
    pub(crate) fn name(&self, hit: &Hit) -> Option<String> {
        let message = &hit.message;
        let place =
            message.channel_id.map(TimelineId::from).or(message.conversation_id.map(TimelineId::from));
        self.names.get(&place?).cloned()
    }
}

/// Searches what `user` may read now.
pub(crate) async fn search(
    services: &Services,
    user: UserId,
    request: SearchRequest,
) -> Result<Found, ApiError> {
    let mut search = request.search.clone();
    let from = &request.typed.from;
    search.authors = if from.is_empty() { None } else { Some(people(services, user, from).await?) };
    match mentioned(services, user, &request.typed.mentions).await? {
        Some(mentioned) => search.mentions = mentioned,
        None => return Ok(Found { page: SearchPage::default(), names: HashMap::new() }),
    }
    for _ in 0..TRIES {
        let readable = readable(services, user, &request).await?;
        let grants = readable.iter().map(|(_, grant)| grant.require());
        // What was taken away meanwhile is no longer there to be searched.
        let grants = grants.flatten().collect::<Vec<Allowed<can::ReadHistory>>>();
        match services.messaging.search(&grants, &search, request.limit).await {
            Err(messaging::Error::Stale) => services.figures.retries().fresh(),
            page => {
                let names = readable.into_iter().map(|(name, grant)| (grant.timeline(), name)).collect();
                return Ok(Found { page: page?, names });
            }
        }
    }
    Err(messaging::Error::Stale.into())
}

/// The places to look at, each with its name: conversations, then channels.
async fn readable(
    services: &Services,
    user: UserId,
    request: &SearchRequest,
) -> Result<Vec<(String, Grant)>, ApiError> {
    let mut readable = match (request.channel, request.server) {
        (Some(place), _) => one(services, user, place).await?,
        (None, Some(guild)) => services.guilds.readable(user, Some(guild)).await?,
        (None, None) => {
            let mut all = services.dm.readable(user, None).await?;
            all.extend(services.guilds.readable(user, None).await?);
            all
        }
    };
    readable.retain(|(name, grant)| {
        let channel = ChannelId::from(grant.timeline());
        let named = |place: &String| {
            let place = place.strip_prefix('@').unwrap_or(place);
            name.eq_ignore_ascii_case(place) || place.parse() == Ok(channel)
        };
        request.channel.is_none_or(|only| only == channel)
            && request.server.is_none_or(|only| only == grant.scope().into())
            && (request.typed.places.is_empty() || request.typed.places.iter().any(named))
    });
    Ok(readable)
}

/// The one place to look at, among others of its kind.
async fn one(services: &Services, user: UserId, place: ChannelId) -> Result<Vec<(String, Grant)>, ApiError> {
    let grant = place::access(services, user, place.into()).await?;
    grant.require::<can::ReadHistory>()?;
    match place::conversation(&grant) {
        Some(conversation) => Ok(services.dm.readable(user, Some(conversation)).await?),
        None => Ok(services.guilds.readable(user, Some(grant.scope().into())).await?),
    }
}

/// Whom everything that is found must mention; `None` when one of them is nobody, whom nothing mentions.
async fn mentioned(
    services: &Services,
    user: UserId,
    names: &[String],
) -> Result<Option<Vec<Mentioned>>, ApiError> {
    let (everyone, names): (Vec<_>, Vec<_>) =
        names.iter().cloned().partition(|name| name.eq_ignore_ascii_case("everyone"));
    let people = people(services, user, &names).await?;
    if people.len() < names.len() {
        return Ok(None);
    }
    let everyone = everyone.first().map(|_| Mentioned::Everyone);
    Ok(Some(people.into_iter().map(Mentioned::User).chain(everyone).collect()))
}

/// Who is meant by ids, usernames and `me`; nobody by the name of nobody.
async fn people(services: &Services, user: UserId, names: &[String]) -> Result<Vec<UserId>, ApiError> {
    let mut people = Vec::with_capacity(names.len());
    // At most a handful: a query has no more.
    for name in names {
        match name.parse() {
            Ok(id) => people.push(id),
            Err(_) if name.eq_ignore_ascii_case("me") => people.push(user),
            Err(_) => people.extend(services.identity.by_username(name).await?.map(|found| found.id)),
        }
    }
    Ok(people)
}
