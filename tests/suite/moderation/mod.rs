//! Keeping order: what the verbs do, to whom, by whom, and what happens when several things happen at once.

#![expect(clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod ends;
mod invites;
mod log;
mod members;
mod races;
mod record;
mod reports;
mod story;
mod verbs;

use serde_json::{Value, json};
use tests::{Person, Server};

/// The path of something of a member.
fn member(server: &Server, person: &Person, what: &str) -> String {
    format!("/api/servers/{}/members/{}{what}", server.id, person.id)
}

/// The path of something of a server.
fn of(server: &Server, what: &str) -> String {
    format!("/api/servers/{}{what}", server.id)
}

/// A new role right above `@everyone`, below those that were made before.
async fn role(owner: &Person, server: &Server, name: &str, permissions: &[&str]) -> String {
    let body = json!({ "name": name, "permissions": permissions });
    owner.post(&of(server, "/roles"), body).await.ok()["role"]["id"].as_str().unwrap().to_string()
}

/// Gives somebody a role.
async fn give(owner: &Person, server: &Server, role: &str, to: &Person) {
    let path = of(server, &format!("/roles/{role}/assign/{}", to.id));
    owner.post(&path, json!({})).await.ok();
}

/// What was done in the server, the newest first.
async fn log(person: &Person, server: &Server, query: &str) -> Vec<Value> {
    let page = person.get(&of(server, &format!("/audit-log{query}"))).await.ok();
    page["auditLog"].as_array().unwrap().clone()
}
