//! What a channel's messages can, those of conversations can, by the same code: found, sent later, reacted to, pinned,
//! downloaded.

use std::time::Duration;

use kernel::Clock;
use serde_json::{Value, json};
use tests::{App, Person, eventually};

use super::{between, block, crew, group, say, texts};

const HOUR: i64 = 3_600_000;
/// How long an event that must not come may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(100);

fn id(message: &Value) -> &str {
    message["id"].as_str().unwrap()
}

/// An hour from now.
pub(super) fn later(app: &App) -> String {
    app.clock.now().plus(chrono::TimeDelta::milliseconds(HOUR)).to_string()
}

/// What somebody finds by `query` (the parameters behind `?`): the texts, newest first as far as they are alike.
async fn found(who: &Person, query: &str) -> Vec<String> {
    texts(&who.get(&format!("/api/search?{query}")).await.ok()["messages"])
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_a_conversation_finds_what_they_may_read_there() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let direct = between(&ada, &bob).await;
    let room = group(&ada, "Pump-house", &[&bob]).await;
    say(&ada, &direct, "the valve is secret").await;
    say(&ada, &room, "the valve of the pump").await;
    let server = ada.create_server("Mill").await;
    ada.send(&server.channel, "the valve of the mill").await;
    for who in [&ada, &bob] {
        eventually("both are found", async || {
            let found = found(who, "query=valve").await;
            found.contains(&"the valve is secret".into()) && found.contains(&"the valve of the pump".into())
        })
        .await;
    }
    assert_eq!(found(&eve, "query=valve").await, Vec::<String>::new());
    eve.get(&format!("/api/search?query=valve&channelId={direct}")).await.fails(404, "RESOURCE_NOT_FOUND");
    // One place, by its id, its name, or the name of whom one writes with.
    for query in [format!("query=valve&channelId={direct}"), "query=valve+in:ada".into()] {
        assert_eq!(found(&bob, &query).await, ["the valve is secret"], "{query}");
    }
    assert_eq!(found(&bob, "query=valve+in:pump-house").await, ["the valve of the pump"]);
    assert_eq!(found(&ada, &format!("query=valve&serverId={}", server.id)).await, ["the valve of the mill"]);
    let hit =
        bob.get(&format!("/api/search?query=valve&channelId={direct}")).await.ok()["messages"][0].clone();
    assert_eq!((&hit["conversationId"], &hit["channelName"]), (&json!(direct), &json!("ada")));
    // Who comes later finds what they may read, and who is gone nothing.
    ada.post(&format!("/api/groups/{room}/members"), json!({ "memberIds": [eve.id] })).await.ok();
    say(&bob, &room, "another valve").await;
    eventually("it is indexed", async || found(&eve, "query=valve").await == ["another valve"]).await;
    ada.delete(&format!("/api/groups/{room}/members/{}", bob.id)).await.ok();
    assert_eq!(found(&bob, "query=valve").await, ["the valve is secret"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_later_unless_a_block_ends_the_conversation() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let mut his = app.socket(&bob, 1).await;
    let at = later(&app);
    let body = json!({ "content": "good morning", "scheduledFor": at });
    let kept = ada.post(&format!("/api/dm/{}", bob.id), body).await.ok()["scheduledMessage"].clone();
    let conversation = kept["conversationId"].as_str().unwrap().to_string();
    assert!(kept.get("channelId").is_none(), "{kept}");
    // By a conversation's id where a channel's is meant, and by the command.
    let body = json!({ "channelId": conversation, "content": "and again", "scheduledFor": at });
    ada.post("/api/scheduled-messages", body).await.ok();
    let mut hers = app.socket(&ada, 0).await;
    let data = json!({ "conversationId": conversation, "content": "last", "scheduledFor": at });
    assert_eq!(hers.command("send-dm", data).await["scheduledMessage"]["status"], "pending");
    app.clock.advance_ms(HOUR + 1);
    let mut heard = Vec::new();
    while heard.len() < 3 {
        heard.push(his.expect("new-dm").await["content"].as_str().unwrap().to_string());
    }
    heard.sort();
    assert_eq!(heard, ["and again", "good morning", "last"]);

    let body = json!({ "content": "too late", "scheduledFor": later(&app) });
    bob.post(&format!("/api/dm/{}", ada.id), body).await.ok();
    block(&ada, &bob).await;
    app.clock.advance_ms(HOUR + 1);
    let told = his
        .find("it could not be sent", |event| {
            event["event"] == "scheduled-message-updated" && event["data"]["status"] == "failed"
        })
        .await;
    assert_eq!(told["data"]["error"]["code"], "FORBIDDEN", "not told who blocks");
    let listed = ada.get("/api/scheduled-messages?status=sent").await.ok();
    let mut listed = listed["messages"].as_array().unwrap().iter();
    assert!(listed.all(|one| one["conversationId"] == conversation.as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn emoji_threads_and_pins_are_there_and_a_block_ends_them_too() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let direct = between(&ada, &bob).await;
    let room = group(&ada, "Pump-house", &[&bob]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let message = say(&ada, &direct, "look").await;
    his.command("add-reaction", json!({ "messageId": id(&message), "emoji": "👍" })).await;
    let told = hers.expect("message-reaction").await;
    assert_eq!((&told["conversationId"], &told["count"]), (&json!(direct), &json!(1)));
    hers.command("add-reaction", json!({ "messageId": id(&message), "emoji": "🎉" })).await;
    his.expect("message-reaction").await;
    let reply = json!({ "conversationId": direct, "content": "I see", "parentMessageId": id(&message) });
    his.command("send-dm", reply).await;
    let thread = ada.get(&format!("/api/messages/{}/thread", id(&message))).await.ok();
    assert_eq!(texts(&thread["replies"]), ["I see"]);
    his.command("pin-message", json!({ "messageId": id(&message) })).await;
    assert_eq!(hers.expect("message-pinned").await["conversationId"], direct.as_str());
    block(&ada, &bob).await;
    his.refused("unpin-message", json!({ "messageId": id(&message) }), "FORBIDDEN").await;
    // What was told before the block.
    hers.rest(STRAGGLERS).await;
    for emoji in ["👎", "🎉"] {
        his.refused("add-reaction", json!({ "messageId": id(&message), "emoji": emoji }), "FORBIDDEN").await;
    }
    hers.hears_no("message-reaction", STRAGGLERS).await;

    let rule = say(&bob, &room, "the rule").await;
    let pin = format!("/api/messages/{}/pin", id(&rule));
    bob.post(&pin, json!({})).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    ada.post(&pin, json!({})).await.ok();
    his.find("the pin", |event| event["event"] == "message-pinned" && event["timeline"] == room.as_str())
        .await;
    let pins = bob.get(&format!("/api/channels/{room}/pins")).await.ok();
    assert_eq!(texts(&pins["messages"]), ["the rule"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_downloads_what_they_may_read() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let direct = between(&ada, &bob).await;
    for words in ["one", "two", "three"] {
        say(&ada, &direct, words).await;
    }
    let path = |id: &str, query: &str| format!("/api/dms/conversations/{id}/export{query}");
    let answer = bob.get(&path(&direct, "")).await;
    assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"ada.json\"");
    let file = answer.ok();
    assert_eq!((&file["conversationId"], &file["conversationName"]), (&json!(direct), &json!("ada")));
    assert_eq!(texts(&file["messages"]), ["one", "two", "three"]);
    let text = ada.get(&path(&direct, "?format=markdown")).await.body;
    assert!(text.as_str().unwrap().starts_with("# bob\n"), "{text}");
    eve.get(&path(&direct, "")).await.fails(404, "RESOURCE_NOT_FOUND");
    let server = ada.create_server("Mill").await;
    ada.get(&path(&server.channel, "")).await.fails(404, "RESOURCE_NOT_FOUND");
    // From joining on.
    let room = group(&ada, "Pump-house", &[&bob]).await;
    say(&ada, &room, "before").await;
    ada.post(&format!("/api/groups/{room}/members"), json!({ "memberIds": [eve.id] })).await.ok();
    say(&ada, &room, "after").await;
    let told = texts(&eve.get(&path(&room, "")).await.ok()["messages"]);
    assert_eq!((told.contains(&"before".into()), told.last().map(String::as_str)), (false, Some("after")));
}
