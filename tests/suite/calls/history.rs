//! Calls that are over.

use serde_json::json;
use tests::App;

use super::{call, call_group, crew, group, last_call, text, told};

#[tokio::test(flavor = "multi_thread")]
async fn calls_are_listed_in_pages_to_those_whom_they_concerned() {
    let app = App::builder().gateways(2).start().await;
    let [ada, bob, eve] = crew(&app, ["ada", "bob", "eve"]).await;
    let conversation = group(&ada, &[&bob, &eve]).await;
    let mut hers = app.socket(&ada, 0).await;
    let mut calls = Vec::new();
    for n in 0..5 {
        let id =
            if n % 2 == 0 { call(&mut hers, &bob).await } else { call_group(&mut hers, &conversation).await };
        hers.command("end-dm-call", json!({ "sessionId": id })).await;
        calls.insert(0, id);
    }
    let (mut seen, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = bob.get(&format!("/api/calls?limit=2{cursor}")).await.ok();
        seen.extend(page["calls"].as_array().unwrap().iter().map(|call| text(&call["id"])));
        if page["hasMore"] == false {
            assert!(page["nextCursor"].is_null());
            break;
        }
        cursor = format!("&before={}", text(&page["nextCursor"]));
    }
    assert_eq!(seen, calls);
    assert_eq!(eve.get("/api/calls").await.ok()["calls"].as_array().unwrap().len(), 2);
    let one = bob.get(&format!("/api/calls/{}", calls[0])).await.ok();
    assert_eq!(one["call"], last_call(&bob).await);
    eve.get(&format!("/api/calls/{}", calls[0])).await.fails(404, "RESOURCE_NOT_FOUND");
    app.voice_is_whole().await;
    assert_eq!(told(&eve, &conversation).await.len(), 3, "two calls, and that the group was made");
    // What somebody calls in, they hear of while it goes on, as voice sessions.
    let id = call(&mut hers, &bob).await;
    bob.get(&format!("/api/calls/{id}")).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_deletes_their_account_is_in_no_call_any_more() {
    let app = App::builder().gateways(2).start().await;
    // Who owns a server with others in it gives it away first.
    let [_, ada, bob] = crew(&app, ["charles", "ada", "bob"]).await;
    let mut hers = app.socket(&ada, 0).await;
    let id = call(&mut hers, &bob).await;
    hers.command("end-dm-call", json!({ "sessionId": id })).await;
    app.voice_is_whole().await;
    let body = json!({ "password": tests::Person::PASSWORD }).to_string();
    ada.call(reqwest::Method::DELETE, "/api/users/me", Some(body.clone())).await.ok();
    assert_eq!(app.count(&format!("call_people WHERE user_id = '{}'", ada.id)).await, 0);
    let last = last_call(&bob).await;
    assert_eq!((&last["id"], &last["caller"]["id"]), (&json!(id), &json!(ada.id)));
    bob.call(reqwest::Method::DELETE, "/api/users/me", Some(body)).await.ok();
    assert_eq!(app.count("calls").await, 0, "it concerns nobody any more");
}
