//! Watching a part of a server's list of members.

use identity::PresenceView;
use kernel::{GuildId, Invalid};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::actions;
use crate::http::{ApiError, State};
use crate::hub::Member;

/// Members that a session may watch of one server.
const WATCHED_MAX: i64 = 200;
/// How far a list may be looked into.
const PLACE_MAX: i64 = 1_000_000;

/// Which part of which list.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct WatchData {
    /// The server.
    server_id: GuildId,
    /// The place of the first member, by user id; 0 is the first.
    #[schema(minimum = 0, maximum = 1_000_000, example = 0)]
    from: i64,
    /// The place behind the last: at most 200 after `from`.
    #[schema(minimum = 1, maximum = 1_000_200, example = 100)]
    to: i64,
}

/// How the members of the part are seen.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct WatchAck {
    /// The server.
    server_id: GuildId,
    /// Those whom the user may see.
    users: Vec<PresenceView>,
}

impl WatchData {
    /// A part that may be watched.
    pub(super) fn parse(self) -> Result<Self, Invalid> {
        if !(0..=PLACE_MAX).contains(&self.from) {
            return Err(Invalid::field("from", format!("must be 0 to {PLACE_MAX}")));
        }
        let length = self.to.checked_sub(self.from).unwrap_or(i64::MAX);
        if !(1..=WATCHED_MAX).contains(&length) {
            return Err(Invalid::field("to", format!("must be more than from, by at most {WATCHED_MAX}")));
        }
        Ok(self)
    }
}

/// Watches it in place of what was watched of the server before.
pub(super) async fn watch(state: &State, member: &Member, data: WatchData) -> Result<Value, ApiError> {
    let (user, WatchData { server_id, from, to }) = (member.user, data);
    let stretch = state
        .run(move |s| async move { actions::presence::stretch(&s, user, server_id, from, to - from).await });
    let users = stretch.await?;
    state.hub().watch(member, server_id, users.iter().map(|user| user.id).collect());
    Ok(json!(WatchAck { server_id, users }))
}
