//! What a committed change tells the world.

use std::fmt;
use std::str::FromStr;
use std::time::Instant;

use bytes::Bytes;
use serde::Serialize;
use uuid::Uuid;

use crate::{ChannelId, GuildId, Internal, Rev, ScopeId, Seq, SessionId, TimelineId, UserId, Version};

/// Who hears of an event. One pub/sub channel each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Topic {
    /// Those who look at one timeline.
    Timeline(TimelineId),
    /// The members of one guild.
    Guild(GuildId),
    /// The sessions of one user.
    User(UserId),
    /// Every gateway itself; no socket gets it.
    Gateways,
}

impl fmt::Display for Topic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Timeline(id) => write!(f, "timeline:{id}"),
            Self::Guild(id) => write!(f, "guild:{id}"),
            Self::User(id) => write!(f, "user:{id}"),
            Self::Gateways => f.write_str("gateways"),
        }
    }
}

impl FromStr for Topic {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        if text == "gateways" {
            return Ok(Self::Gateways);
        }
        let (kind, id) = text.split_once(':').ok_or(())?;
        let id = Uuid::from_str(id).map_err(|_| ())?;
        match kind {
            "timeline" => Ok(Self::Timeline(id.into())),
            "guild" => Ok(Self::Guild(id.into())),
            "user" => Ok(Self::User(id.into())),
            _ => Err(()),
        }
    }
}

/// The access version under which an event was committed. A hub that has applied an older one for that scope reads the
/// access of its sessions again before it lets the event through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fence {
    /// The guild or conversation.
    pub scope: ScopeId,
    /// Its version at the commit.
    pub version: Version,
}

/// What a hub must know of an event without reading its frame.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Header {
    /// Of a durable change of a timeline: its place in the timeline's order.
    pub rev: Option<Rev>,
    /// Of a change of a message: the message's number. Not for those whose past begins later.
    pub seq: Option<Seq>,
    /// Of an event that belongs to a scope: the version under which it was committed.
    pub fence: Option<Fence>,
    /// What the event means for who may hear the fence's scope.
    pub turn: Turn,
    /// When it was published; `None` before that. The bus notes it, and it does not travel in [`Event::to_wire`].
    pub published: Option<Published>,
}

/// When an event was published, which is done as soon as its change is committed: for measuring how long it takes from
/// there to its hearers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Published {
    /// The moment, on this process's steady clock.
    pub at: Instant,
    /// Another process published it: the moment is as true as the clocks of the two machines agree.
    pub elsewhere: bool,
}

/// What an event means for the subscriptions of its hearers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Turn {
    /// Nothing beyond its version.
    #[default]
    None,
    /// They may hear more of the scope from now on: hubs plan their subscriptions anew before they let it through.
    Admits,
    /// It is for those of them who may view this channel: hubs read who that is, and let it through to them.
    Viewers(ChannelId),
    /// Who is there changed: the frame is for hubs, which make those of the sessions from it.
    Presence,
    /// It is for those of them who know of this channel: hubs let it through to the sessions that were told of it, as far
    /// as the event's version goes.
    Aware(ChannelId),
    /// Of a user's topic: it is for the sessions of one login alone.
    Login(SessionId),
}

/// A topic, a header for hubs, a finished frame for sockets. Nobody encodes the frame twice, so it has nothing
/// viewer-dependent in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Who hears of it.
    pub topic: Topic,
    /// What hubs must know of it.
    pub header: Header,
    /// The JSON text that sockets get; empty when it is for hubs alone.
    pub frame: Bytes,
}

impl Header {
    /// The header as one line of ASCII: `rev;scope;version;turn;seq`, absent parts empty.
    fn line(&self) -> String {
        let rev = self.rev.map(|rev| rev.to_string()).unwrap_or_default();
        let (scope, version) =
            self.fence.map(|f| (f.scope.to_string(), f.version.to_string())).unwrap_or_default();
        let turn = match self.turn {
            Turn::None => String::new(),
            Turn::Admits => "+".into(),
            Turn::Viewers(channel) => format!("@{channel}"),
            Turn::Presence => "%".into(),
            Turn::Aware(channel) => format!("#{channel}"),
            Turn::Login(session) => format!("~{session}"),
        };
        let seq = self.seq.map(|seq| seq.to_string()).unwrap_or_default();
        format!("{rev};{scope};{version};{turn};{seq}")
    }

    fn parse(line: &str) -> Option<Self> {
        let mut parts = line.split(';');
        let (rev, scope, version, turn) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let number = |text: &str| if text.is_empty() { Some(None) } else { text.parse().ok().map(Some) };
        let seq = number(parts.next().unwrap_or_default())?;
        let fence = match scope {
            "" => None,
            scope => Some(Fence { scope: scope.parse().ok()?, version: version.parse().ok()? }),
        };
        let rev = number(rev)?;
        let turn = match turn {
            "" => Turn::None,
            "+" => Turn::Admits,
            "%" => Turn::Presence,
            other => match other.split_at_checked(1)? {
                ("@", channel) => Turn::Viewers(channel.parse().ok()?),
                ("#", channel) => Turn::Aware(channel.parse().ok()?),
                ("~", session) => Turn::Login(session.parse().ok()?),
                _ => return None,
            },
        };
        Some(Self { rev, seq, fence, turn, published: None })
    }
}

impl Event {
    /// The event as the bus carries it: the header's line, a newline, the frame.
    pub fn to_wire(&self) -> Bytes {
        let line = self.header.line();
        let mut wire = Vec::with_capacity(line.len() + 1 + self.frame.len());
        wire.extend_from_slice(line.as_bytes());
        wire.push(b'\n');
        wire.extend_from_slice(&self.frame);
        wire.into()
    }

    /// The event that `wire` carries on `topic`; `None` when it is not of this form.
    pub fn from_wire(topic: Topic, wire: &Bytes) -> Option<Self> {
        let end = wire.iter().position(|&byte| byte == b'\n')?;
        let header = Header::parse(std::str::from_utf8(wire.get(..end)?).ok()?)?;
        let frame = wire.slice(end + 1..);
        std::str::from_utf8(&frame).ok()?;
        Some(Self { topic, header, frame })
    }
}

/// The JSON text of an event: `{"event", "data"}`, and for a durable change of a timeline `"timeline"` and `"rev"`.
///
/// # Errors
/// `data` cannot be JSON (a map whose keys are no strings).
pub fn frame<T: Serialize>(
    event: &str,
    data: &T,
    stamp: Option<(TimelineId, Rev)>,
) -> Result<Bytes, Internal> {
    #[derive(Serialize)]
    struct Frame<'a, T> {
        event: &'a str,
        data: &'a T,
        #[serde(skip_serializing_if = "Option::is_none")]
        timeline: Option<TimelineId>,
        #[serde(skip_serializing_if = "Option::is_none")]
        rev: Option<Rev>,
    }
    let (timeline, rev) = stamp.unzip();
    serde_json::to_vec(&Frame { event, data, timeline, rev }).map(Bytes::from).map_err(Internal::new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Env;

    #[test]
    fn events_survive_the_wire() {
        let env = Env::system();
        let timeline = env.id();
        let event = Event {
            topic: Topic::Timeline(timeline),
            header: Header {
                rev: Some(42),
                seq: Some(7),
                fence: Some(Fence { scope: env.id(), version: 7 }),
                turn: Turn::Admits,
                published: None,
            },
            frame: frame("new-message", &"a\nb", Some((timeline, 42))).unwrap(),
        };
        assert_eq!(Event::from_wire(event.topic, &event.to_wire()), Some(event.clone()));
        let bare = Event {
            topic: Topic::User(env.id()),
            header: Header { turn: Turn::Admits, ..Header::default() },
            ..event
        };
        assert_eq!(Event::from_wire(bare.topic, &bare.to_wire()), Some(bare.clone()));
        for turn in [Turn::Viewers(env.id()), Turn::Aware(env.id()), Turn::Login(env.id()), Turn::Presence] {
            let few = Event { header: Header { turn, ..bare.header }, frame: Bytes::new(), ..bare };
            assert_eq!(Event::from_wire(few.topic, &few.to_wire()), Some(few.clone()));
        }
        for topic in [event.topic, bare.topic, Topic::Guild(env.id()), Topic::Gateways] {
            assert_eq!(topic.to_string().parse(), Ok(topic));
        }
    }

    #[test]
    fn foreign_bytes_are_no_event() {
        let topic = Topic::User(Env::system().id());
        for wire in ["", "{}", "x;;;\n{}", "1;;\n{}", "1;nonsense;2;\n{}", "1;;;?\n{}", "1;;;@x\n{}"] {
            assert_eq!(Event::from_wire(topic, &Bytes::from(wire)), None, "{wire:?}");
        }
        assert_eq!(Event::from_wire(topic, &Bytes::from_static(b";;;\n\xff")), None);
        assert!("guild:1".parse::<Topic>().is_err() && "x".parse::<Topic>().is_err());
    }
}
