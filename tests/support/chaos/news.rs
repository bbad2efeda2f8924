//! Frames and answers as a client understands them.

use std::collections::BTreeMap;

use serde_json::Value;
use uuid::Uuid;

use super::history::{Message, News};

/// What an event of a timeline says. None when it is none that we know.
pub(super) fn news(frame: &Value) -> Option<News> {
    let data = &frame["data"];
    let id = |value: &Value| value.as_str()?.parse::<Uuid>().ok();
    Some(match frame["event"].as_str()? {
        "new-message" => News::New(message(data)?),
        "message-edited" | "message-updated" => News::Whole(message(data)?),
        "message-deleted" => News::Gone(id(&data["messageId"])?),
        "message-reaction" => {
            News::Reacted(id(&data["messageId"])?, data["emoji"].as_str()?.into(), data["count"].as_i64()?)
        }
        "message-pinned" => News::Pinned(id(&data["messageId"])?, true),
        "message-unpinned" => News::Pinned(id(&data["messageId"])?, false),
        _ => return None,
    })
}

/// A message.
pub(super) fn message(data: &Value) -> Option<Message> {
    let reactions = data["reactions"].as_array()?.iter();
    let reactions = reactions.map(|one| Some((one["emoji"].as_str()?.into(), one["count"].as_i64()?)));
    Some(Message {
        id: data["id"].as_str()?.parse().ok()?,
        seq: data["seq"].as_i64()?,
        rev: data["rev"].as_i64()?,
        author: data["author"]["id"].as_str()?.parse().ok()?,
        content: data["content"].as_str()?.into(),
        pinned: data["isPinned"].as_bool()?,
        reactions: reactions.collect::<Option<BTreeMap<_, _>>>()?,
    })
}
