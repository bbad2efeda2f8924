//! Avatars and the icons of servers.

use image::{GenericImageView, ImageFormat};
use reqwest::Method;
use serde_json::json;
use tests::App;
use tests::upload::{Part, encoded, picture};

fn part<'a>(field: &'a str, bytes: &'a [u8]) -> Part<'a> {
    Part { field, ..Part::file("me.png", bytes) }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_avatar_is_square_public_and_replaces_the_one_before() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let png = encoded(&picture(900, 600), ImageFormat::Png);
    let user =
        ada.bring(Method::POST, "/api/users/avatar", &[part("avatar", &png)]).await.ok()["user"].clone();
    let first = user["avatar"].as_str().unwrap().to_string();
    assert_eq!(bob.get(&format!("/api/users/{}", ada.id)).await.ok()["user"]["avatar"], first.as_str());
    for (query, side) in [("", 256), ("?size=64", 64), ("?size=512", 512)] {
        let got = app.stranger().fetch(&format!("{first}{query}"), &[]).await;
        assert_eq!((got.status, got.header("content-type")), (200, "image/webp"));
        assert!(got.header("cache-control").contains("immutable"));
        assert_eq!(image::load_from_memory(&got.bytes).unwrap().dimensions(), (side, side));
    }
    app.stranger().get(&format!("{first}?size=65")).await.fails_at("size");
    let fields = [
        part("avatar", &png),
        Part::text("name", "Ada K"),
        Part::text("preferences", r#"{"timezone": "Europe/London"}"#),
    ];
    let user = ada.bring(Method::PUT, "/api/users/me", &fields).await.ok()["user"].clone();
    let second = user["avatar"].as_str().unwrap().to_string();
    assert!(
        second != first && user["name"] == "Ada K" && user["preferences"]["timezone"] == "Europe/London",
        "{user}"
    );
    app.stranger().get(&first).await.fails(404, "RESOURCE_NOT_FOUND");
    let user = ada.put("/api/users/me", json!({ "avatar": null })).await.ok()["user"].clone();
    assert!(user["avatar"].is_null());
    app.stranger().get(&second).await.fails(404, "RESOURCE_NOT_FOUND");
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty(), "{:?}", app.files());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_makes_no_avatar_changes_nothing() {
    let app = App::builder().with("media.avatar_mb", "1").start().await;
    let ada = app.person("ada").await;
    let png = encoded(&picture(20, 30), ImageFormat::Png);
    let bring = async |parts: &[Part<'_>]| ada.bring(Method::POST, "/api/users/avatar", parts).await;
    bring(&[part("avatar", b"%PDF-1.7 no picture")]).await.fails(415, "INVALID_FILE_TYPE");
    bring(&[part("avatar", &png[..60])]).await.fails(415, "INVALID_FILE_TYPE");
    let large = [png.as_slice(), &vec![0; 1_100_000]].concat();
    bring(&[part("avatar", &large)]).await.fails(413, "FILE_TOO_LARGE");
    bring(&[part("avatar", &png), part("avatar", &png)]).await.fails_at("avatar");
    bring(&[Part::text("name", "x")]).await.fails_at("avatar");
    let taken = [part("avatar", &png), Part::text("username", "a b")];
    ada.bring(Method::PUT, "/api/users/me", &taken).await.fails_at("username");
    let odd = [part("avatar", &png), Part::text("preferences", "{")];
    ada.bring(Method::PUT, "/api/users/me", &odd).await.fails_at("preferences");
    assert!(ada.get("/api/auth/me").await.ok()["user"]["avatar"].is_null());
    app.services().media.sweep(100).await.unwrap();
    assert!(app.files().is_empty(), "{:?}", app.files());
}

#[tokio::test(flavor = "multi_thread")]
async fn avatars_changed_at_the_same_time_leave_one() {
    let app = App::builder().gateways(2).start().await;
    let ada = app.person("ada").await;
    let png = encoded(&picture(20, 30), ImageFormat::Png);
    let parts = [part("avatar", &png)];
    let people = [ada.clone(), ada.at(&app.gateways[1].url)];
    let calls = (0..8).map(|call| people[call % 2].bring(Method::POST, "/api/users/avatar", &parts));
    for answer in futures_util::future::join_all(calls).await {
        answer.ok();
    }
    let avatar = ada.get("/api/auth/me").await.ok()["user"]["avatar"].as_str().unwrap().to_string();
    assert_eq!(app.stranger().fetch(&avatar, &[]).await.status, 200);
    assert_eq!(app.count("pictures WHERE removed_at IS NULL").await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_has_an_icon_by_who_manages_it() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let mut socket = app.socket(&bob, 0).await;
    let png = encoded(&picture(64, 300), ImageFormat::Png);
    let (path, parts) = (format!("/api/servers/{}/icon", server.id), [part("icon", &png)]);
    bob.bring(Method::POST, &path, &parts).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    app.person("eve").await.bring(Method::POST, &path, &parts).await.fails(404, "RESOURCE_NOT_FOUND");
    let shown =
        ada.bring(Method::POST, &path, &parts).await.ok()["server"]["icon"].as_str().unwrap().to_string();
    let told = socket.expect("server-updated").await;
    assert_eq!(told["server"]["icon"], shown.as_str());
    assert_eq!(app.stranger().fetch(&shown, &[]).await.status, 200);
    assert_eq!(bob.get(&format!("/api/servers/{}", server.id)).await.ok()["server"]["icon"], shown.as_str());
    let preview = app.stranger().get(&format!("/api/invite/{}", server.code)).await.ok();
    assert!(preview.to_string().contains(&shown), "{preview}");
    ada.put(&format!("/api/servers/{}", server.id), json!({ "icon": null })).await.ok();
    app.stranger().get(&shown).await.fails(404, "RESOURCE_NOT_FOUND");
    let shown =
        ada.bring(Method::POST, &path, &parts).await.ok()["server"]["icon"].as_str().unwrap().to_string();
    ada.delete(&format!("/api/servers/{}", server.id)).await.ok();
    app.stranger().get(&shown).await.fails(404, "RESOURCE_NOT_FOUND");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_icon_can_be_made_of_what_was_uploaded() {
    let app = App::start().await;
    let (ada, bob) = (app.person("ada").await, app.person("bob").await);
    let server = ada.create_server("Engines").await;
    bob.join(&server).await;
    let path = format!("/api/servers/{}", server.id);
    let png = encoded(&picture(300, 200), image::ImageFormat::Png);
    let photo = ada.upload("a.png", &png).await;
    let changed =
        ada.put(&path, json!({ "name": "Mills", "icon": photo["id"] })).await.ok()["server"].clone();
    assert_eq!(changed["name"], "Mills");
    let icon = changed["icon"].as_str().unwrap();
    assert_eq!(app.stranger().fetch(icon, &[]).await.header("content-type"), "image/webp");
    // The file itself is what it was.
    assert_eq!(ada.fetch(photo["url"].as_str().unwrap(), &[]).await.status, 200);
    let note = ada.upload("a.txt", b"text").await;
    ada.put(&path, json!({ "icon": note["id"] })).await.fails(415, "INVALID_FILE_TYPE");
    let theirs = bob.upload("b.png", &png).await;
    ada.put(&path, json!({ "icon": theirs["id"] })).await.fails_at("icon");
    ada.put(&path, json!({ "icon": "https://example.org/i.png" })).await.fails_at("icon");
    bob.put(&path, json!({ "icon": theirs["id"] })).await.fails(403, "INSUFFICIENT_PERMISSIONS");
    ada.put(&path, json!({ "name": "", "icon": photo["id"] })).await.fails_at("name");
    assert_eq!(ada.get(&path).await.ok()["server"]["icon"], icon);
    app.services().media.sweep(100).await.unwrap();
    assert_eq!(app.count("pictures").await, 1, "what was made for nothing is gone");
}
