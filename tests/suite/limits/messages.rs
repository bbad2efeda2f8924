//! Messages: one rate for calls and sockets.

use serde_json::json;

use super::{limited, rate};

const HOUR: u32 = 3_600;

#[tokio::test(flavor = "multi_thread")]
async fn calls_and_sockets_at_all_gateways_share_one_rate() {
    let app = rate(limited(), "messages", 60, HOUR, 6).gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut socket = app.socket(&ada, 1).await;
    let said = |content: &str| json!({ "channelId": server.channel, "content": content });
    for number in 0..3 {
        ada.send(&server.channel, &format!("by call {number}")).await;
        socket.command("send-message", said(&format!("by socket {number}"))).await;
    }
    let path = format!("/api/channels/{}/messages", server.channel);
    let refused = ada.post(&path, json!({ "content": "one too many" })).await;
    assert_eq!(refused.body["details"]["policy"], "messages");
    refused.fails(429, "RATE_LIMITED");
    let error = socket.refused("send-message", said("one too many"), "RATE_LIMITED").await;
    assert_eq!(error["details"]["policy"], "messages");
    assert!(error["details"]["retryAfter"].as_u64().is_some_and(|seconds| (1..=60).contains(&seconds)));
    // What is not a message goes on, and so does everybody else.
    socket.command("ping", json!({})).await;
    ada.history(&server.channel, "").await;
    bob.send(&server.channel, "hello").await;
    assert_eq!(ada.history(&server.channel, "").await["messages"].as_array().unwrap().len(), 7);
    // A minute later there is one more, for whichever way is first.
    app.clock.advance_ms(60_000);
    socket.command("send-message", said("one more")).await;
    ada.post(&path, json!({ "content": "one too many" })).await.fails(429, "RATE_LIMITED");
}
