//! Replies that live in a message's thread.

use serde_json::{Value, json};
use tests::{App, Person};

use super::{community, contents, id, now, path, reply, stands};

async fn thread(person: &Person, parent: &Value, query: &str) -> Value {
    person.get(&path(parent, &format!("/thread{query}"))).await.ok()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_lives_in_the_thread_and_its_parent_counts_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let parent = ada.send(&server.channel, "parent").await;
    bob.post(&format!("/api/channels/{}/read", server.channel), json!({})).await.ok();
    let mut his = app.socket(&bob, 1).await;
    his.command("join-channel", json!(server.channel)).await;

    let first = reply(&ada, &server, &parent, "first").await.ok()["message"].clone();
    assert_eq!((&first["parentMessageId"], &first["seq"]), (&parent["id"], &json!(2)));
    let event = his.expect_event("new-message").await;
    assert_eq!((&event["data"]["id"], &event["rev"]), (&first["id"], &json!(2)));
    let event = his.expect_event("message-updated").await;
    assert_eq!((&event["data"]["threadCount"], &event["rev"]), (&json!(1), &json!(3)));
    assert_eq!(event["data"]["lastReplyAt"], first["createdAt"]);
    let body = json!({ "channelId": server.channel, "content": "second", "parentMessageId": id(&parent) });
    let second = his.command("send-message", body).await["message"].clone();

    let page = ada.history(&server.channel, "").await;
    assert_eq!(contents(&page["messages"]), ["parent"], "replies are not in the channel");
    assert_eq!((&page["lastSeq"], &page["messages"][0]["threadCount"]), (&json!(3), &json!(2)));
    assert_eq!(now(&ada, &server, &first).await, first);
    let told = thread(&bob, &parent, "").await;
    assert_eq!(contents(&told["replies"]), ["first", "second"]);
    assert_eq!((&told["parent"], &told["total"]), (&page["messages"][0], &json!(2)));
    let part = thread(&bob, &parent, "?limit=1").await;
    assert_eq!((contents(&part["replies"]), &part["hasMore"]), (vec!["first"], &json!(true)));
    let part = thread(&bob, &parent, &format!("?limit=1&after={}", id(&first))).await;
    assert_eq!((contents(&part["replies"]), &part["hasMore"]), (vec!["second"], &json!(false)));

    // Not unread in the channel, and who wrote there has read nothing of it.
    ada.send(&server.channel, "later").await;
    reply(&bob, &server, &parent, "third").await.ok();
    let unread = |last: i64, rev: i64, read: i64, unread: i64| json!({ "lastSeq": last, "rev": rev, "lastReadSeq": read, "unread": unread, "mentions": 0 });
    assert_eq!(stands(&bob, &server).await, unread(5, 8, 1, 1));
    assert_eq!(stands(&ada, &server).await, unread(5, 8, 4, 0));

    reply(&ada, &server, &first, "no").await.fails_at("parentMessageId");
    let other = ada.create_server("Looms").await;
    reply(&ada, &other, &parent, "no").await.fails_at("parentMessageId");
    ada.delete(&path(&second, "")).await.ok();
    assert_eq!(thread(&ada, &parent, "").await["total"], 2);
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thread_outlives_its_parent_and_takes_no_more_replies() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let (parent, lonely) =
        (ada.send(&server.channel, "parent").await, ada.send(&server.channel, "lonely").await);
    let one = reply(&bob, &server, &parent, "one").await.ok()["message"].clone();
    reply(&bob, &server, &parent, "two").await.ok();
    for message in [&parent, &lonely] {
        ada.delete(&path(message, "")).await.ok();
    }
    ada.get(&path(&lonely, "/thread")).await.fails(404, "RESOURCE_NOT_FOUND");
    let told = thread(&bob, &parent, "").await;
    assert_eq!((contents(&told["replies"]), &told["parent"]["deleted"]), (vec!["one", "two"], &json!(true)));
    assert_eq!(told["parent"]["content"], "");
    reply(&bob, &server, &parent, "three").await.fails_at("parentMessageId");
    // Of the tombstone nobody is told any more: one rev alone.
    let before = ada.history(&server.channel, "").await["rev"].as_i64().unwrap();
    bob.delete(&path(&one, "")).await.ok();
    assert_eq!(ada.history(&server.channel, "").await["rev"], before + 1);
    assert_eq!(contents(&thread(&ada, &parent, "").await["replies"]), ["two"]);
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_replies_there_is_no_last_one() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let parent = ada.send(&server.channel, "parent").await;
    let only = reply(&bob, &server, &parent, "only").await.ok()["message"].clone();
    bob.delete(&path(&only, "")).await.ok();
    let seen = now(&ada, &server, &parent).await;
    assert_eq!((&seen["threadCount"], &seen["lastReplyAt"]), (&json!(0), &Value::Null));
}
