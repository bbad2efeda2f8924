//! What each kind of rule is against, through both gateways, for new messages and new texts.

use serde_json::json;

use super::{elsewhere, refused, rule, say, server, set, written};

#[tokio::test(flavor = "multi_thread")]
async fn words_are_found_however_they_are_written_on_every_gateway() {
    let (app, ada, bob, server) = server().await;
    let words = json!({ "words": ["casino*", "buy now", "h*x"], "message": "No advertising" });
    set(&ada, &server, &[rule("words", "block", words)]).await;
    let channel = &server.channel;
    let far = elsewhere(&app, &bob);
    for text in ["Best CASINOS", "с\u{200b}аs1no!", "please buy   NOW", "hoax"] {
        for person in [&bob, &far] {
            let told = refused(person, channel, text).await;
            assert_eq!(told["error"], "No advertising", "{text}");
            assert_eq!(told["details"], json!({ "reason": "No advertising", "timedOutUntil": null }));
            assert!(!told.to_string().contains("casino"), "the list is not told");
        }
    }
    for text in ["a casual sinner", "buy nowhere", "fine"] {
        say(&far, channel, text).await.ok();
    }
    assert_eq!(written(&ada, channel).await, ["a casual sinner", "buy nowhere", "fine"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_text_is_looked_at_like_a_new_message() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("words", "block", json!({ "words": ["spam"] }))]).await;
    let sent = say(&bob, &server.channel, "harmless").await.ok();
    let id = sent["message"]["id"].as_str().unwrap();
    let edit = |person: &tests::Person, text: &str| {
        let (person, text) = (person.clone(), text.to_string());
        let path = format!("/api/messages/{id}");
        async move { person.put(&path, json!({ "content": text })).await }
    };
    edit(&bob, "SPAM").await.fails(403, "MESSAGE_BLOCKED");
    edit(&elsewhere(&app, &bob), "spam").await.fails(403, "MESSAGE_BLOCKED");
    edit(&bob, "harmless too").await.ok();
    let mut socket = app.socket(&bob, 1).await;
    let refused = socket
        .refused("edit-message", json!({ "messageId": id, "content": "spam" }), "MESSAGE_BLOCKED")
        .await;
    assert_eq!(refused["details"]["reason"], "this message breaks a rule of the server");
    socket
        .refused("send-message", json!({ "channelId": server.channel, "content": "spam" }), "MESSAGE_BLOCKED")
        .await;
    assert_eq!(written(&ada, &server.channel).await, ["harmless too"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn links_are_refused_all_or_by_lists() {
    let (app, ada, bob, server) = server().await;
    let (channel, far) = (&server.channel, elsewhere(&app, &bob));
    set(&ada, &server, &[rule("links", "block", json!({ "links": "all" }))]).await;
    refused(&bob, channel, "see https://example.org").await;
    say(&far, channel, "no link in main.rs").await.ok();
    let deny = json!({ "links": "deny", "domains": ["Evil.example"] });
    set(&ada, &server, &[rule("links", "block", deny)]).await;
    refused(&far, channel, "https://www.EVIL.example/x").await;
    refused(&bob, channel, "https://good.example@evil.example").await;
    say(&bob, channel, "https://example.org").await.ok();
    let allow = json!({ "links": "allow", "domains": ["example.org"] });
    let rules = set(&ada, &server, &[rule("links", "block", allow)]).await;
    assert_eq!(rules[0]["domains"], json!(["example.org"]));
    refused(&bob, channel, "http://example.com").await;
    say(&far, channel, "http://docs.example.org/").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn invites_to_other_servers_are_refused_and_those_to_ones_own_are_not() {
    let (app, ada, bob, server) = server().await;
    let other = bob.create_server("Looms").await;
    set(&ada, &server, &[rule("invites", "block", json!({}))]).await;
    let (channel, far) = (&server.channel, elsewhere(&app, &bob));
    for text in [
        other.code.clone(),
        format!("come to https://chat.example.org/invite/{}!", other.code.to_uppercase()),
    ] {
        refused(&bob, channel, &text).await;
        refused(&far, channel, &text).await;
    }
    say(&bob, channel, &format!("/invite/{}", server.code)).await.ok();
    say(&bob, channel, "abcdefghjk is no code").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_mentions_is_refused_in_one_message_and_in_several() {
    let (app, ada, bob, server) = server().await;
    let window = json!({ "perMessage": 3, "perWindow": 5, "seconds": 60 });
    set(&ada, &server, &[rule("mentions", "block", window)]).await;
    let (channel, far) = (&server.channel, elsewhere(&app, &bob));
    refused(&bob, channel, "@a1 @b1 @c1 @d1").await;
    say(&bob, channel, "@a1 @A1 @a1 @a1").await.ok();
    say(&far, channel, "@b1 @c1").await.ok();
    say(&bob, channel, "nobody").await.ok();
    say(&far, channel, "@d1 @e1").await.ok();
    refused(&bob, channel, "@f1").await;
    refused(&far, channel, "@f1").await;
    app.clock.advance_ms(61_000);
    say(&bob, channel, "@f1").await.ok();
    // More people in the new text of a message that was counted.
    let sent = say(&bob, channel, "@g1 @h1").await.ok();
    let path = format!("/api/messages/{}", sent["message"]["id"].as_str().unwrap());
    bob.put(&path, json!({ "content": "@g1 @h1 @i1" })).await.ok();
    say(&far, channel, "@j1").await.ok();
    refused(&far, channel, "@k1").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_nearly_the_same_is_refused_the_third_time_wherever_it_is_sent() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("repeats", "block", json!({ "times": 3, "seconds": 60 }))]).await;
    let (channel, far) = (&server.channel, elsewhere(&app, &bob));
    say(&bob, channel, "Buy now!").await.ok();
    let second = say(&far, channel, "buy NOOOW 2").await.ok();
    refused(&bob, channel, "b\u{200b}uy now 3").await;
    say(&bob, channel, "something else").await.ok();
    // Correcting a message is not saying it again.
    let path = format!("/api/messages/{}", second["message"]["id"].as_str().unwrap());
    bob.put(&path, json!({ "content": "Buy now?" })).await.ok();
    // Making it of another message is.
    let other = say(&far, channel, "harmless").await.ok();
    let path = format!("/api/messages/{}", other["message"]["id"].as_str().unwrap());
    bob.put(&path, json!({ "content": "buy now" })).await.fails(403, "MESSAGE_BLOCKED");
    // What somebody else says is theirs, and time passes.
    let eve = app.person("eve").await;
    eve.join(&server).await;
    say(&eve, channel, "buy now").await.ok();
    app.clock.advance_ms(61_000);
    say(&bob, channel, "buy now").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_that_is_repeated_with_its_nonce_is_not_said_again() {
    let (app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("repeats", "timeout", json!({ "times": 2, "seconds": 60, "minutes": 5 }))])
        .await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let body = || json!({ "content": "hello", "nonce": "n-1" });
    let first = bob.post(&path, body()).await.ok();
    for person in [&bob, &elsewhere(&app, &bob), &bob] {
        let again = person.post(&path, body()).await.ok();
        assert_eq!(again["message"]["id"], first["message"]["id"]);
    }
    bob.post(&path, json!({ "content": "hello", "nonce": "n-2" })).await.fails(403, "MESSAGE_BLOCKED");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_could_not_be_stored_is_not_counted() {
    let (_app, ada, bob, server) = server().await;
    set(&ada, &server, &[rule("repeats", "block", json!({ "times": 2, "seconds": 60 }))]).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    for _ in 0..3 {
        bob.post(&path, json!({ "content": "hello", "replyTo": nothing })).await.fails_at("replyTo");
    }
    say(&bob, &server.channel, "hello").await.ok();
    refused(&bob, &server.channel, "hello").await;
}
