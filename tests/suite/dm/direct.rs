//! Conversations of two: one per pair, written and read by either door.

use serde_json::json;
use tests::App;

use super::{between, crew, heard, say, texts};

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_first_there_is_one_conversation() {
    let app = App::start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let answer = ada.post("/api/dms", json!({ "userId": bob.id })).await.ok();
    assert_eq!(answer["created"], true);
    let dm = answer["dm"].clone();
    assert_eq!((&dm["type"], &dm["recipient"]["username"]), (&json!("direct"), &json!("bob")));
    let answer = bob.post("/api/dms", json!({ "userId": ada.id })).await.ok();
    assert_eq!(answer["created"], false);
    let theirs = answer["dm"].clone();
    assert_eq!((&theirs["id"], &theirs["recipient"]["username"]), (&dm["id"], &json!("ada")));
    ada.post("/api/dms", json!({ "userId": ada.id })).await.fails_at("userId");
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    ada.post("/api/dms", json!({ "userId": nobody })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.get(&format!("/api/dm/{nobody}")).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_path_leads_to_the_same_messages() {
    let app = App::start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    assert_eq!(ada.get(&format!("/api/dm/{}", bob.id)).await.ok()["messages"], json!([]));
    let first = ada.post(&format!("/api/dm/{}", bob.id), json!({ "content": "one" })).await.ok();
    let message = &first["message"];
    let id = message["conversationId"].as_str().unwrap();
    assert_eq!((&message["sender"], &message["channelId"]), (&message["author"], &json!(null)));
    bob.post("/api/dms/send", json!({ "recipientId": ada.id, "content": "two" })).await.ok();
    bob.post("/api/dms/send", json!({ "conversationId": id, "content": "three", "nonce": "n" })).await.ok();
    bob.post("/api/dms/send", json!({ "conversationId": id, "content": "again", "nonce": "n" })).await.ok();
    say(&ada, id, "four").await;
    // A conversation's id stands for a channel's wherever messages are meant.
    ada.send(id, "five").await;
    let all = ["five", "four", "three", "two", "one"];
    assert_eq!(heard(&bob, id).await, all);
    assert_eq!(texts(&bob.get(&format!("/api/dm/{}", ada.id)).await.ok()["messages"]), all);
    assert_eq!(texts(&ada.history(id, "").await["messages"]), all);
    let edited =
        bob.get(&format!("/api/channels/{id}/messages?limit=1")).await.ok()["messages"][0]["id"].clone();
    let path = format!("/api/dms/messages/{}", edited.as_str().unwrap());
    ada.put(&path, json!({ "content": "fünf" })).await.ok();
    bob.put(&path, json!({ "content": "6" })).await.fails(403, "FORBIDDEN");
    bob.delete(&path).await.fails(403, "FORBIDDEN");
    ada.delete(&path).await.ok();
    let changes = bob.get(&format!("/api/channels/{id}/changes?since=4")).await.ok();
    assert_eq!(changes["changes"].as_array().unwrap().len(), 0, "written and deleted meanwhile: {changes}");
    let changes = bob.get(&format!("/api/channels/{id}/changes?since=5")).await.ok();
    assert_eq!(changes["changes"][0]["event"], "dm-deleted");
    assert_eq!(changes["changes"][0]["data"]["conversationId"], id);
    let changes = bob.get(&format!("/api/channels/{id}/changes?since=3")).await.ok();
    assert_eq!(changes["changes"][0]["event"], "new-dm");
    for body in
        [json!({ "content": "x" }), json!({ "recipientId": ada.id, "conversationId": id, "content": "x" })]
    {
        bob.post("/api/dms/send", body).await.fails_at("recipientId");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_meet_nothing_there_and_a_channel_is_no_conversation() {
    let app = App::start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let id = between(&ada, &bob).await;
    let message = say(&ada, &id, "for bob").await["id"].as_str().unwrap().to_string();
    for path in [
        format!("/api/dms/conversations/{id}"),
        format!("/api/dms/conversations/{id}/messages"),
        format!("/api/channels/{id}/messages"),
        format!("/api/channels/{id}/messages/{message}"),
        format!("/api/channels/{id}/changes?since=0"),
        format!("/api/groups/{id}"),
    ] {
        eve.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    eve.put(&format!("/api/messages/{message}"), json!({ "content": "x" }))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    let mut socket = app.socket(&eve, 0).await;
    socket.refused("join-channel", json!(id), "RESOURCE_NOT_FOUND").await;
    socket.refused("dm-typing", json!({ "conversationId": id }), "RESOURCE_NOT_FOUND").await;
    socket.refused("send-dm", json!({ "conversationId": id, "content": "x" }), "RESOURCE_NOT_FOUND").await;
    let server = ada.create_server("Engines").await;
    for path in ["messages", ""] {
        let path = format!("/api/dms/conversations/{}/{path}", server.channel);
        ada.get(path.trim_end_matches('/')).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    let words = json!({ "conversationId": server.channel, "content": "x" });
    ada.post("/api/dms/send", words).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.put(&format!("/api/groups/{id}"), json!({ "name": "x" })).await.fails(409, "CONFLICT");
    bob.post(&format!("/api/groups/{id}/leave"), json!({})).await.fails(409, "CONFLICT");
}
