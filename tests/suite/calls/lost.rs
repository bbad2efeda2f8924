//! Connections that are lost, and gateways that die.

use std::time::Duration;

use serde_json::json;
use tests::{App, Socket};

use super::{RINGS_MS, call, call_group, crew, ended, group, last_call, part};

#[tokio::test(flavor = "multi_thread")]
async fn who_loses_their_connection_has_time_to_come_back() {
    let app = App::builder().with("voice.grace_ms", "3000").gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let id = call(&mut hers, &bob).await;
    his.command("answer-dm-call", json!({ "sessionId": id })).await;
    drop(his);
    let his = app.socket(&bob, 0).await;
    hers.hears_no("dm-call-ended", Duration::from_secs(6)).await;
    drop(his);
    let over = ended(&mut hers, &id).await;
    assert_eq!((&over["outcome"], &over["endedBy"]), (&json!("answered"), &json!(null)));
    app.voice_is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_outlives_the_gateway_that_started_it_and_those_who_were_there_leave() {
    let app = App::builder().with("voice.grace_ms", "3000").start().await;
    let dying = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &[("voice.grace_ms", "3000")]).await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let conversation = group(&ada, &[&bob, &eve]).await;
    let (mut hers, mut others) = (app.socket(&ada, 0).await, app.socket(&eve, 0).await);
    let mut his = Socket::open(&dying.url, "", Some(bob.token())).await;
    his.expect("ready").await;
    let id = call_group(&mut his, &conversation).await;
    hers.expect("incoming-dm-call").await;
    hers.command("answer-dm-call", json!({ "sessionId": id })).await;
    dying.kill().await;
    let left = hers.expect("dm-call-left").await;
    assert_eq!((&left["userId"], &left["reason"]), (&json!(bob.id), &json!("lost")));
    // It rings on, and is missed, although nobody is there any more who began to let it ring.
    app.clock.advance_ms(RINGS_MS);
    let silent = others.expect("dm-call-declined").await;
    assert_eq!((&silent["recipientId"], &silent["reason"]), (&json!(eve.id), &json!("missed")));
    hers.command("end-dm-call", json!({ "sessionId": id })).await;
    app.voice_is_whole().await;
    let last = last_call(&eve).await;
    assert_eq!((part(&last, &bob), part(&last, &eve)), ("joined".into(), "missed".into()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_a_dead_gateway_ended_is_told_and_written_down_once() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let (mut hers, mut his) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    // What a gateway leaves that dies between the end and writing it down: the database is away, for it.
    let id = call(&mut hers, &bob).await;
    his.command("answer-dm-call", json!({ "sessionId": id })).await;
    app.sql("ALTER TABLE calls RENAME TO calls_away").await;
    his.command("end-dm-call", json!({ "sessionId": id })).await;
    ended(&mut hers, &id).await;
    app.sql("ALTER TABLE calls_away RENAME TO calls").await;
    app.clock.advance_ms(10_000);
    app.voice_is_whole().await;
    assert_eq!(app.count("calls").await, 1);
    assert_eq!(last_call(&ada).await["outcome"], "answered");
    assert_eq!(app.count("messages WHERE nonce LIKE 'call:%'").await, 1);
}
