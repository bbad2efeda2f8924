//! The files of a channel, and of a message.

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, encoded, picture};
use tests::{App, Person, Server};

use super::url;

async fn send(person: &Person, server: &Server, content: &str, files: &[&Value]) -> Value {
    let files = files.iter().map(|file| file["id"].clone()).collect::<Vec<_>>();
    let body = json!({ "content": content, "attachments": files });
    person.post(&format!("/api/channels/{}/messages", server.channel), body).await.ok()["message"].clone()
}

fn ids(page: &Value) -> Vec<Value> {
    page["attachments"].as_array().unwrap().iter().map(|one| one["file"]["id"].clone()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_lists_and_counts_the_files_that_one_may_read() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let png = encoded(&picture(20, 20), image::ImageFormat::Png);
    let (note, photo) = (ada.upload("a.txt", b"text").await, bob.upload("b.png", &png).await);
    let (more, unsent) = (ada.upload("c.txt", b"more").await, ada.upload("d.txt", b"none").await);
    send(&ada, &server, "both", &[&more, &note]).await;
    let sent = send(&bob, &server, "", &[&photo]).await;
    let list = format!("/api/files/media/{}", server.channel);
    let all = bob.get(&list).await.ok();
    assert_eq!(ids(&all), [more["id"].clone(), photo["id"].clone(), note["id"].clone()]);
    let first = &all["attachments"][1];
    assert_eq!((&first["messageId"], &first["author"]["id"]), (&sent["id"], &json!(bob.id)));
    assert_eq!(ids(&bob.get(&format!("{list}?kind=image")).await.ok()), [photo["id"].clone()]);
    let page = bob.get(&format!("{list}?limit=1")).await.ok();
    assert_eq!((ids(&page), &page["hasMore"]), (vec![more["id"].clone()], &json!(true)));
    let rest = bob.get(&format!("{list}?before={}", more["id"].as_str().unwrap())).await.ok();
    assert_eq!((ids(&rest).len(), &rest["hasMore"]), (2, &json!(false)));
    assert!(!ids(&all).contains(&unsent["id"]));

    let stats = format!("/api/files/stats/{}", server.channel);
    let sums = bob.get(&stats).await.ok()["stats"].clone();
    let size = photo["size"].as_i64().unwrap();
    assert_eq!(
        sums,
        json!({ "count": 3, "bytes": 8 + size, "kinds": [
            { "kind": "document", "count": 2, "bytes": 8 }, { "kind": "image", "count": 1, "bytes": size },
        ] })
    );
    for path in [&list, &stats] {
        eve.get(path).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    bob.delete(&format!("/api/messages/{}", sent["id"].as_str().unwrap())).await.ok();
    assert_eq!(ids(&bob.get(&list).await.ok()).len(), 2);
    // Who may not read what was written before sees no files of it either.
    let everyone = ada.get(&format!("/api/servers/{}/roles", server.id)).await.ok();
    let everyone = everyone["roles"][0]["id"].as_str().unwrap().to_string();
    let overwrite = format!("/api/channels/{}/permissions/{everyone}", server.channel);
    ada.put(&overwrite, json!({ "allow": [], "deny": ["READ_HISTORY"] })).await.ok();
    for path in [&list, &stats] {
        bob.get(path).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_lose_its_files_and_goes_when_it_was_nothing_else() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut socket = app.socket(&bob, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    let (one, two) = (ada.upload("a.txt", b"text").await, ada.upload("b.txt", b"more").await);
    let said = send(&ada, &server, "look", &[&one]).await;
    let mute = send(&ada, &server, " ", &[&two]).await;
    let path = |message: &Value| format!("/api/files/{}", message["id"].as_str().unwrap());
    bob.delete(&path(&said)).await.fails(403, "FORBIDDEN");
    let left = ada.delete(&path(&said)).await.ok()["message"].clone();
    assert_eq!((&left["content"], &left["attachments"]), (&json!("look"), &json!([])));
    assert_eq!((&left["edited"], &left["deleted"]), (&json!(false), &json!(false)));
    let told = socket.expect("message-updated").await;
    assert_eq!((&told["id"], &told["attachments"]), (&said["id"], &json!([])));
    let again = ada.delete(&path(&said)).await.ok();
    assert_eq!(again["message"]["rev"], left["rev"], "nothing is left to be removed");
    let gone = ada.delete(&path(&mute)).await.ok();
    assert_eq!(gone["message"]["deleted"], true);
    assert_eq!(socket.expect("message-deleted").await["messageId"], mute["id"]);
    ada.delete(&path(&mute)).await.fails(404, "RESOURCE_NOT_FOUND");
    for file in [&one, &two] {
        ada.get(&url(file)).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty());
    assert_eq!(app.count("messages WHERE files > 0").await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversations_take_files_as_channels_do() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let dm = ada.post("/api/dms", json!({ "userId": bob.id })).await.ok()["dm"]["id"].clone();
    let dm = dm.as_str().unwrap();
    let parts = [Part::text("channelId", dm), Part::file("a.txt", b"text")];
    let file = ada.bring(Method::POST, "/api/upload", &parts).await.ok()["attachments"][0].clone();
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    let elsewhere = ada.post(&format!("/api/channels/{}/messages", server.channel), body.clone()).await;
    elsewhere.fails_at("attachments");
    let sent = ada.post(&format!("/api/dms/conversations/{dm}/messages"), body).await.ok();
    assert_eq!(sent["message"]["attachments"][0], file);
    assert_eq!(bob.fetch(&url(&file), &[]).await.bytes, b"text");
    eve.get(&url(&file)).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(ids(&bob.get(&format!("/api/files/media/{dm}")).await.ok()), [file["id"].clone()]);
    eve.get(&format!("/api/files/stats/{dm}")).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.bring(Method::POST, "/api/upload", &parts).await.fails(404, "RESOURCE_NOT_FOUND");
}
