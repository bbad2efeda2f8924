//! Files of messages: who may send them, who sees them, and what becomes of them.

use reqwest::Method;
use serde_json::{Value, json};
use tests::upload::{Part, encoded, picture};
use tests::{Answer, App, Person, Server};

use super::url;

async fn place(app: &App) -> (Person, Person, Server) {
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    (ada, bob, server)
}

async fn send(person: &Person, channel: &str, body: Value) -> Answer {
    person.post(&format!("/api/channels/{channel}/messages"), body).await
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reads_the_message_sees_its_files_and_nobody_else() {
    let app = App::start().await;
    let (ada, bob, server) = place(&app).await;
    let eve = app.person("eve").await;
    let mut socket = app.socket(&bob, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    let png = encoded(&picture(400, 300), image::ImageFormat::Png);
    let (photo, notes) = (ada.upload("a.png", &png).await, ada.upload("b.txt", b"text").await);
    let body = json!({ "content": "", "attachments": [notes["id"], photo["id"]] });
    let message = send(&ada, &server.channel, body).await.ok()["message"].clone();
    assert_eq!(message["attachments"], json!([notes, photo]), "in the order that was said");
    assert_eq!(socket.expect("new-message").await["attachments"], message["attachments"]);
    assert_eq!(bob.history(&server.channel, "").await["messages"][0]["attachments"], message["attachments"]);
    let changes = bob.get(&format!("/api/channels/{}/changes?since=0", server.channel)).await.ok();
    assert!(changes.to_string().contains(notes["id"].as_str().unwrap()));
    let preview = photo["thumbnailUrl"].as_str().unwrap();
    for path in [&url(&photo), &url(&notes), preview] {
        assert_eq!(bob.fetch(path, &[]).await.status, 200);
        eve.get(path).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    ada.delete(&url(&notes)).await.fails(409, "CONFLICT");
    // Access is that of this moment.
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    bob.get(&url(&notes)).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&format!("/api/messages/{}", message["id"].as_str().unwrap())).await.ok();
    ada.get(&url(&notes)).await.fails(404, "RESOURCE_NOT_FOUND");
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn only_ones_own_files_can_be_sent_and_only_once() {
    let app = App::builder().with("media.files", "2").start().await;
    let (ada, bob, server) = place(&app).await;
    let other =
        ada.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "other" })).await.ok();
    let other = other["channel"]["id"].as_str().unwrap().to_string();
    let file = ada.upload("a.txt", b"text").await;
    let with = |file: &Value| json!({ "content": "x", "attachments": [file["id"]] });
    send(&bob, &server.channel, with(&file)).await.fails_at("attachments");
    send(&ada, &server.channel, with(&json!({ "id": server.id }))).await.fails_at("attachments");
    let parts = [Part::file("b.txt", b"text"), Part::text("channelId", &server.channel)];
    let bound = ada.bring(Method::POST, "/api/upload", &parts).await.ok()["attachments"][0].clone();
    send(&ada, &other, with(&bound)).await.fails_at("attachments");
    let three = [ada.upload("1", b"1").await, ada.upload("2", b"2").await, ada.upload("3", b"3").await];
    let many = json!({ "content": "x", "attachments": three.each_ref().map(|file| file["id"].clone()) });
    send(&ada, &server.channel, many).await.fails_at("attachments");
    assert_eq!(app.count("messages").await, 0, "what is refused leaves nothing");
    let by_url = json!({ "content": "x", "fileUrl": bound["url"], "nonce": "n" });
    let sent = send(&ada, &server.channel, by_url.clone()).await.ok()["message"].clone();
    assert_eq!(sent["attachments"], json!([bound]));
    let again = send(&ada, &server.channel, by_url).await.ok()["message"].clone();
    assert_eq!(
        (&again["id"], &again["attachments"]),
        (&sent["id"], &sent["attachments"]),
        "the nonce is known"
    );
    send(&ada, &server.channel, with(&bound)).await.fails_at("attachments");
    ada.delete(&url(&file)).await.ok();
    send(&ada, &server.channel, with(&file)).await.fails_at("attachments");
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_and_deletions_at_the_same_time_give_a_file_to_one() {
    let app = App::builder().gateways(2).start().await;
    let (ada, _, server) = place(&app).await;
    let there = ada.at(&app.gateways[1].url);
    for round in 0..6 {
        let file = ada.upload("a.txt", b"text").await;
        let body = json!({ "content": format!("round {round}"), "attachments": [file["id"]] });
        let (first, second) = (ada.clone(), there.clone());
        let sends = (0..6)
            .map(|turn| send(if turn % 2 == 0 { &first } else { &second }, &server.channel, body.clone()));
        let path = url(&file);
        let (sent, deleted) = tokio::join!(futures_util::future::join_all(sends), there.delete(&path));
        let sent = sent.iter().filter(|answer| answer.status.is_success()).count();
        assert_eq!(sent + usize::from(deleted.status.is_success()), 1, "round {round}");
    }
    let odd = "messages m WHERE m.files <> (SELECT count(*) FROM attachments a WHERE a.message_id = m.id AND a.removed_at IS NULL)";
    assert_eq!(app.count(odd).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn sending_files_is_a_right_of_its_own() {
    let app = App::start().await;
    let (ada, bob, server) = place(&app).await;
    let file = bob.upload("a.txt", b"text").await;
    let overwrite = format!("/api/channels/{}/permissions/{}", server.channel, bob.id);
    ada.put(&overwrite, json!({ "deny": ["ATTACH_FILES"] })).await.ok();
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    let told = send(&bob, &server.channel, body).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(told["details"]["permission"], "ATTACH_FILES");
    let parts = [Part::file("b.txt", b"text"), Part::text("channelId", &server.channel)];
    bob.bring(Method::POST, "/api/upload", &parts).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    send(&bob, &server.channel, json!({ "content": "words" })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn files_go_with_their_channel_and_with_their_uploader() {
    let app = App::start().await;
    let (ada, bob, server) = place(&app).await;
    let (hers, his) = (ada.upload("a.txt", b"hers").await, bob.upload("b.txt", b"his").await);
    for (person, file) in [(&ada, &hers), (&bob, &his)] {
        send(person, &server.channel, json!({ "content": "x", "attachments": [file["id"]] })).await.ok();
    }
    let body = json!({ "password": Person::PASSWORD });
    bob.call(Method::DELETE, "/api/users/me", Some(body.to_string())).await.ok();
    let page = ada.history(&server.channel, "").await;
    assert_eq!(page["messages"][0]["attachments"], json!([]), "the message stays, the file goes");
    assert_eq!(page["messages"][1]["attachments"], json!([hers]));
    ada.delete(&format!("/api/channels/{}", server.channel)).await.ok();
    ada.get(&url(&hers)).await.fails(404, "RESOURCE_NOT_FOUND");
    tests::eventually("nothing is left", async || {
        let _ = app.services().messaging.sweep(100).await.unwrap();
        let _ = app.services().media.sweep(100).await.unwrap();
        app.files().is_empty() && app.count("attachments").await == 0
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_files_of_a_server_take_no_more_than_they_may_however_many_send_at_once() {
    let app = App::builder().with("media.server_quota_mb", "1").with("limits.enabled", "false").start().await;
    let (ada, bob, server) = place(&app).await;
    let other =
        ada.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "other" })).await.ok();
    let channels = [server.channel.clone(), other["channel"]["id"].as_str().unwrap().to_string()];
    let bytes = vec![b'x'; 300_000];
    let mut sends = Vec::new();
    for number in 0..8 {
        let person = if number % 2 == 0 { &ada } else { &bob };
        let file = person.upload("a.txt", &bytes).await;
        let body = json!({ "content": "x", "attachments": [file["id"]] });
        sends.push((person, &channels[number / 2 % 2], body));
    }
    let all = sends.iter().map(|(person, channel, body)| send(person, channel, body.clone()));
    let answers = futures_util::future::join_all(all).await;
    let (sent, refused): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!((sent.len(), refused.len()), (3, 5), "three fit into a megabyte");
    for answer in refused {
        answer.fails(403, "QUOTA_EXCEEDED");
    }
    // Another server has room of its own, and a message that goes gives its room back.
    let mills = ada.create_server("Mills").await;
    let file = ada.upload("b.txt", &bytes).await;
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    send(&ada, &mills.channel, body).await.ok();
    let first = sent[0].body["message"]["id"].as_str().unwrap();
    ada.delete(&format!("/api/messages/{first}")).await.ok();
    let file = ada.upload("c.txt", &bytes).await;
    let body = json!({ "content": "x", "attachments": [file["id"]] });
    send(&ada, &server.channel, body).await.ok();
}
