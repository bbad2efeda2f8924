//! A message never outruns the loss of a right.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tests::{App, PATIENCE};

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

/// One writer through each gateway, as fast as they can, while members are removed: from the moment when the removal
/// is answered, nothing that is committed reaches them and nothing of theirs is accepted.
#[tokio::test(flavor = "multi_thread")]
async fn a_removed_member_sees_and_sends_nothing_that_is_committed_later() {
    const REMOVALS: usize = 40;
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let bob = app.person("bob").await;
    let server = ada.create_server("Engines").await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers = (0..2).map(|n| {
        let (ada, stop) = (ada.at(&app.gateways[n].url), Arc::clone(&stop));
        let channel = server.channel.clone();
        tokio::spawn(async move {
            while !stop.load(Ordering::SeqCst) {
                ada.send(&channel, "noise").await;
                tokio::time::sleep(Duration::from_millis(8)).await;
            }
        })
    });
    let writers = writers.collect::<Vec<_>>();
    let (guild, user) = (server.id.parse().unwrap(), bob.id.parse().unwrap());
    let path = format!("/api/channels/{}/messages", server.channel);
    for round in 0..REMOVALS {
        bob.join(&server).await;
        let mut his = app.socket(&bob, round % 2).await;
        his.command("join-channel", json!(server.channel)).await;
        let talking = {
            let (bob, path) = (bob.at(&app.gateways[(round + 1) % 2].url), path.clone());
            tokio::spawn(async move {
                let mut last = 0;
                loop {
                    let answer = bob.post(&path, json!({ "content": "still here" })).await;
                    if !answer.status.is_success() {
                        return (last, answer);
                    }
                    last = answer.body["message"]["rev"].as_i64().unwrap();
                }
            })
        };
        his.expect("new-message").await;
        app.services().guilds.remove_member(guild, user).await.unwrap();
        // Read after the removal: everything beyond it was committed later.
        let removed_at = ada.history(&server.channel, "?limit=1").await["rev"].as_i64().unwrap();
        let (last, refusal) = tokio::time::timeout(PATIENCE, talking).await.unwrap().unwrap();
        refusal.fails(404, "RESOURCE_NOT_FOUND");
        assert!(last <= removed_at, "accepted at {last}, removed at {removed_at}");
        his.expect("kicked-from-server").await;
        for event in his.rest(Duration::from_millis(60)).await {
            let rev = event["rev"].as_i64().unwrap_or(0);
            assert!(rev <= removed_at, "saw {rev}, removed at {removed_at}: {event}");
        }
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.unwrap();
    }
}
