//! A gateway falls silent in the middle of its transactions: those who write through others wait no longer than a statement
//! may take.

use serde_json::json;
use tests::{App, Behind, Flow, PATIENCE, Proxy};
use tokio::time::{Duration, Instant, sleep, timeout};

/// Enough that one of their transactions is open whenever it happens.
const WRITERS: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn who_falls_silent_with_locks_in_hand_holds_others_up_for_a_moment_only() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let url = app.database_url();
    let (_, rest) = url.split_once('@').expect("the URL has a password");
    let (address, _) = rest.split_once('/').expect("the URL names a database");
    let proxy = Proxy::before(Behind::Address(address.into())).await;
    let through = url.replace(address, &proxy.address);
    let settings = [("database.url", &*through), ("database.statement_timeout_ms", "3000")];
    let silent = app.spawn(env!("CARGO_BIN_EXE_guildhall-under-test"), &settings).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let writers = (0..WRITERS).map(|_| {
        let (there, path) = (ada.at(&silent.url), path.clone());
        tokio::spawn(async move {
            loop {
                there
                    .request(reqwest::Method::POST, &path)
                    .json(&json!({ "content": "noise" }))
                    .send()
                    .await
                    .ok();
            }
        })
    });
    let writers = writers.collect::<Vec<_>>();
    sleep(Duration::from_millis(500)).await;
    proxy.flow(Flow::Stalled, Flow::Stalled);
    let since = Instant::now();
    let sent = timeout(PATIENCE, ada.send(&server.channel, "still here")).await;
    assert!(sent.is_ok(), "others waited for {:?}", since.elapsed());
    writers.iter().for_each(tokio::task::JoinHandle::abort);
    silent.kill().await;
}
