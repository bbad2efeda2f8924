//! Friends, requests to be one, and blocks.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod blocks;
mod limits;
mod personal;
mod races;
mod requests;

use serde_json::{Value, json};
use tests::{Answer, Person};

/// Asks by id.
async fn ask(from: &Person, to: &Person) -> Answer {
    from.post(&format!("/api/users/{}/friend-request", to.id), json!({})).await
}

/// Makes two people friends.
async fn befriend(one: &Person, other: &Person) {
    ask(one, other).await.ok();
    assert_eq!(ask(other, one).await.ok()["request"]["status"], "accepted");
}

async fn block(by: &Person, whom: &Person) -> Answer {
    by.post(&format!("/api/users/{}/block", whom.id), json!({})).await
}

async fn unblock(by: &Person, whom: &Person) -> Answer {
    by.delete(&format!("/api/users/{}/block", whom.id)).await
}

/// The ids in a list, of the things themselves.
fn ids(list: &Value) -> Vec<String> {
    let ids = list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap().to_string());
    let mut ids = ids.collect::<Vec<_>>();
    ids.sort();
    ids
}

/// The ids of somebody's friends.
async fn friends(person: &Person) -> Vec<String> {
    ids(&person.get("/api/friends").await.ok()["friends"])
}
