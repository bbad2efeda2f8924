//! Coming and going, on several devices and gateways.

use serde_json::json;
use tests::{App, Person, eventually};

use super::{nothing_of, status, tells, told};

#[tokio::test(flavor = "multi_thread")]
async fn online_with_the_first_device_anywhere_and_offline_with_the_last() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    bob.join(&ada.create_server("Engines").await).await;
    let (mut watcher, mut stranger) = (app.socket(&bob, 1).await, app.socket(&eve, 0).await);
    let phone = app.socket(&ada, 0).await;
    let seen = told(&mut watcher, "user-online", &ada).await;
    assert_eq!((&seen["status"], &seen["isOnline"]), (&json!("online"), &json!(true)));
    let (tablet, desk) = (app.socket(&ada, 1).await, app.socket(&ada, 0).await);
    assert_eq!(status(&bob, &ada).await, "online");
    let online = bob.get("/api/users/online").await.ok();
    assert_eq!(online["users"][0]["id"], ada.id.as_str());
    assert_eq!(eve.get("/api/users/online").await.ok()["users"], json!([]));
    // Who comes now is told who is there.
    let mut late = app.socket(&bob, 0).await;
    assert_eq!(told(&mut late, "online-users", &ada).await["status"], "online");
    drop((phone, tablet));
    nothing_of(&mut watcher, &ada).await;
    drop(desk);
    let seen = told(&mut watcher, "user-offline", &ada).await;
    assert_eq!((&seen["status"], &seen["isOnline"]), (&json!("offline"), &json!(false)));
    assert!(seen["lastSeen"].is_string());
    assert_eq!(status(&bob, &ada).await, "offline");
    nothing_of(&mut stranger, &ada).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_find_everybody_behind_thousands_who_are_not_there() {
    let app = App::start().await;
    let (ada, asker) = (app.person("ada").await, app.person("asker").await);
    let (server, other) = (ada.create_server("Engines").await, ada.create_server("Wheels").await);
    asker.join(&server).await;
    asker.join(&other).await;
    // Random ids: among those of the people of this test, and on both sides of them.
    app.sql(&format!(
        "INSERT INTO users (id, username, username_key, name, created_at, updated_at) \
         SELECT gen_random_uuid(), 'many' || n, 'many' || n, 'Many', now(), now() FROM generate_series(1, 2500) AS n; \
         INSERT INTO members (guild_id, user_id, joined_at) SELECT CASE WHEN username < 'many2' THEN '{}' ELSE '{}' END::uuid, \
         id, now() FROM users WHERE name = 'Many'",
        server.id, other.id
    ))
    .await;
    let (friend, partner, stranger, blocked) = (
        app.person("friend").await,
        app.person("partner").await,
        app.person("stranger").await,
        app.person("blocked").await,
    );
    blocked.join(&server).await;
    for (from, to) in [(&asker, &friend), (&friend, &asker)] {
        from.post(&format!("/api/users/{}/friend-request", to.id), json!({})).await.ok();
    }
    partner.put("/api/dms/settings", json!({ "acceptFrom": "everyone" })).await.ok();
    asker.post("/api/dms", json!({ "userId": partner.id })).await.ok();
    blocked.post("/api/users/block", json!({ "userId": asker.id })).await.ok();
    let mut sockets = Vec::new();
    for person in [&ada, &asker, &friend, &partner, &stranger, &blocked] {
        sockets.push(app.socket(person, 0).await);
    }
    let mut expected = [&ada, &friend, &partner].map(|person| person.id.clone());
    expected.sort();
    eventually("three are there", async || all_pages(&asker, 100).await.len() == 3).await;
    for limit in [1, 2, 100] {
        assert_eq!(all_pages(&asker, limit).await, expected, "by {limit}");
    }
}

/// Who is there, page by page.
async fn all_pages(asker: &Person, limit: usize) -> Vec<String> {
    let (mut found, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = asker.get(&format!("/api/users/online?limit={limit}{cursor}")).await.ok();
        let users = page["users"].as_array().unwrap();
        assert!(users.len() <= limit);
        found.extend(users.iter().map(|user| user["id"].as_str().unwrap().to_string()));
        match page["nextCursor"].as_str() {
            Some(next) => cursor = format!("&after={next}"),
            None => return found,
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_within_the_grace_at_another_gateway_was_never_gone() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.join(&ada.create_server("Engines").await).await;
    let mut watcher = app.socket(&bob, 1).await;
    let mut device = app.socket(&ada, 0).await;
    told(&mut watcher, "user-online", &ada).await;
    for gateway in [1, 0, 1, 0] {
        drop(device);
        device = app.socket(&ada, gateway).await;
    }
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    nothing_of(&mut watcher, &ada).await;
    assert_eq!(status(&bob, &ada).await, "online");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_nothing_is_away_and_back_with_the_first_command() {
    let app = App::builder().with("presence.away_after_ms", "1000").gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.join(&ada.create_server("Engines").await).await;
    let mut watcher = app.socket(&bob, 1).await;
    let mut device = app.socket(&ada, 0).await;
    told(&mut watcher, "user-online", &ada).await;
    assert_eq!(told(&mut watcher, "user-status-updated", &ada).await["status"], "away");
    device.command("ping", json!({})).await;
    nothing_of(&mut watcher, &ada).await;
    device.command("update-status", json!({ "statusMessage": "reading" })).await;
    let reads = |event: &serde_json::Value| event["data"]["users"][0]["statusMessage"] == "reading";
    let seen = watcher.find("what they are at", reads).await;
    assert_eq!(seen["data"]["users"][0]["status"], "online");
    // What they chose stands, however idle they are.
    device.command("update-status", json!({ "status": "busy" })).await;
    let busy = |event: &serde_json::Value| event["data"]["users"][0]["status"] == "busy";
    watcher.find("that they are busy", busy).await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(status(&bob, &ada).await, "busy");
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_are_told_without_a_server_in_common() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    for (from, to) in [(&ada, &bob), (&bob, &ada)] {
        from.post(&format!("/api/users/{}/friend-request", to.id), json!({})).await.ok();
    }
    let mut watcher = app.socket(&bob, 1).await;
    let device = app.socket(&ada, 0).await;
    assert_eq!(told(&mut watcher, "friend-status-changed", &ada).await["status"], "online");
    eventually("the list says so", async || {
        bob.get("/api/friends").await.ok()["friends"][0]["isOnline"] == true
    })
    .await;
    drop(device);
    assert_eq!(told(&mut watcher, "friend-status-changed", &ada).await["status"], "offline");
}

#[tokio::test(flavor = "multi_thread")]
async fn those_who_share_nothing_but_a_conversation_are_told_and_nobody_twice() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    ada.put("/api/dms/settings", json!({ "acceptFrom": "everyone" })).await.ok();
    bob.post("/api/dms", json!({ "userId": ada.id })).await.ok();
    // She shares a server with ada as well.
    eve.join(&ada.create_server("Engines").await).await;
    eve.post("/api/dms", json!({ "userId": ada.id })).await.ok();
    let (mut his, mut hers) = (app.socket(&bob, 1).await, app.socket(&eve, 1).await);
    let mut device = app.socket(&ada, 0).await;
    assert_eq!(told(&mut his, "user-online", &ada).await["status"], "online");
    told(&mut hers, "user-online", &ada).await;
    device.command("update-status", json!({ "status": "busy" })).await;
    assert_eq!(told(&mut his, "user-status-updated", &ada).await["status"], "busy");
    let event = hers.find("busy", |event| tells(event, "user-status-updated", &ada)).await;
    assert!(event["data"]["serverId"].is_string(), "{event}");
    nothing_of(&mut hers, &ada).await;
    // A block ends it, for both at once.
    ada.post(&format!("/api/users/{}/block", bob.id), json!({})).await.ok();
    told(&mut his, "user-offline", &ada).await;
    device.command("update-status", json!({ "status": "online" })).await;
    nothing_of(&mut his, &ada).await;
    drop(device);
    told(&mut hers, "user-offline", &ada).await;
    nothing_of(&mut his, &ada).await;
}
