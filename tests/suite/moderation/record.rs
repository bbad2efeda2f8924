//! What was done to somebody is told to them, also when they were away.

use serde_json::{Value, json};
use tests::App;

use super::{member, of};

#[tokio::test(flavor = "multi_thread")]
async fn who_was_away_reads_what_was_done_to_them_by_whom_and_why() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    eve.join(&server).await;
    ada.post(&member(&server, &bob, "/warn"), json!({ "reason": "Please" })).await.ok();
    let quiet = json!({ "duration": 5, "reason": "I said please" });
    let quiet = ada.post(&member(&server, &bob, "/timeout"), quiet).await.ok();
    ada.post(&member(&server, &bob, "/kick"), json!({})).await.ok();
    ada.post(&member(&server, &bob, "/ban"), json!({ "reason": "Enough" })).await.ok();
    ada.post(&member(&server, &eve, "/kick"), json!({})).await.ok();
    let page = bob.get("/api/users/me/moderation?limit=3").await.ok();
    let told = |page: &Value| {
        let record = page["record"].as_array().unwrap().iter();
        let told = record.map(|one| json!([one["action"], one["by"], one["reason"], one["expiresAt"]]));
        told.collect::<Vec<_>>()
    };
    assert_eq!(
        told(&page),
        [
            json!(["member-ban", "ada", "Enough", null]),
            json!(["member-kick", "ada", null, null]),
            json!(["member-timeout", "ada", "I said please", quiet["expiresAt"]]),
        ]
    );
    assert_eq!((&page["record"][0]["serverName"], &page["hasMore"]), (&json!("Engines"), &json!(true)));
    let next = page["nextCursor"].as_str().unwrap();
    let page = bob.get(&format!("/api/users/me/moderation?limit=3&before={next}")).await.ok();
    assert_eq!(told(&page), [json!(["member-warn", "ada", "Please", null])]);
    assert_eq!(told(&ada.get("/api/users/me/moderation").await.ok()), [json!(null); 0]);
    ada.delete(&of(&server, "")).await.ok();
    assert_eq!(bob.get("/api/users/me/moderation").await.ok()["record"], json!([]));
    app.guilds_are_whole().await;
}
