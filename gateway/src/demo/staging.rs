//! The script becomes servers, channels and messages.

use std::collections::HashMap;

use chrono::TimeDelta;
use guilds::input::{CreateChannelBody, CreateGuildBody};
use guilds::{ChannelView, ServerView};
use kernel::{ChannelId, Timestamp, UserId, can};
use messaging::input::{Content, EditBody};
use messaging::{Imported, ImportedReply, Kind, PageLimit, Window};

use super::script::{Channel, Line, Server, When};
use super::{Demo, DemoServer, day_before};
use crate::actions;
use crate::http::ApiError;
use crate::services::Services;

type People = HashMap<&'static str, UserId>;

/// Makes a server and what is in it, as far as it is not there.
pub(super) async fn stage(
    services: &Services,
    people: &People,
    server: &Server,
    demo: &mut Demo,
) -> Result<(), ApiError> {
    let owner = id(people, server.owner);
    let mut found = found(services, owner, server).await?;
    for member in server.members {
        services.guilds.join(id(people, member), &found.info.invite_code).await?;
    }
    let mut channels = Vec::new();
    for channel in server.channels {
        let place = self::channel(services, owner, &mut found, channel).await?;
        play(services, people, server, (channel, place.id), demo).await?;
        channels.push((channel.name, place.id));
    }
    let (name, members) = (server.name, server.members);
    demo.servers.push(DemoServer { name, invite_code: found.info.invite_code, members, channels });
    Ok(())
}

/// The id of somebody in the cast; the test of the script knows that there is nobody else in it.
fn id(people: &People, username: &str) -> UserId {
    people.get(username).copied().unwrap_or_else(|| UserId::from(uuid::Uuid::nil()))
}

async fn found(services: &Services, owner: UserId, server: &Server) -> Result<ServerView, ApiError> {
    let servers = services.guilds.list(owner).await?;
    let own =
        servers.into_iter().find(|known| known.info.name == server.name && known.info.owner_id == owner);
    match own {
        Some(own) => Ok(own),
        None => {
            let body =
                CreateGuildBody { name: server.name.into(), description: Some(server.description.into()) };
            Ok(services.guilds.create(owner, body).await?)
        }
    }
}

async fn channel(
    services: &Services,
    owner: UserId,
    server: &mut ServerView,
    channel: &Channel,
) -> Result<ChannelView, ApiError> {
    let place =
        server.channels.iter().position(|known| known.name == channel.name && known.kind.has_timeline());
    if let Some(place) = place {
        return Ok(server.channels.swap_remove(place));
    }
    let body = CreateChannelBody {
        name: channel.name.into(),
        kind: None,
        topic: Some(channel.topic.into()),
        parent_id: None,
        user_limit: None,
    };
    Ok(services.guilds.create_channel(owner, server.info.id, body).await?)
}

/// Writes the lines of a channel, then changes and deletes what is to be changed and deleted, then lets everybody read
/// all but the end.
async fn play(
    services: &Services,
    people: &People,
    server: &Server,
    (channel, place): (&Channel, ChannelId),
    demo: &mut Demo,
) -> Result<(), ApiError> {
    let grant = services.guilds.access(id(people, server.owner), place).await?;
    let messages = imported(people, channel, services.env.now());
    let fresh = services.messaging.import(grant.require::<can::ManageMessages>()?, messages).await?;
    let added = fresh.iter().filter(|fresh| **fresh).count();
    demo.added += added;
    demo.present += fresh.len() - added;
    if added == 0 {
        return Ok(());
    }
    rework(services, people, server, (channel, place)).await?;
    for member in server.members {
        let own = channel.lines.iter().rposition(|line| line.author == *member).map_or(0, |at| at + 1);
        let seq = own.max(channel.lines.len().saturating_sub(channel.unread));
        let seq = i64::try_from(seq).unwrap_or(0);
        actions::messages::read(services, id(people, member), place, Some(seq)).await?;
    }
    Ok(())
}

fn imported(people: &People, channel: &Channel, now: Timestamp) -> Vec<Imported> {
    let mut named = HashMap::<&str, ImportedReply>::new();
    let mut messages = Vec::with_capacity(channel.lines.len());
    for (number, (line, at)) in channel.lines.iter().zip(times(channel.lines, now)).enumerate() {
        let (author, nonce) = (id(people, line.author), nonce(channel, number));
        named.insert(line.name, ImportedReply { author, nonce: nonce.clone() });
        let reply_to = (!line.answers.is_empty()).then(|| named.get(line.answers).cloned()).flatten();
        messages.push(Imported { author, kind: Kind::Text, content: line.text.into(), at, nonce, reply_to });
    }
    messages
}

/// What a line is known by, so that it is written once.
fn nonce(channel: &Channel, number: usize) -> String {
    format!("demo:{}:{number}", channel.name)
}

/// When the lines were written: in the past, and one after another.
pub(super) fn times(lines: &[Line], now: Timestamp) -> Vec<Timestamp> {
    let mut latest = day_before(now, 365);
    let times = lines.iter().map(|line| {
        let at = match line.when {
            When::Day(days, hour, minute) => {
                day_before(now, days).plus(TimeDelta::minutes(hour * 60 + minute))
            }
            When::Ago(minutes) => now.plus(TimeDelta::minutes(-minutes)),
        };
        latest = at.max(latest).min(now);
        latest
    });
    times.collect()
}

async fn rework(
    services: &Services,
    people: &People,
    server: &Server,
    (channel, place): (&Channel, ChannelId),
) -> Result<(), ApiError> {
    let all = PageLimit::new(Some(100));
    let page =
        actions::messages::history(services, id(people, server.owner), place, Window::Latest, all).await?;
    let written = |number: usize| {
        let nonce = nonce(channel, number);
        page.messages.iter().find(|message| message.nonce.as_deref() == Some(nonce.as_str()))
    };
    for (number, line) in channel.lines.iter().enumerate() {
        let (Some(message), author) = (written(number), id(people, line.author)) else { continue };
        if let Some(text) = line.later {
            let content = Content::parse(&EditBody { content: text.into() })?;
            actions::messages::edit(services, author, message.id, content).await?;
        }
        if line.is_taken_back {
            actions::messages::delete(services, author, message.id).await?;
        }
    }
    Ok(())
}
