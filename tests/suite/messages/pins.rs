//! Pinned messages.

use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{community, contents, everyone, id, now, path};

async fn pins(person: &Person, server: &Server) -> Value {
    person.get(&format!("/api/channels/{}/pins", server.channel)).await.ok()["messages"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_messages_pins_them_on_every_path() {
    let app = App::builder().gateways(2).with("messaging.pins_max", "3").start().await;
    let (ada, bob, server) = community(&app).await;
    let mut his = app.socket(&bob, 1).await;
    his.command("join-channel", json!(server.channel)).await;
    let mut messages = Vec::new();
    for text in ["one", "two", "three", "four"] {
        messages.push(ada.send(&server.channel, text).await);
    }
    bob.post(&path(&messages[0], "/pin"), json!({})).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let pinned = ada.post(&path(&messages[1], "/pin"), json!({})).await.ok()["message"].clone();
    assert_eq!((&pinned["isPinned"], &pinned["rev"]), (&json!(true), &json!(5)));
    let event = his.expect_event("message-pinned").await;
    let told = json!({ "messageId": messages[1]["id"], "channelId": server.channel, "userId": ada.id });
    assert_eq!((&event["data"], &event["rev"]), (&told, &json!(5)));
    ada.post(&path(&messages[1], "/pin"), json!({})).await.ok();
    ada.post("/api/messages/pin", json!({ "messageId": id(&messages[0]) })).await.ok();
    let mut hers = app.socket(&ada, 0).await;
    hers.command("pin-message", json!({ "messageId": id(&messages[3]) })).await;
    assert_eq!(contents(&pins(&bob, &server).await), ["four", "one", "two"]);
    ada.post(&path(&messages[2], "/pin"), json!({})).await.fails(409, "CONFLICT");

    // A deleted message is pinned no more, and makes room.
    ada.delete(&path(&messages[3], "")).await.ok();
    ada.post(&path(&messages[2], "/pin"), json!({})).await.ok();
    ada.delete(&path(&messages[1], "/pin")).await.ok();
    assert_eq!(his.expect("message-unpinned").await, told);
    ada.delete(&path(&messages[1], "/pin")).await.ok();
    hers.command("unpin-message", json!({ "messageId": id(&messages[0]) })).await;
    assert_eq!(contents(&pins(&bob, &server).await), ["three"]);
    assert_eq!(now(&bob, &server, &messages[1]).await["isPinned"], false);
    everyone(&ada, &server, &[], &["READ_HISTORY"]).await;
    let denied = bob.get(&format!("/api/channels/{}/pins", server.channel)).await;
    denied.fails(403, "INSUFFICIENT_PERMISSIONS");
    app.messages_are_whole().await;
}
