//! Many people at the same message at the same time, at two gateways.

use futures_util::future::join_all;
use serde_json::{Value, json};
use tests::{App, Person};

use super::{community, now, path, reply};

#[tokio::test(flavor = "multi_thread")]
async fn what_is_counted_is_what_there_is() {
    let app = App::builder().gateways(2).with("messaging.pins_max", "2").start().await;
    let (ada, bob, server) = community(&app).await;
    let mut messages = Vec::new();
    for number in 0..4 {
        messages.push(ada.send(&server.channel, &number.to_string()).await);
    }
    let people = [ada.clone(), bob.clone(), ada.at(&app.gateways[1].url), bob.at(&app.gateways[1].url)];
    let work = people.iter().enumerate().flat_map(|(who, person)| {
        let (messages, server) = (&messages, &server);
        (0..12_usize).map(move |step| async move {
            let message = &messages[(who + step) % 4];
            let emoji = ["👍", "🚀", "🎉"][step % 3];
            let emoji = json!({ "emoji": emoji });
            match step % 4 {
                0 => _ = person.post(&path(message, "/react"), emoji).await,
                1 => _ = person.post(&path(message, "/reactions"), emoji).await,
                2 => _ = reply(person, server, message, "@bob @everyone").await,
                _ => _ = person.post(&path(message, "/pin"), json!({})).await,
            }
        })
    });
    join_all(work).await;
    join_all(messages.iter().take(1).map(|message| delete_while_used(&ada, &bob, message))).await;
    app.messages_are_whole().await;
    assert!(app.count("messages WHERE pinned_at IS NOT NULL").await <= 2);
    assert!(now(&ada, &server, &messages[1]).await["threadCount"].as_i64().unwrap() > 0);
}

/// One deletes what the other reacts to.
async fn delete_while_used(ada: &Person, bob: &Person, message: &Value) {
    let react = join_all(
        (0..8).map(|_| async { bob.post(&path(message, "/react"), json!({ "emoji": "🧵" })).await }),
    );
    let path = path(message, "");
    let (deleted, _) = tokio::join!(ada.delete(&path), react);
    deleted.ok();
}
