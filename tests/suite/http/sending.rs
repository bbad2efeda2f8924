//! Sending messages.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::App;

use super::{NOTHING, id, keys, new_channel, seqs};

#[tokio::test(flavor = "multi_thread")]
async fn a_sent_message_is_answered_as_everybody_reads_it() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let answer = bob.post(&path, json!({ "content": "hello", "nonce": "c-17" })).await;
    assert_eq!(answer.status, 201);
    let message = answer.ok()["message"].clone();
    let names = [
        "attachments",
        "author",
        "channelId",
        "content",
        "createdAt",
        "deleted",
        "edited",
        "editedAt",
        "id",
        "isPinned",
        "lastReplyAt",
        "linkPreview",
        "mentionEveryone",
        "mentionRoles",
        "mentions",
        "nonce",
        "parentMessageId",
        "reactions",
        "replyTo",
        "rev",
        "seq",
        "serverId",
        "threadCount",
        "type",
        "voiceNote",
    ];
    assert_eq!(keys(&message), names);
    assert_eq!((&message["content"], &message["type"]), (&json!("hello"), &json!("text")));
    assert_eq!((&message["seq"], &message["rev"]), (&json!(1), &json!(1)));
    assert_eq!((&message["channelId"], &message["serverId"]), (&json!(server.channel), &json!(server.id)));
    assert_eq!(message["author"], json!({ "id": bob.id, "username": "bob", "name": "bob", "avatar": null }));
    assert_eq!(
        (&message["edited"], &message["editedAt"], &message["deleted"]),
        (&json!(false), &Value::Null, &json!(false))
    );

    for person in [&ada, &bob] {
        assert_eq!(person.get(&format!("{path}/{}", id(&message))).await.ok()["message"], message);
        assert_eq!(person.history(&server.channel, "").await["messages"], json!([message]));
    }
    assert!(!keys(&ada.send(&server.channel, "no nonce").await).contains(&"nonce"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_text_is_kept_as_it_was_written() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for text in [
        "  indented\n\tand\r\nbroken  ",
        "**bold** `code` <b>&amp;</b> \"quotes\" \\ {\"content\": 1}",
        "名前 שלום e\u{301} 👩\u{200d}🚀 \u{202e}turned",
        "'; DROP TABLE messages; --",
        "\u{feff}\u{200b}x",
        &"ü".repeat(4_000),
        &"🚀".repeat(4_000),
    ] {
        let sent = ada.send(&server.channel, text).await;
        assert_eq!(sent["content"], text);
        assert_eq!(ada.history(&server.channel, "?limit=1").await["messages"], json!([sent]));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_answers_a_message_of_its_channel() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let first = ada.send(&server.channel, "a question").await;
    let gone = ada.send(&server.channel, "gone soon").await;
    ada.delete(&format!("/api/messages/{}", id(&gone))).await.ok();
    let other = new_channel(&ada, &server.id, json!({ "name": "other" })).await;
    let elsewhere = ada.send(&other, "elsewhere").await;

    let path = format!("/api/channels/{}/messages", server.channel);
    let reply = bob.post(&path, json!({ "content": "an answer", "replyTo": first["id"] })).await.ok();
    assert_eq!(reply["message"]["replyTo"], first["id"]);
    assert_eq!(ada.history(&server.channel, "?limit=1").await["messages"], json!([reply["message"]]));
    for wrong in [id(&elsewhere), id(&gone), NOTHING, &server.channel] {
        bob.post(&path, json!({ "content": "x", "replyTo": wrong })).await.fails_at("replyTo");
    }
    let none = bob.post(&path, json!({ "content": "x", "replyTo": null })).await.ok();
    assert_eq!(none["message"]["replyTo"], Value::Null);

    // The reply stays when what it answers is deleted.
    ada.delete(&format!("/api/messages/{}", id(&first))).await.ok();
    let kept = bob.get(&format!("{path}/{}", id(&reply["message"]))).await.ok();
    assert_eq!(kept["message"], reply["message"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_sent_at_once_are_numbered_without_gaps() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut senders = vec![ada.clone()];
    for name in ["bob", "eve"] {
        let person = app.person(name).await;
        person.join(&server).await;
        senders.push(person.at(&app.gateways[1].url));
    }
    let channel = server.channel.as_str();
    let sends = senders.iter().flat_map(|sender| {
        let texts = (0..15).map(|number| format!("{} {number}", sender.username));
        texts.map(|text| async move { sender.send(channel, &text).await }).collect::<Vec<_>>()
    });
    let sent = join_all(sends).await;

    let page = ada.history(&server.channel, "?limit=100").await;
    assert_eq!(seqs(&page), (1..=45).rev().collect::<Vec<_>>());
    assert_eq!((&page["lastSeq"], &page["rev"]), (&json!(45), &json!(45)));
    for message in sent {
        let seq = usize::try_from(message["seq"].as_i64().unwrap()).unwrap();
        assert_eq!(page["messages"][45 - seq], message);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_person_sends_in_turn_stands_in_that_order() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let other = new_channel(&ada, &server.id, json!({ "name": "other" })).await;
    let mut last = String::new();
    for number in 1..=10 {
        let message = ada.send(&server.channel, "x").await;
        assert_eq!((&message["seq"], &message["rev"]), (&json!(number), &json!(number)));
        assert!(id(&message) > last.as_str(), "ids grow");
        last = id(&message).to_string();
        assert_eq!(ada.send(&other, "y").await["seq"], number, "each channel counts for itself");
    }
}
