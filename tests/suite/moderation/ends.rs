//! What ends by itself: on time, and told once.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{log, member, of};

const DAY: i64 = 86_400_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_ban_ends_on_time_and_is_told_once_by_all_gateways_together() {
    let app = App::builder().gateways(3).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    ada.post(&member(&server, &bob, "/ban"), json!({ "duration": 1 })).await.ok();
    app.clock.advance_ms(DAY - 60_000);
    let (ada, bob) = (ada.log_in("ada").await, bob.log_in("bob").await);
    let join = format!("/api/servers/join/{}", server.code);
    bob.post(&join, json!({})).await.fails(403, "BANNED");
    let mut hers = app.socket(&ada, 0).await;
    app.clock.advance_ms(60_001);
    // At once, whether anybody noticed yet or not.
    bob.post(&join, json!({})).await.ok();
    let told = hers.expect("member-unbanned").await;
    assert_eq!((&told["userId"], &told["unbannedBy"]), (&json!(bob.id), &json!(null)));
    hers.hears_no("member-unbanned", Duration::from_secs(5)).await;
    assert_eq!(log(&ada, &server, "?action=member-unban").await.len(), 1);
    assert_eq!(ada.get(&of(&server, "/bans")).await.ok()["bans"], json!([]));
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_ends_on_time_and_is_told_once() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    ada.post(&member(&server, &bob, "/timeout"), json!({ "duration": 10 })).await.ok();
    let path = format!("/api/channels/{}/messages", server.channel);
    let mut hers = app.socket(&ada, 0).await;
    app.clock.advance_ms(9 * 60_000);
    bob.post(&path, json!({ "content": "x" })).await.fails(403, "TIMED_OUT");
    app.clock.advance_ms(60_001);
    bob.post(&path, json!({ "content": "x" })).await.ok();
    let told = hers.expect("member-updated").await;
    assert_eq!(told["member"]["timedOutUntil"], json!(null), "{told}");
    hers.hears_no("member-updated", Duration::from_secs(5)).await;
    let entries = log(&ada, &server, "?action=member-timeout-end").await;
    assert_eq!((entries.len(), &entries[0]["actor"]), (1, &json!(null)));
    app.guilds_are_whole().await;
}
