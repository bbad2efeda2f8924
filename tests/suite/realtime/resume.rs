//! Coming back: what was missed is replayed from the log, compacted, and nothing falls between replay and live.

use serde_json::{Value, json};
use tests::App;

fn names(events: &[Value]) -> Vec<(String, i64)> {
    let durable = events.iter().filter(|event| event["rev"].is_i64());
    durable
        .map(|event| (event["event"].as_str().unwrap().to_string(), event["rev"].as_i64().unwrap()))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_socket_that_was_away_gets_the_compacted_log_and_knows_where_it_stands() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut messages = Vec::new();
    for n in 0..4 {
        messages.push(ada.send(&server.channel, &format!("m{n}")).await);
    }
    let id = |n: usize| messages[n]["id"].as_str().unwrap();
    // The client knows everything up to rev 4. While it is away:
    ada.put(&format!("/api/messages/{}", id(0)), json!({ "content": "changed" })).await.ok(); // 5
    ada.put(&format!("/api/messages/{}", id(0)), json!({ "content": "changed again" })).await.ok(); // 6
    ada.delete(&format!("/api/messages/{}", id(1))).await.ok(); // 7
    let brief = ada.send(&server.channel, "brief").await; // 8
    ada.delete(&format!("/api/messages/{}", brief["id"].as_str().unwrap())).await.ok(); // 9
    ada.send(&server.channel, "new").await; // 10

    let mut socket = app.socket(&ada, 1).await;
    let resumed = socket.command("resume", json!({ "timelines": { &server.channel: 4 } })).await;
    assert_eq!(resumed, json!({ "timelines": { &server.channel: 10 }, "gone": [] }));
    ada.send(&server.channel, "live").await;
    let mut events = vec![];
    while events.last().is_none_or(|event: &Value| event["rev"] != 11) {
        events.push(socket.find("an event", |event| event["rev"].is_i64()).await);
    }
    let expected = [("message-updated", 6), ("message-deleted", 7), ("new-message", 10), ("new-message", 11)];
    assert_eq!(names(&events), expected.map(|(name, rev)| (name.to_string(), rev)));
    assert_eq!(events[0]["data"]["content"], "changed again");
    assert_eq!(socket.expect("resumed").await, resumed);
}

#[tokio::test(flavor = "multi_thread")]
async fn resuming_says_what_is_gone_and_what_is_too_much() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let (mine, his) = (ada.create_server("Engines").await, bob.create_server("Looms").await);
    let mut writer = app.socket(&ada, 0).await;
    for n in 0..520 {
        writer.send("send-message", json!({ "channelId": mine.channel, "content": n.to_string() }));
        if n % 50 == 49 {
            writer.command("ping", json!({})).await;
        }
    }
    tests::eventually("520 messages", async || {
        ada.history(&mine.channel, "?limit=1").await["lastSeq"] == 520
    })
    .await;
    let mut socket = app.socket(&ada, 0).await;
    let wish = json!({ "timelines": { &mine.channel: 3, &his.channel: 0 } });
    let resumed = socket.command("resume", wish).await;
    assert_eq!(resumed["gone"], json!([his.channel]));
    assert_eq!(resumed["timelines"], json!({ &mine.channel: 520 }));
    let gap = socket.expect("timeline-gap").await;
    assert_eq!(gap, json!({ "timeline": mine.channel, "fromRev": 3, "toRev": 520 }));
    ada.send(&mine.channel, "live").await;
    assert_eq!(socket.expect_event("new-message").await["rev"], 521);
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_with_since_replays_like_resuming_and_joining_twice_repeats_nothing() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    ada.send(&server.channel, "one").await;
    ada.send(&server.channel, "two").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel, "since": 1 })).await;
    let joined = socket.expect("channel-joined").await;
    assert_eq!(joined, json!({ "channelId": server.channel, "lastSeq": 2, "rev": 2 }));
    assert_eq!(socket.expect("new-message").await["content"], "two");
    socket.command("join-channel", json!({ "channelId": server.channel, "since": 2 })).await;
    ada.send(&server.channel, "three").await;
    assert_eq!(socket.expect("new-message").await["content"], "three");
}

/// A client whose first attempt was answered with an error asks again, and what was on its way meanwhile came.
#[tokio::test(flavor = "multi_thread")]
async fn who_asks_again_is_not_told_again_what_this_socket_was_told() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    for content in ["one", "two"] {
        ada.send(&server.channel, content).await;
    }
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    for content in ["three", "four"] {
        ada.send(&server.channel, content).await;
        assert_eq!(socket.expect_event("new-message").await["data"]["content"], content);
    }
    for command in ["join-channel", "resume"] {
        let wish = json!({ "channelId": server.channel, "since": 2, "timelines": { &server.channel: 2 } });
        socket.command(command, wish).await;
    }
    ada.send(&server.channel, "five").await;
    assert_eq!(socket.expect_event("new-message").await["data"]["content"], "five");
    // Of what was before it listened nothing was sent: who asks for that gets all of it.
    socket.command("resume", json!({ "timelines": { &server.channel: 1 } })).await;
    for content in ["two", "three", "four", "five"] {
        assert_eq!(socket.expect_event("new-message").await["data"]["content"], content);
    }
}

/// What was sent before a channel was taken from the session may be on its way still when the client, who is back already, asks
/// for it again from where it stood.
#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_by_the_same_socket_is_not_told_again_what_it_was_told() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    for content in ["one", "two"] {
        ada.send(&server.channel, content).await;
    }
    let mut his = app.socket(&bob, 0).await;
    his.command("join-channel", json!({ "channelId": server.channel })).await;
    for content in ["three", "four"] {
        ada.send(&server.channel, content).await;
        assert_eq!(his.expect_event("new-message").await["data"]["content"], content);
    }
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    his.expect("channel-left").await;
    ada.send(&server.channel, "five").await;
    bob.join(&server).await;
    let from_two = json!({ "timelines": { &server.channel: 2 } });
    his.command("resume", from_two.clone()).await;
    ada.send(&server.channel, "six").await;
    for content in ["five", "six"] {
        assert_eq!(his.expect_event("new-message").await["data"]["content"], content);
    }
    // Who leaves a channel of their own accord is told all that they ask for later.
    his.command("leave-channel", json!({ "channelId": server.channel })).await;
    his.command("resume", from_two).await;
    for content in ["three", "four", "five", "six"] {
        assert_eq!(his.expect_event("new-message").await["data"]["content"], content);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn joining_while_others_write_leaves_no_hole_and_repeats_nothing() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let writer = {
        let (ada, channel) = (ada.clone(), server.channel.clone());
        tokio::spawn(async move {
            for n in 0..300 {
                ada.send(&channel, &n.to_string()).await;
            }
        })
    };
    let mut socket = app.socket(&ada, 1).await;
    let mut stands = 0_i64;
    // Comes and goes while the writer writes: each time it resumes from where it stood.
    for _ in 0..12 {
        let resumed = socket.command("resume", json!({ "timelines": { &server.channel: stands } })).await;
        let upto = resumed["timelines"][&server.channel].as_i64().unwrap();
        while stands < upto + 5 && stands < 300 {
            let event = socket.expect_event("new-message").await;
            assert_eq!(event["rev"], stands + 1, "no hole, nothing twice");
            stands += 1;
        }
        socket.command("leave-channel", json!(server.channel)).await;
        // What was on its way when it left.
        for event in socket.rest(std::time::Duration::from_millis(5)).await {
            if event["event"] == "new-message" {
                assert_eq!(event["rev"], stands + 1);
                stands += 1;
            }
        }
    }
    socket.command("resume", json!({ "timelines": { &server.channel: stands } })).await;
    while stands < 300 {
        assert_eq!(socket.expect_event("new-message").await["rev"], stands + 1);
        stands += 1;
    }
    writer.await.unwrap();
}
