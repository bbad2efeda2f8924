//! Emoji on messages.

use reqwest::Method;
use serde_json::{Value, json};
use tests::{Answer, App, Person};

use super::{community, everyone, id, now, path};

async fn react(person: &Person, message: &Value, emoji: &str) -> Answer {
    person.post(&path(message, "/reactions"), json!({ "emoji": emoji })).await
}

async fn unreact(person: &Person, message: &Value, emoji: &str) -> Answer {
    let body = json!({ "emoji": emoji }).to_string();
    person.call(Method::DELETE, &path(message, "/reactions"), Some(body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_is_there_once_and_everybody_hears_of_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let message = ada.send(&server.channel, "hello").await;
    let mut hers = app.socket(&ada, 1).await;
    hers.command("join-channel", json!(server.channel)).await;
    let told = |user: &Person, op: &str, count: i64| {
        json!({ "messageId": message["id"], "channelId": server.channel, "emoji": "👍", "userId": user.id, "op": op,
            "count": count })
    };

    let after = react(&bob, &message, "👍").await.ok()["message"].clone();
    let his = json!([{ "emoji": "👍", "count": 1, "users": [bob.id], "me": true }]);
    assert_eq!((&after["reactions"], &after["rev"]), (&his, &json!(2)));
    let event = hers.expect_event("message-reaction").await;
    assert_eq!((&event["data"], &event["rev"]), (&told(&bob, "add", 1), &json!(2)));
    let again = react(&bob, &message, " 👍 ").await.ok()["message"].clone();
    assert_eq!(again, after, "again changes nothing");

    let toggled = hers.command("toggle-reaction", json!({ "messageId": id(&message), "emoji": "👍" })).await;
    let both = json!([{ "emoji": "👍", "count": 2, "users": [bob.id, ada.id], "me": true }]);
    assert_eq!(toggled["message"]["reactions"], both);
    assert_eq!(hers.expect("message-reaction").await, told(&ada, "add", 2));
    react(&ada, &message, "🚀").await.ok();
    hers.expect("message-reaction").await;
    unreact(&bob, &message, "👍").await.ok();
    assert_eq!(hers.expect("message-reaction").await, told(&bob, "remove", 1));
    unreact(&bob, &message, "👍").await.ok();
    let seen = now(&bob, &server, &message).await;
    let left = json!([
        { "emoji": "👍", "count": 1, "users": [ada.id], "me": false },
        { "emoji": "🚀", "count": 1, "users": [ada.id], "me": false },
    ]);
    assert_eq!((&seen["reactions"], &seen["rev"]), (&left, &json!(5)));
    hers.command("message-reaction", json!({ "messageId": id(&message), "emoji": "👍" })).await;
    assert_eq!(hers.expect("message-reaction").await, told(&ada, "remove", 0));
    hers.command("remove-reaction", json!({ "messageId": id(&message), "emoji": "🚀" })).await;
    assert_eq!(now(&bob, &server, &message).await["reactions"], json!([]));

    // Who was away finds the message as it is.
    react(&bob, &message, "🎉").await.ok();
    let changes = ada.get(&format!("/api/channels/{}/changes?since=1", server.channel)).await.ok();
    let changes = changes["changes"].as_array().unwrap().clone();
    assert_eq!((changes.len(), &changes[0]["event"]), (1, &json!("message-updated")));
    assert_eq!(changes[0]["data"]["reactions"][0]["emoji"], "🎉");
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_emoji_fit_on_a_message_and_the_first_ten_people_are_named() {
    let app = App::start().await;
    let (ada, _, server) = community(&app).await;
    let message = ada.send(&server.channel, "hello").await;
    let emoji = [
        "😀", "😃", "😄", "😁", "😆", "😅", "🤣", "😂", "🙂", "🙃", "😉", "😊", "😇", "🥰", "😍", "🤩", "😘",
        "😗", "😚", "😙",
    ];
    for one in emoji {
        react(&ada, &message, one).await.ok();
    }
    react(&ada, &message, "👍").await.fails(409, "CONFLICT");
    react(&ada, &message, "😀").await.ok();
    for wrong in ["", "x", "👍👍", ":tada:"] {
        react(&ada, &message, wrong).await.fails_at("emoji");
    }
    let mut names = vec![ada.id.clone()];
    for number in 0..11 {
        let person = app.person(&format!("person{number}")).await;
        person.join(&server).await;
        react(&person, &message, "😀").await.ok();
        names.push(person.id);
    }
    let seen = now(&ada, &server, &message).await["reactions"][0].clone();
    assert_eq!((&seen["count"], &seen["users"]), (&json!(12), &json!(names[..10])));
    unreact(&ada, &message, "😀").await.ok();
    let seen = now(&ada, &server, &message).await["reactions"][0].clone();
    assert_eq!((&seen["count"], &seen["users"]), (&json!(11), &json!(names[1..11])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_emoji_wants_a_permission_and_joining_one_wants_to_read() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let message = ada.send(&server.channel, "hello").await;
    react(&ada, &message, "👍").await.ok();
    everyone(&ada, &server, &[], &["ADD_REACTIONS"]).await;
    let refused = react(&bob, &message, "🚀").await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(refused["details"]["permission"], "ADD_REACTIONS");
    react(&bob, &message, "👍").await.ok();
    everyone(&ada, &server, &[], &["READ_HISTORY"]).await;
    react(&bob, &message, "🚀").await.fails(403, "INSUFFICIENT_PERMISSIONS");
    unreact(&bob, &message, "👍").await.ok();
    everyone(&ada, &server, &[], &["VIEW_CHANNEL"]).await;
    react(&bob, &message, "👍").await.fails(404, "RESOURCE_NOT_FOUND");
    unreact(&bob, &message, "👍").await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&path(&message, "")).await.ok();
    react(&ada, &message, "👍").await.fails(404, "RESOURCE_NOT_FOUND");
    app.messages_are_whole().await;
}
