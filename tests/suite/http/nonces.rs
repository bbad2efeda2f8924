//! A send that is repeated is one message.

use std::collections::HashSet;

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{id, new_channel, seqs};

async fn send(person: &Person, channel: &str, content: &str, nonce: &str) -> Value {
    let body = json!({ "content": content, "nonce": nonce });
    person.post(&format!("/api/channels/{channel}/messages"), body).await.ok()["message"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn thirty_sends_at_once_with_one_nonce_are_one_message() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let doors = [ada.clone(), ada.at(&app.gateways[1].url)];
    let sends = (0..30).map(|number| {
        let (door, channel) = (&doors[number % 2], &server.channel);
        async move { send(door, channel, &format!("try {number}"), "c-17").await }
    });
    let answers = join_all(sends).await;
    assert_eq!(answers.iter().map(ToString::to_string).collect::<HashSet<_>>().len(), 1, "{answers:?}");
    let page = ada.history(&server.channel, "").await;
    assert_eq!(page["messages"], json!([answers[0]]));
    assert_eq!((&page["lastSeq"], &page["rev"]), (&json!(1), &json!(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_repeated_later_is_answered_with_the_message_as_it_is_now() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let first = send(&ada, &server.channel, "first", "n").await;
    ada.send(&server.channel, "between").await;
    assert_eq!(send(&ada, &server.channel, "another text", "n").await, first);
    let path = format!("/api/messages/{}", id(&first));
    let edited = ada.put(&path, json!({ "content": "edited" })).await.ok()["message"].clone();
    assert_eq!(send(&ada, &server.channel, "first", "n").await, edited);
    assert_eq!(seqs(&ada.history(&server.channel, "").await), [2, 1]);

    // What was deleted does not come back.
    ada.delete(&path).await.ok();
    let again = send(&ada, &server.channel, "first", "n").await;
    assert_eq!(
        (&again["id"], &again["deleted"], &again["content"]),
        (&first["id"], &json!(true), &json!(""))
    );
    let page = ada.history(&server.channel, "").await;
    assert_eq!((seqs(&page), &page["lastSeq"]), (vec![2], &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nonce_of_another_author_or_channel_is_another_message() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let other = new_channel(&ada, &server.id, json!({ "name": "other" })).await;
    let mut ids = HashSet::new();
    for (person, channel, nonce) in [
        (&ada, &server.channel, "n"),
        (&bob, &server.channel, "n"),
        (&ada, &other, "n"),
        (&ada, &server.channel, "N"),
        (&ada, &server.channel, " n"),
        (&ada, &server.channel, &"ü".repeat(64)),
    ] {
        ids.insert(id(&send(person, channel, "x", nonce).await).to_string());
    }
    assert_eq!(ids.len(), 6);
    assert_eq!(seqs(&ada.history(&server.channel, "").await), [5, 4, 3, 2, 1]);
    assert_eq!(seqs(&ada.history(&other, "").await), [1]);
}
