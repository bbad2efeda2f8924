//! Coming, going, and how one is there, by calls and by sockets.

use serde_json::json;
use tests::App;

use super::{STRAGGLERS, come, community, lounge, new_voice_channel, seen, text};

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_and_goes_is_told_to_those_who_view_the_channel_at_any_gateway() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let mut watcher = app.socket(&ada, 1).await;
    let mut his = app.socket(&bob, 0).await;
    let session = come(&mut his, &lounge).await;
    let created = watcher.expect("voice-session-created").await;
    assert_eq!((&created["sessionId"], &created["createdBy"]), (&json!(session), &json!(bob.id)));
    let joined = watcher.expect("user-joined-voice").await;
    assert_eq!((&joined["user"]["username"], &joined["channelId"]), (&json!("bob"), &json!(lounge)));
    assert_eq!(
        (&joined["serverId"], &joined["voiceState"]["suppressed"]),
        (&json!(server.id), &json!(false))
    );

    // The other door: the same session.
    let answer = ada.post("/api/voice/sessions", json!({ "channelId": lounge, "isMuted": true })).await;
    assert_eq!(answer.status, 201);
    let mine = answer.ok()["session"].clone();
    assert_eq!(mine["id"], session.as_str());
    assert_eq!(mine["participants"][1]["isMuted"], true);
    assert_eq!(his.expect("user-joined-voice").await["user"]["id"], bob.id.as_str());
    let hers = his.expect("user-joined-voice").await;
    assert_eq!((&hers["user"]["id"], &hers["voiceState"]["muted"]), (&json!(ada.id), &json!(true)));
    assert_eq!(seen(&bob).await, [(lounge.clone(), vec!["bob".to_string(), "ada".to_string()])]);
    // Who comes now is told by `ready`.
    let (_late, ready) = app.socket_and_ready(&ada, 0, "").await;
    let known = &ready["voiceSessions"][0];
    assert_eq!((&known["sessionId"], &known["channelId"]), (&json!(session), &json!(lounge)));
    assert_eq!(known["participants"][1]["userId"], ada.id.as_str());

    ada.delete(&format!("/api/voice/sessions/{session}")).await.ok();
    let left = his.expect("user-left-voice").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(ada.id), &json!("left")));
    his.command("leave-voice-channel", json!({ "channelId": lounge })).await;
    let ended = watcher.expect("voice-session-ended").await;
    assert_eq!(ended, json!({ "sessionId": session, "channelId": lounge, "serverId": server.id }));
    assert!(seen(&ada).await.is_empty());
    ada.delete(&format!("/api/voice/sessions/{session}")).await.fails(404, "RESOURCE_NOT_FOUND");
    his.refused("leave-voice-channel", json!({ "channelId": lounge }), "RESOURCE_NOT_FOUND").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_two_vocabularies_change_the_same_flags() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, _, lounge) = community(&app).await;
    let (mut watcher, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 0).await);
    let session = come(&mut his, &lounge).await;
    let path = format!("/api/voice/sessions/{session}");
    let changed = bob.put(&path, json!({ "isMuted": true, "isScreenSharing": true })).await.ok();
    assert_eq!(changed["participant"]["isScreenSharing"], true);
    let state = watcher.expect("voice-state-updated").await["voiceState"].clone();
    assert_eq!(
        (&state["muted"], &state["screen"], &state["video"]),
        (&json!(true), &json!(true), &json!(false))
    );
    let data = json!({ "channelId": lounge, "video": true, "deafened": true, "isMuted": false });
    let ack = his.command("update-voice-state", data).await;
    assert_eq!(ack["participant"]["isVideoEnabled"], true);
    let state = watcher.expect("voice-state-updated").await["voiceState"].clone();
    assert_eq!((&state["muted"], &state["screen"]), (&json!(false), &json!(true)), "what is not said stays");
    assert_eq!((&state["video"], &state["deafened"]), (&json!(true), &json!(true)));
    // Nothing is different: nothing is told.
    bob.put(&path, json!({ "video": true })).await.ok();
    watcher.hears_no("voice-state-updated", STRAGGLERS).await;
    bob.put(&path, json!({})).await.fails_at("isMuted");
    his.refused("update-voice-state", json!({ "channelId": lounge, "muted": 7 }), "VALIDATION_FAILED").await;
    ada.put(&path, json!({ "isMuted": true })).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.post("/api/voice/sessions", json!({ "type": "dm", "channelId": lounge }))
        .await
        .fails_at("participantId");
    let other = json!({ "type": "stage", "channelId": lounge });
    ada.post("/api/voice/sessions", other).await.fails_at("type");
    ada.post("/api/voice/sessions", json!({})).await.fails_at("channelId");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_is_in_one_channel_at_a_time_and_by_one_device() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let other = new_voice_channel(&ada, &server, "Quiet").await;
    let mut watcher = app.socket(&ada, 1).await;
    let mut desk = app.socket(&bob, 0).await;
    let first = come(&mut desk, &lounge).await;
    let second = come(&mut desk, &other).await;
    let left = watcher.expect("user-left-voice").await;
    assert_eq!((&left["sessionId"], &left["reason"]), (&json!(first), &json!("moved")));
    assert_eq!(seen(&ada).await, [(other.clone(), vec!["bob".to_string()])]);
    // The same again changes nothing but the flags.
    let again = desk.command("join-voice-channel", json!({ "channelId": other, "muted": true })).await;
    assert_eq!(
        (&again["session"]["id"], &again["session"]["participants"][0]["isMuted"]),
        (&json!(second), &json!(true))
    );
    // Another login takes over.
    ada.post("/api/voice/sessions", json!({ "channelId": other })).await.ok();
    let login = json!({ "username": "bob", "password": tests::Person::PASSWORD });
    let login = bob.post("/api/auth/login", login).await.ok();
    let phone = bob.clone().with_login(&login);
    phone.post("/api/voice/sessions", json!({ "channelId": other })).await.ok();
    let left = watcher.find("bob's leaving", |event| {
        event["event"] == "user-left-voice" && event["data"]["sessionId"] == second.as_str()
    });
    assert_eq!(left.await["data"]["reason"], "replaced");
    let to = json!({ "targetUserId": ada.id, "sessionId": second, "signalData": { "type": "renegotiate" } });
    desk.refused("webrtc-signal", to, "CONFLICT").await;
    assert_eq!(seen(&ada).await[0].1.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_channel_takes_nobody_and_pages_have_all_sessions() {
    let app = App::builder().with("voice.channel_members", "2").gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let eve = app.person("eve").await;
    eve.join(&server).await;
    for person in [&ada, &bob] {
        person.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
    }
    eve.post("/api/voice/sessions", json!({ "channelId": lounge })).await.fails(409, "CONFLICT");
    ada.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
    // A limit of its own; who is there stays.
    let path = format!("/api/channels/{lounge}");
    let changed = ada.put(&path, json!({ "userLimit": 1 })).await.ok();
    assert_eq!(changed["channel"]["userLimit"], 1);
    assert_eq!(seen(&ada).await[0].1.len(), 2);
    let session = bob.get("/api/voice/sessions").await.ok()["sessions"][0]["id"].clone();
    bob.delete(&format!("/api/voice/sessions/{}", session.as_str().unwrap())).await.ok();
    bob.post("/api/voice/sessions", json!({ "channelId": lounge })).await.fails(409, "CONFLICT");
    ada.put(&path, json!({ "userLimit": null })).await.ok();
    bob.post("/api/voice/sessions", json!({ "channelId": lounge })).await.ok();
    ada.put(&path, json!({ "userLimit": 100 })).await.fails_at("userLimit");
    let written = format!("/api/channels/{}", server.channel);
    ada.put(&written, json!({ "userLimit": 5 })).await.fails_at("userLimit");
    let other = new_voice_channel(&ada, &server, "Quiet").await;
    eve.post("/api/voice/sessions", json!({ "channelId": other })).await.ok();
    let page = ada.get("/api/voice/sessions?limit=1").await.ok();
    let (first, cursor) = (text(&page["sessions"][0]["channelId"]), text(&page["nextCursor"]));
    assert_eq!(page["hasMore"], true);
    let rest = ada.get(&format!("/api/voice/sessions?limit=1&after={cursor}")).await.ok();
    assert_eq!((rest["hasMore"].clone(), rest["nextCursor"].is_null()), (json!(false), true));
    let mut both = [first, text(&rest["sessions"][0]["channelId"])];
    let mut expected = [lounge, other];
    both.sort();
    expected.sort();
    assert_eq!(both, expected);
    let elsewhere = ada.create_server("Wheels").await;
    let of = ada.get(&format!("/api/voice/sessions?serverId={}", elsewhere.id)).await.ok();
    assert_eq!(of["sessions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_voice_channel_of_ones_own_is_not_there() {
    let app = App::start().await;
    let (ada, _, server, _) = community(&app).await;
    let eve = app.person("eve").await;
    let foreign = lounge(&ada, &server).await;
    for channel in [foreign.as_str(), "01890a5d-ac96-774b-bcce-b302099a8057"] {
        eve.post("/api/voice/sessions", json!({ "channelId": channel }))
            .await
            .fails(404, "RESOURCE_NOT_FOUND");
    }
    ada.post("/api/voice/sessions", json!({ "channelId": server.channel }))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    ada.post("/api/voice/sessions", json!({ "channelId": "x" })).await.fails_at("channelId");
}
