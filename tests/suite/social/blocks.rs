//! Blocks: what they end, and who knows of them.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{ask, befriend, block, friends, ids, unblock};

/// How long something that must not come may be on its way.
const STRAGGLERS: Duration = Duration::from_millis(300);

#[tokio::test(flavor = "multi_thread")]
async fn a_block_ends_what_was_between_them_and_is_told_to_the_one_who_blocks_alone() {
    let app = App::builder().gateways(2).start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    befriend(&ada, &eve).await;
    let (mut mine, mut theirs) = (app.socket(&ada, 1).await, app.socket(&eve, 0).await);
    block(&ada, &eve).await.ok();
    let told = mine.expect("user-blocked").await;
    assert_eq!((&told["userId"], &told["username"]), (&json!(eve.id), &json!("eve")));
    // The end of the friendship is told, as any other.
    assert_eq!(theirs.expect("friend-removed").await["friendId"], ada.id.as_str());
    assert!(friends(&ada).await.is_empty() && friends(&eve).await.is_empty());
    for path in ["/api/users/me/blocked", "/api/users/blocked"] {
        assert_eq!(ids(&ada.get(path).await.ok()["blockedUsers"]), [eve.id.as_str()]);
        assert_eq!(eve.get(path).await.ok()["blockedUsers"], json!([]));
    }
    // Twice is no error, and tells nobody again.
    ada.post("/api/users/block", json!({ "userId": eve.id })).await.ok();
    ada.post(&format!("/api/users/block/{}", eve.id), json!({})).await.ok();
    ask(&ada, &eve).await.fails(403, "BLOCKED");
    ask(&eve, &ada).await.fails(403, "FORBIDDEN");
    unblock(&ada, &eve).await.ok();
    assert_eq!(mine.expect("user-unblocked").await["userId"], eve.id.as_str());
    ada.delete(&format!("/api/users/block/{}", eve.id)).await.ok();
    assert!(friends(&ada).await.is_empty(), "what a block ended does not come back");
    let presence = ["online-users", "friend-status-changed"];
    let rest = theirs.rest(STRAGGLERS).await.into_iter();
    let rest = rest.filter(|event| !presence.contains(&event["event"].as_str().unwrap()));
    let rest = rest.collect::<Vec<_>>();
    assert!(rest.is_empty(), "the other hears nothing of a block: {rest:?}");
    mine.hears_no("user-blocked", Duration::ZERO).await;
    ask(&eve, &ada).await.ok();
    block(&ada, &ada).await.fails_at("userId");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_a_block_ends_looks_declined_or_taken_back() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let mut theirs = app.socket(&eve, 0).await;
    for by_eve in [true, false] {
        let (from, to) = if by_eve { (&eve, &ada) } else { (&ada, &eve) };
        let request = ask(from, to).await.ok()["request"]["id"].clone();
        block(&ada, &eve).await.ok();
        let told = if by_eve { "friend-request-declined" } else { "friend-request-cancelled" };
        assert_eq!(theirs.expect(told).await["requestId"], request);
        assert_eq!(eve.get("/api/friends/requests").await.ok()["incoming"], json!([]));
        assert_eq!(eve.get("/api/friends/requests").await.ok()["outgoing"], json!([]));
        unblock(&ada, &eve).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_blocked_is_told_the_same_as_who_finds_no_room() {
    let app = App::builder().with("social.incoming", "1").start().await;
    let (ada, eve, bob) = (app.person("ada").await, app.person("eve").await, app.person("bob").await);
    ask(&bob, &ada).await.ok();
    let full = ask(&eve, &ada).await.fails(403, "FORBIDDEN");
    ada.post(&format!("/api/users/{}/block", eve.id), json!({})).await.ok();
    let blocked = ask(&eve, &ada).await.fails(403, "FORBIDDEN");
    assert_eq!(full, blocked);
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_finds_the_other_nor_sees_how_they_are() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    eve.join(&server).await;
    let status = async |who: &tests::Person, of: &tests::Person| {
        who.get(&format!("/api/users/{}", of.id)).await.ok()["user"]["status"].clone()
    };
    let found = async |who: &tests::Person, name: &str| {
        let found = who.get(&format!("/api/users/search?query={name}")).await.ok();
        assert_eq!(found["total"], found["users"].as_array().unwrap().len());
        !found["users"].as_array().unwrap().is_empty()
    };
    assert!(found(&ada, "eve").await && found(&eve, "ada@example.org").await);
    assert!(status(&ada, &eve).await.is_string() && status(&eve, &ada).await.is_string());
    block(&ada, &eve).await.ok();
    assert!(!found(&ada, "eve").await && !found(&eve, "ada").await && !found(&eve, "ada@example.org").await);
    assert!(status(&ada, &eve).await.is_null() && status(&eve, &ada).await.is_null());
    // In a server that both are members of, messages flow.
    let mut socket = app.socket(&eve, 0).await;
    socket.command("join-channel", json!({ "channelId": server.channel })).await;
    ada.send(&server.channel, "hello all").await;
    assert_eq!(socket.expect("new-message").await["content"], "hello all");
    unblock(&ada, &eve).await.ok();
    assert!(found(&eve, "ada").await && status(&eve, &ada).await.is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_see_how_each_other_is_and_strangers_do_not() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let path = format!("/api/users/{}", ada.id);
    assert!(bob.get(&path).await.ok()["user"]["status"].is_null());
    befriend(&ada, &bob).await;
    assert!(bob.get(&path).await.ok()["user"]["status"].is_string());
}
