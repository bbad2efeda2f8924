//! Voice channels on the page, in a real Chromium with a microphone and a camera of its own. Skipped where there is none.

mod calls;
mod lost;
mod mesh;
mod moderators;
mod refused;
mod relay;

use tests::{App, Person, Server};

/// A server of ada's with others in it, and its voice channel.
async fn community(app: &App, others: &[&str]) -> (Person, Vec<Person>, Server, String) {
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut people = Vec::new();
    for name in others {
        let person = app.person(name).await;
        person.join(&server).await;
        people.push(person);
    }
    let channels = ada.get(&format!("/api/servers/{}/channels", server.id)).await.ok()["channels"].clone();
    let voice = channels.as_array().unwrap().iter().find(|channel| channel["type"] == "voice").unwrap();
    let lounge = voice["id"].as_str().unwrap().to_string();
    (ada, people, server, lounge)
}

/// The session in the only voice channel in which somebody is.
async fn session(by: &Person) -> String {
    let sessions = by.get("/api/voice/sessions").await.ok()["sessions"].clone();
    sessions[0]["id"].as_str().unwrap().to_string()
}
