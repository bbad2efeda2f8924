//! Joining channels and hearing what happens in them.

use std::time::Duration;

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

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_what_the_calls_do_and_everybody_hears_of_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    for socket in [&mut hers, &mut his] {
        socket.command("join-channel", json!(server.channel)).await;
        assert_eq!(socket.expect("channel-joined").await["channelId"], server.channel.as_str());
    }
    let data = json!({ "channelId": server.channel, "content": "one", "nonce": "n1" });
    let sent = hers.command("send-message", data).await["message"].clone();
    for socket in [&mut hers, &mut his] {
        assert_eq!(socket.expect("new-message").await, sent);
    }
    assert_eq!((&sent["nonce"], &sent["seq"]), (&json!("n1"), &json!(1)));

    let data = json!({ "messageId": sent["id"], "newContent": "two" });
    let edited = hers.command("edit-message", data).await["message"].clone();
    assert_eq!(
        (&edited["content"], &edited["edited"], &edited["rev"]),
        (&json!("two"), &json!(true), &json!(2))
    );
    for socket in [&mut hers, &mut his] {
        assert_eq!(socket.expect("message-edited").await, edited);
    }
    his.refused("edit-message", json!({ "messageId": sent["id"], "content": "x" }), "FORBIDDEN").await;
    his.refused("delete-message", json!({ "messageId": sent["id"] }), "FORBIDDEN").await;

    hers.command("delete-message", json!({ "messageId": sent["id"] })).await;
    for socket in [&mut hers, &mut his] {
        let event = socket.expect_event("message-deleted").await;
        assert_eq!(event["data"], json!({ "messageId": sent["id"], "channelId": server.channel }));
        assert_eq!(event["rev"], 3);
    }
    assert_eq!(ada.history(&server.channel, "").await["messages"], json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_a_channel_hears_no_more_of_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&ada, 0).await;
    socket.command("join-channel", json!({ "channelIds": [server.channel] })).await;
    ada.send(&server.channel, "heard").await;
    socket.expect("new-message").await;
    socket.command("leave-channel", json!(server.channel)).await;
    socket.expect("channel-left").await;
    ada.send(&server.channel, "unheard").await;
    socket.hears_no("new-message", Duration::from_millis(200)).await;
    // And again, after having been away.
    socket.command("join-channel", json!(server.channel)).await;
    ada.send(&server.channel, "heard again").await;
    assert_eq!(socket.expect("new-message").await["content"], "heard again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_one_may_not_see_is_as_gone_as_one_that_is_not_there() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    let mut socket = app.socket(&eve, 0).await;
    let hidden = socket.refused("join-channel", json!(server.channel), "RESOURCE_NOT_FOUND").await;
    let missing = socket
        .refused("join-channel", json!("01890a5d-ac96-774b-bcce-b302099a8057"), "RESOURCE_NOT_FOUND")
        .await;
    assert_eq!(hidden, missing);
    let both = [server.channel.as_str(), "01890a5d-ac96-774b-bcce-b302099a8057"];
    let several = socket.command("join-channel", json!({ "channelIds": both })).await;
    assert_eq!((&several["channels"], several["gone"].as_array().unwrap().len()), (&json!([]), 2));
    ada.send(&server.channel, "secret").await;
    socket.hears_no("new-message", Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_sessions_learn_of_new_servers_members_and_channels() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let server = ada.create_server("Engines").await;
    assert_eq!(hers.expect("server-created").await["server"]["id"], server.id.as_str());
    bob.join(&server).await;
    assert_eq!(his.expect("server-created").await["server"]["id"], server.id.as_str());
    assert_eq!(hers.expect("member-joined").await["member"]["user"]["id"], bob.id.as_str());

    let body = json!({ "name": "design", "type": "text" });
    let answer = ada.post(&format!("/api/servers/{}/channels", server.id), body).await.ok();
    // An event says nothing of what its reader may do.
    let mut made = answer["channel"].clone();
    made.as_object_mut().unwrap().remove("permissions");
    for socket in [&mut hers, &mut his] {
        assert_eq!(socket.expect("channel-created").await["channel"], made);
    }
    let id = made["id"].as_str().unwrap();
    his.command("join-channel", json!(id)).await;
    ada.delete(&format!("/api/channels/{id}")).await.ok();
    for socket in [&mut hers, &mut his] {
        assert_eq!(socket.expect("channel-deleted").await["channelId"], id);
    }
    assert_eq!(his.expect("channel-left").await["channelId"], id);
}

#[tokio::test(flavor = "multi_thread")]
async fn subscribe_all_hears_every_channel_without_joining_also_new_ones() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut socket, _) = app.socket_and_ready(&bob, 1, "?subscribe=all").await;
    ada.send(&server.channel, "one").await;
    assert_eq!(socket.expect("new-message").await["content"], "one");

    let made =
        ada.post(&format!("/api/servers/{}/channels", server.id), json!({ "name": "design" })).await.ok();
    socket.expect("channel-created").await;
    ada.send(made["channel"]["id"].as_str().unwrap(), "two").await;
    assert_eq!(socket.expect("new-message").await["content"], "two");

    // A server joined later, too.
    let other = ada.create_server("Looms").await;
    bob.join(&other).await;
    // That of the first server may still have been on its way when the socket was opened.
    let is_other = |event: &serde_json::Value| event["data"]["server"]["id"] == other.id.as_str();
    socket.find("server-created", is_other).await;
    ada.send(&other.channel, "three").await;
    assert_eq!(socket.expect("new-message").await["content"], "three");
}
