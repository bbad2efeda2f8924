//! Who is there, and who is told.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod coming;
mod crowds;
mod faults;
mod figures;
mod hidden;

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::Value;
use tests::{Person, Socket};

/// How long an event that must not come may be on its way: longer than changes are gathered.
const STRAGGLERS: Duration = Duration::from_millis(800);

/// Whether an event of this name tells of somebody.
fn tells(event: &Value, name: &str, of: &Person) -> bool {
    let users = event["data"]["users"].as_array();
    event["event"] == name && users.is_some_and(|users| users.iter().any(|user| user["id"] == of.id.as_str()))
}

/// The next event of this name that tells of somebody: what it says of them.
async fn told(socket: &mut Socket, name: &str, of: &Person) -> Value {
    let event = socket.find(name, |event| tells(event, name, of)).await;
    let mut users = event["data"]["users"].as_array().unwrap().iter();
    users.find(|user| user["id"] == of.id.as_str()).unwrap().clone()
}

/// Waits until events of this name have told of all of them, several in one or not; those events.
async fn all_told(socket: &mut Socket, name: &str, of: &[Person]) -> Vec<Value> {
    let mut missing = of.iter().map(|person| person.id.clone()).collect::<BTreeSet<_>>();
    let mut events = Vec::new();
    while !missing.is_empty() {
        let event = socket.find(name, |event| event["event"] == name).await;
        for user in event["data"]["users"].as_array().unwrap() {
            missing.remove(user["id"].as_str().unwrap());
        }
        events.push(event);
    }
    events
}

/// Asserts that nothing was told of somebody, and that nothing is within a while.
async fn nothing_of(socket: &mut Socket, of: &Person) {
    let rest = socket.rest(STRAGGLERS).await;
    let told =
        rest.iter().filter(|event| event["event"] != "member-joined" && event.to_string().contains(&of.id));
    let told = told.collect::<Vec<_>>();
    assert!(told.is_empty(), "{told:?}");
}

/// How somebody is seen in their profile.
async fn status(by: &Person, of: &Person) -> Value {
    by.get(&format!("/api/users/{}", of.id)).await.ok()["user"]["status"].clone()
}
