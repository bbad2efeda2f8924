//! What became of a message, for its author: sent, delivered, read.

use serde_json::{Value, json};
use tests::{App, Person, eventually};

use super::{between, crew, group, say};

/// What became of the messages of a conversation that are the reader's own, newest first; `-` for those of others.
async fn told(who: &Person, conversation: &str) -> Vec<String> {
    let page = who.get(&format!("/api/dms/conversations/{conversation}/messages")).await.ok();
    let messages = page["messages"].as_array().unwrap().iter();
    messages.map(|message| message["deliveryStatus"].as_str().unwrap_or("-").to_string()).collect()
}

async fn becomes(who: &Person, conversation: &str, expected: &[&str]) {
    let what = format!("{expected:?}");
    eventually(&what, async || told(who, conversation).await == expected).await;
}

async fn read(who: &Person, conversation: &str, seq: i64) -> Value {
    who.post(&format!("/api/dms/conversations/{conversation}/read"), json!({ "seq": seq })).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_then_delivered_to_a_socket_of_another_gateway_then_read() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    let _hers = app.socket(&ada, 0).await;
    say(&ada, &id, "one").await;
    assert_eq!(told(&ada, &id).await, ["sent"], "her own devices do not count");
    // Who comes back is told of it by where the conversation stands.
    let mut his = app.socket(&bob, 1).await;
    becomes(&ada, &id, &["delivered"]).await;
    say(&ada, &id, "two").await;
    becomes(&ada, &id, &["delivered", "delivered"]).await;
    read(&bob, &id, 1).await;
    assert_eq!(told(&ada, &id).await, ["delivered", "read"]);
    his.command("mark-dm-read", json!({ "conversationId": id })).await;
    assert_eq!(told(&ada, &id).await, ["read", "read"]);
    assert_eq!(told(&bob, &id).await, ["-", "-"], "of one's own messages only");
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_group_it_is_as_far_as_with_the_slowest_and_a_channel_counts_nothing() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let id = group(&ada, "Engine room", &[&bob, &eve]).await;
    let seq = say(&ada, &id, "to all").await["seq"].as_i64().unwrap();
    let his = app.socket(&bob, 1).await;
    eventually("it has reached bob", async || {
        let mark =
            format!("delivery_marks WHERE user_id = '{}' AND timeline_id = '{id}' AND seq = {seq}", bob.id);
        app.count(&mark).await == 1
    })
    .await;
    assert_eq!(told(&ada, &id).await[0], "sent", "eve has seen nothing");
    let hers = app.socket(&eve, 0).await;
    becomes(&ada, &id, &["delivered", "-"]).await;
    read(&bob, &id, seq).await;
    assert_eq!(told(&ada, &id).await[0], "delivered");
    read(&eve, &id, seq).await;
    assert_eq!(told(&ada, &id).await[0], "read");
    let server = ada.create_server("Mill").await;
    ada.send(&server.channel, "in a channel").await;
    drop((his, hers));
    assert_eq!(app.count(&format!("delivery_marks WHERE timeline_id = '{}'", server.channel)).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_replayed_was_delivered() {
    let app = App::start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let id = between(&ada, &bob).await;
    say(&ada, &id, "one").await;
    // Older than what a session hears from the start: it asks for it.
    let mut his = app.socket(&bob, 0).await;
    his.command("leave-channel", json!({ "channelId": id })).await;
    say(&ada, &id, "two").await;
    becomes(&ada, &id, &["sent", "delivered"]).await;
    his.command("resume", json!({ "timelines": { id.as_str(): 1 } })).await;
    becomes(&ada, &id, &["delivered", "delivered"]).await;
}
