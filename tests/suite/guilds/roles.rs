//! Roles: made, changed, moved, given and taken, by whom they may be.

use serde_json::{Value, json};
use tests::{App, Person, Server};

use super::{assign, community, everyone, id, new_role, unassign};

/// The names of the server's roles, the highest first; their positions must be dense.
async fn roles(person: &Person, server: &Server) -> Vec<String> {
    let answer = person.get(&format!("/api/servers/{}/roles", server.id)).await.ok();
    let roles = answer["roles"].as_array().unwrap();
    for (place, role) in roles.iter().rev().enumerate() {
        assert_eq!(role["position"], place, "{role}");
    }
    roles.iter().map(|role| role["name"].as_str().unwrap().to_string()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_are_made_changed_moved_and_deleted_and_members_hear_of_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let mut his = app.socket(&bob, 1).await;
    let crew = new_role(&ada, &server, "Crew", &["KICK_MEMBERS"]).await;
    assert_eq!(his.expect("role-created").await["role"], crew);
    assert_eq!((&crew["color"], &crew["position"]), (&json!("#99aab5"), &json!(1)));
    assert_eq!((&crew["hoisted"], &crew["mentionable"]), (&json!(false), &json!(false)));
    new_role(&ada, &server, "Guests", &[]).await;
    assert_eq!(roles(&bob, &server).await, ["Crew", "Guests", "@everyone"]);

    let path = format!("/api/roles/{}", id(&crew));
    let body = json!({ "name": "Engineers", "color": "#1F8B4C", "hoisted": true, "position": 1 });
    let changed = ada.put(&path, body).await.ok()["role"].clone();
    assert_eq!((&changed["color"], &changed["position"]), (&json!("#1f8b4c"), &json!(1)));
    assert_eq!(changed["permissions"], json!(["KICK_MEMBERS"]), "what is not said stays");
    assert_eq!(his.expect("role-updated").await["role"], changed);
    assert_eq!(roles(&bob, &server).await, ["Guests", "Engineers", "@everyone"]);
    let top = ada.put(&path, json!({ "position": 99, "color": null })).await.ok()["role"].clone();
    assert_eq!((&top["color"], &top["position"]), (&json!("#99aab5"), &json!(2)));

    ada.delete(&path).await.ok();
    assert_eq!(his.expect("role-deleted").await, json!({ "roleId": id(&crew), "serverId": server.id }));
    assert_eq!(roles(&bob, &server).await, ["Guests", "@everyone"]);
    ada.put(&path, json!({ "name": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_is_given_and_taken_and_what_it_allows_goes_with_it() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob, server) = community(&app).await;
    let mut his = app.socket(&bob, 1).await;
    let builder = new_role(&ada, &server, "Builder", &["MANAGE_CHANNELS"]).await;
    let make = format!("/api/servers/{}/channels", server.id);
    bob.post(&make, json!({ "name": "a" })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let member = assign(&ada, &server, &builder, &bob).await.ok()["member"].clone();
    assert_eq!((&member["roles"], &member["user"]["id"]), (&json!([id(&builder)]), &json!(bob.id)));
    assert_eq!(his.expect("member-updated").await, json!({ "serverId": server.id, "member": member }));
    assert_eq!(assign(&ada, &server, &builder, &bob).await.ok()["member"], member, "twice is no error");
    bob.post(&make, json!({ "name": "a" })).await.ok();
    let mine = bob.get(&format!("/api/servers/{}", server.id)).await.ok()["server"]["permissions"].clone();
    assert!(mine.as_array().unwrap().contains(&json!("MANAGE_CHANNELS")), "{mine}");

    let member = unassign(&ada, &server, &builder, &bob).await.ok()["member"].clone();
    assert_eq!(member["roles"], json!([]));
    bob.post(&make, json!({ "name": "b" })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    unassign(&ada, &server, &builder, &bob).await.ok();
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_manages_roles_does_so_below_themselves_and_gives_nothing_that_they_have_not() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let eve = app.person("eve").await;
    eve.join(&server).await;
    let low = new_role(&ada, &server, "Low", &["BAN_MEMBERS"]).await;
    let mid = new_role(&ada, &server, "Mid", &["MANAGE_ROLES", "KICK_MEMBERS"]).await;
    let high = new_role(&ada, &server, "High", &[]).await;
    for (role, position) in [(&low, 1), (&mid, 2), (&high, 3)] {
        ada.put(&format!("/api/roles/{}", id(role)), json!({ "position": position })).await.ok();
    }
    let make = format!("/api/servers/{}/roles", server.id);
    bob.post(&make, json!({ "name": "x" })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    assign(&ada, &server, &mid, &bob).await.ok();

    // At and above himself.
    let path = |role: &Value| format!("/api/roles/{}", id(role));
    for role in [&mid, &high] {
        bob.put(&path(role), json!({ "name": "x" })).await.fails(403, "ROLE_HIERARCHY");
        bob.delete(&path(role)).await.fails(403, "ROLE_HIERARCHY");
        assign(&bob, &server, role, &eve).await.fails(403, "ROLE_HIERARCHY");
    }
    bob.put(&path(&low), json!({ "position": 2 })).await.fails(403, "ROLE_HIERARCHY");
    bob.post(&make, json!({ "name": "x", "position": 3 })).await.fails(403, "ROLE_HIERARCHY");
    unassign(&bob, &server, &low, &ada).await.fails(403, "ROLE_HIERARCHY");

    // What he has not.
    let missing = |answer: tests::Answer, name: &str| {
        let body = answer.fails(403, "INSUFFICIENT_PERMISSIONS");
        assert_eq!(body["details"]["permission"], name);
    };
    missing(bob.post(&make, json!({ "name": "x", "permissions": ["BAN_MEMBERS"] })).await, "BAN_MEMBERS");
    missing(bob.post(&make, json!({ "name": "x", "permissions": ["ADMINISTRATOR"] })).await, "ADMINISTRATOR");
    missing(bob.put(&path(&low), json!({ "permissions": [] })).await, "BAN_MEMBERS");
    missing(assign(&bob, &server, &low, &eve).await, "BAN_MEMBERS");

    // What he may.
    let made =
        bob.post(&make, json!({ "name": "New", "permissions": ["KICK_MEMBERS"], "position": 2 })).await;
    let made = made.ok()["role"].clone();
    assert_eq!(roles(&eve, &server).await, ["High", "Mid", "New", "Low", "@everyone"]);
    assign(&bob, &server, &made, &eve).await.ok();
    assign(&bob, &server, &made, &bob).await.ok();
    bob.put(&path(&low), json!({ "permissions": ["BAN_MEMBERS", "KICK_MEMBERS"] })).await.ok();
    unassign(&bob, &server, &made, &eve).await.ok();
    bob.delete(&path(&made)).await.ok();
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn everyone_is_had_by_everyone_and_stays() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let base = everyone(&ada, &server).await;
    let path = format!("/api/roles/{}", id(&base));
    ada.delete(&path).await.fails(403, "FORBIDDEN");
    ada.put(&path, json!({ "name": "all" })).await.fails(403, "FORBIDDEN");
    ada.put(&path, json!({ "position": 1 })).await.fails(403, "FORBIDDEN");
    assign(&ada, &server, &base, &bob).await.fails(403, "FORBIDDEN");
    unassign(&ada, &server, &base, &bob).await.fails(403, "FORBIDDEN");
    ada.post(&format!("/api/servers/{}/roles", server.id), json!({ "name": "@everyone" }))
        .await
        .fails_at("name");
    ada.put(&path, json!({ "permissions": ["VIEW_CHANNEL", "READ_HISTORY"] })).await.ok();
    let sent =
        bob.post(&format!("/api/channels/{}/messages", server.channel), json!({ "content": "x" })).await;
    assert_eq!(sent.fails(403, "INSUFFICIENT_PERMISSIONS")["details"]["permission"], "SEND_MESSAGES");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_and_those_of_other_servers_are_told_that_there_is_nothing() {
    let app = App::start().await;
    let (ada, bob, server) = community(&app).await;
    let eve = app.person("eve").await;
    let other = eve.create_server("Looms").await;
    let crew = new_role(&ada, &server, "Crew", &[]).await;
    let path = format!("/api/roles/{}", id(&crew));
    eve.get(&format!("/api/servers/{}/roles", server.id)).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.put(&path, json!({ "name": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    assign(&eve, &server, &crew, &eve).await.fails(404, "RESOURCE_NOT_FOUND");
    assign(&eve, &other, &crew, &eve).await.fails(404, "RESOURCE_NOT_FOUND");
    assign(&ada, &other, &crew, &bob).await.fails(404, "RESOURCE_NOT_FOUND");
    assign(&ada, &server, &crew, &eve).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}
