//! Connections that are lost, and gateways that die.

use std::time::Duration;

use serde_json::json;
use tests::{App, Socket};

use super::{come, community, seen};

#[tokio::test(flavor = "multi_thread")]
async fn who_comes_back_in_time_never_left_and_who_does_not_leaves() {
    let app = App::builder().with("voice.grace_ms", "3000").gateways(2).start().await;
    let (ada, bob, _, lounge) = community(&app).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 0).await);
    come(&mut hers, &lounge).await;
    come(&mut his, &lounge).await;
    // At another gateway, by the same login.
    drop(his);
    let his = app.socket(&bob, 1).await;
    hers.hears_no("user-left-voice", Duration::from_secs(6)).await;
    assert_eq!(seen(&ada).await[0].1, ["ada", "bob"]);
    drop(his);
    let left = hers.expect("user-left-voice").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("lost")));
    assert_eq!(seen(&ada).await[0].1, ["ada"], "who has a socket stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_killed_gateways_people_leave() {
    let app = App::builder().with("voice.grace_ms", "3000").start().await;
    let dying = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &[("voice.grace_ms", "3000")]).await;
    let (ada, bob, _, lounge) = community(&app).await;
    let mut hers = app.socket(&ada, 0).await;
    let mut his = Socket::open(&dying.url, "", Some(bob.token())).await;
    his.expect("ready").await;
    let session = come(&mut his, &lounge).await;
    assert_eq!(hers.expect("user-joined-voice").await["user"]["id"], bob.id.as_str());
    dying.kill().await;
    let left = hers.expect("user-left-voice").await;
    assert_eq!((&left["userId"], &left["sessionId"]), (&json!(bob.id), &json!(session)));
    hers.expect("voice-session-ended").await;
    assert!(seen(&ada).await.is_empty());
}
