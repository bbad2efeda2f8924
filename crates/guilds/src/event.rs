//! What guilds tell the world: the payloads of their events, by the events' names.

use bytes::Bytes;
use kernel::{
    ChannelId, Event, Fence, GuildId, Header, Internal, RoleId, Timestamp, Topic, Turn, UserId, frame,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::view::{ChannelView, MemberView, RoleView, ServerInfo, ServerView};

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

/// To a server's members: its name, settings, owner or permanent invite code changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ServerUpdated {
    /// The server as it is now.
    pub server: ServerInfo,
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
    /// The username of whoever removed them.
    #[schema(example = "ada")]
    pub kicked_by: Option<String>,
    /// Why.
    #[schema(example = "flooding")]
    pub reason: Option<String>,
}

/// To a user: they were removed from a server, and may not come back before the ban ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BannedFromServer {
    /// The server.
    pub server_id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub server_name: String,
    /// The username of whoever banned them.
    #[schema(example = "ada")]
    pub banned_by: Option<String>,
    /// Why.
    #[schema(example = "flooding")]
    pub reason: Option<String>,
    /// Until when; for ever unless there is one.
    pub expires_at: Option<Timestamp>,
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

/// To a server's members: somebody has other roles, or another nickname.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MemberUpdated {
    /// The server.
    pub server_id: GuildId,
    /// The member, as they are now.
    pub member: MemberView,
}

/// To a server's members: there is a new role. Those at its position and above moved up by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleCreated {
    /// The role.
    pub role: RoleView,
}

/// To a server's members: a role is another. If its position is, those in between moved by one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleUpdated {
    /// The role, as it is now.
    pub role: RoleView,
}

/// To a server's members: a role is gone, also from those who had it. Those above it moved down by one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RoleDeleted {
    /// The role.
    pub role_id: RoleId,
    /// The server that it belonged to.
    pub server_id: GuildId,
}

/// To those who may view it: a channel is another, or who may do what there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelUpdated {
    /// The channel, as it is now.
    pub channel: ChannelView,
}

/// To a session: the channels of a server that its user may view stand in another order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelsReordered {
    /// The server.
    pub server_id: GuildId,
    /// All that they may view, in order.
    pub channel_ids: Vec<ChannelId>,
}

/// To a session: there is a channel that its user may view. It is new, or they did not see it before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ChannelCreated {
    /// The channel.
    pub channel: ChannelView,
}

/// To a session: there is no such channel any more that its user may view.
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
    ServerUpdated = "server-updated";
    ServerDeleted = "server-deleted";
    BannedFromServer = "banned-from-server";
    KickedFromServer = "kicked-from-server";
    MemberJoined = "member-joined";
    MemberLeft = "member-left";
    MemberUpdated = "member-updated";
    RoleCreated = "role-created";
    RoleUpdated = "role-updated";
    RoleDeleted = "role-deleted";
    ChannelCreated = "channel-created";
    ChannelUpdated = "channel-updated";
    ChannelsReordered = "channels-reordered";
    ChannelDeleted = "channel-deleted";
}

impl Happening {
    /// What it means for those who hear it.
    const fn turn(&self) -> Turn {
        match self {
            Self::ServerCreated(_) => Turn::Admits,
            Self::ChannelUpdated(updated) => Turn::Viewers(updated.channel.id),
            _ => Turn::None,
        }
    }
}

/// The event that tells `topic` of `what`, committed under the version that `fence` has.
pub(crate) fn tell(topic: Topic, fence: Fence, what: impl Into<Happening>) -> Result<Event, Internal> {
    let what = what.into();
    Ok(Event {
        topic,
        header: Header { fence: Some(fence), turn: what.turn(), ..Header::default() },
        frame: frame(what.name(), &what, None)?,
    })
}

/// The event that tells hubs, and no socket, that who sees what of the guild has changed: they compare, and tell each
/// session what that means for it.
pub(crate) fn ring(guild: GuildId, fence: Fence) -> Event {
    let header = Header { fence: Some(fence), ..Header::default() };
    Event { topic: Topic::Guild(guild), header, frame: Bytes::new() }
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
        assert_eq!(event.header, Header { fence: Some(fence), ..Header::default() });
        assert_eq!(MemberLeft::EVENT, "member-left");
    }
}
