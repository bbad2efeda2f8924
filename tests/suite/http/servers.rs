//! Servers and their invites.

use reqwest::Method;
use serde_json::{Value, json};
use tests::App;

use super::{NOTHING, id, keys, list};

/// What one may do is said where one server is asked for: there, and in its channels. Elsewhere it is left out.
fn without_permissions(mut server: Value) -> Value {
    server.as_object_mut().unwrap().remove("permissions").unwrap();
    for channel in server["channels"].as_array_mut().unwrap() {
        channel.as_object_mut().unwrap().remove("permissions").unwrap();
    }
    server
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_server_has_its_owner_a_channel_and_an_invite() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let answer = ada
        .post("/api/servers", json!({ "name": " Analytical  engines ", "description": "Cogs\nand cards " }))
        .await;
    assert_eq!(answer.status, 201);
    let server = answer.ok()["server"].clone();
    assert_eq!(
        keys(&server),
        [
            "channels",
            "createdAt",
            "description",
            "icon",
            "id",
            "inviteCode",
            "isPublic",
            "memberCount",
            "name",
            "ownerId",
            "systemMessages"
        ]
    );
    assert_eq!(
        (&server["name"], &server["description"]),
        (&json!("Analytical engines"), &json!("Cogs\nand cards"))
    );
    assert_eq!((&server["ownerId"], &server["memberCount"]), (&json!(ada.id), &json!(1)));
    let [general, lounge] = list(&server["channels"]) else { unreachable!("{server}") };
    let fields =
        ["createdAt", "id", "name", "parentId", "position", "serverId", "topic", "type", "userLimit"];
    assert_eq!(keys(general), fields);
    assert_eq!(
        (&general["name"], &general["type"], &general["position"]),
        (&json!("general"), &json!("text"), &json!(0))
    );
    assert_eq!(
        (&lounge["name"], &lounge["type"], &lounge["position"]),
        (&json!("General"), &json!("voice"), &json!(1))
    );
    assert_eq!(general["serverId"], server["id"]);

    let path = format!("/api/servers/{}", id(&server));
    let seen = ada.get(&path).await.ok()["server"].clone();
    assert!(list(&seen["permissions"]).contains(&json!("ADMINISTRATOR")), "{seen}");
    assert_eq!(seen["channels"][0]["permissions"], seen["permissions"]);
    assert_eq!(without_permissions(seen), server);
    assert_eq!(ada.get(&format!("{path}/invite")).await.ok()["inviteCode"], server["inviteCode"]);
    assert_eq!(ada.get("/api/servers").await.ok()["servers"], json!([server]));
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_are_listed_in_the_order_of_joining() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    assert_eq!(bob.get("/api/servers").await.ok()["servers"], json!([]));
    let first = ada.create_server("First").await;
    let second = ada.create_server("Second").await;
    let own = bob.create_server("Own").await;
    bob.join(&second).await;
    bob.join(&first).await;
    let listed = bob.get("/api/servers").await.ok()["servers"].clone();
    assert_eq!(list(&listed).iter().map(id).collect::<Vec<_>>(), [&own.id, &second.id, &first.id]);
    let seen = bob.get(&format!("/api/servers/{}", first.id)).await.ok()["server"].clone();
    assert_eq!(listed[2], without_permissions(seen));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_code_leads_in_and_joining_twice_is_no_error() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let join = format!("/api/servers/join/{}", server.code);
    let joined = bob.post(&join, json!({})).await.ok();
    assert_eq!((&joined["joined"], &joined["server"]["memberCount"]), (&json!(true), &json!(2)));
    let seen = bob.get(&format!("/api/servers/{}", server.id)).await.ok()["server"].clone();
    assert_eq!(joined["server"], without_permissions(seen));
    // Without a body, and as somebody types it.
    for path in [join, format!("/api/servers/join/%20{}", server.code.to_uppercase())] {
        let again = bob.call(Method::POST, &path, None).await.ok();
        assert_eq!((&again["joined"], &again["server"]), (&json!(false), &joined["server"]));
    }
    let owner = ada.post(&format!("/api/servers/join/{}", server.code), json!({})).await.ok();
    assert_eq!(owner["joined"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invite_shows_the_server_to_anybody_and_nothing_about_who_is_in_it() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let preview = app.stranger().get(&format!("/api/invite/{}", server.code)).await.ok();
    assert_eq!(keys(&preview), ["inviteCode", "server", "success", "valid"]);
    assert_eq!((&preview["valid"], &preview["inviteCode"]), (&json!(true), &json!(server.code)));
    let shown = &preview["server"];
    let fields = ["createdAt", "description", "icon", "id", "isPublic", "memberCount", "name", "owner"];
    assert_eq!(keys(shown), fields);
    assert_eq!((&shown["name"], &shown["memberCount"]), (&json!("Engines"), &json!(1)));
    assert_eq!(shown["owner"], json!({ "username": "ada", "name": "ada", "avatar": null }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_leads_nowhere_is_not_found_however_it_looks() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ada.create_server("Engines").await;
    let long = "x".repeat(3_000);
    let mut bodies = Vec::new();
    for code in
        ["aaaaaaaaaa", NOTHING, "%00", "a%00b", "%ff", "%20", "'%20OR%20true--", "%25", "a%2Fb", &long]
    {
        bodies.push(ada.get(&format!("/api/invite/{code}")).await.fails(404, "RESOURCE_NOT_FOUND"));
        bodies.push(
            ada.post(&format!("/api/servers/join/{code}"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND"),
        );
        assert_eq!(bodies.last(), bodies.first(), "{code}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn members_leave_and_the_owner_cannot() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let leave = format!("/api/servers/{}/leave", server.id);
    ada.post(&leave, json!({})).await.fails(409, "CONFLICT");
    bob.post(&leave, json!({})).await.ok();
    bob.post(&leave, json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!(bob.get("/api/servers").await.ok()["servers"], json!([]));
    let path = format!("/api/servers/{}", server.id);
    assert_eq!(ada.get(&path).await.ok()["server"]["memberCount"], 1);
    bob.join(&server).await;
    assert_eq!(bob.get(&path).await.ok()["server"]["memberCount"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_its_owner_deletes_a_server_and_then_nothing_of_it_is_left() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    let other = ada.create_server("Other").await;
    bob.join(&server).await;
    let message = bob.send(&server.channel, "hello").await;
    let path = format!("/api/servers/{}", server.id);
    bob.delete(&path).await.fails(403, "FORBIDDEN");
    bob.get(&path).await.ok();
    ada.delete(&path).await.ok();
    for person in [&ada, &bob] {
        person.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
        for path in [
            path.clone(),
            format!("{path}/members"),
            format!("{path}/channels"),
            format!("{path}/invite"),
            format!("/api/channels/{}", server.channel),
            format!("/api/channels/{}/messages", server.channel),
            format!("/api/channels/{}/messages/{}", server.channel, id(&message)),
            format!("/api/channels/{}/changes?since=0", server.channel),
            format!("/api/invite/{}", server.code),
        ] {
            person.get(&path).await.fails(404, "RESOURCE_NOT_FOUND");
        }
        let messages = format!("/api/channels/{}/messages", server.channel);
        person.post(&messages, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    }
    let edit = format!("/api/messages/{}", id(&message));
    bob.put(&edit, json!({ "content": "x" })).await.fails(404, "RESOURCE_NOT_FOUND");
    let left = ada.get("/api/servers").await.ok();
    assert_eq!(list(&left["servers"]).iter().map(id).collect::<Vec<_>>(), [&other.id]);
}
