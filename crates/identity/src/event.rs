//! What accounts tell the world: the payloads of their events, by the events' names.

use kernel::{Event, Header, Internal, Topic, UserId, frame};
use serde::Serialize;
use utoipa::ToSchema;

use crate::User;
use crate::profile::Status;

/// To a user's own sessions: how they want to be seen changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserStatusUpdated {
    /// Who.
    pub user_id: UserId,
    /// How they want to be seen.
    #[schema(example = "busy")]
    pub status: Status,
    /// What they are at.
    #[schema(example = "at the mill")]
    pub status_message: Option<String>,
}

impl UserStatusUpdated {
    /// The event's name on the wire.
    pub const EVENT: &str = "user-status-updated";

    pub(crate) fn tell(user: &User) -> Result<Event, Internal> {
        let told =
            Self { user_id: user.id, status: user.status, status_message: user.status_message.clone() };
        let frame = frame(Self::EVENT, &told, None)?;
        Ok(Event { topic: Topic::User(user.id), header: Header::default(), frame })
    }
}

/// The names of all events of accounts that sockets hear.
pub const EVENTS: &[&str] = &[UserStatusUpdated::EVENT];
