//! Members who are members no more.

use serde_json::json;
use tests::{App, Person, Server};

use super::strangers::told;
use super::{NOTHING, id};

/// Whatever they try, they are told what a stranger is told.
async fn is_a_stranger(person: &Person, server: &Server, message: &str) {
    let of_nothing = told(person, NOTHING, NOTHING, NOTHING).await;
    assert_eq!(told(person, &server.id, &server.channel, message).await, of_nothing);
    assert_eq!(person.get("/api/servers").await.ok()["servers"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_removed_neither_reads_nor_writes_any_more() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let own = bob.send(&server.channel, "mine").await;
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    app.services().guilds.remove_member(guild, user).await.unwrap();
    is_a_stranger(&bob, &server, id(&own)).await;

    // What they wrote stays, with their name.
    assert_eq!(ada.history(&server.channel, "").await["messages"], json!([own]));
    assert_eq!(ada.get(&format!("/api/servers/{}", server.id)).await.ok()["server"]["memberCount"], 1);
    // Nobody is banned by it.
    bob.join(&server).await;
    bob.send(&server.channel, "back").await;
    bob.put(&format!("/api/messages/{}", id(&own)), json!({ "content": "still mine" })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_neither_reads_nor_writes_any_more() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let own = bob.send(&server.channel, "mine").await;
    let elsewhere = bob.at(&app.gateways[1].url);
    elsewhere.history(&server.channel, "").await;
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    is_a_stranger(&bob, &server, id(&own)).await;
    is_a_stranger(&elsewhere, &server, id(&own)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sends_that_race_a_removal_are_written_before_it_or_not_at_all() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let sends = (0..20).map(|number| {
        let (bob, path) = (bob.clone(), path.clone());
        tokio::spawn(async move { bob.post(&path, json!({ "content": format!("{number}") })).await })
    });
    let sends = sends.collect::<Vec<_>>();
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    app.services().guilds.remove_member(guild, user).await.unwrap();
    let after = ada.history(&server.channel, "").await["lastSeq"].clone();
    let mut written = 0;
    for send in sends {
        let answer = send.await.unwrap();
        if answer.status == 201 {
            written += 1;
        } else {
            answer.fails(404, "RESOURCE_NOT_FOUND");
        }
    }
    assert_eq!(ada.history(&server.channel, "").await["lastSeq"], after, "nothing was written since");
    assert_eq!(after, written);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_of_a_deleted_channel_is_swept_away_in_slices_and_nothing_else() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let path = format!("/api/servers/{}/channels", server.id);
    let other = ada.post(&path, json!({ "name": "other" })).await.ok();
    let other = other["channel"]["id"].as_str().unwrap();
    for n in 0..5 {
        ada.send(&server.channel, &format!("gone {n}")).await;
        ada.send(other, &format!("kept {n}")).await;
    }
    bob.post(&format!("/api/channels/{}/read", server.channel), json!({})).await.ok();
    let messaging = &app.services().messaging;
    assert_eq!(messaging.sweep(2).await.unwrap(), 0, "nothing is deleted yet");
    ada.delete(&format!("/api/channels/{}", server.channel)).await.ok();
    // Two messages and both read marks; then two messages; then the last with the timeline itself.
    let mut slices = Vec::new();
    for _ in 0..4 {
        slices.push(messaging.sweep(2).await.unwrap());
    }
    assert_eq!(slices, [4, 2, 2, 0]);
    assert_eq!(ada.history(other, "").await["messages"].as_array().unwrap().len(), 5);
}
