//! How writers share their batches: what is slow holds up only its own place, and who joins late is told the truth.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};
use serde_json::{Value, json};
use tests::{Answer, App, Person};
use tokio::task::JoinHandle;

use super::{community, contents, id};

/// A transaction of somebody else's that keeps the head of a channel locked.
struct Lock(AsyncPgConnection);

impl Lock {
    async fn of(app: &App, channel: &str) -> Self {
        let mut conn = AsyncPgConnection::establish(&app.database_url()).await.unwrap();
        let lock = format!("BEGIN; SELECT FROM timelines WHERE id = '{channel}' FOR UPDATE");
        conn.batch_execute(&lock).await.unwrap();
        Self(conn)
    }

    async fn release(mut self) {
        self.0.batch_execute("ROLLBACK").await.unwrap();
    }
}

/// Sends in the background.
fn sends(person: &Person, channel: &str, body: Value) -> JoinHandle<Answer> {
    let (person, path) = (person.clone(), format!("/api/channels/{channel}/messages"));
    tokio::spawn(async move { person.post(&path, body).await })
}

/// Until so many batches wait for locks in the database, and so many changes for their batch.
async fn waiting(app: &App, batches: i64, changes: usize) {
    let locked = "pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'";
    while app.count(locked).await != batches || app.services().messaging.writers().waiting != changes {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_place_holds_up_no_other_and_keeps_its_order() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let mut others = Vec::new();
    for name in ["second", "third"] {
        let path = format!("/api/servers/{}/channels", server.id);
        let channel = ada.post(&path, json!({ "name": name, "type": "text" })).await.ok();
        others.push(id(&channel["channel"]).to_string());
    }
    let slow = Lock::of(&app, &server.channel).await;
    let first = sends(&ada, &server.channel, json!({ "content": "a" }));
    waiting(&app, 1, 0).await;
    // They wait for their batch, for nobody overtakes the one before them …
    let second = sends(&bob, &server.channel, json!({ "content": "b" }));
    waiting(&app, 1, 1).await;
    let third = sends(&ada, &server.channel, json!({ "content": "c" }));
    waiting(&app, 1, 2).await;
    // … but those elsewhere do not, also when a second place is slow.
    bob.send(&others[0], "at once").await;
    let slower = Lock::of(&app, &others[0]).await;
    let fourth = sends(&bob, &others[0], json!({ "content": "d" }));
    waiting(&app, 2, 2).await;
    bob.send(&others[1], "at once").await;
    ada.send(&others[1], "and again").await;
    slow.release().await;
    slower.release().await;
    for sent in [first, second, third, fourth] {
        sent.await.unwrap().ok();
    }
    let history = ada.history(&server.channel, "").await;
    let mut messages = history["messages"].as_array().unwrap().clone();
    messages.sort_unstable_by_key(|message| message["seq"].as_i64());
    assert_eq!(contents(&Value::from(messages)), ["a", "b", "c"]);
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_joins_late_with_a_nonce_that_was_used_gets_the_first_message() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let again = json!({ "content": "once", "nonce": "n1" });
    let once = sends(&bob, &server.channel, again.clone()).await.unwrap().ok()["message"].clone();
    let before = app.services().messaging.writers().batches;
    let slow = Lock::of(&app, &server.channel).await;
    let first = sends(&ada, &server.channel, json!({ "content": "a" }));
    waiting(&app, 1, 0).await;
    let resent = sends(&bob, &server.channel, again);
    waiting(&app, 1, 1).await;
    let last = sends(&ada, &server.channel, json!({ "content": "b", "nonce": "n1" }));
    waiting(&app, 1, 2).await;
    slow.release().await;
    let (first, resent, last) =
        (first.await.unwrap().ok(), resent.await.unwrap().ok(), last.await.unwrap().ok());
    assert_eq!(id(&resent["message"]), id(&once));
    let seq = |sent: &Value| sent["message"]["seq"].as_i64().unwrap();
    let begin = once["seq"].as_i64().unwrap();
    assert_eq!((seq(&first), seq(&last)), (begin + 1, begin + 2));
    // All three went together, though the database refused them at first.
    let after = app.services().messaging.writers().batches;
    assert_eq!((after.count() - before.count(), after.sum() - before.sum()), (1, 3));
    app.messages_are_whole().await;
}
