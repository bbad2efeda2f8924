//! Who may write to whom first.

use serde_json::json;
use tests::App;

use super::{between, crew, group, say};

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_let_in_by_the_recipients_choice_alone() {
    let app = App::start().await;
    let [ada, bob] = crew(&app, ["ada", "bob"]).await;
    let eve = app.person("eve").await;
    assert_eq!(ada.get("/api/dms/settings").await.ok()["acceptFrom"], "servers");
    let to_ada = format!("/api/dm/{}", ada.id);
    eve.post(&to_ada, json!({ "content": "hi" })).await.fails(403, "FORBIDDEN");
    eve.post("/api/groups", json!({ "name": "x", "memberIds": [ada.id] })).await.fails(403, "FORBIDDEN");
    ada.put("/api/dms/settings", json!({ "acceptFrom": "friends" })).await.ok();
    bob.post(&to_ada, json!({ "content": "hi" })).await.fails(403, "FORBIDDEN");
    ada.put("/api/dms/settings", json!({ "acceptFrom": "everyone" })).await.ok();
    eve.post(&to_ada, json!({ "content": "hi" })).await.ok();
    ada.put("/api/dms/settings", json!({ "acceptFrom": "friends" })).await.ok();
    eve.post(&to_ada, json!({ "content": "what is open stays open" })).await.ok();
    ada.put("/api/dms/settings", json!({ "acceptFrom": "nobody" })).await.fails_at("acceptFrom");
    // It is about being written to.
    ada.post(&format!("/api/dm/{}", bob.id), json!({ "content": "hi" })).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn friends_are_let_in() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    bob.put("/api/dms/settings", json!({ "acceptFrom": "friends" })).await.ok();
    ada.post("/api/dms", json!({ "userId": bob.id })).await.fails(403, "FORBIDDEN");
    for (one, other) in [(&ada, &bob), (&bob, &ada)] {
        one.post(&format!("/api/users/{}/friend-request", other.id), json!({})).await.ok();
    }
    let id = between(&ada, &bob).await;
    say(&ada, &id, "friends").await;
    group(&ada, "Both", &[&bob]).await;
}
