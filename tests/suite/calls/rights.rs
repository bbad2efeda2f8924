//! Who may call whom, and who learns of it.

use serde_json::json;

use super::{STRAGGLERS, block, call, crew, ended, last_call, steady, text, told};

#[tokio::test(flavor = "multi_thread")]
async fn who_may_write_to_somebody_may_call_them() {
    let app = steady().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let eve = app.person("eve").await;
    let mut hers = app.socket(&eve, 0).await;
    hers.refused("start-dm-call", json!({ "recipientId": ada.id }), "FORBIDDEN").await;
    hers.refused("start-dm-call", json!({ "recipientId": eve.id }), "VALIDATION_FAILED").await;
    hers.refused("start-dm-call", json!({}), "VALIDATION_FAILED").await;
    bob.put("/api/dms/settings", json!({ "acceptFrom": "friends" })).await.ok();
    ada.post("/api/voice/dm-call", json!({ "recipientId": bob.id })).await.fails(403, "FORBIDDEN");
    bob.put("/api/dms/settings", json!({ "acceptFrom": "everyone" })).await.ok();
    let called = eve.post("/api/voice/dm-call", json!({ "recipientId": bob.id, "isVideoCall": true })).await;
    assert_eq!(called.status, 201);
    assert_eq!(called.ok()["session"]["call"]["isVideo"], true);
    block(&bob, &ada).await;
    ada.post("/api/voice/dm-call", json!({ "recipientId": bob.id })).await.fails(403, "FORBIDDEN");
    bob.post("/api/voice/dm-call", json!({ "recipientId": ada.id })).await.fails(403, "BLOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_outside_a_call_learns_of_it_or_reaches_those_who_are_in_it() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut others = app.socket(&eve, 1).await;
    let id = call(&mut hers, &bob).await;
    let this = json!({ "sessionId": id });
    others.refused("answer-dm-call", this.clone(), "RESOURCE_NOT_FOUND").await;
    others.refused("decline-dm-call", this.clone(), "RESOURCE_NOT_FOUND").await;
    his.command("answer-dm-call", this.clone()).await;
    for name in ["answer-dm-call", "decline-dm-call", "end-dm-call"] {
        others.refused(name, this.clone(), "RESOURCE_NOT_FOUND").await;
    }
    let state = json!({ "sessionId": id, "muted": true });
    others.refused("update-dm-call-state", state.clone(), "RESOURCE_NOT_FOUND").await;
    his.command("update-dm-call-state", state).await;
    let signal = json!({ "sessionId": id, "targetUserId": ada.id, "signalData": { "type": "renegotiate" } });
    others.refused("webrtc-signal", signal, "RESOURCE_NOT_FOUND").await;
    eve.put(&format!("/api/voice/sessions/{id}/members/{}", bob.id), json!({ "isServerMuted": true }))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    // Nobody moderates in a conversation.
    ada.put(&format!("/api/voice/sessions/{id}/members/{}", bob.id), json!({ "isServerMuted": true }))
        .await
        .fails(403, "INSUFFICIENT_PERMISSIONS");
    hers.command("end-dm-call", this).await;
    ended(&mut his, &id).await;
    eve.get(&format!("/api/calls/{id}")).await.fails(404, "RESOURCE_NOT_FOUND");
    let heard = others.rest(STRAGGLERS).await;
    assert!(!heard.iter().any(|event| event.to_string().contains(&id)), "{heard:?}");
    assert_eq!(eve.get("/api/voice/sessions").await.ok()["sessions"], json!([]));
    assert_eq!(eve.get("/api/calls").await.ok()["calls"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_a_call_of_two_at_once_ringing_or_not() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let id = call(&mut hers, &bob).await;
    his.expect("incoming-dm-call").await;
    block(&bob, &ada).await;
    for socket in [&mut hers, &mut his] {
        let over = ended(socket, &id).await;
        // Neither is told why.
        assert_eq!((&over["outcome"], &over["endedBy"]), (&json!("cancelled"), &json!(null)));
    }
    his.refused("answer-dm-call", json!({ "sessionId": id }), "RESOURCE_NOT_FOUND").await;
    let mut others = app.socket(&eve, 1).await;
    let id = call(&mut others, &bob).await;
    his.command("answer-dm-call", json!({ "sessionId": id })).await;
    block(&eve, &bob).await;
    let signal = json!({ "sessionId": id, "targetUserId": bob.id, "signalData": { "type": "renegotiate" } });
    others.refused("webrtc-signal", signal, "RESOURCE_NOT_FOUND").await;
    assert_eq!(ended(&mut his, &id).await["outcome"], "answered");
    app.voice_is_whole().await;
    let conversation = text(&last_call(&eve).await["conversationId"]);
    assert!(told(&eve, &conversation).await.is_empty(), "nothing is written any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_rings_without_end() {
    let app = steady().with("limits.enabled", "true").gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (other_door, body) = (ada.at(&app.gateways[1].url), json!({ "recipientId": bob.id }));
    let calls = (0..30).map(|n| {
        let (door, body) = (if n % 2 == 0 { &ada } else { &other_door }, body.clone());
        async move { door.post("/api/voice/dm-call", body).await.status.as_u16() }
    });
    let statuses = futures_util::future::join_all(calls).await;
    let of = |wanted: u16| statuses.iter().filter(|status| **status == wanted).count();
    assert!(of(201) >= 10 && of(429) > 0 && of(201) + of(429) == 30, "{statuses:?}");
}
