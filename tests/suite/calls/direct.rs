//! Calls of two.

use serde_json::json;
use tests::{App, eventually};

use super::{RINGS_MS, STRAGGLERS, call, crew, ended, last_call, part, phone, text, told};

#[tokio::test(flavor = "multi_thread")]
async fn a_call_rings_on_all_devices_and_one_answers() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let bobs_phone = phone(&bob).await;
    let mut hers = app.socket(&ada, 0).await;
    let (mut desk, mut phone) = (app.socket(&bob, 1).await, app.socket(&bobs_phone, 0).await);
    let data = json!({ "recipientId": bob.id, "isVideo": true });
    let session = hers.command("start-dm-call", data).await["session"].clone();
    let (id, conversation) = (text(&session["id"]), text(&session["conversationId"]));
    assert_eq!((&session["type"], &session["call"]["isVideo"]), (&json!("call"), &json!(true)));
    let started = hers.expect("dm-call-started").await;
    assert_eq!((&started["recipientId"], &started["status"]), (&json!(bob.id), &json!("calling")));
    for socket in [&mut desk, &mut phone] {
        let incoming = socket.expect("incoming-dm-call").await;
        assert_eq!((&incoming["sessionId"], &incoming["isVideo"]), (&json!(id), &json!(true)));
        assert_eq!(incoming["caller"]["username"], "ada");
    }
    // A third device that comes while it rings.
    let (_tablet, ready) = app.socket_and_ready(&bob, 1, "").await;
    assert_eq!(ready["voiceSessions"][0]["call"]["ringing"], json!([bob.id]));

    let answer = json!({ "sessionId": id, "muted": true });
    let answered = phone.command("answer-dm-call", answer.clone()).await;
    assert_eq!(answered["session"]["participants"][1]["isMuted"], true);
    desk.refused("answer-dm-call", answer.clone(), "CONFLICT").await;
    for socket in [&mut hers, &mut desk, &mut phone] {
        let heard = socket.expect("dm-call-answered").await;
        assert_eq!((&heard["answeredBy"], &heard["participants"][0]["id"]), (&json!(bob.id), &json!(ada.id)));
        assert_eq!(heard["participants"][1]["voiceState"]["muted"], true);
    }
    phone.command("answer-dm-call", answer).await;

    // Signals go to the device that answered.
    let signal =
        json!({ "sessionId": id, "targetUserId": bob.id, "signalData": { "type": "offer", "sdp": "v=0" } });
    hers.command("webrtc-signal", signal).await;
    assert_eq!(phone.expect("webrtc-signal").await["fromUserId"], ada.id.as_str());
    desk.hears_no("webrtc-signal", STRAGGLERS).await;
    let state = json!({ "sessionId": id, "video": true, "muted": false });
    phone.command("update-dm-call-state", state).await;
    let state = hers.find("his picture", |event| {
        event["event"] == "dm-call-state-updated" && event["data"]["voiceState"]["video"] == true
    });
    assert_eq!(state.await["data"]["userId"], bob.id.as_str());
    bob.put(&format!("/api/voice/sessions/{id}"), json!({ "isScreenSharing": true })).await.ok();

    app.clock.advance_ms(312_000);
    hers.command("end-dm-call", json!({ "sessionId": id })).await;
    for socket in [&mut hers, &mut desk, &mut phone] {
        let over = ended(socket, &id).await;
        assert_eq!((&over["endedBy"], &over["outcome"]), (&json!(ada.id), &json!("answered")));
        assert!((312..400).contains(&over["duration"].as_i64().unwrap()), "{over}");
    }
    phone.refused("end-dm-call", json!({ "sessionId": id }), "RESOURCE_NOT_FOUND").await;
    app.voice_is_whole().await;
    for person in [&ada, &bob] {
        let last = last_call(person).await;
        assert_eq!((&last["id"], &last["outcome"]), (&json!(id), &json!("answered")));
        assert_eq!((part(&last, &ada), part(&last, &bob)), ("joined".into(), "joined".into()));
        let words = told(person, &conversation).await;
        assert!(words[0].starts_with("made a video call that lasted 5 min"), "{words:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_declined_cancelled_or_missed() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let bobs_phone = phone(&bob).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut phone = app.socket(&bobs_phone, 0).await;

    let id = call(&mut hers, &bob).await;
    his.expect("incoming-dm-call").await;
    his.command("decline-dm-call", json!({ "sessionId": id })).await;
    let declined = phone.expect("dm-call-declined").await;
    assert_eq!((&declined["recipientId"], &declined["reason"]), (&json!(bob.id), &json!("declined")));
    let over = ended(&mut hers, &id).await;
    assert_eq!((&over["outcome"], &over["endedBy"]), (&json!("declined"), &json!(bob.id)));
    assert!(over["duration"].is_null());
    assert_eq!(part(&last_call(&ada).await, &bob), "declined");

    let id = call(&mut hers, &bob).await;
    his.expect("incoming-dm-call").await;
    hers.command("end-dm-call", json!({ "sessionId": id })).await;
    assert_eq!(ended(&mut his, &id).await["outcome"], "cancelled");
    assert_eq!(part(&last_call(&bob).await, &bob), "missed");
    his.refused("answer-dm-call", json!({ "sessionId": id }), "RESOURCE_NOT_FOUND").await;

    let id = call(&mut hers, &bob).await;
    his.expect("incoming-dm-call").await;
    app.clock.advance_ms(RINGS_MS);
    for socket in [&mut hers, &mut his, &mut phone] {
        let over = ended(socket, &id).await;
        assert_eq!((&over["outcome"], &over["endedBy"]), (&json!("missed"), &json!(null)));
    }
    app.voice_is_whole().await;
    let conversation = text(&last_call(&ada).await["conversationId"]);
    let words = ["that nobody answered", "and hung up before anybody answered", "that was declined"];
    assert_eq!(told(&bob, &conversation).await, words.map(|words| format!("made a call {words}")));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_in_another_call_is_busy_and_one_is_in_one_place() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut others = app.socket(&eve, 0).await;
    let id = call(&mut hers, &bob).await;
    his.expect("incoming-dm-call").await;
    his.command("answer-dm-call", json!({ "sessionId": id })).await;
    others.refused("start-dm-call", json!({ "recipientId": bob.id }), "BUSY").await;
    his.hears_no("incoming-dm-call", STRAGGLERS).await;
    let missed = last_call(&bob).await;
    assert_eq!((&missed["outcome"], &missed["caller"]["id"]), (&json!("busy"), &json!(eve.id)));

    // Whoever comes into a voice channel hangs up; whoever calls leaves it.
    let servers = ada.get("/api/servers").await.ok();
    let server = text(&servers["servers"][0]["id"]);
    let channels = ada.get(&format!("/api/servers/{server}/channels")).await.ok()["channels"].clone();
    let lounge = text(&channels[1]["id"]);
    his.command("join-voice-channel", json!({ "channelId": lounge })).await;
    assert_eq!(ended(&mut hers, &id).await["outcome"], "answered");
    let called = bob.post("/api/voice/sessions", json!({ "type": "dm", "participantId": ada.id })).await;
    let id = text(&called.ok()["session"]["id"]);
    let left = hers.find("his leaving", |event| {
        event["event"] == "user-left-voice" && event["data"]["channelId"] == lounge.as_str()
    });
    assert_eq!(left.await["data"]["reason"], "moved");
    // By a device of theirs that takes over, the call goes on.
    let bobs_phone = phone(&bob).await;
    let mut phone = app.socket(&bobs_phone, 0).await;
    hers.command("answer-dm-call", json!({ "sessionId": id })).await;
    let taken = phone.command("start-dm-call", json!({ "recipientId": ada.id })).await;
    assert_eq!(taken["session"]["id"], id.as_str());
    let left = hers.expect("dm-call-left").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("replaced")));
    phone.command("end-dm-call", json!({ "sessionId": id })).await;
    eventually("nobody is anywhere", async || {
        ada.get("/api/voice/sessions").await.ok()["sessions"] == json!([])
    })
    .await;
    app.voice_is_whole().await;
}
