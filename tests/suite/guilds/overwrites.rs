//! What channels allow and deny: by whom it is said, and what follows at once.

use std::time::Duration;

use serde_json::json;
use tests::App;

use super::{assign, community, everyone, id, new_channel, new_role, overwrite};

#[tokio::test(flavor = "multi_thread")]
async fn overwrites_are_put_listed_changed_and_removed() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let base = everyone(&ada, &server).await;
    let path = format!("/api/channels/{}/permissions", server.channel);
    let made = overwrite(&ada, &server.channel, id(&base), &[], &["SEND_MESSAGES"]).await.ok();
    let expected = json!({ "id": id(&base), "type": "role", "allow": [], "deny": ["SEND_MESSAGES"] });
    assert_eq!(made["overwrite"], expected);
    let his = overwrite(&ada, &server.channel, &bob.id, &["SEND_MESSAGES"], &["SPEAK"]).await.ok();
    assert_eq!(his["overwrite"]["type"], "member");
    assert_eq!(ada.get(&path).await.ok()["overwrites"], json!([expected, his["overwrite"]]));
    let one = format!("{path}/{}", bob.id);
    let changed = ada.put(&one, json!({ "deny": [] })).await.ok();
    assert_eq!(changed["overwrite"]["allow"], json!(["SEND_MESSAGES"]), "what is not said stays");
    assert_eq!(ada.get(&one).await.ok()["overwrite"], changed["overwrite"]);
    bob.send(&server.channel, "by his own").await;
    ada.delete(&one).await.ok();
    ada.get(&one).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.delete(&one).await.fails(404, "RESOURCE_NOT_FOUND");
    let body = json!({ "content": "x" });
    let refused = bob.post(&format!("/api/channels/{}/messages", server.channel), body).await;
    assert_eq!(refused.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"], "SEND_MESSAGES");
    bob.get(&path).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    overwrite(&ada, &server.channel, id(&base), &["KICK_MEMBERS"], &[]).await.fails_at("allow");
    overwrite(&ada, &server.channel, id(&base), &["SPEAK"], &["SPEAK"]).await.fails_at("deny");
    overwrite(&ada, &server.channel, &server.id, &[], &[]).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_roles_overwrites_below_themselves_and_only_what_they_have() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let eve = app.person("eve").await;
    eve.join(&server).await;
    let low = new_role(&ada, &server, "Low", &[]).await;
    let keeper = new_role(&ada, &server, "Keeper", &["MANAGE_ROLES"]).await;
    ada.put(&format!("/api/roles/{}", id(&keeper)), json!({ "position": 2 })).await.ok();
    assign(&ada, &server, &keeper, &bob).await.ok();
    let channel = server.channel.as_str();
    overwrite(&bob, channel, id(&keeper), &[], &["SPEAK"]).await.fails(403, "ROLE_HIERARCHY");
    overwrite(&bob, channel, &bob.id, &["SPEAK"], &[]).await.fails(403, "ROLE_HIERARCHY");
    overwrite(&bob, channel, &ada.id, &[], &["SPEAK"]).await.fails(403, "ROLE_HIERARCHY");
    overwrite(&bob, channel, id(&low), &["MANAGE_MESSAGES"], &[])
        .await
        .fails(403, "INSUFFICIENT_PERMISSIONS");
    overwrite(&bob, channel, id(&low), &[], &["SPEAK"]).await.ok();
    overwrite(&bob, channel, &eve.id, &["SPEAK"], &[]).await.ok();
    // What was said by who may is not taken back by who may not.
    overwrite(&ada, channel, id(&low), &["MANAGE_MESSAGES"], &[]).await.ok();
    let path = format!("/api/channels/{channel}/permissions/{}", id(&low));
    bob.delete(&path).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_and_comes_back_has_not_shed_what_a_channel_denies_them() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    overwrite(&ada, &server.channel, &bob.id, &[], &["SEND_MESSAGES"]).await.ok();
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    bob.join(&server).await;
    let body = json!({ "content": "x" });
    let path = format!("/api/channels/{}/messages", server.channel);
    bob.post(&path, body.clone()).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    bob.post(&format!("/api/servers/{}/leave", server.id), json!({})).await.ok();
    ada.delete(&format!("/api/channels/{}/permissions/{}", server.channel, bob.id)).await.ok();
    bob.join(&server).await;
    bob.post(&path, body).await.ok();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_starts_with_the_overwrites_of_its_category_and_follows_it_when_it_moves() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let base = everyone(&ada, &server).await;
    let staff = new_channel(&ada, &server, json!({ "name": "staff", "type": "category" })).await;
    overwrite(&ada, &staff, id(&base), &[], &["VIEW_CHANNEL"]).await.ok();
    let inside = new_channel(&ada, &server, json!({ "name": "inside", "parentId": staff })).await;
    bob.get(&format!("/api/channels/{inside}")).await.fails(404, "RESOURCE_NOT_FOUND");

    // One that is open to all comes in, and goes out as it was inside.
    let path = format!("/api/channels/{}", server.channel);
    let moved = ada.put(&path, json!({ "parentId": staff })).await.ok()["channel"].clone();
    assert_eq!(moved["parentId"], staff.as_str());
    bob.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.put(&path, json!({ "parentId": null })).await.ok();
    bob.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");

    // One with overwrites of its own keeps them.
    let own = new_channel(&ada, &server, json!({ "name": "own" })).await;
    overwrite(&ada, &own, id(&base), &[], &["SPEAK"]).await.ok();
    ada.put(&format!("/api/channels/{own}"), json!({ "parentId": staff })).await.ok();
    let seen = bob.get(&format!("/api/channels/{own}")).await.ok()["channel"].clone();
    // Whoever sees a channel sees the heading above it, and may do nothing there.
    let heading = bob.get(&format!("/api/channels/{staff}")).await.ok()["channel"].clone();
    assert_eq!((&seen["parentId"], &heading["permissions"]), (&json!(staff), &json!([])));
    ada.put(&format!("/api/channels/{inside}"), json!({ "parentId": inside })).await.fails_at("parentId");
    ada.delete(&format!("/api/channels/{staff}")).await.ok();
    assert_eq!(bob.get(&format!("/api/channels/{own}")).await.ok()["channel"]["parentId"], json!(null));
    bob.get(&format!("/api/channels/{inside}")).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

/// Each way to lose the right to write or to see, on a gateway that has just used it and remembers.
#[tokio::test(flavor = "multi_thread")]
async fn a_right_that_is_taken_is_gone_on_every_gateway_once_the_taking_is_answered() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let base = everyone(&ada, &server).await;
    let crew = new_role(&ada, &server, "Crew", &[]).await;
    let channel = server.channel.clone();
    overwrite(&ada, &channel, id(&base), &[], &["VIEW_CHANNEL"]).await.ok();
    overwrite(&ada, &channel, id(&crew), &["VIEW_CHANNEL"], &[]).await.ok();
    let there = bob.at(&app.gateways[1].url);
    let path = format!("/api/channels/{channel}/messages");
    for round in 0..30 {
        assign(&ada, &server, &crew, &bob).await.ok();
        let sent = there.send(&channel, "while he may").await;
        there.history(&channel, "?limit=1").await;
        match round % 3 {
            0 => drop(super::unassign(&ada, &server, &crew, &bob).await.ok()),
            1 => drop(overwrite(&ada, &channel, &bob.id, &[], &["VIEW_CHANNEL"]).await.ok()),
            _ => drop(overwrite(&ada, &channel, id(&crew), &[], &[]).await.ok()),
        }
        there.post(&path, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
        there.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
        there
            .post(&format!("/api/channels/{channel}/read"), json!({}))
            .await
            .fails(404, "RESOURCE_NOT_FOUND");
        there.delete(&format!("/api/messages/{}", id(&sent))).await.fails(404, "RESOURCE_NOT_FOUND");
        overwrite(&ada, &channel, &bob.id, &[], &[]).await.ok();
        overwrite(&ada, &channel, id(&crew), &["VIEW_CHANNEL"], &[]).await.ok();
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    app.guilds_are_whole().await;
}
