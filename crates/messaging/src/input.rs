//! Parsed inputs: after `parse` they are valid.

use kernel::text::control_character;
use kernel::{Invalid, MessageId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

/// Characters that a message may have.
pub const CONTENT_MAX: usize = 4_000;
/// Characters that a nonce may have.
pub const NONCE_MAX: usize = 64;

/// A message to be sent.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendBody {
    /// The text: 1 to 4000 characters, Markdown kept as written. Control characters other than line break and tab are
    /// refused.
    #[schema(example = "Hello **world**", min_length = 1, max_length = 4000)]
    pub content: String,
    /// The message that this one answers, of the same channel.
    pub reply_to: Option<MessageId>,
    /// Made by the client, up to 64 characters: the same author, channel and nonce always yield the same message, so a
    /// send whose answer got lost can be sent again.
    #[schema(example = "c-17", max_length = 64)]
    pub nonce: Option<String>,
    /// When to send it: in the future, and not too far. Without it at once.
    #[schema(example = "2026-01-02T09:00:00.000Z")]
    pub scheduled_for: Option<Timestamp>,
}

/// A new text for a message.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct EditBody {
    /// The text, as for a new message.
    #[serde(alias = "newContent")]
    #[schema(example = "Hello *world*", min_length = 1, max_length = 4000)]
    pub content: String,
}

/// A message that may be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) content: Content,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) nonce: Option<String>,
}

/// A text that a message may have.
#[derive(Clone, Debug)]
pub struct Content(pub(crate) String);

impl Draft {
    /// The draft in `body`, whenever it is to be sent.
    ///
    /// # Errors
    /// Every rule that it breaks, by field.
    pub fn parse(body: SendBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let content = Content::check(&body.content, &mut invalid);
        if let Some(nonce) = &body.nonce
            && (nonce.is_empty() || nonce.chars().count() > NONCE_MAX || nonce.chars().any(char::is_control))
        {
            invalid.add("nonce", "must be 1 to 64 characters without control characters");
        }
        invalid.into_result()?;
        Ok(Self { content, reply_to: body.reply_to, nonce: body.nonce })
    }
}

impl Content {
    /// The text in `body`.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn parse(body: &EditBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let content = Self::check(&body.content, &mut invalid);
        invalid.into_result()?;
        Ok(content)
    }

    fn check(text: &str, invalid: &mut Invalid) -> Self {
        if text.trim().is_empty() {
            invalid.add("content", "must not be empty");
        }
        let length = text.chars().count();
        if length > CONTENT_MAX {
            invalid.add("content", format!("must be at most {CONTENT_MAX} characters, and has {length}"));
        }
        if let Some(c) = control_character(text) {
            invalid.add("content", format!("must not contain the control character U+{:04X}", u32::from(c)));
        }
        Self(text.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content: &str, nonce: Option<&str>) -> Result<Draft, String> {
        let body = SendBody {
            content: content.into(),
            reply_to: None,
            nonce: nonce.map(Into::into),
            scheduled_for: None,
        };
        Draft::parse(body).map_err(|invalid| invalid.to_string())
    }

    #[test]
    fn limits_count_characters_and_name_the_field() {
        assert!(parse(&"ü".repeat(4_000), Some(&"n".repeat(64))).is_ok());
        assert!(parse(&"x".repeat(4_001), None).unwrap_err().contains("content must be at most 4000"));
        assert!(parse(" \n ", None).unwrap_err().contains("content must not be empty"));
        assert!(parse("a\0b", None).unwrap_err().contains("U+0000"));
        let both = parse("", Some("")).unwrap_err();
        assert!(both.contains("content") && both.contains("nonce"), "{both}");
    }
}
