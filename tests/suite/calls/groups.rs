//! Calls of groups.

use serde_json::json;

use super::{RINGS_MS, block, call_group, crew, ended, group, last_call, part, steady, text};

#[tokio::test(flavor = "multi_thread")]
async fn a_group_s_call_rings_all_goes_on_with_those_who_come_and_ends_with_the_last() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve, charles] = crew(&app, ["ada", "bob", "eve", "charles"]).await;
    let conversation = group(&ada, &[&bob, &eve, &charles]).await;
    let [mut a, mut b] = [app.socket(&ada, 0).await, app.socket(&bob, 1).await];
    let [mut e, mut c] = [app.socket(&eve, 0).await, app.socket(&charles, 1).await];
    let id = call_group(&mut a, &conversation).await;
    for socket in [&mut b, &mut e, &mut c] {
        assert_eq!(socket.expect("incoming-dm-call").await["conversationId"], conversation.as_str());
    }
    let this = json!({ "sessionId": id });
    c.command("decline-dm-call", this.clone()).await;
    let declined = e.expect("dm-call-declined").await;
    assert_eq!((&declined["recipientId"], &declined["reason"]), (&json!(charles.id), &json!("declined")));
    b.command("answer-dm-call", this.clone()).await;
    assert_eq!(e.expect("dm-call-answered").await["answeredBy"], bob.id.as_str());
    // Who does not answer in time may come all the same.
    app.clock.advance_ms(RINGS_MS);
    let silent = a.find("eve is rung no more", |event| {
        event["event"] == "dm-call-declined" && event["data"]["recipientId"] == eve.id.as_str()
    });
    assert_eq!(silent.await["data"]["reason"], "missed");
    let late = eve.post(&format!("/api/calls/{id}/answer"), json!({})).await.ok();
    assert_eq!(late["session"]["participants"].as_array().unwrap().len(), 3);
    a.command("end-dm-call", this.clone()).await;
    let left = b.expect("dm-call-left").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(ada.id), &json!("left")));
    b.command("end-dm-call", this.clone()).await;
    e.command("end-dm-call", this.clone()).await;
    for socket in [&mut a, &mut b, &mut e, &mut c] {
        assert_eq!(ended(socket, &id).await["endedBy"], eve.id.as_str());
    }
    app.voice_is_whole().await;
    let last = last_call(&charles).await;
    let parts = [&ada, &bob, &eve, &charles].map(|each| part(&last, each));
    assert_eq!(parts, ["joined", "joined", "joined", "declined"]);

    // Nobody wants it.
    let id = call_group(&mut a, &conversation).await;
    for socket in [&mut b, &mut e, &mut c] {
        socket.command("decline-dm-call", json!({ "sessionId": id })).await;
    }
    assert_eq!(ended(&mut a, &id).await["outcome"], "declined");
    app.voice_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_has_as_much_room_as_is_configured() {
    let app = steady().with("voice.call_members", "2").gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let conversation = group(&ada, &[&bob, &eve]).await;
    let [mut a, mut b, mut e] =
        [app.socket(&ada, 0).await, app.socket(&bob, 1).await, app.socket(&eve, 0).await];
    let id = call_group(&mut a, &conversation).await;
    b.command("answer-dm-call", json!({ "sessionId": id })).await;
    e.refused("answer-dm-call", json!({ "sessionId": id }), "CONFLICT").await;
    let again = b.command("start-dm-call", json!({ "conversationId": conversation })).await;
    assert_eq!(again["session"]["id"], id.as_str(), "one call a conversation");
    app.voice_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_the_group_or_is_removed_leaves_its_call_and_is_rung_no_more() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve, charles] = crew(&app, ["ada", "bob", "eve", "charles"]).await;
    let conversation = group(&ada, &[&bob, &eve, &charles]).await;
    let [mut a, mut b] = [app.socket(&ada, 0).await, app.socket(&bob, 1).await];
    let [mut e, mut c] = [app.socket(&eve, 0).await, app.socket(&charles, 1).await];
    let id = call_group(&mut a, &conversation).await;
    let this = json!({ "sessionId": id });
    b.command("answer-dm-call", this.clone()).await;
    e.command("answer-dm-call", this.clone()).await;
    let members = format!("/api/groups/{conversation}/members");
    ada.delete(&format!("{members}/{}", charles.id)).await.ok();
    let silent = c.expect("dm-call-declined").await;
    assert_eq!((&silent["recipientId"], &silent["reason"]), (&json!(charles.id), &json!("forbidden")));
    ada.delete(&format!("{members}/{}", bob.id)).await.ok();
    let to_bob = json!({ "sessionId": id, "targetUserId": bob.id, "signalData": { "type": "renegotiate" } });
    a.refused("webrtc-signal", to_bob, "RESOURCE_NOT_FOUND").await;
    for socket in [&mut b, &mut e] {
        let left = socket.expect("dm-call-left").await;
        assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("forbidden")));
    }
    b.refused("answer-dm-call", this.clone(), "RESOURCE_NOT_FOUND").await;
    eve.post(&format!("/api/groups/{conversation}/leave"), json!({})).await.ok();
    assert_eq!(a.expect("dm-call-left").await["userId"], bob.id.as_str());
    assert_eq!(a.expect("dm-call-left").await["userId"], eve.id.as_str());
    a.command("end-dm-call", this).await;
    ended(&mut a, &id).await;
    b.hears_no("dm-call-ended", super::STRAGGLERS).await;
    app.voice_is_whole().await;
    assert_eq!(part(&last_call(&ada).await, &bob), "removed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_group_s_call_does_not_ring_across_a_block() {
    let app = steady().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let conversation = group(&ada, &[&bob, &eve]).await;
    block(&eve, &ada).await;
    let mut a = app.socket(&ada, 0).await;
    let started = a.command("start-dm-call", json!({ "conversationId": conversation })).await;
    assert_eq!(started["session"]["call"]["ringing"], json!([bob.id]));
    // In the call of a group a block of two of them changes nothing.
    let id = text(&started["session"]["id"]);
    bob.post(&format!("/api/calls/{id}/answer"), json!({})).await.ok();
    block(&bob, &ada).await;
    a.hears_no("dm-call-left", super::STRAGGLERS).await;
    let two = ada.get("/api/voice/sessions").await.ok();
    assert_eq!(two["sessions"][0]["participants"].as_array().unwrap().len(), 2);
}
