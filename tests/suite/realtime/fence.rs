//! A message never outruns the loss of a right.

use std::time::Duration;

use serde_json::json;
use tests::App;

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_a_server_hears_no_more_of_it_on_any_gateway() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut his, mut his_other) = (app.socket(&bob, 0).await, app.socket(&bob, 1).await);
    let mut hers = app.socket(&ada, 1).await;
    for socket in [&mut his, &mut his_other, &mut hers] {
        socket.command("join-channel", json!(server.channel)).await;
    }
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    assert_eq!(hers.expect("member-left").await["userId"], bob.id.as_str());
    ada.send(&server.channel, "without him").await;
    hers.expect("new-message").await;
    for socket in [&mut his, &mut his_other] {
        assert_eq!(socket.expect("server-deleted").await["serverId"], server.id.as_str());
        assert_eq!(socket.expect("channel-left").await["channelId"], server.channel.as_str());
        socket.hears_no("new-message", Duration::from_millis(200)).await;
        socket.refused("join-channel", json!(server.channel), "RESOURCE_NOT_FOUND").await;
    }
    let body = json!({ "content": "let me in" });
    bob.post(&format!("/api/channels/{}/messages", server.channel), body)
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_deleted_is_gone_for_everybody_at_once() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut his = app.socket(&bob, 1).await;
    his.command("join-channel", json!(server.channel)).await;
    let sent = ada.send(&server.channel, "soon gone").await;
    his.expect("new-message").await;
    ada.delete(&format!("/api/servers/{}", server.id)).await.ok();
    assert_eq!(his.expect("server-deleted").await["serverId"], server.id.as_str());
    his.refused("join-channel", json!(server.channel), "RESOURCE_NOT_FOUND").await;
    bob.get(&format!("/api/servers/{}", server.id)).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.get(&format!("/api/channels/{}/messages", server.channel)).await.fails(404, "RESOURCE_NOT_FOUND");
    let edit = json!({ "content": "x" });
    ada.put(&format!("/api/messages/{}", sent["id"].as_str().unwrap()), edit)
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
}
