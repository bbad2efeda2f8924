//! Automod: what rules refuse, report and punish, for whom, on which gateway, and when several things happen at once.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod actions;
mod exempt;
mod kinds;
mod races;
mod rules;

use serde_json::{Value, json};
use tests::{Answer, App, Person, Server};

/// Two gateways; Ada's server, of which Bob is a member.
async fn server() -> (App, Person, Person, Server) {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    (app, ada, bob, server)
}

/// Somebody at the second gateway.
fn elsewhere(app: &App, person: &Person) -> Person {
    person.at(&app.gateways[1].url)
}

fn of(server: &Server, what: &str) -> String {
    format!("/api/servers/{}{what}", server.id)
}

/// A rule with what is the same in most tests.
fn rule(kind: &str, action: &str, more: Value) -> Value {
    let mut rule = json!({ "name": "A rule", "kind": kind, "action": action });
    rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    rule
}

/// Gives the server these rules.
async fn set(owner: &Person, server: &Server, rules: &[Value]) -> Vec<Value> {
    let answer = owner.put(&of(server, "/automod"), json!({ "rules": rules })).await.ok();
    answer["rules"].as_array().unwrap().clone()
}

async fn say(person: &Person, channel: &str, content: &str) -> Answer {
    person.post(&format!("/api/channels/{channel}/messages"), json!({ "content": content })).await
}

/// That a message is refused; what is told about it.
async fn refused(person: &Person, channel: &str, content: &str) -> Value {
    say(person, channel, content).await.fails(403, "MESSAGE_BLOCKED")
}

/// What was done in the server, the newest first.
async fn log(person: &Person, server: &Server, query: &str) -> Vec<Value> {
    let page = person.get(&of(server, &format!("/audit-log{query}"))).await.ok();
    page["auditLog"].as_array().unwrap().clone()
}

/// What is written in a channel, the oldest first.
async fn written(person: &Person, channel: &str) -> Vec<String> {
    let page = person.history(channel, "").await;
    let messages = page["messages"].as_array().unwrap().iter().rev();
    messages.map(|message| message["content"].as_str().unwrap().to_string()).collect()
}
