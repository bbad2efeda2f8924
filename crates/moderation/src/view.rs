//! The JSON shapes of moderation, assembled from batches.

use std::collections::HashMap;

use guilds::Ban;
use identity::UserCard;
use kernel::{ChannelId, GuildId, MessageId, ReportId, Timestamp, UserId, WarningId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::reports::Report;
use crate::store::warnings::Warning;

/// Somebody who may not be a member of a server.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct BanView {
    /// The server.
    pub server_id: GuildId,
    /// Who.
    pub user: UserCard,
    /// Who banned them.
    pub moderator_id: UserId,
    /// Why.
    #[schema(example = "flooding")]
    pub reason: Option<String>,
    /// Until when; for ever unless there is one.
    pub expires_at: Option<Timestamp>,
    /// Since when.
    pub created_at: Timestamp,
}

/// A warning that a member got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WarningView {
    /// The warning's id.
    pub id: WarningId,
    /// The server.
    pub server_id: GuildId,
    /// Who was warned.
    pub user_id: UserId,
    /// Who warned them.
    pub moderator_id: UserId,
    /// Why.
    #[schema(example = "Please follow the rules")]
    pub reason: String,
    /// When.
    pub created_at: Timestamp,
}

backbone::stored_enum! {
    /// What has become of a report.
    pub enum ReportStatus {
        /// Somebody has to look at it.
        Open = "open",
        /// Something was done.
        Resolved = "resolved",
        /// Nothing had to be done.
        Dismissed = "dismissed",
    }
}

/// A report of a member or message to a server's moderators.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportView {
    /// The report's id.
    pub id: ReportId,
    /// The server.
    pub server_id: GuildId,
    /// Whom it is about.
    pub user: Option<UserCard>,
    /// Who reported it; nobody, when a rule of automod did.
    pub reporter: Option<UserCard>,
    /// The name of the rule of automod that reported it.
    #[schema(example = "No advertising")]
    pub rule: Option<String>,
    /// The channel of the message.
    pub channel_id: Option<ChannelId>,
    /// The message, when it is about one.
    pub message_id: Option<MessageId>,
    /// What the message said when it was reported.
    #[schema(example = "You fool")]
    pub content: Option<String>,
    /// What is wrong with it.
    #[schema(example = "This is an insult")]
    pub reason: String,
    /// What has become of it.
    pub status: ReportStatus,
    /// Who takes care of it.
    pub handler: Option<UserCard>,
    /// What moderators noted.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it changed last.
    pub updated_at: Timestamp,
}

impl BanView {
    pub(crate) fn new(ban: Ban, user: UserCard) -> Self {
        Self {
            server_id: ban.guild_id,
            user,
            moderator_id: ban.moderator_id,
            reason: ban.reason,
            expires_at: ban.expires_at,
            created_at: ban.created_at,
        }
    }
}

impl From<Warning> for WarningView {
    fn from(warning: Warning) -> Self {
        Self {
            id: warning.id,
            server_id: warning.guild_id,
            user_id: warning.user_id,
            moderator_id: warning.moderator_id,
            reason: warning.reason,
            created_at: warning.created_at,
        }
    }
}

impl ReportView {
    pub(crate) fn new(report: Report, guild: GuildId, people: &HashMap<UserId, UserCard>) -> Self {
        let card = |id: UserId| people.get(&id).cloned();
        Self {
            id: report.id,
            server_id: guild,
            user: card(report.user_id),
            reporter: report.reporter_id.and_then(card),
            rule: report.rule,
            channel_id: report.channel_id,
            message_id: report.message_id,
            content: report.content,
            reason: report.reason,
            status: report.status,
            handler: report.handler_id.and_then(card),
            note: report.note,
            created_at: report.created_at,
            updated_at: report.updated_at,
        }
    }
}
