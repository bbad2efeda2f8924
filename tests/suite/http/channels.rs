//! Channels of a server.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{id, list, new_channel};

/// The names of a server's channels in their order, whose positions must be dense.
async fn names(person: &Person, server: &str) -> Vec<String> {
    let answer = person.get(&format!("/api/servers/{server}/channels")).await.ok();
    let channels = list(&answer["channels"]);
    for (position, channel) in channels.iter().enumerate() {
        assert_eq!(channel["position"], position, "{channel}");
    }
    channels.iter().map(|channel| channel["name"].as_str().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_makes_channels_behind_the_others_and_members_see_them() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let path = format!("/api/servers/{}/channels", server.id);
    for (number, kind) in ["text", "announcement", "voice", "category"].into_iter().enumerate() {
        let body = json!({ "name": kind, "type": kind, "topic": " about it " });
        let answer = ada.post(&path, body).await;
        assert_eq!(answer.status, 201);
        let channel = answer.ok()["channel"].clone();
        assert_eq!((&channel["type"], &channel["topic"]), (&json!(kind), &json!("about it")));
        assert_eq!((&channel["serverId"], &channel["position"]), (&json!(server.id), &json!(number + 2)));
        let mut seen = bob.get(&format!("/api/channels/{}", id(&channel))).await.ok()["channel"].clone();
        assert!(!list(&seen["permissions"]).contains(&json!("MANAGE_CHANNELS")), "his own: {seen}");
        seen["permissions"] = channel["permissions"].clone();
        assert_eq!(seen, channel);
    }
    let plain = ada.post(&path, json!({ "name": "plain", "topic": null })).await.ok()["channel"].clone();
    assert_eq!((&plain["type"], &plain["topic"]), (&json!("text"), &Value::Null));
    let expected = ["general", "General", "text", "announcement", "voice", "category", "plain"];
    assert_eq!(names(&bob, &server.id).await, expected);
    let listed = bob.get(&path).await.ok()["channels"].clone();
    assert_eq!(bob.get(&format!("/api/servers/{}", server.id)).await.ok()["server"]["channels"], listed);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_without_the_permission_neither_makes_nor_deletes_channels() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let make = bob.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "mine" })).await;
    let delete = bob.delete(&format!("/api/channels/{}", server.channel)).await;
    for answer in [make, delete] {
        let body = answer.fails(403, "INSUFFICIENT_PERMISSIONS");
        assert_eq!(body["details"]["permission"], "MANAGE_CHANNELS");
    }
    assert_eq!(names(&bob, &server.id).await, ["general", "General"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_channel_is_gone_with_its_messages_and_the_others_move_up() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut channels = Vec::new();
    for name in ["one", "two", "three"] {
        channels.push(new_channel(&ada, &server.id, json!({ "name": name })).await);
    }
    let message = ada.send(&channels[1], "hello").await;
    let path = format!("/api/channels/{}", channels[1]);
    ada.delete(&path).await.ok();
    assert_eq!(names(&ada, &server.id).await, ["general", "General", "one", "three"]);
    for path in [
        path.clone(),
        format!("{path}/messages"),
        format!("{path}/changes?since=0"),
        format!("{path}/messages/{}", id(&message)),
    ] {
        ada.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    ada.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.post(&format!("{path}/messages"), json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    let edit = format!("/api/messages/{}", id(&message));
    ada.put(&edit, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&edit).await.fails(404, "RESOURCE_NOT_FOUND");
    new_channel(&ada, &server.id, json!({ "name": "four" })).await;
    assert_eq!(names(&ada, &server.id).await, ["general", "General", "one", "three", "four"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_made_and_deleted_at_once_have_dense_positions() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let bodies = (0..20).map(|number| json!({ "name": format!("channel-{number}") }));
    let made = join_all(bodies.map(|body| new_channel(&ada, &server.id, body))).await;
    assert_eq!(names(&ada, &server.id).await.len(), 22);

    let deleting = made.iter().step_by(2).map(|channel| {
        let (ada, path) = (ada.clone(), format!("/api/channels/{channel}"));
        async move { ada.delete(&path).await.ok() }
    });
    let bodies = (20..30).map(|number| json!({ "name": format!("channel-{number}") }));
    let making = bodies.map(|body| new_channel(&ada, &server.id, body));
    futures_util::future::join(join_all(deleting), join_all(making)).await;
    assert_eq!(names(&ada, &server.id).await.len(), 22);
}

#[tokio::test(flavor = "multi_thread")]
async fn announcements_are_read_by_all_and_written_by_those_who_manage_messages() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let news = new_channel(&ada, &server.id, json!({ "name": "news", "type": "announcement" })).await;
    let sent = ada.send(&news, "hear ye").await;
    assert_eq!(bob.history(&news, "").await["messages"], json!([sent]));
    let refused = bob.post(&format!("/api/channels/{news}/messages"), json!({ "content": "x" })).await;
    let body = refused.fails(403, "INSUFFICIENT_PERMISSIONS");
    assert_eq!(body["details"]["permission"], "SEND_MESSAGES");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_written_in_voice_channels_and_categories() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for kind in ["voice", "category"] {
        let channel = new_channel(&ada, &server.id, json!({ "name": kind, "type": kind })).await;
        let path = format!("/api/channels/{channel}");
        ada.get(&path).await.ok();
        ada.post(&format!("{path}/messages"), json!({ "content": "x" }))
            .await
            .fails(404, "RESOURCE_NOT_FOUND");
        ada.get(&format!("{path}/messages")).await.fails(404, "RESOURCE_NOT_FOUND");
        ada.get(&format!("{path}/changes?since=0")).await.fails(404, "RESOURCE_NOT_FOUND");
        ada.delete(&path).await.ok();
    }
}
