//! Who is mentioned, and who learns of it.

use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{community, everyone, id, path, stands};

async fn role(owner: &Person, server: &Server, name: &str, mentionable: bool, holder: &Person) -> String {
    let body = json!({ "name": name, "mentionable": mentionable });
    let role = owner.post(&format!("/api/servers/{}/roles", server.id), body).await.ok()["role"].clone();
    let path = format!("/api/servers/{}/roles/{}/assign/{}", server.id, id(&role), holder.id);
    owner.post(&path, json!({})).await.ok();
    id(&role).to_string()
}

fn usernames(message: &Value) -> Vec<&str> {
    let cards = message["mentions"].as_array().unwrap().iter();
    cards.map(|card| card["username"].as_str().unwrap()).collect()
}

async fn mentions(person: &Person, server: &Server) -> i64 {
    stands(person, server).await["mentions"].as_i64().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn names_roles_and_everybody_are_mentioned_and_counted() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let (cy, eve) = (app.person("cy").await, app.person("eve").await);
    cy.join(&server).await;
    let (crew, staff) =
        (role(&ada, &server, "Night crew", true, &cy).await, role(&ada, &server, "Staff", false, &cy).await);

    let named = ada.send(&server.channel, "@Bob, @bob. and @eve, not `@cy`; ada@example.org @ada").await;
    assert_eq!(usernames(&named), ["bob"], "once, no stranger, not in code, not oneself");
    let called = bob.send(&server.channel, "@night crew and @staff @everyone").await;
    assert_eq!((&called["mentionRoles"], &called["mentionEveryone"]), (&json!([crew]), &json!(false)));
    assert_eq!(called["content"], "@night crew and @staff @everyone", "the text is kept");
    let all = ada.send(&server.channel, "@everyone @staff @bob").await;
    assert_eq!((&all["mentionRoles"], &all["mentionEveryone"]), (&json!([staff]), &json!(true)));
    assert_eq!(
        mentions(&bob, &server).await,
        1,
        "by name and with everybody is one; his own message was read"
    );
    assert_eq!(mentions(&cy, &server).await, 2);
    assert_eq!(mentions(&ada, &server).await, 0);

    // In `ready` and to the reader's other sessions.
    let (mut hers, ready) = app.socket_and_ready(&cy, 1, "").await;
    assert_eq!(ready["unread"][&server.channel]["mentions"], 2);
    let read = format!("/api/channels/{}/read", server.channel);
    let mark = |seq: i64, unread: i64, mentions: i64| json!({ "channelId": server.channel, "seq": seq, "unread": unread, "mentions": mentions });
    cy.post(&read, json!({ "seq": 2 })).await.ok();
    assert_eq!(hers.expect("read-mark").await, mark(2, 1, 1));
    cy.post(&path(&all, "/read"), json!({})).await.ok();
    assert_eq!(hers.expect("read-mark").await, mark(3, 0, 0));

    ada.delete(&path(&all, "")).await.ok();
    assert_eq!(mentions(&bob, &server).await, 0, "what is deleted mentions nobody");
    // An edit mentions nobody anew.
    let quiet = ada.send(&server.channel, "quiet").await;
    let edited = ada.put(&path(&quiet, ""), json!({ "content": "@bob" })).await.ok()["message"].clone();
    assert_eq!((usernames(&edited), mentions(&bob, &server).await), (vec![], 0));
    eve.join(&server).await;
    assert_eq!(mentions(&eve, &server).await, 0);
    app.messages_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_view_the_channel_is_not_mentioned() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    everyone(&ada, &server, &[], &["VIEW_CHANNEL"]).await;
    let hidden = ada.send(&server.channel, "@bob").await;
    assert!(usernames(&hidden).is_empty());
    everyone(&ada, &server, &[], &[]).await;
    assert_eq!(mentions(&bob, &server).await, 0);
    // Who may mention everybody may mention any role.
    everyone(&ada, &server, &["MENTION_EVERYONE"], &[]).await;
    let staff = role(&ada, &server, "Staff", false, &ada).await;
    let called = bob.send(&server.channel, "@staff @everyone").await;
    assert_eq!((&called["mentionRoles"], &called["mentionEveryone"]), (&json!([staff]), &json!(true)));
    assert_eq!(mentions(&ada, &server).await, 1);
}
