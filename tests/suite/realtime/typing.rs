//! Typing: told to those who look, over by itself, never kept.

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn typing_is_told_across_gateways_and_ends_with_the_message() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    his.command("join-channel", json!(server.channel)).await;

    hers.command("typing-start", json!({ "channelId": server.channel })).await;
    let expected = json!({ "userId": ada.id, "username": "ada", "channelId": server.channel });
    assert_eq!(his.expect("user-typing").await, expected);
    hers.command("stop-typing", json!({ "channelId": server.channel })).await;
    let stopped = json!({ "userId": ada.id, "channelId": server.channel });
    assert_eq!(his.expect("user-stopped-typing").await, stopped);

    hers.command("typing", json!({ "channelId": server.channel })).await;
    his.expect("user-typing").await;
    hers.command("send-message", json!({ "channelId": server.channel, "content": "done" })).await;
    his.expect("user-stopped-typing").await;

    hers.command("typing", json!({ "channelId": server.channel })).await;
    his.expect("user-typing").await;
    drop(hers);
    assert_eq!(his.expect("user-stopped-typing").await, stopped, "the end of the session ends it");
}

#[tokio::test(flavor = "multi_thread")]
async fn typing_ends_by_itself() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 0).await);
    his.command("join-channel", json!(server.channel)).await;
    hers.command("typing-start", json!({ "channelId": server.channel })).await;
    his.expect("user-typing").await;
    his.expect("user-stopped-typing").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_write_may_not_type() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&eve, 0).await;
    socket.refused("typing-start", json!({ "channelId": server.channel }), "RESOURCE_NOT_FOUND").await;
}
