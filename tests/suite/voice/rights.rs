//! Who may be there, who learns of it, and who loses it.

use serde_json::json;
use tests::{App, eventually};

use super::{STRAGGLERS, come, community, deny, new_voice_channel, seen, signal};

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_those_who_may_not_view_the_channel_learn_nothing() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, _) = community(&app).await;
    let eve = app.person("eve").await;
    let hidden = new_voice_channel(&ada, &server, "Hidden").await;
    deny(&ada, &server, &hidden, &["VIEW_CHANNEL"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let mut strangers = app.socket(&eve, 1).await;
    let session = come(&mut hers, &hidden).await;
    hers.command("update-voice-state", json!({ "channelId": hidden, "muted": true })).await;
    hers.expect("voice-state-updated").await;
    for socket in [&mut his, &mut strangers] {
        let heard = socket.rest(STRAGGLERS).await;
        let heard = heard.iter().find(|event| event.to_string().contains(&session));
        assert!(heard.is_none(), "{heard:?}");
    }
    for person in [&bob, &eve] {
        assert!(seen(person).await.is_empty());
        let path = format!("/api/voice/sessions/{session}");
        person.put(&path, json!({ "isMuted": true })).await.fails(404, "RESOURCE_NOT_FOUND");
        signal(person, &session, &ada, json!({ "type": "renegotiate" }))
            .await
            .fails(404, "RESOURCE_NOT_FOUND");
        let member = format!("{path}/members/{}", ada.id);
        person.delete(&member).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    let (_, ready) = app.socket_and_ready(&bob, 0, "").await;
    assert_eq!(ready["voiceSessions"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn connect_lets_in_and_speak_lets_be_heard() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    deny(&ada, &server, &lounge, &["CONNECT"]).await;
    let refused = bob.post("/api/voice/sessions", json!({ "channelId": lounge })).await;
    assert_eq!(refused.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"], "CONNECT");
    deny(&ada, &server, &lounge, &["SPEAK"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 0).await);
    let joined = his.command("join-voice-channel", json!({ "channelId": lounge, "isVideo": true })).await;
    let me = &joined["session"]["participants"][0];
    assert_eq!((&me["isSuppressed"], &me["isVideoEnabled"]), (&json!(true), &json!(false)));
    let video = json!({ "channelId": lounge, "video": true });
    his.refused("update-voice-state", video.clone(), "INSUFFICIENT_PERMISSIONS").await;
    // Gained while they are there, and lost again.
    deny(&ada, &server, &lounge, &[]).await;
    let state = hers.expect("voice-state-updated").await["voiceState"].clone();
    assert_eq!(state["suppressed"], false);
    his.command("update-voice-state", video).await;
    assert_eq!(hers.expect("voice-state-updated").await["voiceState"]["video"], true);
    deny(&ada, &server, &lounge, &["SPEAK"]).await;
    let state = hers.expect("voice-state-updated").await["voiceState"].clone();
    assert_eq!((&state["suppressed"], &state["video"]), (&json!(true), &json!(false)));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_the_right_leaves_at_once_and_no_signal_passes() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let (mut hers, mut his) = (app.socket(&ada, 1).await, app.socket(&bob, 0).await);
    let ways = ["CONNECT", "VIEW_CHANNEL", "timeout", "kick"];
    for way in ways {
        let session = come(&mut hers, &lounge).await;
        come(&mut his, &lounge).await;
        signal(&bob, &session, &ada, json!({ "type": "renegotiate" })).await.ok();
        let of = |what: &str| format!("/api/servers/{}/members/{}/{what}", server.id, bob.id);
        match way {
            "timeout" => ada.post(&of("timeout"), json!({ "duration": 5 })).await.ok(),
            "kick" => ada.post(&of("kick"), json!({})).await.ok(),
            permission => {
                deny(&ada, &server, &lounge, &[permission]).await;
                json!(null)
            }
        };
        // Acknowledged: from here on nothing passes, whether or not anybody has looked.
        signal(&bob, &session, &ada, json!({ "type": "renegotiate" })).await.fails(404, "RESOURCE_NOT_FOUND");
        signal(&ada, &session, &bob, json!({ "type": "renegotiate" })).await.fails(404, "RESOURCE_NOT_FOUND");
        let left = hers.find("bob's leaving", |event| {
            event["event"] == "user-left-voice" && event["data"]["userId"] == bob.id.as_str()
        });
        assert_eq!(left.await["data"]["reason"], "forbidden", "{way}");
        assert_eq!(his.expect("user-left-voice").await["reason"], "forbidden", "{way}");
        deny(&ada, &server, &lounge, &[]).await;
        if way == "timeout" {
            ada.delete(&of("timeout")).await.ok();
        }
        hers.command("leave-voice-channel", json!({ "channelId": lounge })).await;
        hers.rest(STRAGGLERS).await;
        his.rest(STRAGGLERS).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_channel_or_server_has_nobody_in_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server, lounge) = community(&app).await;
    let other = new_voice_channel(&ada, &server, "Quiet").await;
    let mut his = app.socket(&bob, 1).await;
    for (channel, path) in
        [(&other, format!("/api/channels/{other}")), (&lounge, format!("/api/servers/{}", server.id))]
    {
        let session = come(&mut his, channel).await;
        ada.delete(&path).await.ok();
        let left = his.find("the end of it", |event| {
            event["event"] == "user-left-voice" && event["data"]["sessionId"] == session.as_str()
        });
        assert_eq!(left.await["data"]["reason"], "forbidden");
        eventually("nobody is there", async || {
            let path = format!("/api/voice/sessions/{session}");
            bob.put(&path, json!({ "isMuted": true })).await.status == 404
        })
        .await;
    }
}
