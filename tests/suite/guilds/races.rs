//! Everybody changes everything at once: each call is done or refused, nothing is half done, and nobody waits for ever.

use futures_util::future::{join, join_all};
use serde_json::json;
use tests::App;

use super::{assign, community, id, new_channel, new_role, overwrite, unassign};

#[tokio::test(flavor = "multi_thread")]
async fn two_admins_delete_and_give_one_role() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let there = ada.at(&app.gateways[1].url);
    for _ in 0..15 {
        let role = new_role(&ada, &server, "Brief", &["KICK_MEMBERS"]).await;
        let path = format!("/api/roles/{}", id(&role));
        let (deleted, given) = join(ada.delete(&path), assign(&there, &server, &role, &bob)).await;
        deleted.ok();
        if !given.status.is_success() {
            given.fails(404, "RESOURCE_NOT_FOUND");
        }
    }
    let members = ada.get(&format!("/api/servers/{}/members", server.id)).await.ok();
    assert!(
        members["members"].as_array().unwrap().iter().all(|member| member["roles"] == json!([])),
        "{members}"
    );
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn channels_and_roles_are_moved_made_and_deleted_while_people_write_come_and_go() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let there = ada.at(&app.gateways[1].url);
    let mut channels = vec![server.channel.clone()];
    let mut roles = Vec::new();
    for n in 0..4 {
        channels.push(new_channel(&ada, &server, json!({ "name": format!("channel-{n}") })).await);
        roles.push(new_role(&ada, &server, &format!("role-{n}"), &[]).await);
    }
    let channel_moves = (0..24_usize).map(|n| {
        let (by, channel) = (if n % 2 == 0 { &ada } else { &there }, &channels[n % channels.len()]);
        let body = json!({ "position": n % 5 });
        async move { by.put(&format!("/api/channels/{channel}"), body).await.status }
    });
    let role_moves = (0..24_usize).map(|n| {
        let (by, role) = (if n % 2 == 0 { &there } else { &ada }, &roles[n % roles.len()]);
        let body = json!({ "position": 1 + n % 4 });
        async move { by.put(&format!("/api/roles/{}", id(role)), body).await.status }
    });
    let orders = (0..8).map(|_| {
        let body = json!({ "channelIds": channels.iter().rev().collect::<Vec<_>>() });
        async { there.put(&format!("/api/servers/{}/channels/order", server.id), body).await.status }
    });
    let overwrites = (0..12_usize).map(|n| {
        let (by, channel) = (if n % 2 == 0 { &ada } else { &there }, &channels[n % channels.len()]);
        let target = id(&roles[n % roles.len()]);
        async move { overwrite(by, channel, target, &["SPEAK"], &["CONNECT"]).await.status }
    });
    let gifts = (0..12_usize).map(|n| {
        let (role, server, by, bob) = (&roles[n % roles.len()], &server, &there, &bob);
        async move {
            if n % 3 == 0 {
                unassign(by, server, role, bob).await
            } else {
                assign(by, server, role, bob).await
            }
            .status
        }
    });
    let made = (0..6).map(|n| {
        let body = json!({ "name": format!("more-{n}") });
        async { ada.post(&format!("/api/servers/{}/channels", server.id), body).await.status }
    });
    let writing = (0..30_usize).map(|n| {
        let (bob, channel) = (&bob, &channels[n % channels.len()]);
        async move {
            bob.post(&format!("/api/channels/{channel}/messages"), json!({ "content": "x" })).await.status
        }
    });
    let moving = join(join(join_all(channel_moves), join_all(role_moves)), join_all(orders));
    let ruling = join(join(join_all(overwrites), join_all(gifts)), join_all(made));
    let (((a, b), c), (((d, e), f), g)) = join(moving, join(ruling, join_all(writing))).await;
    for status in [a, b, c, d, e, f, g].concat() {
        assert!(status.is_success(), "{status}");
    }
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_is_removed_while_they_write_and_are_given_roles() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let there = bob.at(&app.gateways[1].url);
    let role = new_role(&ada, &server, "Crew", &[]).await;
    let path = format!("/api/channels/{}/messages", server.channel);
    for _ in 0..10 {
        bob.join(&server).await;
        there.send(&server.channel, "while he may").await;
        let talking = join_all((0..6).map(|_| there.post(&path, json!({ "content": "x" }))));
        let kick = app.services().guilds.remove_member(server.id.parse().unwrap(), bob.id.parse().unwrap());
        let (said, (kicked, given)) = join(talking, join(kick, assign(&ada, &server, &role, &bob))).await;
        kicked.unwrap();
        assert!(said.iter().chain([&given]).all(|answer| answer.status.is_success() || answer.status == 404));
        there.post(&path, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
        app.guilds_are_whole().await;
    }
}
