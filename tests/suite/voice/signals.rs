//! Signals between peers.

use serde_json::json;
use tests::App;

use super::{STRAGGLERS, come, community, signal};

#[tokio::test(flavor = "multi_thread")]
async fn signals_arrive_in_order_at_the_one_device_that_is_there() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, _, lounge) = community(&app).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let login = json!({ "username": "bob", "password": tests::Person::PASSWORD });
    let login = bob.post("/api/auth/login", login).await.ok();
    let phone = bob.clone().with_login(&login);
    let mut phone = app.socket(&phone, 0).await;
    let session = come(&mut hers, &lounge).await;
    come(&mut his, &lounge).await;
    let send = |data| json!({ "sessionId": session, "targetUserId": bob.id, "signalData": data });
    let sdp = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n";
    let mut sent = vec![hers.send("webrtc-signal", send(json!({ "type": "offer", "sdp": sdp })))];
    for n in 0..100 {
        let candidate = json!({ "candidate": format!("candidate:{n}"), "sdpMid": "0", "sdpMLineIndex": 0 });
        sent.push(hers.send("webrtc-signal", send(json!({ "type": "candidate", "candidate": candidate }))));
        // Not more than may be on its way at once.
        if n % 32 == 0 {
            hers.answer(sent.last().unwrap()).await;
        }
    }
    let offer = his.expect("webrtc-signal").await;
    assert_eq!((&offer["fromUserId"], &offer["sessionId"]), (&json!(ada.id), &json!(session)));
    assert_eq!(offer["signalData"], json!({ "type": "offer", "sdp": sdp }));
    for n in 0..100 {
        let data = his.expect("webrtc-signal").await["signalData"].clone();
        assert_eq!(data["candidate"]["candidate"], format!("candidate:{n}"));
    }
    phone.hears_no("webrtc-signal", STRAGGLERS).await;
    hers.hears_no("webrtc-signal", STRAGGLERS).await;
    // The other door.
    signal(&bob, &session, &ada, json!({ "type": "answer", "sdp": "v=0" })).await.ok();
    assert_eq!(hers.expect("webrtc-signal").await["signalData"]["type"], "answer");
    let old = json!({ "targetUserId": ada.id, "signal": { "type": "offer", "sdp": "v=1" }, "type": "offer" });
    bob.post(&format!("/api/voice/sessions/{session}/signal"), old).await.ok();
    assert_eq!(hers.expect("webrtc-signal").await["signalData"]["sdp"], "v=1");
}

#[tokio::test(flavor = "multi_thread")]
async fn signals_are_bounded_and_go_to_nobody_outside() {
    let app = App::builder().with("limits.enabled", "true").gateways(2).start().await;
    let (ada, bob, _, lounge) = community(&app).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let session = come(&mut hers, &lounge).await;
    let data = |data| json!({ "sessionId": session, "targetUserId": bob.id, "signalData": data });
    let renegotiate = data(json!({ "type": "renegotiate" }));
    hers.refused("webrtc-signal", renegotiate.clone(), "RESOURCE_NOT_FOUND").await;
    his.hears_no("webrtc-signal", STRAGGLERS).await;
    come(&mut his, &lounge).await;
    let large = data(json!({ "type": "offer", "sdp": "x".repeat(48 * 1024) }));
    hers.refused("webrtc-signal", large, "VALIDATION_FAILED").await;
    hers.refused("webrtc-signal", data(json!({ "type": "offer" })), "VALIDATION_FAILED").await;
    hers.refused("webrtc-signal", data(json!({ "type": "spam" })), "VALIDATION_FAILED").await;
    let to_herself =
        json!({ "sessionId": session, "targetUserId": ada.id, "signalData": { "type": "rollback" } });
    hers.refused("webrtc-signal", to_herself, "VALIDATION_FAILED").await;
    // A burst of 300, which other commands do not feel.
    let mut limited = 0;
    for _ in 0..11 {
        let sent = (0..32).map(|_| hers.send("webrtc-signal", renegotiate.clone())).collect::<Vec<_>>();
        for reference in sent {
            let answer = hers.answer(&reference).await;
            limited += usize::from(answer["data"]["code"] == "RATE_LIMITED");
        }
    }
    assert!(limited > 0 && limited < 60, "{limited}");
    hers.command("update-voice-state", json!({ "channelId": lounge, "muted": true })).await;
}
