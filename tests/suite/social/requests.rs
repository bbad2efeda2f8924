//! Asking, answering, and what both are told.

use serde_json::{Value, json};
use tests::App;

use super::{ask, befriend, friends, ids};

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_sent_and_accepted_by_either_family_of_calls_and_on_every_device() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let (mut phone, mut desk) = (app.socket(&ada, 0).await, app.socket(&ada, 1).await);
    let mut other = app.socket(&bob, 1).await;
    let sent = ada.post("/api/friends/request", json!({ "username": "BOB" })).await;
    assert_eq!(sent.status, 201);
    let request = sent.ok()["request"].clone();
    assert_eq!((&request["from"]["id"], &request["to"]["id"]), (&json!(ada.id), &json!(bob.id)));
    assert_eq!(request["status"], "pending");
    assert_eq!(other.expect("friend-request-received").await["request"], request);
    for device in [&mut phone, &mut desk] {
        assert_eq!(device.expect("friend-request-sent").await["request"], request);
    }
    for path in ["/api/friends/requests", "/api/users/me/friend-requests"] {
        let theirs = bob.get(path).await.ok();
        assert_eq!(theirs["incoming"], json!([request]));
        assert_eq!((&theirs["requests"], &theirs["outgoing"]), (&theirs["incoming"], &json!([])));
        assert_eq!(ada.get(path).await.ok()["outgoing"], json!([request]));
    }
    let accept = format!("/api/users/me/friend-requests/{}/accept", request["id"].as_str().unwrap());
    // Only who was asked accepts.
    ada.post(&accept, json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    let friend = bob.post(&accept, json!({})).await.ok()["friend"].clone();
    assert_eq!(friend["id"], ada.id.as_str());
    for (device, friend) in [(&mut phone, &bob), (&mut desk, &bob), (&mut other, &ada)] {
        let told = device.expect("friend-request-accepted").await;
        assert_eq!((&told["requestId"], &told["friend"]["id"]), (&request["id"], &json!(friend.id)));
    }
    bob.post(&accept, json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    assert_eq!((friends(&ada).await, friends(&bob).await), (vec![bob.id.clone()], vec![ada.id.clone()]));
    let (_, ready) = app.socket_and_ready(&ada, 1, "").await;
    assert_eq!(ids(&ready["friends"]), [bob.id.as_str()]);
    ask(&bob, &ada).await.fails(409, "CONFLICT");

    ada.delete(&format!("/api/users/me/friends/{}", bob.id)).await.ok();
    for (device, friend) in [(&mut phone, &bob), (&mut desk, &bob), (&mut other, &ada)] {
        assert_eq!(device.expect("friend-removed").await["friendId"], friend.id.as_str());
    }
    ada.delete(&format!("/api/friends/remove/{}", bob.id)).await.fails(404, "RESOURCE_NOT_FOUND");
    assert!(friends(&ada).await.is_empty() && friends(&bob).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_do_what_calls_do() {
    let app = App::builder().gateways(2).start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let (mut here, mut there) = (app.socket(&ada, 0).await, app.socket(&bob, 1).await);
    let ask = json!({ "username": "bob" });
    let sent = here.command("send-friend-request", ask.clone()).await;
    let id = |sent: &Value| json!({ "requestId": sent["request"]["id"] });
    there.refused("cancel-friend-request", id(&sent), "RESOURCE_NOT_FOUND").await;
    there.command("decline-friend-request", id(&sent)).await;
    let told = here.expect("friend-request-declined").await;
    assert_eq!((&told["requestId"], &told["username"]), (&sent["request"]["id"], &json!("bob")));
    let sent = here.command("send-friend-request", ask.clone()).await;
    here.refused("send-friend-request", ask.clone(), "CONFLICT").await;
    here.refused("accept-friend-request", id(&sent), "RESOURCE_NOT_FOUND").await;
    here.command("cancel-friend-request", id(&sent)).await;
    assert_eq!(there.expect("friend-request-cancelled").await["requestId"], sent["request"]["id"]);
    let sent = here.command("send-friend-request", ask).await;
    let accepted = there.command("accept-friend-request", id(&sent)).await;
    assert_eq!(accepted["friend"]["id"], ada.id.as_str());
    there.command("remove-friend", json!({ "friendId": ada.id })).await;
    assert_eq!(here.expect("friend-removed").await["friendId"], bob.id.as_str());
    there.refused("remove-friend", json!({ "friendId": bob.id }), "RESOURCE_NOT_FOUND").await;
    here.refused("send-friend-request", json!({ "username": "ada" }), "VALIDATION_FAILED").await;
    here.refused("send-friend-request", json!({ "username": "nobody" }), "RESOURCE_NOT_FOUND").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_request_is_refused() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    ask(&ada, &ada).await.fails_at("userId");
    ada.post("/api/friends/request", json!({ "username": "ada" })).await.fails_at("username");
    ada.post("/api/friends/request", json!({ "username": "bob" })).await.fails(404, "RESOURCE_NOT_FOUND");
    let nobody = "01890a5d-ac96-774b-bcce-b302099a8057";
    ada.post(&format!("/api/users/{nobody}/friend-request"), json!({}))
        .await
        .fails(404, "RESOURCE_NOT_FOUND");
    ada.post(&format!("/api/friends/accept/{nobody}"), json!({})).await.fails(404, "RESOURCE_NOT_FOUND");
    ada.post("/api/friends/decline/x", json!({})).await.fails_at("requestId");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_come_in_pages() {
    let app = App::start().await;
    let ada = app.person("ada").await;
    let mut all = Vec::new();
    for n in 0..7 {
        let other = app.person(&format!("friend{n}")).await;
        befriend(&ada, &other).await;
        all.push(other.id);
    }
    for n in 0..4 {
        let other = app.person(&format!("asker{n}")).await;
        let (from, to) = if n % 2 == 0 { (&other, &ada) } else { (&ada, &other) };
        ask(from, to).await.ok();
    }
    all.sort();
    let (mut seen, mut after) = (Vec::new(), String::new());
    loop {
        let page = ada.get(&format!("/api/friends?limit=3{after}")).await.ok();
        seen.extend(ids(&page["friends"]));
        match page["nextCursor"].as_str() {
            Some(next) => after = format!("&after={next}"),
            None => break assert_eq!(page["hasMore"], false),
        }
    }
    assert_eq!(seen, all);
    let first = ada.get("/api/friends/requests?limit=3").await.ok();
    let count = |page: &Value, name: &str| page[name].as_array().unwrap().len();
    assert_eq!((count(&first, "incoming"), count(&first, "outgoing")), (1, 2), "the newest of both ways");
    let next = first["nextCursor"].as_str().unwrap();
    let rest = ada.get(&format!("/api/friends/requests?limit=3&before={next}")).await.ok();
    assert_eq!((count(&rest, "incoming"), count(&rest, "outgoing"), &rest["hasMore"]), (1, 0, &json!(false)));
    let outgoing = ada.get("/api/friends/requests?direction=outgoing").await.ok();
    assert_eq!((count(&outgoing, "incoming"), count(&outgoing, "outgoing")), (0, 2));
}
