//! A channel or conversation as a file: how its messages are written down.

mod json;
mod markdown;

use dm::ConversationView;
use guilds::ChannelView;
use kernel::{ChannelId, ConversationId, GuildId, Internal, Timestamp};
use messaging::MessageView;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What was written down.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub(crate) enum Subject {
    /// A channel of a server.
    #[serde(rename_all = "camelCase")]
    Channel { channel_id: ChannelId, channel_name: String, server_id: GuildId },
    /// A conversation.
    #[serde(rename_all = "camelCase")]
    Conversation { conversation_id: ConversationId, conversation_name: String },
}

impl Subject {
    /// What it is called.
    fn name(&self) -> &str {
        match self {
            Self::Channel { channel_name, .. } => channel_name,
            Self::Conversation { conversation_name, .. } => conversation_name,
        }
    }

    /// What it is.
    fn kind(&self) -> &'static str {
        match self {
            Self::Channel { .. } => "channel",
            Self::Conversation { .. } => "conversation",
        }
    }
}

impl From<ChannelView> for Subject {
    fn from(channel: ChannelView) -> Self {
        Self::Channel { channel_id: channel.id, channel_name: channel.name, server_id: channel.server_id }
    }
}

impl From<ConversationView> for Subject {
    /// A conversation of two is called as the other one.
    fn from(conversation: ConversationView) -> Self {
        let other = conversation.recipient.map(|recipient| recipient.username);
        Self::Conversation {
            conversation_id: conversation.info.id,
            conversation_name: conversation.info.name.or(other).unwrap_or_default(),
        }
    }
}

/// In which form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// For programs.
    #[default]
    Json,
    /// For people.
    Markdown,
}

impl Format {
    /// What such a file is, for browsers.
    pub(crate) const fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Markdown => "text/markdown; charset=utf-8",
        }
    }

    /// What the file is called. Of plain letters: a header has to carry it.
    pub(crate) fn file_name(self, subject: &Subject) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let name = subject.name().chars().map(plain).collect::<String>();
        let ending = match self {
            Self::Json => "json",
            Self::Markdown => "md",
        };
        format!("{}.{ending}", if name.chars().all(|c| c == '-') { subject.kind() } else { &name })
    }

    /// What stands before the messages.
    pub(crate) fn head(self, subject: &Subject, at: Timestamp) -> Result<String, Internal> {
        match self {
            Self::Json => json::head(subject, at),
            Self::Markdown => Ok(markdown::head(subject.name(), at)),
        }
    }

    /// Some messages, oldest first. `first`: none stood before them.
    pub(crate) fn messages(self, messages: &[MessageView], first: bool) -> Result<String, Internal> {
        match self {
            Self::Json => json::messages(messages, first),
            Self::Markdown => Ok(messages.iter().map(markdown::message).collect()),
        }
    }

    /// What stands behind them. A file without it is not whole.
    pub(crate) const fn end(self) -> &'static str {
        match self {
            Self::Json => "\n]}\n",
            Self::Markdown => "\n---\n\nThe end.\n",
        }
    }
}
