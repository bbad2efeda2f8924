//! Joining channels and hearing what happens in them.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_sent_by_http_to_one_gateway_arrives_on_a_socket_of_the_other() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut socket = app.socket(&bob, 1).await;
    let joined = socket.command("join-channel", json!({ "channelId": server.channel })).await;
    assert_eq!(joined["channels"][0]["rev"], 0);

    let sent = ada.send(&server.channel, "hello").await;
    let event = socket.expect_event("new-message").await;
    assert_eq!((&event["data"], &event["rev"]), (&sent, &json!(1)));
    assert_eq!(event["timeline"], server.channel.as_str());
}
