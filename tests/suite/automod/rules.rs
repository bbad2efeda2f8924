//! Reading and replacing the rules: who may, what they may be, and what is written down.

use serde_json::{Value, json};
use tests::Person;

use super::{log, of, rule, server, set};

#[tokio::test(flavor = "multi_thread")]
async fn rules_are_replaced_as_a_whole_and_keep_their_ids() {
    let (_app, ada, bob, server) = server().await;
    assert_eq!(ada.get(&of(&server, "/automod")).await.ok()["rules"], json!([]));
    let made = set(
        &ada,
        &server,
        &[
            rule("words", "block", json!({ "words": [" Spam* ", "Spam*"], "message": " Be kind " })),
            rule("repeats", "timeout", json!({ "times": 3, "seconds": 30, "minutes": 5, "enabled": false })),
        ],
    )
    .await;
    assert_eq!(made[0]["words"], json!(["Spam*"]));
    assert_eq!((&made[0]["message"], &made[0]["enabled"]), (&json!("Be kind"), &json!(true)));
    assert_eq!((&made[1]["minutes"], &made[1]["enabled"]), (&json!(5), &json!(false)));
    assert_eq!(ada.get(&of(&server, "/automod")).await.ok()["rules"], json!(made));
    // As they were answered they can be sent again.
    assert_eq!(set(&ada, &server, &made).await, made);
    assert_eq!(log(&ada, &server, "?action=automod-update").await.len(), 1, "nothing changed");
    let mut kept = made[0].clone();
    kept["words"] = json!(["Spam*", "scam"]);
    let after = set(&ada, &server, &[kept]).await;
    assert_eq!((after.len(), &after[0]["id"]), (1, &made[0]["id"]));
    let entry = &log(&ada, &server, "?action=automod-update").await[0];
    assert_eq!(entry["actor"]["username"], "ada");
    assert_eq!(entry["before"]["rules"][1]["id"], made[1]["id"]);
    assert_eq!(entry["after"]["rules"][0]["words"], json!({ "count": 2, "only": ["scam"] }));
    bob.get(&of(&server, "/automod")).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    bob.put(&of(&server, "/automod"), json!({ "rules": [] })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assert!(set(&ada, &server, &[]).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_bodies_are_told_by_their_paths_and_change_nothing() {
    let (app, ada, bob, server) = server().await;
    let before = set(&ada, &server, &[rule("invites", "block", json!({}))]).await;
    let other = bob.create_server("Looms").await;
    let theirs =
        bob.put(&of(&other, "/automod"), json!({ "rules": [rule("invites", "flag", json!({}))] })).await;
    let theirs = theirs.ok()["rules"][0]["id"].clone();
    let roles = bob.get(&of(&other, "/roles")).await.ok();
    let everyone = ada.get(&of(&server, "/roles")).await.ok()["roles"][0]["id"].clone();
    let long = "x".repeat(61);
    for (rules, field) in [
        (json!({}), "rules"),
        (json!({ "rules": 7 }), "rules"),
        (json!({ "rules": [7] }), "rules[0]"),
        (json!({ "rules": [{}] }), "rules[0].name"),
        (json!({ "rules": [rule("magic", "block", json!({}))] }), "rules[0].kind"),
        (json!({ "rules": [rule("invites", "shout", json!({}))] }), "rules[0].action"),
        (json!({ "rules": [rule("words", "block", json!({ "words": [1] }))] }), "rules[0].words[0]"),
        (json!({ "rules": [rule("words", "block", json!({ "words": ["ok", long] }))] }), "rules[0].words[1]"),
        (json!({ "rules": [rule("words", "block", json!({ "words": ["(a+)+$"] }))] }), "rules[0].words[0]"),
        (
            json!({ "rules": [rule("repeats", "block", json!({ "times": -1, "seconds": 5 }))] }),
            "rules[0].times",
        ),
        (json!({ "rules": [rule("invites", "timeout", json!({ "minutes": 99_999 }))] }), "rules[0].minutes"),
        (json!({ "rules": [rule("invites", "block", json!({ "id": theirs }))] }), "rules[0].id"),
        (
            json!({ "rules": [rule("invites", "block", json!({ "exemptRoles": [everyone] }))] }),
            "rules[0].exemptRoles[0]",
        ),
        (
            json!({ "rules": [rule("invites", "block", json!({ "exemptRoles": [roles["roles"][0]["id"]] }))] }),
            "rules[0].exemptRoles[0]",
        ),
        (
            json!({ "rules": [rule("invites", "block", json!({ "exemptChannels": [other.channel] }))] }),
            "rules[0].exemptChannels[0]",
        ),
        (json!({ "rules": vec![rule("invites", "block", json!({})); 21] }), "rules"),
    ] {
        ada.put(&of(&server, "/automod"), rules).await.fails_at(field);
    }
    assert_eq!(ada.get(&of(&server, "/automod")).await.ok()["rules"], json!(before));
    assert_eq!(app.count("guild_audit WHERE action = 'automod-update'").await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_set_of_rules_is_kept_and_asked() {
    let (_app, ada, bob, server) = server().await;
    let words = |from: usize| {
        let words = (from..from + 500).map(|n| format!("*{}{n:04}*", "ab".repeat(26)));
        rule("words", "block", json!({ "words": words.collect::<Vec<_>>() }))
    };
    let mut rules = vec![words(0), words(500)];
    rules.extend((0..18).map(|_| rule("repeats", "flag", json!({ "times": 20, "seconds": 600 }))));
    set(&ada, &server, &rules).await;
    super::refused(&bob, &server.channel, &format!("{}0999", "ab".repeat(1_998))).await;
    super::say(&bob, &server.channel, &"ab".repeat(2_000)).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_that_a_manager_does_not_see_are_neither_told_nor_lost() {
    let (_app, ada, bob, server) = server().await;
    let hidden = ada.post(&of(&server, "/channels"), json!({ "name": "war-room" })).await.ok();
    let hidden = hidden["channel"]["id"].as_str().unwrap().to_string();
    let everyone = ada.get(&of(&server, "/roles")).await.ok()["roles"][0]["id"].as_str().unwrap().to_string();
    let deny = json!({ "deny": ["VIEW_CHANNEL"] });
    ada.put(&format!("/api/channels/{hidden}/permissions/{everyone}"), deny).await.ok();
    let manager = json!({ "name": "Manager", "permissions": ["MANAGE_SERVER", "VIEW_AUDIT_LOG"] });
    let manager = ada.post(&of(&server, "/roles"), manager).await.ok()["role"]["id"].clone();
    let path = of(&server, &format!("/roles/{}/assign/{}", manager.as_str().unwrap(), bob.id));
    ada.post(&path, json!({})).await.ok();

    let exempt = json!({ "exemptChannels": [hidden, server.channel] });
    set(&ada, &server, &[rule("invites", "block", exempt)]).await;
    let nothing = "01890a5d-ac96-774b-bcce-b302099a8057";
    let seen = bob.get(&of(&server, "/automod")).await.ok();
    assert_eq!(seen["rules"][0]["exemptChannels"], json!([server.channel]));
    let told = async |channel: &str| {
        let rules = json!({ "rules": [rule("invites", "block", json!({ "exemptChannels": [channel] }))] });
        let refused = bob.put(&of(&server, "/automod"), rules).await.fails_at("rules[0].exemptChannels[0]");
        json!([refused["error"], refused["details"]])
    };
    assert_eq!(told(&hidden).await, told(nothing).await);
    let mut mine = seen["rules"][0].clone();
    mine["exemptChannels"] = json!([]);
    mine["action"] = json!("flag");
    let answer = set(&bob, &server, &[mine]).await;
    assert_eq!(answer[0]["exemptChannels"], json!([]));
    assert_eq!(exempt_of(&ada, &server).await, json!([hidden]));
    let entries = log(&bob, &server, "?action=automod-update").await;
    assert!(!json!(entries).to_string().contains(&hidden), "{entries:?}");
}

async fn exempt_of(person: &Person, server: &tests::Server) -> Value {
    person.get(&of(server, "/automod")).await.ok()["rules"][0]["exemptChannels"].clone()
}
