//! Many messages at once, and messages under other paths.

use reqwest::Method;
use serde_json::json;
use tests::App;

use super::{NOTHING, community, contents, id, path, reply};

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_deletes_many_messages_at_once() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let other = ada.create_server("Looms").await;
    let elsewhere = ada.send(&other.channel, "elsewhere").await;
    let mut his = app.socket(&bob, 1).await;
    his.command("join-channel", json!(server.channel)).await;
    let (one, two) = (ada.send(&server.channel, "one").await, bob.send(&server.channel, "two").await);
    let three = bob.send(&server.channel, "three").await;
    let answer = reply(&bob, &server, &three, "reply").await.ok()["message"].clone();
    let channel = format!("/api/channels/{}/messages", server.channel);
    let delete = |ids: serde_json::Value| (Method::DELETE, json!({ "ids": ids }).to_string());

    let ids = json!([id(&one), id(&two), id(&answer), id(&elsewhere), NOTHING]);
    let (method, body) = delete(ids.clone());
    bob.call(method.clone(), &channel, Some(body.clone())).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let gone = ada.call(method, &channel, Some(body)).await.ok();
    assert_eq!(gone["deleted"], json!([id(&one), id(&two), id(&answer)]));
    let page = ada.history(&server.channel, "").await;
    assert_eq!(
        (contents(&page["messages"]), &page["messages"][0]["threadCount"]),
        (vec!["three"], &json!(0))
    );
    let mut revs = Vec::new();
    for _ in 0..3 {
        revs.push(his.expect_event("message-deleted").await["rev"].as_i64().unwrap());
    }
    assert_eq!(revs, [6, 7, 8], "each takes a rev; the thread's parent the next one");
    assert_eq!(ada.history(&other.channel, "").await["messages"][0]["content"], "elsewhere");

    for ids in [json!([]), json!(vec![id(&one); 101])] {
        let (method, body) = delete(ids);
        ada.call(method, &channel, Some(body)).await.fails_at("ids");
    }
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_paths_of_chats_lead_to_the_same() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let body = json!({ "chatId": server.channel, "content": "hello", "nonce": "c-1" });
    let message = ada.post("/api/messages", body.clone()).await;
    assert_eq!(message.status, 201);
    let message = message.ok()["message"].clone();
    assert_eq!(ada.post("/api/messages", body).await.ok()["message"], message);
    let page = bob.get(&format!("/api/messages/{}?limit=1", server.channel)).await.ok();
    assert_eq!(page, bob.history(&server.channel, "?limit=1").await);
    ada.post("/api/messages", json!({ "content": "x" })).await.fails_at("chatId");
    let mark = bob.post(&path(&message, "/read"), json!({})).await.ok();
    assert_eq!((&mark["seq"], &mark["unread"]), (&json!(1), &json!(0)));
    let send = format!("/api/channels/{}/messages", server.channel);
    ada.post(&send, json!({ "content": "x", "fileUrl": "https://example.org/x" })).await.fails_at("fileUrl");
    ada.post(&send, json!({ "content": "x", "attachments": ["1"] })).await.fails_at("attachments[0]");
}
