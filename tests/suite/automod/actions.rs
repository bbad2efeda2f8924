//! What is done: refused, reported, timed out; each with its entry in the audit log, and told to the author.

use serde_json::json;

use super::{elsewhere, log, of, refused, rule, say, server, set, written};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_refused_is_told_why_and_moderators_read_by_which_rule() {
    let (app, ada, bob, server) = server().await;
    let words = json!({ "name": "Insults", "words": ["fool"], "message": "Be kind" });
    let rules = set(&ada, &server, &[rule("words", "block", words)]).await;
    refused(&bob, &server.channel, "You fool").await;
    refused(&elsewhere(&app, &bob), &server.channel, "You fool").await;
    let entries = log(&ada, &server, "?action=automod-block").await;
    assert_eq!(entries.len(), 2, "one a refusal, though access was proved twice: {entries:?}");
    let entry = &entries[0];
    assert_eq!((&entry["actor"], &entry["target"]["username"]), (&json!(null), &json!("bob")));
    assert_eq!(entry["reason"], "Be kind");
    let automod = json!({ "ruleId": rules[0]["id"], "name": "Insults", "kind": "words" });
    assert_eq!(entry["after"], json!({ "automod": automod }));
    assert!(!entry.to_string().contains(&server.channel) && !entry.to_string().contains("You"));
    // Nothing of it is kept.
    assert_eq!(app.count("messages WHERE kind = 'text'").await, 0);
    assert!(ada.get(&of(&server, "/reports")).await.ok()["reports"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_flagged_is_written_and_waits_for_moderators() {
    let (app, ada, bob, server) = server().await;
    let words = json!({ "name": "Doubtful", "words": ["perhaps"], "message": "We will look at this" });
    set(&ada, &server, &[rule("words", "flag", words)]).await;
    let mut his = app.socket(&bob, 1).await;
    let sent = say(&bob, &server.channel, "perhaps not").await.ok();
    let told = his.expect("message-flagged").await;
    assert_eq!(told["messageId"], sent["message"]["id"]);
    assert_eq!((&told["serverId"], &told["channelId"]), (&json!(server.id), &json!(server.channel)));
    assert_eq!(told["reason"], "We will look at this");
    let queue = ada.get(&of(&server, "/reports")).await.ok();
    let report = &queue["reports"][0];
    assert_eq!((&report["rule"], &report["reporter"]), (&json!("Doubtful"), &json!(null)));
    assert_eq!((&report["content"], &report["user"]["username"]), (&json!("perhaps not"), &json!("bob")));
    assert_eq!(report["messageId"], sent["message"]["id"]);
    let entries = log(&ada, &server, "?action=automod-flag").await;
    assert_eq!((entries.len(), &entries[0]["after"]["automod"]["name"]), (1, &json!("Doubtful")));
    // Dealt with like any other.
    let done = json!({ "reportId": report["id"], "status": "dismissed" });
    ada.put(&of(&server, "/reports"), done).await.ok();
    // The same message once more is neither written nor reported once more.
    let path = format!("/api/channels/{}/messages", server.channel);
    for _ in 0..2 {
        bob.post(&path, json!({ "content": "perhaps", "nonce": "n" })).await.ok();
    }
    assert_eq!(log(&ada, &server, "?action=automod-flag").await.len(), 2);
    assert_eq!(written(&ada, &server.channel).await, ["perhaps not", "perhaps"]);
    assert_eq!(app.count("reports WHERE rule IS NOT NULL").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_time_out_is_one_like_any_other() {
    let (app, ada, bob, server) = server().await;
    let words = json!({ "name": "Slurs", "words": ["slur"], "message": "Never again", "minutes": 10 });
    set(&ada, &server, &[rule("words", "timeout", words)]).await;
    let (mut his, mut hers) = (app.socket(&bob, 1).await, app.socket(&ada, 0).await);
    let told = refused(&bob, &server.channel, "a slur").await;
    let until = &told["details"]["timedOutUntil"];
    assert_eq!(told["details"]["reason"], "Never again");
    for socket in [&mut his, &mut hers] {
        let heard = socket.expect("member-timed-out").await;
        assert_eq!((&heard["userId"], &heard["timedOutBy"]), (&json!(bob.id), &json!(null)));
        assert_eq!((&heard["expiresAt"], &heard["reason"]), (until, &json!("Never again")));
    }
    for person in [&bob, &elsewhere(&app, &bob)] {
        say(person, &server.channel, "fine").await.fails(403, "TIMED_OUT");
    }
    let entries = log(&ada, &server, &format!("?targetId={}", bob.id)).await;
    assert_eq!(entries.len(), 1, "{entries:?}");
    assert_eq!((&entries[0]["action"], &entries[0]["actor"]), (&json!("member-timeout"), &json!(null)));
    assert_eq!(&entries[0]["after"]["expiresAt"], until);
    assert_eq!(entries[0]["after"]["automod"]["name"], "Slurs");
    app.clock.advance_ms(10 * 60_000 + 1);
    say(&bob, &server.channel, "fine").await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_strictest_action_is_taken_and_the_first_rule_that_has_it() {
    let (_app, ada, bob, server) = server().await;
    let named = |name: &str, action: &str, word: &str| {
        rule("words", action, json!({ "name": name, "words": [word], "message": name }))
    };
    let rules = [
        named("flags", "flag", "one"),
        named("blocks", "block", "two"),
        named("blocks too", "block", "three"),
        rule("words", "block", json!({ "words": ["four"], "enabled": false })),
    ];
    set(&ada, &server, &rules).await;
    assert_eq!(refused(&bob, &server.channel, "one two three").await["error"], "blocks");
    assert_eq!(refused(&bob, &server.channel, "three one").await["error"], "blocks too");
    say(&bob, &server.channel, "one four").await.ok();
    assert_eq!(log(&ada, &server, "?action=automod-flag").await.len(), 1);
}
