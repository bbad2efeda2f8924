//! Communities that govern themselves: who may do what, and who learns of what.

mod channels;
mod overwrites;
mod races;
mod roles;
mod sight;

use serde_json::{Value, json};
use tests::{Answer, App, Person, Server};

/// A server of ada's with bob in it.
async fn community(app: &App) -> (Person, Person, Server) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    (ada, bob, server)
}

/// A new role, right above `@everyone`; returns it.
async fn new_role(owner: &Person, server: &Server, name: &str, permissions: &[&str]) -> Value {
    let body = json!({ "name": name, "permissions": permissions });
    owner.post(&format!("/api/servers/{}/roles", server.id), body).await.ok()["role"].clone()
}

fn id(thing: &Value) -> &str {
    thing["id"].as_str().unwrap()
}

async fn assign(by: &Person, server: &Server, role: &Value, to: &Person) -> Answer {
    let path = format!("/api/servers/{}/roles/{}/assign/{}", server.id, id(role), to.id);
    by.post(&path, json!({})).await
}

async fn unassign(by: &Person, server: &Server, role: &Value, to: &Person) -> Answer {
    by.delete(&format!("/api/servers/{}/roles/{}/assign/{}", server.id, id(role), to.id)).await
}

/// Lets a channel allow and deny something.
async fn overwrite(by: &Person, channel: &str, target: &str, allow: &[&str], deny: &[&str]) -> Answer {
    let body = json!({ "allow": allow, "deny": deny });
    by.put(&format!("/api/channels/{channel}/permissions/{target}"), body).await
}

/// The role `@everyone` of a server.
async fn everyone(person: &Person, server: &Server) -> Value {
    let roles = person.get(&format!("/api/servers/{}/roles", server.id)).await.ok()["roles"].clone();
    roles.as_array().unwrap().last().unwrap().clone()
}

/// A new channel, hidden from everybody but those who manage; returns its id.
async fn hidden_channel(owner: &Person, server: &Server, name: &str) -> String {
    let channel = new_channel(owner, server, json!({ "name": name })).await;
    let everyone = everyone(owner, server).await;
    overwrite(owner, &channel, id(&everyone), &[], &["VIEW_CHANNEL"]).await.ok();
    channel
}

async fn new_channel(owner: &Person, server: &Server, body: Value) -> String {
    let path = format!("/api/servers/{}/channels", server.id);
    id(&owner.post(&path, body).await.ok()["channel"]).to_string()
}

/// The names of the channels that somebody sees, whose places must be dense.
async fn names(person: &Person, server: &Server) -> Vec<String> {
    let answer = person.get(&format!("/api/servers/{}/channels", server.id)).await.ok();
    let channels = answer["channels"].as_array().unwrap().iter().enumerate();
    let names = channels.map(|(place, channel)| {
        assert_eq!(channel["position"], place, "{channel}");
        channel["name"].as_str().unwrap().to_string()
    });
    names.collect()
}
