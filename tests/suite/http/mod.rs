//! The contract of the HTTP API, as strangers, members and owners meet it.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod accounts;
mod administration;
mod api_keys;
mod bodies;
mod changes;
mod channels;
mod confirmation;
mod contract;
mod editing;
mod erasure;
pub(crate) mod export;
mod finding;
mod hidden;
mod history;
mod ids;
mod logins;
mod members;
mod nonces;
mod oauth;
mod operations;
mod paths;
mod personal;
mod product;
mod profiles;
mod queries;
mod quiet;
mod removed;
mod rules;
mod second_factor;
mod secrets;
mod sending;
mod servers;
mod sessions;
mod sizes;
mod strangers;
mod texts;
mod tokens;
mod transcript;

use serde_json::Value;
use tests::Person;

/// An id that nothing has.
const NOTHING: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// The names in an object, sorted.
#[track_caller]
fn keys(object: &Value) -> Vec<&str> {
    let mut keys = object.as_object().unwrap().keys().map(String::as_str).collect::<Vec<_>>();
    keys.sort_unstable();
    keys
}

/// The items of a list.
#[track_caller]
fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

/// The id of a message, channel or server.
#[track_caller]
fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The `seq`s of the messages of a page, as they stand there.
#[track_caller]
fn seqs(page: &Value) -> Vec<i64> {
    list(&page["messages"]).iter().map(|message| message["seq"].as_i64().unwrap()).collect()
}

/// A new channel of a server; returns its id.
async fn new_channel(owner: &Person, server: &str, body: Value) -> String {
    let answer = owner.post(&format!("/api/servers/{server}/channels"), body).await.ok();
    id(&answer["channel"]).to_string()
}

/// What a frontend sends that a browser came back to from the provider `house`.
pub(crate) async fn oauth_code(app: &tests::App) -> Value {
    oauth::body(&oauth::code(app).await)
}
