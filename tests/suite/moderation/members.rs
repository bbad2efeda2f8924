//! Servers and their members: settings, owners, names, and what is told of them.

use serde_json::{Value, json};
use tests::App;

use super::{give, member, of, role};

fn names(page: &Value) -> Vec<&str> {
    let members = page["members"].as_array().unwrap().iter();
    members.map(|member| member["user"]["username"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn members_are_found_by_the_beginning_of_any_of_their_names_and_by_role() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let (bob, bea) = (app.person("bob").await, app.person("Bea").await);
    let cy = app.person("cy").await;
    let server = ada.create_server("Engines").await;
    for person in [&bob, &bea, &cy] {
        person.join(&server).await;
    }
    app.person("bystander").await;
    let nick = json!({ "nickname": "Baron" });
    let named = cy.put(&member(&server, &cy, ""), nick).await.ok();
    assert_eq!(named["member"]["nickname"], "Baron");
    let list = async |query: &str| ada.get(&of(&server, &format!("/members?{query}"))).await.ok();
    assert_eq!(names(&list("query=B").await), ["bob", "Bea", "cy"]);
    assert_eq!(names(&list("q=%40be").await), ["Bea"]);
    assert_eq!(names(&list("query=bar&limit=1").await), ["cy"]);
    let page = list("query=b&limit=2").await;
    assert_eq!((names(&page), &page["hasMore"]), (vec!["bob", "Bea"], &json!(true)));
    let next = page["nextCursor"].as_str().unwrap();
    assert_eq!(names(&list(&format!("query=b&limit=2&after={next}")).await), ["cy"]);
    ada.get(&of(&server, "/members?query=%20")).await.fails_at("query");
    let engineers = role(&ada, &server, "Engineers", &[]).await;
    give(&ada, &server, &engineers, &bea).await;
    give(&ada, &server, &engineers, &cy).await;
    assert_eq!(names(&list(&format!("role={engineers}")).await), ["Bea", "cy"]);
    assert_eq!(names(&list(&format!("role={engineers}&query=bar")).await), ["cy"]);
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nicknames_of_others_need_a_right_and_a_higher_role() {
    let app = App::start().await;
    let (ada, bob, cy) = (app.person("ada").await, app.person("bob").await, app.person("cy").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    cy.join(&server).await;
    let nick = || json!({ "nickname": "X" });
    bob.put(&member(&server, &cy, ""), nick()).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let namers = role(&ada, &server, "Namers", &["MANAGE_NICKNAMES"]).await;
    give(&ada, &server, &namers, &bob).await;
    let mut hers = app.socket(&ada, 0).await;
    bob.put(&member(&server, &cy, ""), nick()).await.ok();
    assert_eq!(hers.expect("member-updated").await["member"]["nickname"], "X");
    bob.put(&member(&server, &ada, ""), nick()).await.fails(403, "ROLE_HIERARCHY");
    give(&ada, &server, &namers, &cy).await;
    bob.put(&member(&server, &cy, ""), nick()).await.fails(403, "ROLE_HIERARCHY");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_changed_found_joined_and_given_away() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.post(&of(&server, "/join"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    let change = json!({ "name": "Mills", "description": "Cogs", "isPublic": true, "systemMessages": true, "icon": null });
    let changed = ada.put(&of(&server, ""), change).await.ok();
    assert_eq!((&changed["server"]["name"], &changed["server"]["isPublic"]), (&json!("Mills"), &json!(true)));
    ada.put(&of(&server, ""), json!({ "icon": "x" })).await.fails_at("icon");
    let found = bob.get("/api/servers/discover?query=MILL").await.ok();
    assert_eq!(found["servers"][0]["id"], server.id.as_str());
    assert_eq!(bob.get("/api/servers/discover?q=engine").await.ok()["servers"], json!([]));
    bob.post(&of(&server, "/join"), json!({})).await.ok();
    let page = ada.history(&server.channel, "").await;
    let told = &page["messages"][0];
    assert_eq!((&told["type"], &told["content"]), (&json!("system"), &json!("joined the server")));
    assert_eq!(told["author"]["username"], "bob");

    bob.put(&of(&server, ""), json!({ "name": "Mine" })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    bob.post(&of(&server, "/transfer"), json!({ "userId": bob.id })).await.fails(403, "FORBIDDEN");
    ada.post(&of(&server, "/transfer"), json!({ "userId": ada.id })).await.fails_at("userId");
    let given = ada.post(&of(&server, "/transfer"), json!({ "userId": bob.id })).await.ok();
    assert_eq!(given["server"]["ownerId"], bob.id.as_str());
    bob.post(&of(&server, "/leave"), json!({})).await.fails(409, "CONFLICT");
    ada.post(&of(&server, "/leave"), json!({})).await.ok();
    let page = bob.history(&server.channel, "").await;
    assert_eq!(page["messages"][0]["content"], "left the server");
    ada.post(&of(&server, "/join"), json!({})).await.ok();
    bob.post(&member(&server, &ada, "/ban"), json!({})).await.ok();
    let page = bob.history(&server.channel, "").await;
    assert_eq!(page["messages"][0]["content"], "was removed from the server");
    app.guilds_are_whole().await;
}
