//! Calls in conversations, and huddles: at two gateways, by several devices.

mod direct;
mod groups;
mod history;
mod huddles;
mod lost;
mod races;
mod rights;

use std::time::Duration;

use serde_json::{Value, json};
use tests::{App, AppBuilder, Person, Socket};

/// How long something that must not come may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(300);
/// Longer than a call rings.
const RINGS_MS: i64 = 46_000;

/// An app in which people without sockets are in sessions for as long as a test takes.
fn steady() -> AppBuilder {
    App::builder().with("voice.grace_ms", "40000")
}

/// People who share a server, so that they may write to each other.
async fn crew<const N: usize>(app: &App, names: [&str; N]) -> [Person; N] {
    let mut people = Vec::new();
    for name in names {
        people.push(app.person(name).await);
    }
    let server = people[0].create_server("Engines").await;
    for person in &people[1..] {
        person.join(&server).await;
    }
    people.try_into().unwrap()
}

/// The same person by another device.
async fn phone(of: &Person) -> Person {
    let login = json!({ "username": of.username, "password": Person::PASSWORD });
    let login = of.post("/api/auth/login", login).await.ok();
    of.clone().with_login(&login)
}

/// The id of a new group.
async fn group(owner: &Person, members: &[&Person]) -> String {
    let ids = members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>();
    let answer = owner.post("/api/groups", json!({ "name": "Crew", "memberIds": ids })).await.ok();
    text(&answer["group"]["id"])
}

/// Calls somebody; the call's id.
async fn call(by: &mut Socket, whom: &Person) -> String {
    let started = by.command("start-dm-call", json!({ "recipientId": whom.id })).await;
    text(&started["session"]["id"])
}

/// Calls everybody in a group; the call's id.
async fn call_group(by: &mut Socket, conversation: &str) -> String {
    let started = by.command("start-dm-call", json!({ "conversationId": conversation })).await;
    text(&started["session"]["id"])
}

/// Waits for the end of a call.
async fn ended(at: &mut Socket, call: &str) -> Value {
    let ended = at.find("the call's end", |event| {
        event["event"] == "dm-call-ended" && event["data"]["sessionId"] == call
    });
    ended.await["data"].clone()
}

/// The last call of somebody that is over.
async fn last_call(of: &Person) -> Value {
    of.get("/api/calls?limit=1").await.ok()["calls"][0].clone()
}

/// What became of a call for somebody.
fn part(call: &Value, whom: &Person) -> String {
    let people = call["participants"].as_array().unwrap();
    text(&people.iter().find(|each| each["id"] == whom.id.as_str()).unwrap()["part"])
}

/// The system messages of a conversation, the last first.
async fn told(to: &Person, conversation: &str) -> Vec<String> {
    let path = format!("/api/dms/conversations/{conversation}/messages");
    let messages = to.get(&path).await.ok()["messages"].clone();
    let system = messages.as_array().unwrap().iter().filter(|message| message["type"] == "system");
    system.map(|message| text(&message["content"])).collect()
}

/// Keeps somebody out.
async fn block(who: &Person, whom: &Person) {
    who.post(&format!("/api/users/{}/block", whom.id), json!({})).await.ok();
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_string()
}
