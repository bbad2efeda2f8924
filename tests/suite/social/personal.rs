//! What is held on one person: handed out, and gone with the account.

use std::collections::HashMap;

use reqwest::Method;
use serde_json::json;
use tests::{App, Person};

use super::{ask, befriend, block, friends};

#[tokio::test(flavor = "multi_thread")]
async fn nothing_between_them_and_others_outlasts_an_account() {
    let app = App::builder().gateways(2).start().await;
    let eve = app.person("eve").await;
    let mut others = Vec::new();
    for name in ["friend", "asked", "asker", "blocked", "blocker"] {
        others.push(app.person(name).await);
    }
    let [friend, asked, asker, blocked, blocker] = &others[..] else { panic!("five") };
    befriend(&eve, friend).await;
    ask(&eve, asked).await.ok();
    ask(asker, &eve).await.ok();
    block(&eve, blocked).await.ok();
    block(blocker, &eve).await.ok();
    let mut socket = app.socket(friend, 1).await;
    let mut waiting = app.socket(asker, 0).await;

    let archive: HashMap<_, _> = crate::http::export::export(&eve).await.into_iter().collect();
    for (file, id) in [("friends", &friend.id), ("friend-requests", &asked.id), ("blocked", &blocked.id)] {
        assert!(archive[&format!("{file}.json")].contains(id.as_str()), "{file}: {archive:?}");
    }
    assert!(!archive["blocked.json"].contains(&blocker.id), "who blocks one is not told, here neither");

    let body = json!({ "password": Person::PASSWORD }).to_string();
    eve.call(Method::DELETE, "/api/users/me", Some(body)).await.ok();
    let told = socket.expect("friend-removed").await;
    assert_eq!(told["friendId"], eve.id.as_str());
    assert!(!told.to_string().contains("\"eve\""), "{told}");
    assert_eq!(waiting.expect("friend-request-declined").await["userId"], eve.id.as_str());
    assert!(friends(friend).await.is_empty());
    for table in ["friendships", "friend_requests", "blocks"] {
        assert_eq!(app.count(table).await, 0, "{table}");
    }
    ask(friend, &eve).await.fails(404, "RESOURCE_NOT_FOUND");
}
