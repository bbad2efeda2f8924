//! What happens just while a session begins, or comes to hear of a server.

use std::time::Duration;

use serde_json::{Value, json};
use tests::{App, Person, Server, Socket};
use tokio::task::JoinHandle;
use tokio::time::sleep;

use super::more_channels;

async fn create_channel(person: &Person, server: &Server) -> String {
    let path = format!("/api/servers/{}/channels", server.id);
    let made = person.post(&path, json!({ "name": "new" })).await.ok();
    made["channel"]["id"].as_str().unwrap().to_string()
}

/// Makes channels one after another, and says which.
fn make_channels(owner: &Person, server: &Server, count: usize) -> JoinHandle<Vec<String>> {
    let (owner, server) = (owner.clone(), server.clone());
    tokio::spawn(async move {
        let mut made = Vec::new();
        for _ in 0..count {
            made.push(create_channel(&owner, &server).await);
        }
        made
    })
}

/// Each channel is in what `ready` says, or the session is told that it hears it; and it does.
async fn hears_all(socket: &mut Socket, owner: &Person, channels: &[String]) {
    for channel in channels {
        owner.send(channel, "first").await;
    }
    for channel in channels {
        let hears = |event: &Value| {
            event["timeline"] == channel.as_str()
                || (event["event"] == "channel-joined" && event["data"]["channelId"] == channel.as_str())
        };
        socket.find("the new channel", hears).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_session_that_hears_everything_hears_channels_that_are_made_while_it_begins() {
    let app = App::builder().with("http.workers", "1").gateways(2).start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    for _ in 0..10 {
        eve.create_server("Large").await;
    }
    more_channels(&app, 300).await;
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    // Keeps the worker busy.
    let url = app.gateways[1].url.clone();
    let noise = tokio::spawn(async move {
        loop {
            Socket::open(&url, "", Some(eve.token())).await.find("ready", |_| true).await;
        }
    });
    for _ in 0..15 {
        // Nobody else at this gateway hears of the server.
        let making = make_channels(&ada, &server, 5);
        let (mut socket, _) = app.socket_and_ready(&bob, 1, "?subscribe=all").await;
        hears_all(&mut socket, &ada, &making.await.unwrap()).await;
    }
    noise.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn ready_comes_first_also_when_its_user_joins_a_server_at_that_moment() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    for n in 0..20 {
        bob.create_server(&format!("s{n}")).await;
    }
    more_channels(&app, 40).await;
    for round in 0..12 {
        let joining = {
            let (bob, server) = (bob.clone(), server.clone());
            tokio::spawn(async move {
                sleep(Duration::from_millis(3 * round)).await;
                bob.join(&server).await;
            })
        };
        let mut socket = Socket::open(app.url(), "?subscribe=all", Some(bob.token())).await;
        let first = socket.find("an event", |_| true).await;
        assert_eq!(first["event"], "ready", "round {round}: {first}");
        joining.await.unwrap();
        bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    }
}

/// The hub lets a session hear a channel, and the database fails before it can say where that stands.
#[tokio::test(flavor = "multi_thread")]
async fn a_session_hears_what_it_was_let_into_while_the_database_failed() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut his, _) = app.socket_and_ready(&bob, 0, "?subscribe=all").await;
    more_channels(&app, 1).await;
    let found = ada.get(&format!("/api/servers/{}/channels", server.id)).await.ok();
    let mut channels = found["channels"].as_array().unwrap().iter();
    let more = channels.find(|channel| channel["name"] == "more-1").unwrap()["id"].clone();
    // Open here already, so that only its head must be read.
    let mut hers = app.socket(&ada, 0).await;
    hers.command("join-channel", more.clone()).await;
    app.sql("ALTER TABLE timelines RENAME TO away").await;
    // Needs no timeline, and makes the hub look at what everybody hears.
    let voice = json!({ "name": "voice", "type": "voice" });
    ada.post(&format!("/api/servers/{}/channels", server.id), voice).await.ok();
    sleep(Duration::from_millis(150)).await;
    app.sql("ALTER TABLE away RENAME TO timelines").await;
    assert_eq!(his.expect("channel-joined").await["channelId"], more);
    ada.send(more.as_str().unwrap(), "hello").await;
    his.find("the message", |event| event["data"]["content"] == "hello").await;
}
