//! What guilds tell the world: the payloads of their events, by the events' names.

use kernel::{ChannelId, Event, Fence, GuildId, Header, Internal, Topic, Turn, UserId, frame};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{ChannelView, MemberView, ServerView};

/// To a user: they are a member of a server that their sessions do not know yet, having made or joined it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerCreated {
    /// The server, as they see it.
    pub server: ServerView,
}

/// To a server's members: it is gone. To a user: they left it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerDeleted {
    /// The server.
    pub server_id: GuildId,
}

/// To a user: they were removed from a server, and may come back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KickedFromServer {
    /// The server.
    pub server_id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub server_name: String,
}

/// To a server's members: somebody joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberJoined {
    /// The server.
    pub server_id: GuildId,
    /// Who.
    pub member: MemberView,
}

/// To a server's members: somebody left, or was removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberLeft {
    /// The server.
    pub server_id: GuildId,
    /// Who.
    pub user_id: UserId,
}

/// To a server's members: there is a new channel.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelCreated {
    /// The channel.
    pub channel: ChannelView,
}

/// To a server's members: a channel is gone, with all that was written there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelDeleted {
    /// The channel.
    pub channel_id: ChannelId,
    /// The server that it belonged to.
    pub server_id: GuildId,
}

/// Each payload, with its event's name.
macro_rules! happenings {
    ($($name:ident = $event:literal;)+) => {
        /// What happened to a guild. As JSON: its payload.
        #[derive(Clone, Debug, PartialEq, Eq, Serialize)]
        #[serde(untagged)]
        pub enum Happening {
            $(#[doc = concat!("The event `", $event, "`.")] $name($name),)+
        }

        /// The names of all events of a guild.
        pub const EVENTS: &[&str] = &[$($event),+];

        impl Happening {
            /// The event's name on the wire.
            pub const fn name(&self) -> &'static str {
                match self { $(Self::$name(_) => $event,)+ }
            }
        }

        $(
            impl $name {
                /// The event's name on the wire.
                pub const EVENT: &str = $event;
            }

            impl From<$name> for Happening {
                fn from(payload: $name) -> Self {
                    Self::$name(payload)
                }
            }
        )+
    };
}

happenings! {
    ServerCreated = "server-created";
    ServerDeleted = "server-deleted";
    KickedFromServer = "kicked-from-server";
    MemberJoined = "member-joined";
    MemberLeft = "member-left";
    ChannelCreated = "channel-created";
    ChannelDeleted = "channel-deleted";
}

impl Happening {
    /// What it means for those who hear it.
    const fn turn(&self) -> Turn {
        match self {
            Self::ServerCreated(_) | Self::ChannelCreated(_) => Turn::Admits,
            _ => Turn::None,
        }
    }
}

/// The event that tells `topic` of `what`, committed under the version that `fence` has.
pub(crate) fn tell(topic: Topic, fence: Fence, what: impl Into<Happening>) -> Result<Event, Internal> {
    let what = what.into();
    Ok(Event {
        topic,
        header: Header { rev: None, fence: Some(fence), turn: what.turn() },
        frame: frame(what.name(), &what, None)?,
    })
}

#[cfg(test)]
mod tests {
    use kernel::Env;

    use super::*;

    #[test]
    fn a_frame_is_the_name_and_the_bare_payload() {
        let env = Env::system();
        let (server_id, user_id): (GuildId, UserId) = (env.id(), env.id());
        let fence = Fence { scope: server_id.into(), version: 3 };
        let event = tell(Topic::Guild(server_id), fence, MemberLeft { server_id, user_id }).unwrap();
        let frame: serde_json::Value = serde_json::from_slice(&event.frame).unwrap();
        assert_eq!(
            frame,
            serde_json::json!({ "event": "member-left", "data": { "serverId": server_id, "userId": user_id } })
        );
        assert_eq!(event.header, Header { rev: None, fence: Some(fence), turn: Turn::None });
        assert_eq!(MemberLeft::EVENT, "member-left");
    }
}
