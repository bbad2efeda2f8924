//! What is told of who is there.

use identity::PresenceView;
use kernel::{GuildId, UserId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// People are there who were not.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserOnline {
    /// The server that they share with the hearer; none, when it is another tie.
    pub(crate) server_id: Option<GuildId>,
    /// Who.
    pub(crate) users: Vec<PresenceView>,
}

/// People are not there any more.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserOffline {
    /// The server that they share with the hearer; none, when it is another tie.
    pub(crate) server_id: Option<GuildId>,
    /// Who.
    pub(crate) users: Vec<PresenceView>,
}

/// Friends are there, not there any more, or seen otherwise.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct FriendStatusChanged {
    /// Who.
    pub(crate) users: Vec<PresenceView>,
}

/// Who is there of those whom the session's user knows, as it begins.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct OnlineUsers {
    /// Who.
    pub(crate) users: Vec<PresenceView>,
    /// Whether there are more: `GET /api/users/online`.
    pub(crate) has_more: bool,
}

/// What hubs get of a server's changes, to be told to its members' sessions: to each without those whom they are not to
/// hear of.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct PresenceUpdate {
    /// So many are online there that only who watches somebody hears of them.
    pub(crate) crowded: bool,
    /// Who is there and was not.
    pub(crate) online: Vec<PresenceView>,
    /// Who is not there any more.
    pub(crate) offline: Vec<PresenceView>,
    /// Who is seen otherwise.
    pub(crate) changed: Vec<PresenceView>,
    /// Of whom who is not to hear.
    pub(crate) except: Vec<(UserId, UserId)>,
}
