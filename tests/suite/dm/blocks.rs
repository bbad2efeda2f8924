//! A block ends a conversation of two for both sides at once, in open sockets too, and leaves what was written.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{are_whole, between, block, crew, group, heard, say, unblock};

const A_WHILE: Duration = Duration::from_millis(200);

#[tokio::test(flavor = "multi_thread")]
async fn neither_side_writes_any_more_and_only_one_knows_why() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    let mine = say(&bob, &id, "before").await["id"].as_str().unwrap().to_string();
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    block(&ada, &bob).await;

    let words = json!({ "conversationId": id, "content": "after" });
    let told = his.refused("send-dm", words.clone(), "FORBIDDEN").await;
    assert_eq!(told["message"], "they do not accept messages from you");
    hers.refused("send-dm", words, "BLOCKED").await;
    his.refused("dm-typing", json!({ "conversationId": id }), "FORBIDDEN").await;
    hers.refused("edit-dm", json!({ "messageId": mine, "content": "x" }), "BLOCKED").await;
    bob.put(&format!("/api/messages/{mine}"), json!({ "content": "x" })).await.fails(403, "FORBIDDEN");
    ada.post(&format!("/api/dm/{}", bob.id), json!({ "content": "x" })).await.fails(403, "BLOCKED");
    // What was written stays for both, and how far they read is told to nobody.
    for person in [&ada, &bob] {
        assert_eq!(heard(person, &id).await, ["before"]);
    }
    hers.command("mark-dm-read", json!({ "conversationId": id })).await;
    let page = bob.get(&format!("/api/dms/conversations/{id}/messages")).await.ok()["messages"][0].clone();
    assert_eq!((&page["readBy"], page.get("deliveryStatus")), (&json!([]), None), "{page}");
    let detail =
        bob.get(&format!("/api/dms/conversations/{id}")).await.ok()["conversation"]["members"].clone();
    let other = detail.as_array().unwrap().iter().find(|member| member["user"]["id"] == ada.id.as_str());
    assert_eq!(other.unwrap()["lastReadSeq"], 0);
    for name in ["new-dm", "dm-edited", "dm-user-typing", "message-read-receipt", "channel-left"] {
        his.hears_no(name, A_WHILE / 4).await;
    }
    unblock(&ada, &bob).await;
    his.command("send-dm", json!({ "recipientId": ada.id, "content": "again" })).await;
    assert_eq!(hers.expect("new-dm").await["content"], "again");
    are_whole(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_opens_nothing_and_groups_go_on() {
    let app = App::start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let both = group(&eve, "All", &[&ada, &bob]).await;
    block(&ada, &bob).await;
    bob.post("/api/dms", json!({ "userId": ada.id })).await.fails(403, "FORBIDDEN");
    ada.post("/api/dms", json!({ "userId": bob.id })).await.fails(403, "BLOCKED");
    bob.post("/api/groups", json!({ "name": "x", "memberIds": [ada.id] })).await.fails(403, "FORBIDDEN");
    ada.post("/api/groups", json!({ "name": "x", "memberIds": [bob.id] })).await.fails(403, "BLOCKED");
    say(&bob, &both, "in company").await;
    assert_eq!(heard(&ada, &both).await[0], "in company");
}
