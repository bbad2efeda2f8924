//! Channels are renamed, moved, converted and put in order.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{assign, community, hidden_channel, id, names, new_channel, new_role};

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_is_changed_and_those_who_view_it_hear_of_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let mut his = app.socket(&bob, 1).await;
    let path = format!("/api/channels/{}", server.channel);
    let body = json!({ "name": " lounge ", "topic": "all sorts", "type": "announcement" });
    let changed = ada.put(&path, body).await.ok()["channel"].clone();
    assert_eq!((&changed["name"], &changed["type"]), (&json!("lounge"), &json!("announcement")));
    let told = his.expect("channel-updated").await["channel"].clone();
    assert_eq!((&told["id"], &told["topic"]), (&changed["id"], &json!("all sorts")));
    assert!(told["position"].is_null() && told["permissions"].is_null(), "the same for everybody: {told}");
    let post = bob.post(&format!("{path}/messages"), json!({ "content": "x" })).await;
    assert_eq!(post.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"], "SEND_MESSAGES");
    let back =
        ada.call(reqwest::Method::PATCH, &path, Some(json!({ "topic": null, "type": "text" }).to_string()));
    assert_eq!(back.await.ok()["channel"]["topic"], json!(null));
    bob.send(&server.channel, "again").await;
    ada.put(&path, json!({ "type": "voice" })).await.fails_at("type");
    ada.put(&path, json!({ "name": "" })).await.fails_at("name");
    ada.put(&path, json!({ "position": -1 })).await.fails_at("position");
    ada.put(&path, json!({ "parentId": server.channel })).await.fails_at("parentId");
    bob.put(&path, json!({ "name": "mine" })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_change_places_and_hidden_ones_leave_no_gap() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let first = new_channel(&ada, &server, json!({ "name": "first" })).await;
    hidden_channel(&ada, &server, "hidden").await;
    let last = new_channel(&ada, &server, json!({ "name": "last" })).await;
    assert_eq!(names(&ada, &server).await, ["general", "General", "first", "hidden", "last"]);
    assert_eq!(names(&bob, &server).await, ["general", "General", "first", "last"]);
    let voice =
        ada.get(&format!("/api/servers/{}/channels", server.id)).await.ok()["channels"][1]["id"].clone();
    let mut his = app.socket(&bob, 1).await;
    let order = format!("/api/servers/{}/channels/order", server.id);
    ada.put(&order, json!({ "channelIds": [last, server.channel] })).await.ok();
    assert_eq!(names(&ada, &server).await, ["last", "General", "first", "hidden", "general"]);
    let told = his.expect("channels-reordered").await;
    assert_eq!(told, json!({ "serverId": server.id, "channelIds": [last, voice, first, server.channel] }));
    let moved = ada.put(&format!("/api/channels/{last}"), json!({ "position": 99 })).await.ok();
    assert_eq!(moved["channel"]["position"], 4);
    assert_eq!(names(&bob, &server).await, ["General", "first", "general", "last"]);

    // Who does not see a channel cannot move it, and moves the others around it.
    let mover = new_role(&ada, &server, "Mover", &["MANAGE_CHANNELS"]).await;
    bob.put(&order, json!({ "channelIds": [] })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assign(&ada, &server, &mover, &bob).await.ok();
    let hidden = ada.get(&format!("/api/servers/{}/channels", server.id)).await.ok()["channels"][2].clone();
    assert_eq!(hidden["name"], "hidden");
    bob.put(&order, json!({ "channelIds": [id(&hidden), last] })).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.put(&order, json!({ "channelIds": [last, last] })).await.fails_at("channelIds");
    bob.put(&order, json!({ "channelIds": [last, server.channel, first] })).await.ok();
    assert_eq!(names(&ada, &server).await, ["General", "last", "hidden", "general", "first"]);
    his.hears_no("channel-created", Duration::from_millis(50)).await;
    app.guilds_are_whole().await;
}
