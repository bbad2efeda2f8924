//! What messages said before they were edited.

use serde_json::{Value, json};
use tests::App;

use super::{community, path};

#[tokio::test(flavor = "multi_thread")]
async fn who_keeps_order_reads_what_a_message_said_before() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let message = bob.send(&server.channel, "first").await;
    for text in ["second", "second", "third"] {
        bob.put(&path(&message, ""), json!({ "content": text })).await.ok();
    }
    bob.get(&path(&message, "/history")).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let answer = ada.get(&path(&message, "/history")).await.ok();
    assert_eq!(answer["message"]["content"], "third");
    let versions = answer["versions"].as_array().unwrap();
    let told = versions.iter().map(|version| (&version["content"], &version["rev"])).collect::<Vec<_>>();
    assert_eq!(told, [(&json!("first"), &json!(2)), (&json!("second"), &json!(3))]);
    assert_eq!(versions[0]["writtenAt"], message["createdAt"]);
    bob.delete(&path(&message, "")).await.ok();
    ada.get(&path(&message, "/history")).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(app.count("message_edits").await, 0);
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_edits_the_first_text_and_the_last_ones_are_kept() {
    let app = App::start().await;
    let (ada, _, server) = community(&app).await;
    let message = ada.send(&server.channel, "0").await;
    for number in 1..=104 {
        ada.put(&path(&message, ""), json!({ "content": number.to_string() })).await.ok();
    }
    let answer = ada.get(&path(&message, "/history")).await.ok();
    let versions = answer["versions"].as_array().unwrap();
    let told = versions.iter().map(|version| &version["content"]).collect::<Vec<&Value>>();
    assert_eq!(told.len(), 100);
    assert_eq!((told[0], told[1], told[99]), (&json!("0"), &json!("5"), &json!("103")));
}
