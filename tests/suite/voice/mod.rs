//! Voice channels: who is in them, who learns of it, and signals between peers.

mod lost;
mod moderators;
mod races;
mod rights;
mod sessions;
mod signals;

use std::time::Duration;

use serde_json::{Value, json};
use tests::{Answer, App, Person, Server, Socket};

/// How long something that must not come may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(300);

/// A server of ada's with bob in it, and its voice channel.
async fn community(app: &App) -> (Person, Person, Server, String) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let lounge = lounge(&ada, &server).await;
    (ada, bob, server, lounge)
}

/// The voice channel that a server begins with.
async fn lounge(by: &Person, server: &Server) -> String {
    let channels = by.get(&format!("/api/servers/{}/channels", server.id)).await.ok()["channels"].clone();
    let voice = channels.as_array().unwrap().iter().find(|channel| channel["type"] == "voice").unwrap();
    text(&voice["id"])
}

async fn new_voice_channel(owner: &Person, server: &Server, name: &str) -> String {
    let path = format!("/api/servers/{}/channels", server.id);
    let body = json!({ "name": name, "type": "voice" });
    text(&owner.post(&path, body).await.ok()["channel"]["id"])
}

/// Denies everybody something in a channel.
async fn deny(owner: &Person, server: &Server, channel: &str, denied: &[&str]) {
    let roles = owner.get(&format!("/api/servers/{}/roles", server.id)).await.ok()["roles"].clone();
    let everyone = roles.as_array().unwrap().last().unwrap()["id"].clone();
    let path = format!("/api/channels/{channel}/permissions/{}", everyone.as_str().unwrap());
    owner.put(&path, json!({ "allow": [], "deny": denied })).await.ok();
}

/// Comes into a voice channel; the session's id.
async fn come(socket: &mut Socket, channel: &str) -> String {
    let joined = socket.command("join-voice-channel", json!({ "channelId": channel })).await;
    text(&joined["session"]["id"])
}

/// Who is in the voice channels that somebody sees, by channel.
async fn seen(by: &Person) -> Vec<(String, Vec<String>)> {
    let sessions = by.get("/api/voice/sessions").await.ok()["sessions"].clone();
    let people = |session: &Value| {
        let people = session["participants"].as_array().unwrap().iter();
        people.map(|each| text(&each["user"]["username"])).collect()
    };
    let sessions = sessions.as_array().unwrap().iter();
    sessions.map(|session| (text(&session["channelId"]), people(session))).collect()
}

async fn signal(by: &Person, session: &str, to: &Person, data: Value) -> Answer {
    let body = json!({ "targetUserId": to.id, "signalData": data });
    by.post(&format!("/api/voice/sessions/{session}/signal"), body).await
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_string()
}
