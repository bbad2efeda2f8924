//! What was done in a guild: who did what to whom, before and after, and why. Written in the transaction that does it,
//! so there is no act without its entry and no entry without its act.

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use identity::{Identity, UserCard};
use kernel::{AuditId, ChannelId, Env, GuildId, Limit, Page, Permissions, Timestamp, UserId};
use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::Error;
use crate::service::locked;
use crate::store::audit::{self, NewRow, Row};

/// Characters that a reason may have.
pub const REASON_MAX: usize = 512;

/// How many entries a page has: 50 unless said otherwise, at most 100.
pub type AuditLimit = Limit<50, 100>;

backbone::stored_enum! {
    /// What was done.
    #[schema(as = ServerAuditAction)]
    pub enum Action {
        /// The server's name or settings were changed.
        ServerUpdate = "server-update",
        /// A channel was made.
        ChannelCreate = "channel-create",
        /// A channel was changed.
        ChannelUpdate = "channel-update",
        /// A channel was deleted.
        ChannelDelete = "channel-delete",
        /// Channels were moved.
        ChannelsReorder = "channels-reorder",
        /// What a channel allows and denies to a role or member was changed.
        OverwriteUpdate = "overwrite-update",
        /// A channel allows and denies a role or member nothing of its own any more.
        OverwriteDelete = "overwrite-delete",
        /// The server got another owner.
        ServerTransfer = "server-transfer",
        /// An invite code was made.
        InviteCreate = "invite-create",
        /// An invite code was deleted.
        InviteDelete = "invite-delete",
        /// The permanent invite code was replaced.
        InviteRegenerate = "invite-regenerate",
        /// A role was made.
        RoleCreate = "role-create",
        /// A role was changed.
        RoleUpdate = "role-update",
        /// A role was deleted.
        RoleDelete = "role-delete",
        /// A member got a role.
        RoleAssign = "role-assign",
        /// A role was taken from a member.
        RoleRemove = "role-remove",
        /// A member's nickname was changed.
        MemberUpdate = "member-update",
        /// A member was removed.
        MemberKick = "member-kick",
        /// Somebody was banned.
        MemberBan = "member-ban",
        /// A ban ended: lifted, or its time was over.
        MemberUnban = "member-unban",
        /// A member was timed out.
        MemberTimeout = "member-timeout",
        /// A time-out ended: lifted, or its time was over.
        MemberTimeoutEnd = "member-timeout-end",
        /// A member was warned.
        MemberWarn = "member-warn",
        /// A warning was taken back.
        WarningDelete = "warning-delete",
        /// A report was taken up, resolved, dismissed or opened again.
        ReportUpdate = "report-update",
        /// The rules of automod were changed.
        AutomodUpdate = "automod-update",
        /// A rule of automod refused a message.
        AutomodBlock = "automod-block",
        /// A rule of automod reported a message.
        AutomodFlag = "automod-flag",
    }
}

/// Something to be written down.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it was done.
    pub guild: GuildId,
    /// Who did it; nobody, when it was the server's own work.
    pub actor: Option<UserId>,
    /// What was done.
    pub action: Action,
    /// The member, role, channel, warning or report that it was done to.
    pub target: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// What was there before, as far as it changed.
    pub before: Option<Value>,
    /// What has been there since.
    pub after: Option<Value>,
    /// The channels that it tells of: who may not know of one of them is not shown it.
    pub channels: Vec<ChannelId>,
}

impl Entry {
    /// That `actor` did `action` in `guild`.
    pub fn new(guild: GuildId, actor: impl Into<Option<UserId>>, action: Action) -> Self {
        let (target, reason, before, after) = (None, None, None, None);
        Self { guild, actor: actor.into(), action, target, reason, before, after, channels: Vec::new() }
    }

    /// To whom or what.
    #[must_use]
    pub fn on(self, target: impl Into<Uuid>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    /// It tells of these channels.
    #[must_use]
    pub fn telling_of(self, channels: impl IntoIterator<Item = ChannelId>) -> Self {
        Self { channels: channels.into_iter().collect(), ..self }
    }

    /// Why.
    #[must_use]
    pub fn because(self, reason: Option<String>) -> Self {
        Self { reason, ..self }
    }

    /// From what.
    #[must_use]
    pub fn from(self, before: Value) -> Self {
        Self { before: Some(before), ..self }
    }

    /// To what.
    #[must_use]
    pub fn to(self, after: Value) -> Self {
        Self { after: Some(after), ..self }
    }
}

/// Which entries to read. Each condition that is given holds.
#[derive(Clone, Copy, Debug, Default)]
pub struct Filter {
    /// Older than this one.
    pub before: Option<AuditId>,
    /// Of this actor.
    pub actor: Option<UserId>,
    /// On this member, role, channel, warning or report.
    pub target: Option<Uuid>,
    /// Of this kind.
    pub action: Option<Action>,
}

/// An entry of a server's audit log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ServerAuditEntry)]
pub struct EntryView {
    /// The entry's id.
    pub id: AuditId,
    /// The server.
    pub server_id: GuildId,
    /// Who did it; nobody, when it was the server's own work.
    pub actor: Option<UserCard>,
    /// What was done.
    #[schema(example = "member-kick")]
    pub action: Action,
    /// The id of the member, role, channel, warning or report that it was done to.
    #[schema(value_type = Option<String>, format = Uuid, example = "01890a5d-ac96-774b-bcce-b302099a8057")]
    pub target_id: Option<Uuid>,
    /// The account of that id, when it is one.
    pub target: Option<UserCard>,
    /// Why.
    #[schema(example = "flooding")]
    pub reason: Option<String>,
    /// What was there before, as far as it changed.
    #[schema(value_type = Option<Object>, example = json!({ "name": "Engines" }))]
    pub before: Option<Value>,
    /// What has been there since.
    #[schema(value_type = Option<Object>, example = json!({ "name": "Analytical engines" }))]
    pub after: Option<Value>,
    /// When.
    pub created_at: Timestamp,
}

/// Writes entries down.
///
/// # Errors
/// The query failed.
pub async fn record(
    tx: &mut AsyncPgConnection,
    env: &Env,
    entries: impl IntoIterator<Item = Entry>,
) -> QueryResult<()> {
    let now = env.now();
    let rows = entries.into_iter().map(|entry| NewRow {
        row: Row {
            id: env.id_at(now),
            guild_id: entry.guild,
            actor_id: entry.actor,
            action: entry.action,
            target_id: entry.target,
            reason: entry.reason,
            before: entry.before,
            after: entry.after,
            created_at: now,
        },
        channels: entry.channels,
    });
    let rows = rows.collect::<Vec<_>>();
    if rows.is_empty() { Ok(()) } else { audit::insert(tx, &rows).await }
}

/// What differs between two states of a thing, each a list of its fields by their names on the wire; `None` when nothing
/// does.
pub(crate) fn difference<const N: usize>(
    before: [(&str, Value); N],
    after: [(&str, Value); N],
) -> Option<(Value, Value)> {
    let (mut old, mut new) = (Map::new(), Map::new());
    for ((name, was), (_, is)) in before.into_iter().zip(after) {
        if was != is {
            old.insert(name.into(), was);
            new.insert(name.into(), is);
        }
    }
    (!new.is_empty()).then(|| (old.into(), new.into()))
}

/// A page of a guild's entries, the newest first, for somebody who may read them: without those that tell of a channel
/// which they may not know of. Those of channels that are gone are for the owner and administrators.
///
/// # Errors
/// [`Error::NoGuild`] also when `reader` is no member; [`Error::Denied`] without [`Permissions::VIEW_AUDIT_LOG`];
/// [`Error::Database`].
pub async fn page(
    conn: &mut AsyncPgConnection,
    env: &Env,
    (guild, reader): (GuildId, UserId),
    filter: &Filter,
    limit: AuditLimit,
) -> Result<Page<EntryView>, Error> {
    let known = locked::known(conn, env, guild, reader, Permissions::VIEW_AUDIT_LOG).await?;
    let rows = audit::page(conn, guild, filter, known.as_deref(), limit.get() + 1).await?;
    let Page { items, has_more } = Page::of(rows, limit.get());
    let people = items.iter().flat_map(|row| [row.actor_id, row.target_id.map(UserId::from)]);
    let cards = Identity::cards(conn, &people.flatten().collect::<Vec<_>>()).await?;
    let card = |id: Option<UserId>| id.and_then(|id| cards.get(&id).cloned());
    let views = items.into_iter().map(|row| EntryView {
        id: row.id,
        server_id: row.guild_id,
        actor: card(row.actor_id),
        action: row.action,
        target_id: row.target_id,
        target: card(row.target_id.map(UserId::from)),
        reason: row.reason,
        before: row.before,
        after: row.after,
        created_at: row.created_at,
    });
    Ok(Page { items: views.collect(), has_more })
}
