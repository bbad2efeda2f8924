//! Frames that are not what they should be: a clear error each, and a close only where the contract says so.

use serde_json::{Value, json};
use tests::App;
use tokio_tungstenite::tungstenite::Message;

#[tokio::test(flavor = "multi_thread")]
async fn wrong_commands_get_an_error_that_names_the_field_and_the_session_goes_on() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    let cases: [(&str, Value, &str, &str); 14] = [
        ("fly", json!({}), "VALIDATION_FAILED", "event"),
        ("send-message", Value::Null, "VALIDATION_FAILED", "data"),
        ("send-message", json!({ "content": "x" }), "VALIDATION_FAILED", "channelId"),
        ("send-message", json!({ "channelId": "7", "content": "x" }), "VALIDATION_FAILED", "channelId"),
        ("send-message", json!({ "channelId": server.channel }), "VALIDATION_FAILED", "content"),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": 7 }),
            "VALIDATION_FAILED",
            "content",
        ),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": "" }),
            "VALIDATION_FAILED",
            "content",
        ),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": "a\0b" }),
            "VALIDATION_FAILED",
            "content",
        ),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": "x".repeat(4_001) }),
            "VALIDATION_FAILED",
            "content",
        ),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": "x", "nonce": "n".repeat(65) }),
            "VALIDATION_FAILED",
            "nonce",
        ),
        (
            "send-message",
            json!({ "channelId": server.channel, "content": "x", "replyTo": id }),
            "VALIDATION_FAILED",
            "replyTo",
        ),
        ("join-channel", json!({}), "VALIDATION_FAILED", "channelId"),
        ("join-channel", json!({ "channelId": server.channel, "since": -1 }), "VALIDATION_FAILED", "since"),
        ("resume", json!({ "timelines": { "7": 1 } }), "VALIDATION_FAILED", "timelines"),
    ];
    for (event, data, code, field) in cases {
        let error = socket.refused(event, data, code).await;
        let named = error["details"].as_object().unwrap().keys().any(|key| key.starts_with(field));
        assert!(named, "{event}: {field} is not named: {error}");
    }
    for (event, data) in [
        ("send-message", json!({ "channelId": id, "content": "x" })),
        ("edit-message", json!({ "messageId": id, "content": "x" })),
        ("delete-message", json!({ "messageId": id })),
        ("join-channel", json!({ "channelId": id })),
        ("typing-start", json!({ "channelId": id })),
    ] {
        socket.refused(event, data, "RESOURCE_NOT_FOUND").await;
    }
    socket.command("ping", json!({})).await;
    socket.expect("pong").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_without_a_ref_comes_too_and_a_wrong_ref_is_named() {
    let app = App::start().await;
    let mut socket = app.socket(&app.person("ada").await, 0).await;
    socket.text(json!({ "event": "fly" }).to_string());
    assert!(socket.expect_event("error").await["ref"].is_null());
    socket.text(json!({ "event": "ping", "ref": 7 }).to_string());
    assert!(socket.expect("error").await["details"]["ref"].is_array());
    // Without a ref there is no ack.
    socket.text(json!({ "event": "ping" }).to_string());
    socket.expect("pong").await;
    socket.command("ping", json!({})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_third_frame_in_a_minute_that_is_no_object_closes_with_4002() {
    let app = App::start().await;
    let mut socket = app.socket(&app.person("ada").await, 0).await;
    for text in ["{", "[1]"] {
        socket.text(text);
        assert_eq!(socket.expect("error").await["code"], "VALIDATION_FAILED");
    }
    socket.command("ping", json!({})).await;
    socket.text("7");
    assert_eq!(socket.close_code().await, Some(4002));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_frame_over_64_kib_closes_with_1009() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut fits = app.socket(&ada, 0).await;
    let pad = |size: usize| {
        let frame = json!({ "event": "ping", "ref": "p", "data": { "pad": "" } }).to_string();
        frame.replace("\"pad\":\"\"", &format!("\"pad\":\"{}\"", "x".repeat(size - frame.len())))
    };
    fits.text(pad(65_536));
    fits.answer("p").await;
    let mut over = app.socket(&ada, 0).await;
    over.text(pad(65_537));
    assert_eq!(over.close_code().await, Some(1009));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_binary_frame_closes_with_1003() {
    let app = App::start().await;
    let mut socket = app.socket(&app.person("ada").await, 0).await;
    socket.raw(Message::binary(b"{}".to_vec()));
    assert_eq!(socket.close_code().await, Some(1003));
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_over_the_limit_are_refused_each_with_an_error() {
    let app = App::builder()
        .with("limits.enabled", "true")
        .with("ws.commands_per_minute", "60")
        .with("ws.command_burst", "5")
        .start()
        .await;
    let mut socket = app.socket(&app.person("ada").await, 0).await;
    let sent = (0..12).map(|_| socket.send("ping", json!({}))).collect::<Vec<_>>();
    let (mut done, mut refused) = (0, 0);
    for reference in sent {
        match socket.answer(&reference).await {
            answer if answer["event"] == "ack" => done += 1,
            answer if answer["data"]["code"] == "RATE_LIMITED" => refused += 1,
            other => panic!("{other}"),
        }
    }
    assert_eq!(done + refused, 12);
    assert!((5..=7).contains(&done), "{done}");
}
