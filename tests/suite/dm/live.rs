//! Conversations in open sockets: heard from the start, new ones too, by every device, at any gateway.

use std::collections::HashSet;
use std::time::Duration;

use serde_json::{Value, json};
use tests::App;

use super::{between, crew, group, say};

#[tokio::test(flavor = "multi_thread")]
async fn three_devices_hear_what_is_old_and_what_is_new() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let old = group(&ada, "Engine room", &[&bob]).await;
    let (mut one, ready) = app.socket_and_ready(&bob, 0, "").await;
    assert_eq!(ready["conversations"][0]["id"], old.as_str());
    assert_eq!(ready["unread"][&old]["lastSeq"], 1, "{ready}");
    let (mut two, mut three) = (app.socket(&bob, 1).await, app.socket(&bob, 1).await);
    let mut hers = app.socket(&ada, 0).await;
    say(&ada, &old, "to all").await;
    for device in [&mut one, &mut two, &mut three] {
        let event = device.expect_event("new-dm").await;
        assert_eq!(
            (&event["data"]["content"], &event["timeline"], &event["rev"]),
            (&json!("to all"), &json!(old), &json!(2))
        );
    }
    // A conversation that begins now, by its first message.
    let sent = hers.command("send-dm", json!({ "recipientId": bob.id, "content": "psst" })).await;
    let id = sent["message"]["conversationId"].as_str().unwrap().to_string();
    for device in [&mut one, &mut two, &mut three] {
        let created = device.expect("conversation-created").await;
        assert_eq!(created["conversation"]["recipient"]["username"], "ada");
        assert_eq!(device.expect("channel-joined").await["channelId"], id.as_str());
    }
    say(&ada, &id, "here").await;
    for device in [&mut one, &mut two, &mut three] {
        device.find("here", |event| event["event"] == "new-dm" && event["data"]["content"] == "here").await;
    }
    // What one device does, the others know.
    two.command("mark-dm-read", json!({ "conversationId": id })).await;
    assert_eq!(one.expect("read-mark").await["conversationId"], id.as_str());
    let path = format!("/api/dms/conversations/{id}/settings");
    bob.put(&path, json!({ "isMuted": true })).await.ok();
    for device in [&mut one, &mut three] {
        assert_eq!(device.expect("conversation-settings-updated").await["isMuted"], true);
    }
    let message = say(&bob, &id, "wrong").await["id"].as_str().unwrap().to_string();
    one.command("edit-dm", json!({ "messageId": message, "newContent": "right" })).await;
    assert_eq!(hers.expect("dm-edited").await["content"], "right");
    one.command("delete-dm", json!({ "messageId": message })).await;
    let gone = json!({ "messageId": message, "conversationId": id });
    assert_eq!(hers.expect("dm-deleted").await, gone);
}

#[tokio::test(flavor = "multi_thread")]
async fn groups_that_begin_while_a_session_begins_are_told_and_heard() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    for round in 0..15 {
        let making = {
            let (ada, bob) = (ada.clone(), bob.clone());
            tokio::spawn(async move {
                let mut made = Vec::new();
                for n in 0..3 {
                    made.push(group(&ada, &format!("{round}.{n}"), &[&bob]).await);
                }
                made
            })
        };
        let (mut his, ready) = app.socket_and_ready(&bob, 1, "").await;
        let told = ready["conversations"].as_array().unwrap().iter();
        let told = told.map(|each| each["id"].as_str().unwrap().to_string()).collect::<HashSet<_>>();
        for id in making.await.unwrap() {
            if !told.contains(&id) {
                let created = |event: &Value| event["data"]["conversation"]["id"] == id.as_str();
                let event = his.find("the new group", created).await;
                assert_eq!(event["event"], "conversation-created", "round {round}");
            }
            say(&ada, &id, "first").await;
            let first = |event: &Value| event["event"] == "new-dm" && event["data"]["content"] == "first";
            let heard =
                his.find("what is said in it", |event| first(event) && event["timeline"] == id.as_str());
            heard.await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_is_told_what_they_missed() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    say(&ada, &id, "one").await;
    let second = say(&ada, &id, "two").await["id"].as_str().unwrap().to_string();
    say(&ada, &id, "three").await;
    ada.put(&format!("/api/messages/{second}"), json!({ "content": "zwei" })).await.ok();
    let mut his = app.socket(&bob, 1).await;
    his.command("resume", json!({ "timelines": { id.as_str(): 2 } })).await;
    assert_eq!(his.expect("new-dm").await["content"], "three");
    assert_eq!(his.expect("message-updated").await["content"], "zwei");
    assert_eq!(his.expect("resumed").await["timelines"][&id], 4);
    say(&ada, &id, "four").await;
    assert_eq!(his.expect("new-dm").await["content"], "four");
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_and_receipts_reach_the_others_and_receipts_at_most_once_a_second() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    for n in 0..5 {
        say(&ada, &id, &n.to_string()).await;
    }
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    his.command("dm-typing", json!({ "conversationId": id })).await;
    let typing = json!({ "userId": bob.id, "username": "bob", "conversationId": id });
    assert_eq!(hers.expect("dm-user-typing").await, typing);
    his.command("dm-stop-typing", json!({ "conversationId": id })).await;
    let stopped = json!({ "userId": bob.id, "conversationId": id });
    assert_eq!(hers.expect("dm-user-stopped-typing").await, stopped);
    his.command("dm-typing", json!({ "conversationId": id })).await;
    his.command("send-dm", json!({ "recipientId": ada.id, "content": "done" })).await;
    hers.expect("dm-user-stopped-typing").await;
    let mut seqs = Vec::new();
    for seq in 1..=6 {
        his.command("mark-dm-read", json!({ "conversationId": id, "seq": seq })).await;
    }
    while seqs.last() != Some(&6) {
        let receipt = hers.expect("message-read-receipt").await;
        assert_eq!((&receipt["userId"], &receipt["conversationId"]), (&json!(bob.id), &json!(id)));
        seqs.push(receipt["seq"].as_i64().unwrap());
    }
    // His own message had moved the mark to its end before.
    assert!(seqs.len() <= 2, "{seqs:?}");
    hers.hears_no("message-read-receipt", Duration::from_millis(100)).await;
}
