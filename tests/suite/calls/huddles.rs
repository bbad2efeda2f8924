//! Huddles in text channels and conversations.

use serde_json::json;

use super::{STRAGGLERS, call, crew, group, phone, steady, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_huddle_begins_with_the_first_and_ends_with_the_last() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let eve = app.person("eve").await;
    let server = text(&ada.get("/api/servers").await.ok()["servers"][0]["id"]);
    let channels = ada.get(&format!("/api/servers/{server}/channels")).await.ok()["channels"].clone();
    let (channel, lounge) = (text(&channels[0]["id"]), text(&channels[1]["id"]));
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut others = app.socket(&eve, 1).await;
    let started = ada.post("/api/huddles", json!({ "channelId": channel, "title": "Stand-up" })).await;
    assert_eq!(started.status, 201);
    let huddle = started.ok()["huddle"].clone();
    let id = text(&huddle["id"]);
    assert_eq!((&huddle["type"], &huddle["title"]), (&json!("huddle"), &json!("Stand-up")));
    let created = his.expect("voice-session-created").await;
    assert_eq!((&created["channelId"], &created["type"]), (&json!(channel), &json!("huddle")));
    assert_eq!(his.expect("user-joined-voice").await["user"]["id"], ada.id.as_str());
    let (_late, ready) = app.socket_and_ready(&bob, 0, "").await;
    assert_eq!(ready["voiceSessions"][0]["sessionId"], id.as_str());

    let joined = bob.post(&format!("/api/huddles/{id}/join"), json!({})).await.ok();
    assert_eq!(joined["huddle"]["participants"].as_array().unwrap().len(), 2);
    assert!(joined["iceServers"].is_array());
    let again = bob.post("/api/huddles", json!({ "channelId": channel })).await.ok();
    assert_eq!(again["huddle"]["id"], id.as_str(), "there is one");
    let signal = json!({ "sessionId": id, "targetUserId": bob.id, "signalData": { "type": "renegotiate" } });
    hers.command("webrtc-signal", signal).await;
    his.expect("webrtc-signal").await;
    hers.command("update-voice-state", json!({ "channelId": channel, "muted": true })).await;
    let muted = his.find("her mute", |event| {
        event["event"] == "voice-state-updated" && event["data"]["voiceState"]["muted"] == true
    });
    assert_eq!(muted.await["data"]["userId"], ada.id.as_str());
    let again = ada.post(&format!("/api/huddles/{id}/join"), json!({})).await.ok();
    assert_eq!(again["huddle"]["participants"][0]["isMuted"], true, "coming again changes nothing");

    // A voice channel is another place.
    his.command("join-voice-channel", json!({ "channelId": lounge })).await;
    let left = hers.expect("user-left-voice").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("moved")));
    eve.post(&format!("/api/huddles/{id}/join"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.post("/api/huddles", json!({ "channelId": channel })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.post("/api/huddles", json!({ "channelId": lounge })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.post("/api/huddles", json!({ "channelId": channel, "title": " " })).await.fails_at("title");
    ada.post(&format!("/api/huddles/{id}/leave"), json!({})).await.ok();
    let over = his.expect("voice-session-ended").await;
    assert_eq!(over, json!({ "sessionId": id, "channelId": channel, "serverId": server }));
    bob.post(&format!("/api/huddles/{id}/join"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    let heard = others.rest(STRAGGLERS).await;
    assert!(!heard.iter().any(|event| event.to_string().contains(&id)), "{heard:?}");
    app.voice_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_huddle_wants_connect_and_goes_with_it() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let server = text(&ada.get("/api/servers").await.ok()["servers"][0]["id"]);
    let channels = ada.get(&format!("/api/servers/{server}/channels")).await.ok()["channels"].clone();
    let channel = text(&channels[0]["id"]);
    let mut his = app.socket(&bob, 1).await;
    ada.post("/api/huddles", json!({ "channelId": channel })).await.ok();
    bob.post("/api/huddles", json!({ "channelId": channel })).await.ok();
    let roles = ada.get(&format!("/api/servers/{server}/roles")).await.ok()["roles"].clone();
    let everyone = text(&roles.as_array().unwrap().last().unwrap()["id"]);
    let path = format!("/api/channels/{channel}/permissions/{everyone}");
    ada.put(&path, json!({ "allow": [], "deny": ["CONNECT"] })).await.ok();
    let left = his.find("his leaving", |event| event["event"] == "user-left-voice");
    let left = left.await["data"].clone();
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("forbidden")));
    let refused = bob.post("/api/huddles", json!({ "channelId": channel })).await;
    assert_eq!(refused.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"], "CONNECT");
    app.voice_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_has_a_huddle_or_a_call() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let conversation = group(&ada, &[&bob, &eve]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut others = app.socket(&eve, 1).await;
    let started = ada.post("/api/huddles", json!({ "channelId": conversation })).await.ok();
    let id = text(&started["huddle"]["id"]);
    let created = his.expect("voice-session-created").await;
    assert_eq!((&created["conversationId"], &created["sessionId"]), (&json!(conversation), &json!(id)));
    his.refused("start-dm-call", json!({ "conversationId": conversation }), "CONFLICT").await;
    bob.post(&format!("/api/huddles/{id}/join"), json!({})).await.ok();
    let (_late, ready) = app.socket_and_ready(&eve, 0, "").await;
    assert_eq!(ready["voiceSessions"][0]["conversationId"], conversation.as_str());
    let mine = eve.get("/api/voice/sessions").await.ok();
    assert_eq!(mine["sessions"][0]["id"], id.as_str());
    // The fence.
    ada.delete(&format!("/api/groups/{conversation}/members/{}", bob.id)).await.ok();
    let gone = |event: &serde_json::Value| {
        event["event"] == "user-left-voice" && event["data"]["reason"] == "forbidden"
    };
    for socket in [&mut hers, &mut his, &mut others] {
        socket.find("his end", gone).await;
    }
    let signal = json!({ "sessionId": id, "targetUserId": bob.id, "signalData": { "type": "renegotiate" } });
    hers.refused("webrtc-signal", signal, "RESOURCE_NOT_FOUND").await;
    ada.post(&format!("/api/huddles/{id}/leave"), json!({})).await.ok();
    others.expect("voice-session-ended").await;
    let id = call(&mut hers, &eve).await;
    let direct = ada.get("/api/voice/sessions").await.ok()["sessions"][0]["conversationId"].clone();
    let there = phone(&eve).await;
    there.post("/api/huddles", json!({ "channelId": direct })).await.fails(409, "CONFLICT");
    there.post(&format!("/api/huddles/{id}/join"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    app.voice_is_whole().await;
}
