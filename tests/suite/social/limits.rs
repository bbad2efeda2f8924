//! How many of what one may have: exact, also when it is asked for at once.

use futures_util::future::join_all;
use serde_json::json;
use tests::App;

use super::{ask, befriend, block, friends};

#[tokio::test(flavor = "multi_thread")]
async fn requests_friends_and_blocks_are_bounded() {
    let app = App::builder()
        .with("social.outgoing", "2")
        .with("social.friends", "2")
        .with("social.blocks", "1")
        .start()
        .await;
    let ada = app.person("ada").await;
    let mut others = Vec::new();
    for n in 0..4 {
        others.push(app.person(&format!("other{n}")).await);
    }
    ask(&ada, &others[0]).await.ok();
    ask(&ada, &others[1]).await.ok();
    ask(&ada, &others[2]).await.fails(409, "CONFLICT");
    ask(&others[0], &ada).await.ok();
    ask(&others[1], &ada).await.ok();
    // Two friends: no more, whoever accepts, and the request waits on.
    let request = ask(&ada, &others[2]).await.ok()["request"]["id"].as_str().unwrap().to_string();
    let accept = format!("/api/friends/accept/{request}");
    others[2].post(&accept, json!({})).await.fails(409, "CONFLICT");
    ask(&others[2], &ada).await.fails(409, "CONFLICT");
    ada.delete(&format!("/api/friends/remove/{}", others[0].id)).await.ok();
    others[2].post(&accept, json!({})).await.ok();
    block(&ada, &others[0]).await.ok();
    block(&ada, &others[1]).await.fails(409, "CONFLICT");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_accepts_everything_at_once_gets_as_many_friends_as_one_may_have() {
    let app = App::builder().gateways(2).with("social.friends", "3").start().await;
    let ada = app.person("ada").await;
    let mut requests = Vec::new();
    for n in 0..8 {
        let other = app.person(&format!("other{n}")).await;
        requests.push(ask(&other, &ada).await.ok()["request"]["id"].as_str().unwrap().to_string());
    }
    let accepts = requests.iter().enumerate().map(|(n, id)| {
        let ada = ada.at(&app.gateways[n % 2].url);
        async move { ada.post(&format!("/api/friends/accept/{id}"), json!({})).await.status.as_u16() }
    });
    let statuses = join_all(accepts).await;
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 3, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 5, "{statuses:?}");
    assert_eq!(friends(&ada).await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn two_who_ask_each_other_in_the_same_moment_are_friends() {
    let app = App::builder().gateways(2).start().await;
    for round in 0..10 {
        let ada = app.person(&format!("ada{round}")).await;
        let bob = app.person(&format!("bob{round}")).await.at(&app.gateways[1].url);
        let (one, other) = tokio::join!(ask(&ada, &bob), ask(&bob, &ada));
        let statuses = [one.ok(), other.ok()].map(|sent| sent["request"]["status"].clone());
        assert!(
            statuses.contains(&json!("pending")) && statuses.contains(&json!("accepted")),
            "{statuses:?}"
        );
        assert_eq!(friends(&ada).await, [bob.id.as_str()]);
    }
    // The helper is what every other test rests on.
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    befriend(&ada, &bob).await;
}
