//! Parsed inputs: after `parse` they are valid.

use std::collections::HashSet;

use kernel::text::control_character;
use kernel::{AttachmentId, Invalid, MessageId, Timestamp};
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use crate::mentions::{Calls, Mentions};

/// Characters that a message may have.
pub const CONTENT_MAX: usize = 4_000;
/// Characters that a nonce may have.
pub const NONCE_MAX: usize = 64;

/// A message to be sent.
#[derive(Clone, Debug, Default, Deserialize, Validate, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SendBody {
    /// The text: 1 to 4000 characters, Markdown kept as written. Control characters other than line break and tab are
    /// refused. It may be empty where there are files.
    #[schema(example = "Hello **world**", max_length = 4000)]
    pub content: String,
    /// The message that this one answers, of the same channel.
    pub reply_to: Option<MessageId>,
    /// The message of the same channel in whose thread this one is to stand; not itself in a thread.
    pub parent_message_id: Option<MessageId>,
    /// Files that the author uploaded and did not send yet, at most 10 (configurable); shown in this order.
    #[schema(example = json!([]))]
    pub attachments: Option<Vec<AttachmentId>>,
    /// The `url` of such a file: the same as its id in `attachments`, behind those.
    #[schema(example = json!(null))]
    pub file_url: Option<String>,
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

/// An emoji on a message.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[schema(as = ReactionBody)]
pub struct ReactionBody {
    /// One emoji of Unicode, such as 👍.
    #[schema(example = "👍", min_length = 1, max_length = 64)]
    pub emoji: String,
}

/// Which messages to delete.
#[derive(Clone, Debug, Deserialize, Validate, ToSchema)]
#[schema(as = DeleteMessagesBody)]
pub struct DeleteMany {
    /// 1 to 100 messages of the channel; what is none, or is deleted already, is left out.
    #[validate(length(min = 1, max = 100, message = "must be 1 to 100 ids"))]
    #[schema(min_items = 1, max_items = 100)]
    pub ids: Vec<MessageId>,
}

/// One emoji, as Unicode writes it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji(String);

impl Emoji {
    /// The emoji in `body`.
    ///
    /// # Errors
    /// It is none, or more than one.
    pub fn parse(body: &ReactionBody) -> Result<Self, Invalid> {
        // The same emoji can be written with and without a selector of its look: the list knows the one way.
        let emoji = emojis::get(body.emoji.trim());
        emoji
            .map(|emoji| Self(emoji.as_str().into()))
            .ok_or_else(|| Invalid::field("emoji", "must be one emoji, such as \u{1f44d}"))
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A message that may be written.
#[derive(Clone, Debug)]
pub struct Draft {
    pub(crate) content: Content,
    pub(crate) reply_to: Option<MessageId>,
    pub(crate) parent: Option<MessageId>,
    pub(crate) mentions: Mentions,
    pub(crate) files: Vec<AttachmentId>,
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
        let files = files(body.attachments, body.file_url.as_deref(), &mut invalid);
        let content = Content::check(&body.content, files.is_empty(), &mut invalid);
        if let Some(nonce) = &body.nonce
            && (nonce.is_empty() || nonce.chars().count() > NONCE_MAX || nonce.chars().any(char::is_control))
        {
            invalid.add("nonce", "must be 1 to 64 characters without control characters");
        }
        invalid.into_result()?;
        let (reply_to, parent) = (body.reply_to, body.parent_message_id);
        Ok(Self { content, reply_to, parent, mentions: Mentions::default(), files, nonce: body.nonce })
    }

    /// Files that the message is to have.
    pub fn files(&self) -> &[AttachmentId] {
        &self.files
    }

    /// Whom it calls by name.
    pub fn calls(&self) -> Calls<'_> {
        Calls::of(&self.content.0)
    }

    /// The draft with those whom it mentions, of whom its author's rights leave some or all.
    #[must_use]
    pub fn mentioning(self, mentions: Mentions) -> Self {
        Self { mentions, ..self }
    }
}

impl Content {
    /// The text in `body`.
    ///
    /// # Errors
    /// Every rule that it breaks.
    pub fn parse(body: &EditBody) -> Result<Self, Invalid> {
        let mut invalid = Invalid::default();
        let content = Self::check(&body.content, true, &mut invalid);
        invalid.into_result()?;
        Ok(content)
    }

    fn check(text: &str, alone: bool, invalid: &mut Invalid) -> Self {
        if alone && text.trim().is_empty() {
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

/// The files, each once.
fn files(ids: Option<Vec<AttachmentId>>, url: Option<&str>, invalid: &mut Invalid) -> Vec<AttachmentId> {
    let mut files = ids.unwrap_or_default();
    if let Some(url) = url {
        match url.strip_prefix("/api/media/").and_then(|id| id.parse().ok()) {
            Some(id) => files.push(id),
            None => invalid.add("fileUrl", "must be the url of a file that was uploaded here"),
        }
    }
    let mut seen = HashSet::new();
    if !files.iter().all(|file| seen.insert(*file)) {
        invalid.add("attachments", "must name each file once");
    }
    files
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(content: &str, nonce: Option<&str>) -> Result<Draft, String> {
        let nonce = nonce.map(Into::into);
        let body = SendBody { content: content.into(), nonce, ..SendBody::default() };
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

    #[test]
    fn files_are_ours_and_named_once_and_make_the_text_optional() {
        let parse = |json| Draft::parse(serde_json::from_value::<SendBody>(json).unwrap());
        let id = "01890a63-4e1f-7a2a-9d55-8b7c6d5e4f30";
        let refused = |json| parse(json).unwrap_err().to_string();
        assert!(refused(serde_json::json!({ "content": "x", "fileUrl": "https://x" })).contains("fileUrl"));
        assert!(
            refused(serde_json::json!({ "content": "x", "attachments": [id, id] })).contains("attachments")
        );
        assert!(refused(serde_json::json!({ "content": "", "attachments": [] })).contains("content"));
        assert_eq!(parse(serde_json::json!({ "content": "", "attachments": [id] })).unwrap().files.len(), 1);
        let url = format!("/api/media/{id}");
        assert_eq!(parse(serde_json::json!({ "content": "", "fileUrl": url })).unwrap().files.len(), 1);
        assert!(
            refused(serde_json::json!({ "content": "", "fileUrl": url, "attachments": [id] }))
                .contains("once")
        );
    }

    #[test]
    fn an_emoji_is_one_and_written_in_one_way() {
        let parse = |text: &str| Emoji::parse(&ReactionBody { emoji: text.into() });
        let heart = parse("\u{2764}").unwrap();
        assert_eq!(heart, parse("\u{2764}\u{fe0f}").unwrap());
        for one in ["👍", "👍🏽", "👩‍🚀", "🇩🇪", "1️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]
        {
            assert_eq!(parse(one).unwrap().as_str(), one);
        }
        for none in ["", "x", "1", "👍👍", "👍x", ":tada:", "\0", "<b>"] {
            assert!(parse(none).is_err(), "{none:?}");
        }
    }
}
