//! What others did to somebody in guilds: told to them, wherever it was, and whether they were there to hear of it or not.

use diesel_async::AsyncPgConnection;
use identity::Identity;
use kernel::{AuditId, GuildId, Page, Timestamp, UserId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;
use crate::audit::{Action, AuditLimit};
use crate::store::audit;

/// Something that was done to somebody in a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RecordView {
    /// The entry's id.
    pub id: AuditId,
    /// The server.
    pub server_id: GuildId,
    /// What it is called.
    #[schema(example = "Analytical engines")]
    pub server_name: String,
    /// What was done.
    #[schema(example = "member-kick")]
    pub action: Action,
    /// The username of whoever did it; nobody, when it ended by itself.
    #[schema(example = "ada")]
    pub by: Option<String>,
    /// Why.
    #[schema(example = "flooding")]
    pub reason: Option<String>,
    /// Until when, of bans and time-outs; for ever unless there is one.
    pub expires_at: Option<Timestamp>,
    /// When it was done.
    pub created_at: Timestamp,
}

/// A page of what was done to `user` in guilds that there still are, the newest first.
///
/// # Errors
/// [`Error::Database`].
pub async fn page(
    conn: &mut AsyncPgConnection,
    user: UserId,
    before: Option<AuditId>,
    limit: AuditLimit,
) -> Result<Page<RecordView>, Error> {
    let rows = audit::concerning(conn, user, before, limit.get() + 1).await?;
    let Page { items, has_more } = Page::of(rows, limit.get());
    let actors = items.iter().filter_map(|record| record.actor).collect::<Vec<_>>();
    let cards = Identity::cards(conn, &actors).await?;
    let views = items.into_iter().map(|record| RecordView {
        expires_at: record.expires_at(),
        id: record.id,
        server_id: record.guild,
        server_name: record.guild_name,
        action: record.action,
        by: record.actor.and_then(|actor| cards.get(&actor)).map(|card| card.username.clone()),
        reason: record.reason,
        created_at: record.created_at,
    });
    Ok(Page { items: views.collect(), has_more })
}

/// Forgets what others called somebody, in what was written down of it.
///
/// # Errors
/// [`Error::Database`].
pub(crate) async fn forget_names(conn: &mut AsyncPgConnection, user: UserId) -> Result<(), Error> {
    Ok(audit::forget_names(conn, user).await?)
}
