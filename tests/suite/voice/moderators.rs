//! What moderators do with those who are there.

use serde_json::json;
use tests::App;

use super::{come, community, deny, new_voice_channel, seen};

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_mutes_and_deafens_and_it_lasts() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, _, lounge) = community(&app).await;
    let (mut hers, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 0).await);
    let session = come(&mut his, &lounge).await;
    // From a channel that she sees, and is not in.
    let path = format!("/api/voice/sessions/{session}/members/{}", bob.id);
    let muted = ada.put(&path, json!({ "isServerMuted": true })).await.ok();
    assert_eq!(muted["participant"]["isServerMuted"], true);
    let state = hers.expect("voice-state-updated").await["voiceState"].clone();
    assert_eq!((&state["serverMuted"], &state["muted"]), (&json!(true), &json!(false)));
    // He cannot undo it, by himself or by coming back.
    his.command("update-voice-state", json!({ "channelId": lounge, "muted": false })).await;
    his.command("leave-voice-channel", json!({ "channelId": lounge })).await;
    let back = his.command("join-voice-channel", json!({ "channelId": lounge })).await;
    assert_eq!(back["session"]["participants"][0]["isServerMuted"], true);
    let session = back["session"]["id"].as_str().unwrap();
    let path = format!("/api/voice/sessions/{session}/members/{}", bob.id);
    let changed = ada.put(&path, json!({ "muted": false, "deafened": true })).await.ok();
    let me = &changed["participant"];
    assert_eq!((&me["isServerMuted"], &me["isServerDeafened"]), (&json!(false), &json!(true)));
    ada.put(&path, json!({})).await.fails_at("isServerMuted");
    let own = format!("/api/voice/sessions/{session}/members/{}", ada.id);
    ada.put(&own, json!({ "isServerMuted": true })).await.fails(404, "RESOURCE_NOT_FOUND");
    // Without the permission, and below in the hierarchy.
    come(&mut hers, &lounge).await;
    bob.put(&own, json!({ "isServerMuted": true })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    ada.put(&own, json!({ "isServerMuted": true })).await.fails_at("userId");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_moderator_moves_and_disconnects() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let other = new_voice_channel(&ada, &server, "Quiet").await;
    let (mut hers, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 0).await);
    let first = his.command("join-voice-channel", json!({ "channelId": lounge, "muted": true })).await;
    let path = |session: &str| format!("/api/voice/sessions/{session}/members/{}", bob.id);
    let first = first["session"]["id"].as_str().unwrap();
    let moved = ada.put(&path(first), json!({ "channelId": other })).await.ok();
    assert_eq!(moved["participant"]["isMuted"], true, "as he was");
    let left = his.expect("user-left-voice").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("moved")));
    let joined = his.find("his coming", |event| {
        event["event"] == "user-joined-voice" && event["data"]["channelId"] == other.as_str()
    });
    let second = joined.await["data"]["sessionId"].as_str().unwrap().to_string();
    ada.put(&path(first), json!({ "channelId": lounge })).await.fails(404, "RESOURCE_NOT_FOUND");
    // Only to where he may be.
    deny(&ada, &server, &lounge, &["CONNECT"]).await;
    ada.put(&path(&second), json!({ "channelId": lounge })).await.fails(403, "FORBIDDEN");
    let elsewhere = super::lounge(&ada, &ada.create_server("Wheels").await).await;
    ada.put(&path(&second), json!({ "channelId": elsewhere })).await.fails_at("channelId");
    bob.delete(&format!("/api/voice/sessions/{second}/members/{}", bob.id))
        .await
        .fails(403, "INSUFFICIENT_PERMISSIONS");
    ada.delete(&path(&second)).await.ok();
    let left = hers.find("his end", |event| {
        event["event"] == "user-left-voice" && event["data"]["sessionId"] == second.as_str()
    });
    assert_eq!(left.await["data"]["reason"], "disconnected");
    assert!(seen(&ada).await.is_empty());
}
