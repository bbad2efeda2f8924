//! Invite codes: limits are exact, ends are ends.

use futures_util::future::join_all;
use serde_json::json;
use tests::App;

use super::of;

#[tokio::test(flavor = "multi_thread")]
async fn of_fifty_who_join_by_the_last_two_uses_exactly_two_get_in() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let server = ada.create_server("Engines").await;
    let made = ada.post(&of(&server, "/invites"), json!({ "maxUses": 2 })).await.ok();
    let code = made["invite"]["code"].as_str().unwrap();
    let names = (0..50).map(|number| format!("person-{number}")).collect::<Vec<_>>();
    let people = join_all(names.iter().map(|name| app.person(name))).await;
    let path = format!("/api/servers/join/{code}");
    let joins = people.iter().enumerate().map(|(number, person)| {
        let (person, path) = (person.at(&app.gateways[number % 2].url), path.clone());
        async move { person.post(&path, json!({})).await }
    });
    let (mut inside, mut outside) = (0, 0);
    for answer in join_all(joins).await {
        match answer.status.as_u16() {
            200 => inside += 1,
            _ => {
                answer.fails(404, "RESOURCE_NOT_FOUND");
                outside += 1;
            }
        }
    }
    assert_eq!((inside, outside), (2, 48));
    let invites = ada.get(&of(&server, "/invites")).await.ok();
    assert_eq!(
        (&invites["invites"][0]["uses"], &invites["statistics"]["totalMembers"]),
        (&json!(2), &json!(3))
    );
    assert_eq!(invites["statistics"]["recentJoins"], 3);
    // Who is in may follow it again; who is not finds nothing, also in the preview.
    let members = ada.get(&of(&server, "/members")).await.ok();
    let known = members["members"].as_array().unwrap().iter().map(|member| member["user"]["id"].clone());
    let known = known.collect::<Vec<_>>();
    let again = people.iter().find(|person| known.contains(&json!(person.id))).unwrap();
    assert_eq!(again.post(&path, json!({})).await.ok()["joined"], false);
    app.stranger().get(&format!("/api/invite/{code}")).await.fails(404, "RESOURCE_NOT_FOUND");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_at_its_time_and_when_it_is_deleted() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let made = bob.post(&of(&server, "/invites"), json!({ "expiresIn": 60 })).await.ok();
    let code = made["invite"]["code"].as_str().unwrap();
    let preview = app.stranger().get(&format!("/api/invite/{code}")).await.ok();
    assert_eq!(preview["server"]["name"], "Engines");
    app.clock.advance_ms(60_000);
    eve.post(&format!("/api/servers/join/{code}"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    let other = bob.post(&of(&server, "/invites"), json!({})).await.ok();
    let other = other["invite"]["code"].as_str().unwrap();
    let path = of(&server, &format!("/invites/{other}"));
    bob.delete(&of(&server, &format!("/invites/{}", server.code))).await.fails(409, "CONFLICT");
    bob.delete(&path).await.ok();
    bob.delete(&path).await.fails(404, "RESOURCE_NOT_FOUND");
    eve.post(&format!("/api/servers/join/{other}"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    bob.post(&of(&server, "/invites"), json!({ "maxUses": 0 })).await.fails_at("maxUses");
    app.guilds_are_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_regenerated_code_takes_the_place_of_the_old_one() {
    let app = App::start().await;
    let (ada, bob, eve) = (app.person("ada").await, app.person("bob").await, app.person("eve").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    bob.post(&of(&server, "/invite/regenerate"), json!({})).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    let mut his = app.socket(&bob, 0).await;
    let codes = ada.post(&of(&server, "/invite/regenerate"), json!({})).await.ok();
    assert_eq!(codes["oldInviteCode"], server.code.as_str());
    assert_eq!(his.expect("server-updated").await["server"]["inviteCode"], codes["newInviteCode"]);
    eve.post(&format!("/api/servers/join/{}", server.code), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    let new = codes["newInviteCode"].as_str().unwrap();
    eve.post(&format!("/api/servers/join/{new}"), json!({})).await.ok();
    app.guilds_are_whole().await;
}
