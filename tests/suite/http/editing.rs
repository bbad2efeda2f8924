//! Changing and deleting messages.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};
use tests::App;

use super::{id, new_channel, seqs};

const HOUR_MS: i64 = 3_600_000;

fn path(message: &Value) -> String {
    format!("/api/messages/{}", id(message))
}

#[tokio::test(flavor = "multi_thread")]
async fn its_author_gives_a_message_a_new_text_and_it_keeps_its_place() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let before = ada.send(&server.channel, "first").await;
    ada.send(&server.channel, "second").await;
    let bodies = [
        (Method::PUT, json!({ "content": "by PUT" }), "by PUT"),
        (Method::PATCH, json!({ "content": "by PATCH" }), "by PATCH"),
        (Method::PUT, json!({ "newContent": "by its other name" }), "by its other name"),
    ];
    for (rev, (method, body, text)) in (3..).zip(bodies) {
        let after = ada.call(method, &path(&before), Some(body.to_string())).await.ok()["message"].clone();
        let mut expected = before.clone();
        expected["content"] = json!(text);
        expected["rev"] = json!(rev);
        expected["edited"] = json!(true);
        expected["editedAt"] = after["editedAt"].clone();
        assert_eq!(after, expected);
        assert!(after["editedAt"].as_str().unwrap() >= after["createdAt"].as_str().unwrap());
        let page = ada.history(&server.channel, "").await;
        assert_eq!((&page["messages"][1], &page["rev"], &page["lastSeq"]), (&after, &json!(rev), &json!(2)));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_changes_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "as it is").await;
    let same = ada.put(&path(&message), json!({ "content": "as it is" })).await.ok();
    assert_eq!(same["message"], message);
    assert_eq!(ada.history(&server.channel, "").await["rev"], 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_but_its_author_changes_a_message_not_even_the_owner() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (of_ada, of_bob) = (ada.send(&server.channel, "a").await, bob.send(&server.channel, "b").await);
    ada.put(&path(&of_bob), json!({ "content": "x" })).await.fails(403, "FORBIDDEN");
    bob.put(&path(&of_ada), json!({ "content": "x" })).await.fails(403, "FORBIDDEN");
    let page = ada.history(&server.channel, "").await;
    assert_eq!((&page["messages"], &page["rev"]), (&json!([of_bob, of_ada]), &json!(2)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_can_be_changed_for_a_day_and_deleted_for_ever() {
    let app = App::builder().with("identity.token_ttl_s", "604800").start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "first").await;
    app.clock.advance_ms(24 * HOUR_MS - 60_000);
    ada.put(&path(&message), json!({ "content": "just in time" })).await.ok();
    // Changing it does not begin a new day.
    app.clock.advance_ms(60_000);
    let late = ada.put(&path(&message), json!({ "content": "too late" })).await.fails(403, "FORBIDDEN");
    assert!(late["error"].as_str().unwrap().contains("24 hours"), "{late}");
    let page = ada.history(&server.channel, "").await;
    assert_eq!((&page["messages"][0]["content"], &page["rev"]), (&json!("just in time"), &json!(2)));
    app.clock.advance_ms(72 * HOUR_MS);
    ada.delete(&path(&message)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_deleted_by_its_author_or_the_owner_and_by_nobody_else() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    eve.join(&server).await;
    let of_ada = ada.send(&server.channel, "a").await;
    let of_bob = bob.send(&server.channel, "b").await;
    let of_eve = eve.send(&server.channel, "e").await;
    for (person, message) in [(&eve, &of_bob), (&bob, &of_eve), (&bob, &of_ada)] {
        person.delete(&path(message)).await.fails(403, "FORBIDDEN");
    }
    assert_eq!(seqs(&ada.history(&server.channel, "").await), [3, 2, 1]);
    bob.delete(&path(&of_bob)).await.ok();
    ada.delete(&path(&of_eve)).await.ok();
    assert_eq!(seqs(&ada.history(&server.channel, "").await), [1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_message_is_not_found_any_more() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "a secret").await;
    ada.delete(&path(&message)).await.ok();
    ada.get(&format!("/api/channels/{}/messages/{}", server.channel, id(&message)))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    ada.put(&path(&message), json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&path(&message)).await.fails(404, "RESOURCE_NOT_FOUND");
    let page = ada.history(&server.channel, "").await;
    assert_eq!((&page["messages"], &page["lastSeq"], &page["rev"]), (&json!([]), &json!(1), &json!(2)));
    // The place is not given away.
    assert_eq!(ada.send(&server.channel, "next").await["seq"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_read_under_its_own_channel_only() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let other = new_channel(&ada, &server.id, json!({ "name": "other" })).await;
    let message = ada.send(&server.channel, "here").await;
    let read = |channel: &str| format!("/api/channels/{channel}/messages/{}", id(&message));
    assert_eq!(ada.get(&read(&server.channel)).await.ok()["message"], message);
    ada.get(&read(&other)).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn edits_at_once_are_all_counted_and_the_last_one_stays() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let message = ada.send(&server.channel, "first").await;
    let path = path(&message);
    let bodies = (0..20).map(|number| json!({ "content": format!("edit {number}") }));
    let answers = join_all(bodies.map(|body| ada.put(&path, body))).await.into_iter();
    let mut answers = answers.map(|answer| answer.ok()["message"].clone()).collect::<Vec<_>>();
    answers.sort_by_key(|message| message["rev"].as_i64());
    let revs = answers.iter().map(|message| message["rev"].as_i64().unwrap()).collect::<Vec<_>>();
    assert_eq!(revs, (2..=21).collect::<Vec<_>>());
    assert_eq!(ada.history(&server.channel, "").await["messages"], json!([answers.last()]));
}
