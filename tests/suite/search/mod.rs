//! Finding messages.

mod asking;
mod finding;
mod seeing;

use serde_json::Value;
use tests::{Person, eventually};

/// What somebody finds; `parameters` as they come behind `?`, names and values.
async fn find(person: &Person, parameters: &[(&str, &str)]) -> Value {
    let query = url(parameters);
    person.get(&query).await.ok()
}

fn url(parameters: &[(&str, &str)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::from("/api/search?"));
    query.extend_pairs(parameters);
    query.finish()
}

/// The texts of what somebody finds, in their order.
async fn texts(person: &Person, query: &str) -> Vec<String> {
    let found = find(person, &[("query", query), ("limit", "50")]).await;
    let texts = found["messages"].as_array().unwrap().iter();
    texts.map(|message| message["content"].as_str().unwrap().to_string()).collect()
}

/// Waits until a message is indexed: everything of its channel before it is, too.
async fn indexed(person: &Person, query: &str, text: &str) {
    eventually(text, async || texts(person, query).await.iter().any(|found| found == text)).await;
}
