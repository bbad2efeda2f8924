//! Several things at once: one of them is first, and nothing is left half done.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{member, of};

#[tokio::test(flavor = "multi_thread")]
async fn who_is_banned_while_joining_by_another_invite_ends_outside() {
    const ROUNDS: usize = 12;
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let made = ada.post(&of(&server, "/invites"), json!({})).await.ok();
    let path = format!("/api/servers/join/{}", made["invite"]["code"].as_str().unwrap());
    let his = bob.at(&app.gateways[1].url);
    let ban = member(&server, &bob, "/ban");
    for round in 0..ROUNDS {
        let (joined, banned) = tokio::join!(his.post(&path, json!({})), async {
            tokio::time::sleep(Duration::from_millis(u64::try_from(round % 4).unwrap())).await;
            ada.post(&ban, json!({})).await
        });
        banned.ok();
        assert!([200, 403].contains(&joined.status.as_u16()), "{}", joined.body);
        ada.get(&member(&server, &bob, "")).await.fails(404, "RESOURCE_NOT_FOUND");
        app.guilds_are_whole().await;
        ada.delete(&of(&server, &format!("/bans/{}", bob.id))).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_kicked_while_sending_sends_nothing_later() {
    const ROUNDS: usize = 8;
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let path = format!("/api/channels/{}/messages", server.channel);
    for _ in 0..ROUNDS {
        bob.join(&server).await;
        let talking = {
            let (bob, path) = (bob.at(&app.gateways[1].url), path.clone());
            tokio::spawn(async move {
                let mut last = 0;
                loop {
                    let answer = bob.post(&path, json!({ "content": "still here" })).await;
                    if !answer.status.is_success() {
                        return (last, answer);
                    }
                    last = answer.body["message"]["rev"].as_i64().unwrap();
                }
            })
        };
        tokio::time::sleep(Duration::from_millis(30)).await;
        ada.post(&member(&server, &bob, "/kick"), json!({})).await.ok();
        let kicked_at = ada.history(&server.channel, "?limit=1").await["rev"].as_i64().unwrap();
        let (last, refusal) = talking.await.unwrap();
        refusal.fails(404, "RESOURCE_NOT_FOUND");
        assert!(last <= kicked_at, "accepted at {last}, kicked at {kicked_at}");
    }
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_given_away_while_its_owner_leaves_has_one_owner_who_is_a_member() {
    const ROUNDS: usize = 8;
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let (mut owner, mut other) = (ada, bob);
    for _ in 0..ROUNDS {
        let elsewhere = (owner.at(&app.gateways[1].url), other.at(&app.gateways[1].url));
        let (transfer, leave) = (of(&server, "/transfer"), of(&server, "/leave"));
        let (given, left, gone) = tokio::join!(
            owner.post(&transfer, json!({ "userId": other.id })),
            elsewhere.0.post(&leave, json!({})),
            elsewhere.1.post(&leave, json!({})),
        );
        for answer in [&given, &left, &gone] {
            assert!([200, 404, 409].contains(&answer.status.as_u16()), "{}", answer.body);
        }
        assert_eq!(given.status == 200, gone.status != 200, "{} {}", given.body, gone.body);
        if given.status == 200 {
            std::mem::swap(&mut owner, &mut other);
        } else {
            left.fails(409, "CONFLICT");
        }
        app.guilds_are_whole().await;
        other.join(&server).await;
    }
}
