//! A channel as a file: how its messages are written down.

mod json;
mod markdown;

use guilds::ChannelView;
use kernel::{Internal, Timestamp};
use messaging::MessageView;
use serde::Deserialize;
use utoipa::ToSchema;

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

    /// What the file of a channel is called. Of plain letters: a header has to carry it.
    pub(crate) fn file_name(self, channel: &ChannelView) -> String {
        let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
        let name = channel.name.chars().map(plain).collect::<String>();
        let ending = match self {
            Self::Json => "json",
            Self::Markdown => "md",
        };
        format!("{}.{ending}", if name.chars().all(|c| c == '-') { "channel" } else { &name })
    }

    /// What stands before the messages.
    pub(crate) fn head(self, channel: &ChannelView, at: Timestamp) -> Result<String, Internal> {
        match self {
            Self::Json => json::head(channel, at),
            Self::Markdown => Ok(markdown::head(channel, at)),
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
