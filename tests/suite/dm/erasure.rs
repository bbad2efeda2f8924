//! The end of an account: what it wrote to others stays theirs, by nobody.

use reqwest::Method;
use serde_json::json;
use tests::{App, Person};

use super::{are_whole, between, crew, group, heard, listed, say};

#[tokio::test(flavor = "multi_thread")]
async fn conversations_of_a_deleted_person_stay_for_the_others() {
    let app = App::start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let direct = between(&eve, &ada).await;
    say(&eve, &direct, "remember me").await;
    let room = group(&eve, "Engine room", &[&ada, &bob]).await;
    say(&eve, &room, "me too").await;
    let mut hers = app.socket(&ada, 0).await;
    let body = json!({ "password": Person::PASSWORD }).to_string();
    eve.call(Method::DELETE, "/api/users/me", Some(body)).await.ok();
    assert_eq!(hers.expect("conversation-member-removed").await["userId"], eve.id.as_str());
    assert_eq!(heard(&ada, &direct).await, ["remember me"]);
    assert!(heard(&bob, &room).await.contains(&"me too".to_string()));
    let list = listed(&ada, "").await;
    let with_eve = list.iter().find(|each| each["id"] == direct.as_str()).unwrap();
    assert_eq!(with_eve["recipient"]["name"], "Deleted user");
    assert_eq!(with_eve["lastMessage"]["sender"]["name"], "Deleted user");
    let words = json!({ "content": "are you there?" });
    ada.post(&format!("/api/dms/conversations/{direct}/messages"), words).await.fails(403, "FORBIDDEN");
    let owner = ada.get(&format!("/api/groups/{room}")).await.ok()["group"]["ownerId"].clone();
    assert!([&ada.id, &bob.id].iter().any(|id| owner == id.as_str()));
    assert_eq!(app.count(&format!("participants WHERE user_id = '{}'", eve.id)).await, 0);
    are_whole(&app).await;
    // The last one takes it away.
    let body = json!({ "password": Person::PASSWORD }).to_string();
    bob.call(Method::DELETE, "/api/users/me", Some(body)).await.ok();
    are_whole(&app).await;
}
