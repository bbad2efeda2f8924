//! What is done with messages beyond writing and reading them, by HTTP and over sockets with the same result.

mod batches;
mod bulk;
mod conversations;
mod former;
mod mentions;
mod model;
mod pins;
mod races;
mod reactions;
mod threads;

use serde_json::{Value, json};
use tests::{Answer, App, Person, Server};

/// An id that nothing has.
const NOTHING: &str = "01890a5d-ac96-774b-bcce-b302099a8057";

/// A server of ada's with bob in it.
async fn community(app: &App) -> (Person, Person, Server) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    (ada, bob, server)
}

#[track_caller]
fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

/// The path of a message, and of what belongs to it.
fn path(message: &Value, rest: &str) -> String {
    format!("/api/messages/{}{rest}", id(message))
}

/// Sends a reply in a message's thread.
async fn reply(person: &Person, server: &Server, parent: &Value, content: &str) -> Answer {
    let body = json!({ "content": content, "parentMessageId": parent["id"] });
    person.post(&format!("/api/channels/{}/messages", server.channel), body).await
}

/// A message as somebody reads it now.
async fn now(person: &Person, server: &Server, message: &Value) -> Value {
    let path = format!("/api/channels/{}/messages/{}", server.channel, id(message));
    person.get(&path).await.ok()["message"].clone()
}

/// Where somebody stands in the server's first channel, as the list of channels says.
async fn stands(person: &Person, server: &Server) -> Value {
    let list = person.get(&format!("/api/servers/{}/channels", server.id)).await.ok();
    list["unread"][&server.channel].clone()
}

/// What a channel allows and denies to everybody.
async fn everyone(owner: &Person, server: &Server, allow: &[&str], deny: &[&str]) {
    let roles = owner.get(&format!("/api/servers/{}/roles", server.id)).await.ok()["roles"].clone();
    let role = id(roles.as_array().unwrap().last().unwrap()).to_string();
    let path = format!("/api/channels/{}/permissions/{role}", server.channel);
    owner.put(&path, json!({ "allow": allow, "deny": deny })).await.ok();
}

/// The contents of some messages.
fn contents(messages: &Value) -> Vec<&str> {
    messages.as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap()).collect()
}
