//! Nicks become accounts and members.

use std::collections::{HashMap, HashSet};

use guilds::{MemberFilter, MembersLimit, NewMember};
use identity::Newcomer;
use kernel::UserId;

use super::ImportError;
use super::archive::Archive;
use super::log::Event;
use super::nick::{self, Nick};
use super::place::Place;
use super::report::Report;
use crate::services::Services;

/// The accounts of all who do something in the logs, by the key of their nick. A member of the server with the nick as
/// their name is that person; for the others accounts are made.
pub(super) async fn enlist(
    services: &Services,
    place: &Place,
    archives: &[Archive],
    report: &mut Report,
) -> Result<HashMap<String, UserId>, ImportError> {
    let mut people = members(services, place).await?;
    let mut newcomers = cast(archives);
    let met = newcomers.len();
    newcomers.retain(|newcomer| !people.contains_key(&nick::key(&newcomer.name)));
    let ids = services.identity.admit(&newcomers).await?;
    let new = ids.iter().zip(&newcomers);
    let new = new.map(|(id, newcomer)| NewMember { user: *id, nickname: None, joined_at: newcomer.seen_at });
    services.guilds.admit(place.guild, &new.collect::<Vec<_>>()).await?;
    report.members_added = newcomers.len();
    report.members_present = met - newcomers.len();
    people.extend(newcomers.iter().map(|newcomer| nick::key(&newcomer.name)).zip(ids));
    Ok(people)
}

/// The members of the server by the key of their name.
async fn members(services: &Services, place: &Place) -> Result<HashMap<String, UserId>, ImportError> {
    let mut members = HashMap::new();
    let mut after = None;
    loop {
        let limit = MembersLimit::new(Some(i64::MAX));
        let page = services
            .guilds
            .members(place.owner, place.guild, MemberFilter { after, ..MemberFilter::default() }, limit)
            .await?;
        let last = page.items.last().map(|member| member.user.id);
        for member in page.items {
            // Of several with one name it is the one with the smallest id. Imported accounts have ids of the time when
            // they were seen, so whoever joins since cannot come between two runs.
            members.entry(nick::key(&member.user.name)).or_insert(member.user.id);
        }
        if !page.has_more || last.is_none() {
            return Ok(members);
        }
        after = last;
    }
}

/// Everybody who does something in the logs, once, in the order in which they are first seen doing it.
fn cast(archives: &[Archive]) -> Vec<Newcomer> {
    let mut cast = Vec::new();
    let mut seen = HashSet::new();
    for line in archives.iter().flat_map(|archive| &archive.log.lines) {
        for nick in actors(&line.event) {
            if seen.insert(nick.key()) {
                cast.push(Newcomer { name: nick.as_str().to_string(), seen_at: line.at });
            }
        }
    }
    cast
}

fn actors(event: &Event) -> impl Iterator<Item = &Nick> {
    let (one, other) = match event {
        Event::Message { nick, .. } | Event::Action { nick, .. } => (Some(nick), None),
        Event::Renamed { from, to } => (Some(from), Some(to)),
        Event::Skipped(_) => (None, None),
    };
    one.into_iter().chain(other)
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;
    use crate::import::log::Log;
    use crate::import::replies::Links;

    #[test]
    fn everybody_who_does_something_is_cast_once_and_nobody_else() {
        let day = NaiveDate::from_ymd_opt(2020, 2, 29).unwrap();
        let log = Log::parse(include_bytes!("sample/2020-02-29.raw.txt"), day);
        let cast = cast(&[Archive { name: "sample".into(), log, links: Links::default() }]);
        let names = cast.iter().map(|person| person.name.as_str()).collect::<Vec<_>>();
        assert_eq!(names, ["ada", "[foo]^", "|", "Bob", "Bob_away", "名前"]);
        assert_eq!(cast[3].seen_at.to_string(), "2020-02-29T23:52:00.000Z");
    }
}
