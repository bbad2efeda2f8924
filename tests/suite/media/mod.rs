//! Files: up, down, and what becomes of them.

mod browser;
mod checking;
mod convert;
mod garage;
mod hostile;
mod lifecycle;
mod links;
mod listing;
mod messages;
mod pictures;
mod presign;
mod recordings;
mod s3;
mod scanning;
mod squares;
mod table;
mod uploads;

use serde_json::Value;

/// The path of a file.
fn url(attachment: &Value) -> String {
    attachment["url"].as_str().unwrap().to_string()
}

/// Whether the bytes hold the text.
fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
