//! Kick, ban, time-out, warn: each does what it says, is told to whom it concerns, and is written down.

use std::time::Duration;

use serde_json::{Value, json};
use tests::App;

use super::{give, log, member, of, role};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kicked_is_told_why_and_may_come_back() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, mod_) = (app.person("ada").await, app.person("bob").await, app.person("mira").await);
    let server = ada.create_server("Engines").await;
    for person in [&bob, &mod_] {
        person.join(&server).await;
    }
    let keepers = role(&ada, &server, "Keepers", &["KICK_MEMBERS"]).await;
    give(&ada, &server, &keepers, &mod_).await;
    let mut his = app.socket(&bob, 1).await;
    let mut hers = app.socket(&ada, 0).await;
    mod_.post(&member(&server, &bob, "/kick"), json!({ "reason": " flooding " })).await.ok();
    let told = his.expect("kicked-from-server").await;
    assert_eq!((&told["serverName"], &told["kickedBy"]), (&json!("Engines"), &json!("mira")));
    assert_eq!(told["reason"], "flooding");
    let heard = hers.expect("member-kicked").await;
    assert_eq!((&heard["username"], &heard["reason"]), (&json!("bob"), &json!("flooding")));
    let path = format!("/api/channels/{}/messages", server.channel);
    bob.post(&path, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    let entries = log(&ada, &server, "?action=member-kick").await;
    assert_eq!(entries.len(), 1);
    assert_eq!(
        (&entries[0]["actor"]["username"], &entries[0]["reason"]),
        (&json!("mira"), &json!("flooding"))
    );
    assert_eq!(entries[0]["target"]["username"], "bob");
    bob.join(&server).await;
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_comes_in_by_no_way_until_it_is_over() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    ada.put(&of(&server, ""), json!({ "isPublic": true })).await.ok();
    bob.join(&server).await;
    let mut his = app.socket(&bob, 0).await;
    let ban = json!({ "reason": "flooding", "duration": 7 });
    let made = ada.post(&member(&server, &bob, "/ban"), ban).await.ok();
    assert_eq!(made["ban"]["user"]["username"], "bob");
    let told = his.expect("banned-from-server").await;
    assert_eq!((&told["reason"], &told["expiresAt"]), (&json!("flooding"), &made["ban"]["expiresAt"]));
    let further = ada.post(&of(&server, "/invites"), json!({ "maxUses": 3 })).await.ok();
    let code = further["invite"]["code"].as_str().unwrap();
    for way in [
        format!("/api/servers/join/{}", server.code),
        format!("/api/servers/join/{code}"),
        of(&server, "/join"),
    ] {
        let refused = bob.post(&way, json!({})).await.fails(403, "BANNED");
        assert_eq!(
            refused["details"],
            json!({ "reason": "flooding", "expiresAt": made["ban"]["expiresAt"] })
        );
    }
    let invites = ada.get(&of(&server, "/invites")).await.ok();
    assert_eq!(invites["invites"][0]["uses"], 0, "a refusal uses nothing: {invites}");
    let bans = ada.get(&of(&server, "/bans")).await.ok();
    assert_eq!((&bans["bans"][0]["user"]["username"], &bans["hasMore"]), (&json!("bob"), &json!(false)));

    ada.delete(&of(&server, &format!("/bans/{}", bob.id))).await.ok();
    ada.delete(&of(&server, &format!("/bans/{}", bob.id))).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.post(&of(&server, "/join"), json!({})).await.ok();
    let actions = log(&ada, &server, &format!("?targetId={}", bob.id)).await;
    let actions = actions.iter().map(|entry| entry["action"].as_str().unwrap()).collect::<Vec<_>>();
    assert_eq!(actions, ["member-unban", "member-ban"]);
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_was_never_a_member_can_be_banned() {
    let app = App::start().await;
    let (ada, eve) = (app.person("ada").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    ada.post(&member(&server, &eve, "/ban"), json!({})).await.ok();
    let refused =
        eve.post(&format!("/api/servers/join/{}", server.code), json!({})).await.fails(403, "BANNED");
    assert_eq!(refused["details"], json!({ "reason": null, "expiresAt": null }));
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_timed_out_reads_and_writes_nothing_even_after_coming_back() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut his = app.socket(&bob, 0).await;
    let answer = ada
        .post(&member(&server, &bob, "/timeout"), json!({ "duration": 60, "reason": "calm down" }))
        .await
        .ok();
    let told = his.expect("member-timed-out").await;
    assert_eq!((&told["expiresAt"], &told["reason"]), (&answer["expiresAt"], &json!("calm down")));
    let path = format!("/api/channels/{}/messages", server.channel);
    let send = || bob.post(&path, json!({ "content": "x" }));
    let refused = send().await.fails(403, "TIMED_OUT");
    assert_eq!(refused["details"]["expiresAt"], answer["expiresAt"]);
    his.refused("typing-start", json!(server.channel), "TIMED_OUT").await;
    bob.history(&server.channel, "").await;
    let seen = ada.get(&member(&server, &bob, "")).await.ok();
    assert_eq!(seen["member"]["timedOutUntil"], answer["expiresAt"]);
    // Leaving does not shed it.
    bob.post(&of(&server, "/leave"), json!({})).await.ok();
    bob.join(&server).await;
    send().await.fails(403, "TIMED_OUT");
    ada.delete(&member(&server, &bob, "/timeout")).await.ok();
    send().await.ok();
    ada.delete(&member(&server, &bob, "/timeout")).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn warnings_are_kept_told_and_taken_back() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    eve.join(&server).await;
    let mut his = app.socket(&bob, 0).await;
    let mut other = app.socket(&eve, 0).await;
    let warned = ada.post(&member(&server, &bob, "/warn"), json!({ "reason": "First" })).await.ok();
    assert_eq!(his.expect("member-warned").await["warning"], warned["warning"]);
    other.hears_no("member-warned", Duration::from_millis(200)).await;
    ada.post(&member(&server, &bob, "/warn"), json!({ "reason": " " })).await.fails_at("reason");
    ada.post(&member(&server, &bob, "/warn"), json!({ "reason": "Second" })).await.ok();
    let page = ada.get(&member(&server, &bob, "/warnings?limit=1")).await.ok();
    assert_eq!((&page["warnings"][0]["reason"], &page["hasMore"]), (&json!("Second"), &json!(true)));
    let next = page["nextCursor"].as_str().unwrap();
    let rest = ada.get(&member(&server, &bob, &format!("/warnings?before={next}"))).await.ok();
    assert_eq!(rest["warnings"], json!([warned["warning"]]));
    bob.get(&member(&server, &bob, "/warnings")).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let id = warned["warning"]["id"].as_str().unwrap();
    ada.delete(&member(&server, &bob, &format!("/warnings/{id}"))).await.ok();
    ada.delete(&member(&server, &bob, &format!("/warnings/{id}"))).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_commands_do_what_the_calls_do() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut hers = app.socket(&ada, 0).await;
    let mut his = app.socket(&bob, 0).await;
    let target = |more: Value| {
        let mut data = json!({ "serverId": server.id, "targetUserId": bob.id });
        for (name, value) in more.as_object().unwrap() {
            data[name] = value.clone();
        }
        data
    };
    his.refused(
        "kick-member",
        json!({ "serverId": server.id, "targetUserId": ada.id }),
        "INSUFFICIENT_PERMISSIONS",
    )
    .await;
    let warned = hers.command("warn-member", target(json!({ "reason": "First" }))).await;
    assert_eq!(warned["warning"]["reason"], "First");
    hers.refused("timeout-member", target(json!({ "duration": 0 })), "VALIDATION_FAILED").await;
    let out = hers.command("timeout-member", target(json!({ "duration": 1 }))).await;
    assert!(out["expiresAt"].is_string());
    hers.command("kick-member", target(json!({}))).await;
    his.expect("kicked-from-server").await;
    bob.join(&server).await;
    let banned = hers.command("ban-member", target(json!({ "duration": 1 }))).await;
    assert_eq!(banned["ban"]["user"]["username"], "bob");
    his.expect("banned-from-server").await;
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bans_deletion_takes_what_they_wrote_lately_and_nothing_else() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    bob.send(&server.channel, "old").await;
    app.clock.advance_ms(3 * 86_400_000);
    let (ada, bob) = (ada.log_in("ada").await, bob.log_in("bob").await);
    for number in 0..5 {
        bob.send(&server.channel, &format!("spam {number}")).await;
        ada.send(&server.channel, &format!("talk {number}")).await;
    }
    let mut hers = app.socket(&ada, 0).await;
    hers.command("join-channel", json!(server.channel)).await;
    ada.post(&member(&server, &bob, "/ban"), json!({ "deleteMessageDays": 1 })).await.ok();
    for _ in 0..5 {
        hers.expect("message-deleted").await;
    }
    let page = ada.history(&server.channel, "").await;
    let left =
        page["messages"].as_array().unwrap().iter().map(|message| message["content"].as_str().unwrap());
    assert_eq!(left.collect::<Vec<_>>(), ["talk 4", "talk 3", "talk 2", "talk 1", "talk 0", "old"]);
    app.guilds_are_whole().await;
}
