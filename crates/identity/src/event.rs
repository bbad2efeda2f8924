//! What accounts tell the world: the payloads of their events, by the events' names.

use kernel::{Event, GuildId, Header, Internal, Topic, UserId, frame};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::profile::Status;
use crate::{PresenceView, User, UserView};

/// How people are seen changed, while they are there. Also to a user's own sessions, with what they chose themselves.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusUpdated {
    /// The server that they share with the hearer; none, when it is another tie, or oneself.
    pub server_id: Option<GuildId>,
    /// Who, and how.
    pub users: Vec<PresenceView>,
}

impl UserStatusUpdated {
    /// The event's name on the wire.
    pub const EVENT: &str = "user-status-updated";

    pub(crate) fn tell(user: &User) -> Result<Event, Internal> {
        let own = PresenceView {
            id: user.id,
            status: user.status,
            status_message: user.status_message.clone(),
            is_online: user.status != Status::Offline,
            last_seen: None,
        };
        let told = Self { server_id: None, users: vec![own] };
        let frame = frame(Self::EVENT, &told, None)?;
        Ok(Event { topic: Topic::User(user.id), header: Header::default(), frame })
    }
}

/// To a user's own sessions: what others see of them changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct UserUpdated {
    /// The account, as others see it.
    pub user: UserView,
}

impl UserUpdated {
    /// The event's name on the wire.
    pub const EVENT: &str = "user-updated";

    pub(crate) fn tell(user: User) -> Result<Event, Internal> {
        let topic = Topic::User(user.id);
        let frame = frame(Self::EVENT, &Self { user: user.into() }, None)?;
        Ok(Event { topic, header: Header::default(), frame })
    }
}

/// To gateways: somebody is called something else.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Renamed {
    /// Who.
    pub user_id: UserId,
    /// Their unique name from now on.
    pub username: String,
}

impl Renamed {
    pub(crate) const EVENT: &str = "user-renamed";

    pub(crate) fn tell(user: &User) -> Result<Event, Internal> {
        let told = Self { user_id: user.id, username: user.username.clone() };
        let frame = frame(Self::EVENT, &told, None)?;
        Ok(Event { topic: Topic::Gateways, header: Header::default(), frame })
    }
}

/// The names of all events of accounts that sockets hear.
pub const EVENTS: &[&str] = &[UserStatusUpdated::EVENT, UserUpdated::EVENT];
