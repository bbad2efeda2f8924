//! Direct and group conversations, over HTTP and sockets, at two gateways.

mod blocks;
mod content;
mod delivery;
mod direct;
mod erasure;
mod groups;
mod lists;
mod live;
mod mentions;
mod privacy;
mod races;
mod walls;

use serde_json::{Value, json};
use tests::{App, Person};

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

/// The id of the conversation of two people.
async fn between(one: &Person, other: &Person) -> String {
    let answer = one.post("/api/dms", json!({ "userId": other.id })).await.ok();
    answer["dm"]["id"].as_str().unwrap().to_string()
}

/// The id of a new group.
async fn group(owner: &Person, name: &str, members: &[&Person]) -> String {
    let ids = members.iter().map(|member| member.id.as_str()).collect::<Vec<_>>();
    let answer = owner.post("/api/groups", json!({ "name": name, "memberIds": ids })).await.ok();
    answer["group"]["id"].as_str().unwrap().to_string()
}

/// Says something in a conversation; returns the message.
async fn say(who: &Person, conversation: &str, words: &str) -> Value {
    let path = format!("/api/dms/conversations/{conversation}/messages");
    who.post(&path, json!({ "content": words })).await.ok()["message"].clone()
}

/// Keeps somebody out.
async fn block(who: &Person, whom: &Person) {
    who.post(&format!("/api/users/{}/block", whom.id), json!({})).await.ok();
}

/// Lets them in again.
async fn unblock(who: &Person, whom: &Person) {
    who.delete(&format!("/api/users/{}/block", whom.id)).await.ok();
}

/// What the newest messages of a conversation say, newest first.
async fn heard(who: &Person, conversation: &str) -> Vec<String> {
    let page = who.get(&format!("/api/dms/conversations/{conversation}/messages")).await.ok();
    texts(&page["messages"])
}

fn texts(messages: &Value) -> Vec<String> {
    let text = |message: &Value| message["content"].as_str().unwrap().to_string();
    messages.as_array().unwrap().iter().map(text).collect()
}

/// The conversations of somebody, as the list has them.
async fn listed(who: &Person, query: &str) -> Vec<Value> {
    who.get(&format!("/api/dms{query}")).await.ok()["dms"].as_array().unwrap().clone()
}

/// Asserts what must be true of every conversation in the database, whatever happened.
async fn are_whole(app: &App) {
    for (rows, what) in [
        (
            "conversations c WHERE member_count <> (SELECT count(*) FROM participants p WHERE p.conversation_id = c.id)",
            "members are miscounted",
        ),
        (
            "conversations c WHERE kind = 'group' AND 1 <> (SELECT count(*) FROM participants p \
             WHERE p.conversation_id = c.id AND p.role = 'owner')",
            "a group has not one owner",
        ),
        (
            "conversations WHERE member_count > 100 OR member_count < 1",
            "a conversation is too large, or empty",
        ),
        (
            "conversations c WHERE (kind = 'direct') <> EXISTS (SELECT FROM pairs q WHERE q.conversation_id = c.id)",
            "a pair is missing, or too many",
        ),
        (
            "conversations c WHERE NOT EXISTS (SELECT FROM timelines t WHERE t.id = c.id AND t.scope_id = c.id \
             AND t.kind = c.kind AND t.closed_at IS NULL) OR NOT EXISTS (SELECT FROM scopes s WHERE s.id = c.id)",
            "a timeline or scope is missing",
        ),
    ] {
        assert_eq!(app.count(rows).await, 0, "{what}");
    }
}
