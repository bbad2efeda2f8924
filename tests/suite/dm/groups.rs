//! Groups: who is in them, who may do what, and what is told of it.

use serde_json::{Value, json};
use tests::App;

use super::{are_whole, crew, group, heard, say};

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_by_a_system_message_and_by_events() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let id = group(&ada, "Engine room", &[&bob]).await;
    let of = |what: &str| format!("/api/groups/{id}{what}");
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut other = app.socket(&eve, 1).await;

    ada.put(&of(""), json!({ "name": "Boiler room" })).await.ok();
    assert_eq!(his.expect("conversation-updated").await["conversation"]["name"], "Boiler room");
    assert_eq!(his.expect("new-dm").await["type"], "system");
    let added = ada.post(&of("/members"), json!({ "userId": eve.id })).await.ok();
    assert_eq!(added["members"][0]["user"]["username"], "eve");
    assert_eq!(his.expect("conversation-member-added").await["memberCount"], 3);
    let created = other.expect("conversation-created").await["conversation"].clone();
    assert_eq!((&created["id"], &created["role"]), (&json!(id), &json!("member")));
    // What was written until then is read by HTTP; it depends on who is faster.
    assert_eq!(other.expect("channel-joined").await["channelId"], id.as_str());
    let again = ada.post(&of("/members"), json!({ "memberIds": [eve.id, bob.id] })).await.ok();
    assert_eq!(again["members"], json!([]));
    ada.put(&of("/admin"), json!({ "userId": bob.id })).await.ok();
    let updated = hers.find("an admin", |event| {
        event["event"] == "conversation-updated"
            && event["data"]["conversation"]["adminIds"][0] == bob.id.as_str()
    });
    updated.await;
    bob.delete(&of(&format!("/members/{}", eve.id))).await.ok();
    assert_eq!(other.expect("conversation-member-removed").await["userId"], eve.id.as_str());
    assert_eq!(other.expect("channel-left").await["channelId"], id.as_str());
    ada.post(&of("/leave"), json!({})).await.ok();
    let told = [
        "owns the group now",
        "left the group",
        "was removed from the group",
        "is now an admin",
        "added @eve",
        "named the group \"Boiler room\"",
        "created the group",
    ];
    assert_eq!(heard(&bob, &id).await, told);
    let whole = bob.get(&of("")).await.ok()["group"].clone();
    assert_eq!((&whole["ownerId"], &whole["memberCount"]), (&json!(bob.id), &json!(1)));
    bob.post(&of("/leave"), json!({})).await.ok();
    bob.get(&of("")).await.fails(404, "RESOURCE_NOT_FOUND");
    are_whole(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn members_write_admins_keep_the_owner_hands_over() {
    let app = App::start().await;
    let [ada, bob, eve, kim] = crew(&app, ["ada", "bob", "eve", "kim"]).await;
    let id = group(&ada, "Engine room", &[&bob, &eve]).await;
    let of = |what: &str| format!("/api/groups/{id}{what}");
    let member = |of_whom: &tests::Person| of(&format!("/members/{}", of_whom.id));
    let words = say(&eve, &id, "to be deleted").await["id"].as_str().unwrap().to_string();
    bob.put(&of(""), json!({ "name": "x" })).await.fails(403, "FORBIDDEN");
    bob.post(&of("/members"), json!({ "userId": kim.id })).await.fails(403, "FORBIDDEN");
    bob.delete(&member(&eve)).await.fails(403, "FORBIDDEN");
    bob.delete(&format!("/api/messages/{words}")).await.fails(403, "FORBIDDEN");
    bob.put(&of("/admin"), json!({ "userId": eve.id })).await.fails(403, "FORBIDDEN");
    ada.put(&of("/admin"), json!({ "userId": bob.id })).await.ok();
    bob.delete(&format!("/api/messages/{words}")).await.ok();
    bob.post(&of("/members"), json!({ "userId": kim.id })).await.ok();
    bob.delete(&member(&ada)).await.fails(403, "ROLE_HIERARCHY");
    bob.post(&of("/transfer"), json!({ "userId": eve.id })).await.fails(403, "FORBIDDEN");
    bob.put(&of(""), json!({ "icon": "https://example.org/i.png" })).await.fails_at("icon");
    ada.post(&of("/transfer"), json!({ "userId": app.person("zoe").await.id }))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    let given = ada.post(&of("/transfer"), json!({ "userId": eve.id })).await.ok();
    assert_eq!((&given["group"]["ownerId"], &given["group"]["role"]), (&json!(eve.id), &json!("admin")));
    eve.delete(&member(&ada)).await.ok();
    eve.put(&of("/admin"), json!({ "userId": bob.id, "admin": false })).await.ok();
    bob.put(&of(""), json!({ "name": "x" })).await.fails(403, "FORBIDDEN");
    are_whole(&app).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_added_reads_from_then_on_unless_the_group_shares_its_history() {
    let app = App::start().await;
    let [ada, bob, eve, kim] = crew(&app, ["ada", "bob", "eve", "kim"]).await;
    let id = group(&ada, "Engine room", &[&bob]).await;
    let old = say(&ada, &id, "a secret").await["id"].as_str().unwrap().to_string();
    let members = format!("/api/groups/{id}/members");
    ada.post(&members, json!({ "userId": eve.id })).await.ok();
    assert_eq!(heard(&eve, &id).await, ["added @eve"]);
    eve.get(&format!("/api/channels/{id}/messages/{old}")).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.get(&format!("/api/channels/{id}/messages?around={old}")).await.fails_at("around");
    let reply = json!({ "content": "what?", "replyTo": old });
    eve.post(&format!("/api/dms/conversations/{id}/messages"), reply).await.fails_at("replyTo");
    let changes = eve.get(&format!("/api/channels/{id}/changes?since=0")).await.ok();
    assert_eq!(changes["changes"].as_array().unwrap().len(), 1, "{changes}");
    // Live, too: what was written before is not told by being changed.
    let (mut hers, mut his) = (app.socket(&eve, 0).await, app.socket(&bob, 0).await);
    ada.put(&format!("/api/messages/{old}"), json!({ "content": "another secret" })).await.ok();
    his.expect("dm-edited").await;
    ada.delete(&format!("/api/messages/{old}")).await.ok();
    his.expect("dm-deleted").await;
    say(&ada, &id, "hello eve").await;
    assert_eq!(hers.expect("new-dm").await["content"], "hello eve");
    let told = hers.rest(std::time::Duration::from_millis(50)).await;
    assert!(!told.iter().any(|event| event["event"].as_str().unwrap().starts_with("dm-")), "{told:?}");
    let unread = |list: Vec<Value>| list[0]["unreadCount"].clone();
    assert_eq!(unread(super::listed(&eve, "").await), 2);

    ada.put(&format!("/api/groups/{id}"), json!({ "sharesHistory": true })).await.ok();
    ada.post(&members, json!({ "userId": kim.id })).await.ok();
    assert!(heard(&kim, &id).await.contains(&"created the group".to_string()));
    assert_eq!(
        unread(super::listed(&kim, "").await),
        1,
        "what was said before they came is nothing that they missed"
    );
}
