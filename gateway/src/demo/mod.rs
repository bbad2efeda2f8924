//! Something to look at: a small made-up community, made once. Running it again adds nothing.

mod cast;
mod script;
mod staging;

use std::fmt;

use kernel::{ChannelId, Timestamp};

use crate::http::ApiError;
use crate::services::Services;
use script::SERVERS;

/// The password of everybody in the community.
pub const PASSWORD: &str = "correct horse battery";

/// What there is now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Demo {
    /// Everybody's username; all have the same [`PASSWORD`].
    pub usernames: Vec<&'static str>,
    /// The servers.
    pub servers: Vec<DemoServer>,
    /// Messages that were not there before.
    pub added: usize,
    /// Messages that were.
    pub present: usize,
}

/// A server of the community.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DemoServer {
    /// What it is called.
    pub name: &'static str,
    /// Lets others in.
    pub invite_code: String,
    /// Who is in it, by username.
    pub members: &'static [&'static str],
    /// Its channels, by name and id.
    pub channels: Vec<(&'static str, ChannelId)>,
}

/// Makes what is not there yet.
///
/// # Errors
/// What went wrong, in a sentence.
pub async fn make(services: &Services) -> Result<Demo, String> {
    let people = cast::gather(services).await?;
    let mut demo = Demo { usernames: cast::usernames().collect(), servers: Vec::new(), added: 0, present: 0 };
    for server in &SERVERS {
        staging::stage(services, &people, server, &mut demo).await.map_err(words)?;
    }
    Ok(demo)
}

/// For whoever runs it, the cause of a fault of the server.
fn words(error: ApiError) -> String {
    error.cause.unwrap_or(error.message)
}

/// When the day began that is `days` before the one of `now`.
fn day_before(now: Timestamp, days: i64) -> Timestamp {
    const DAY: i64 = 86_400_000;
    Timestamp::from_millis((now.millis().div_euclid(DAY) - days) * DAY).unwrap_or(now)
}

impl fmt::Display for Demo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "A small made-up community ({} messages added, {} present):\n",
            self.added, self.present
        )?;
        for server in &self.servers {
            writeln!(
                f,
                "  {} (invite code {}): {}",
                server.name,
                server.invite_code,
                server.members.join(", ")
            )?;
            for (name, id) in &server.channels {
                writeln!(f, "    #{name:<20} {id}")?;
            }
        }
        write!(f, "\n  Log in as {} with the password: {PASSWORD}", self.usernames.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_script_can_be_played() {
        let people = cast::usernames().collect::<HashSet<_>>();
        let mut count = 0;
        for server in &SERVERS {
            assert!(server.members.contains(&server.owner), "{}", server.name);
            assert!(server.members.iter().all(|member| people.contains(member)), "{}", server.name);
            for channel in server.channels {
                let mut named = HashSet::new();
                count += channel.lines.len();
                for line in channel.lines {
                    let text = line.text;
                    assert!(server.members.contains(&line.author), "{} is no member: {text}", line.author);
                    assert!(
                        line.answers.is_empty() || named.contains(line.answers),
                        "answers nothing: {text}"
                    );
                    assert!(line.name.is_empty() || named.insert(line.name), "named twice: {text}");
                    assert!(line.later.is_none() || line.when.is_recent(), "too old to be edited: {text}");
                }
            }
        }
        assert!((60..=100).contains(&count), "{count} messages");
    }

    #[test]
    fn times_are_in_the_past_and_in_order() {
        for hour in 0..24 {
            let now = Timestamp::from_millis(1_700_000_000_000 + hour * 3_600_000).unwrap();
            for channel in SERVERS.iter().flat_map(|server| server.channels) {
                let times = staging::times(channel.lines, now);
                assert!(times.is_sorted() && times.iter().all(|at| *at <= now), "{}", channel.name);
            }
        }
    }
}
