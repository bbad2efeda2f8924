//! Who is not told: across a block, of who does not want to be seen, and after a right is lost.

use serde_json::json;
use tests::App;

use super::{nothing_of, status, told};

#[tokio::test(flavor = "multi_thread")]
async fn who_chose_not_to_be_seen_is_not_seen_anywhere() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.join(&ada.create_server("Engines").await).await;
    for (from, to) in [(&ada, &bob), (&bob, &ada)] {
        from.post(&format!("/api/users/{}/friend-request", to.id), json!({})).await.ok();
    }
    ada.put("/api/users/status", json!({ "status": "offline", "statusMessage": "hiding" })).await.ok();
    let mut watcher = app.socket(&bob, 1).await;
    let mut device = app.socket(&ada, 0).await;
    device.command("update-status", json!({ "statusMessage": "still hiding" })).await;
    let other = app.socket(&ada, 1).await;
    drop(other);
    nothing_of(&mut watcher, &ada).await;
    assert_eq!(status(&bob, &ada).await, "offline");
    assert_eq!(bob.get("/api/users/online").await.ok()["users"], json!([]));
    let found = bob.get("/api/users/search?query=ada").await.ok()["users"][0].clone();
    assert_eq!((&found["status"], &found["isOnline"]), (&json!("offline"), &json!(false)));
    assert!(found["statusMessage"].is_null() && found["lastSeen"].is_null(), "{found}");
    let friend = bob.get("/api/friends").await.ok()["friends"][0].clone();
    assert_eq!((&friend["status"], &friend["statusMessage"]), (&json!("offline"), &json!(null)));
    // Shown, and hidden again: seen until then, and not when they really go.
    device.command("update-status", json!({ "status": "online" })).await;
    told(&mut watcher, "user-online", &ada).await;
    told(&mut watcher, "friend-status-changed", &ada).await;
    device.command("update-status", json!({ "status": "offline" })).await;
    told(&mut watcher, "user-offline", &ada).await;
    told(&mut watcher, "friend-status-changed", &ada).await;
    drop(device);
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    nothing_of(&mut watcher, &ada).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_across_a_block_and_the_others_are_told() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    eve.join(&server).await;
    ada.post(&format!("/api/users/{}/block", eve.id), json!({})).await.ok();
    let (mut theirs, mut others) = (app.socket(&eve, 1).await, app.socket(&bob, 1).await);
    let mut device = app.socket(&ada, 0).await;
    told(&mut others, "user-online", &ada).await;
    device.command("update-status", json!({ "status": "busy" })).await;
    told(&mut others, "user-status-updated", &ada).await;
    nothing_of(&mut theirs, &ada).await;
    nothing_of(&mut device, &eve).await;
    assert_eq!(ids(&eve.get("/api/users/online").await.ok()), [bob.id.as_str()]);
    let (mut again, _) = app.socket_and_ready(&eve, 0, "").await;
    assert_eq!(again.expect("online-users").await["users"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_left_the_server_is_told_nothing_more() {
    let app = App::builder().gateways(2).start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    eve.join(&server).await;
    let mut theirs = app.socket(&eve, 1).await;
    eve.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    theirs.expect("server-deleted").await;
    let _device = app.socket(&ada, 0).await;
    nothing_of(&mut theirs, &ada).await;
    assert!(status(&eve, &ada).await.is_null());
}

fn ids(page: &serde_json::Value) -> Vec<String> {
    page["users"].as_array().unwrap().iter().map(|user| user["id"].as_str().unwrap().to_string()).collect()
}
