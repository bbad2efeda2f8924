//! As JSON: one object, written part by part.

use kernel::{Internal, Timestamp};
use messaging::MessageView;
use serde::Serialize;

use super::Subject;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    success: bool,
    #[serde(flatten)]
    subject: &'a Subject,
    exported_at: Timestamp,
}

pub(super) fn head(subject: &Subject, at: Timestamp) -> Result<String, Internal> {
    let head = Head { success: true, subject, exported_at: at };
    let head = serde_json::to_string(&head).map_err(Internal::new)?;
    // Left open for the messages.
    Ok(format!("{},\"messages\":[", head.strip_suffix('}').unwrap_or(&head)))
}

pub(super) fn messages(messages: &[MessageView], first: bool) -> Result<String, Internal> {
    let mut text = String::new();
    for (number, message) in messages.iter().enumerate() {
        text.push_str(if first && number == 0 { "\n" } else { ",\n" });
        text.push_str(&serde_json::to_string(message).map_err(Internal::new)?);
    }
    Ok(text)
}
