//! For whom, and where, rules do not hold.

use serde_json::json;
use tests::Person;

use super::{of, refused, rule, say, server, set};

async fn role(owner: &Person, server: &tests::Server, permissions: &[&str], to: &Person) -> String {
    let body = json!({ "name": "Some", "permissions": permissions });
    let made = owner.post(&of(server, "/roles"), body).await.ok();
    let id = made["role"]["id"].as_str().unwrap().to_string();
    owner.post(&of(server, &format!("/roles/{id}/assign/{}", to.id)), json!({})).await.ok();
    id
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_messages_is_not_looked_at() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("words", "timeout", json!({ "words": ["spam"], "minutes": 1 }))]).await;
    let (mira, adam) = (app.person("mira").await, app.person("adam").await);
    for person in [&mira, &adam] {
        person.join(&server).await;
    }
    role(&ada, &server, &["MANAGE_MESSAGES"], &mira).await;
    role(&ada, &server, &["ADMINISTRATOR"], &adam).await;
    for person in [&ada, &mira, &adam] {
        say(person, &server.channel, "this is spam").await.ok();
    }
    refused(&bob, &server.channel, "this is spam").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_channels_of_a_rule_are_left_out_of_that_rule() {
    let (_app, ada, bob, server) = server().await;
    let trusted = role(&ada, &server, &[], &bob).await;
    let market = ada.post(&of(&server, "/channels"), json!({ "name": "market" })).await.ok();
    let market = market["channel"]["id"].as_str().unwrap().to_string();
    let words = |word: &str, more: serde_json::Value| {
        let mut rule = rule("words", "block", json!({ "words": [word] }));
        rule.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        rule
    };
    let rules = [
        words("roles", json!({ "exemptRoles": [trusted] })),
        words("places", json!({ "exemptChannels": [market] })),
        words("always", json!({})),
    ];
    set(&ada, &server, &rules).await;
    say(&bob, &server.channel, "roles").await.ok();
    refused(&bob, &server.channel, "places").await;
    say(&bob, &market, "places").await.ok();
    refused(&bob, &market, "roles always").await;
    ada.delete(&of(&server, &format!("/roles/{trusted}/assign/{}", bob.id))).await.ok();
    refused(&bob, &server.channel, "roles").await;
}
